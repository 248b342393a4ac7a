"""``ganview.load(path).sample(n)``."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import ganview
from ganview.errors import UserError
from ganview.files.model_file import save_model
from tests.export.conftest import make_model


def test_load_and_sample(tmp_path):
    save_model(tmp_path / "m.safetensors", make_model())
    generator = ganview.load(tmp_path / "m.safetensors")
    assert (generator.z_dim, generator.image_shape) == (4, (1, 28, 28))
    assert generator.class_names == ("a", "b", "c")
    assert generator.info["name"] == "little"
    images = generator.sample(5, label="b", seed=3, truncation=0.7)
    assert (images.shape, images.dtype) == ((5, 28, 28), np.uint8)
    np.testing.assert_array_equal(images, generator.sample(5, label="b", seed=3, truncation=0.7))
    assert (images != generator.sample(5, label="b", seed=4, truncation=0.7)).any()
    assert len(generator.sample(7, label="each")) == 7
    with pytest.raises(UserError, match="only a, b, c"):  # a number is no name here
        generator.sample(2, label=1)
    for wrong in ({"label": 3}, {"label": "d"}, {"seed": -1}, {"truncation": float("nan")}):
        with pytest.raises(UserError):
            generator.sample(2, **wrong)


def test_integers_of_numpy_are_integers_and_nothing_else_is(tmp_path):
    model = make_model()
    model.spec = replace(model.spec, class_names=("1", "2", "0"))
    save_model(tmp_path / "m.safetensors", model)
    generator = ganview.load(tmp_path / "m.safetensors")
    expected = generator.sample(3, label="1", seed=5)
    numpy = generator.sample(np.int64(3), label=np.uint8(1), seed=np.int64(5))
    np.testing.assert_array_equal(numpy, expected)
    for wrong in ({"label": 1.9}, {"label": b"1"}, {"seed": 1.5}, {"seed": "1"}):
        with pytest.raises(TypeError):
            generator.sample(2, **wrong)


FORK = """
import os, signal, sys, time, ganview
generator = ganview.load("conditional")
expected = generator.sample(40)
child = os.fork()
if child == 0:
    os._exit(0 if (generator.sample(40) == expected).all() else 1)
signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
signal.alarm(60)
print(os.waitpid(child, 0)[1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork of POSIX")
def test_a_forked_child_draws_the_same():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK],
        env=os.environ | {"OMP_NUM_THREADS": "2"},  # its second thread is not in the child
        capture_output=True,
        text=True,
    )
    assert done.stdout == "0\n", done.stderr


def test_a_class_is_found_by_its_name_alone(tmp_path):
    model = make_model()
    model.spec = replace(model.spec, class_names=("1", "any", "0"))
    save_model(tmp_path / "m.safetensors", model)
    generator = ganview.load(tmp_path / "m.safetensors")
    each = generator.sample(3, label="each", seed=1)
    drawn = [generator.sample(3, label=name, seed=1) for name in ("1", "class:any", 0)]
    for number in range(3):
        np.testing.assert_array_equal(drawn[number][number], each[number])
    with pytest.raises(UserError, match="no class '2', only 1, any, 0"):
        generator.sample(1, label=2)


def test_colour_without_classes(tmp_path):
    save_model(tmp_path / "m.safetensors", make_model("dcgan", classes=0, channels=3))
    assert ganview.load(str(tmp_path / "m.safetensors")).sample(2).shape == (2, 28, 28, 3)


def test_no_such_model(tmp_path):
    with pytest.raises(UserError, match="There is no model"):
        ganview.load(tmp_path / "gone")


def test_a_generator_animates(tmp_path) -> None:
    from PIL import Image

    save_model(tmp_path / "m.safetensors", make_model())
    generator = ganview.load(tmp_path / "m.safetensors")
    short = {"seconds": 0.3, "rate": 10, "zoom": 1}
    generator.animate(tmp_path / "f.gif", "morph", **short)
    with Image.open(tmp_path / "f.gif") as image:
        assert image.n_frames == 3
    with pytest.raises(UserError, match="path"):
        generator.animate(tmp_path / "f.gif", "somersault", **short)
