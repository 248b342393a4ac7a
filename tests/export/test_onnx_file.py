"""ONNX: the same pictures from another runtime, or no file."""

from __future__ import annotations

import logging
import sys

import numpy as np
import pytest

from ganview.errors import UserError
from ganview.export.onnx_file import STEPS, write_onnx
from ganview.gan.networks.latent_partition import DIMENSIONS
from tests.export.conftest import make_model


def test_without_the_extra_it_says_what_to_type(model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(UserError, match=r"pip install 'ganview\[onnx\]'"):
        write_onnx(tmp_path / "f.onnx", model)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore")  # of other people's libraries
@pytest.mark.parametrize(
    ("architecture", "classes", "clusters"),
    [("residual", 3, ()), ("smooth", 3, ()), ("mlp", 0, ()), ("mlp", 3, (2, 1, 3))],
)
def test_onnx_runtime_draws_the_same(tmp_path, architecture, classes, clusters, caplog):
    for name in ("onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(name, reason="the extra 'onnx' is not installed")
    import onnxruntime

    z_dim = DIMENSIONS if clusters else 4
    model = make_model(architecture, classes, z_dim=z_dim, clusters=clusters)
    done = []
    write_onnx(tmp_path / "f.onnx", model, done.append)
    assert sum(done) == STEPS
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []
    session = onnxruntime.InferenceSession(tmp_path / "f.onnx")
    assert [given.name for given in session.get_inputs()] == ["z", "class"][: 1 + bool(classes)]
    z = np.random.default_rng(0).standard_normal((5, z_dim)).astype(np.float32)
    given = {"z": z}
    labels = np.arange(5) % 3 if classes else None
    if labels is not None:
        given["class"] = np.eye(3, dtype=np.float32)[labels]
    images = session.run(["image"], given)[0]
    shown = np.round((images[:, 0] + 1) * 127.5)
    assert np.abs(shown - model.sample(z, labels)).max() <= 1


@pytest.mark.filterwarnings("ignore")
def test_a_file_that_draws_otherwise_is_not_kept(model, tmp_path, monkeypatch):
    for name in ("onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(name, reason="the extra 'onnx' is not installed")
    monkeypatch.setattr("ganview.export.onnx_file.TOLERANCE", -1.0)
    with pytest.raises(UserError, match="other pictures"):
        write_onnx(tmp_path / "f.onnx", model)
    assert list(tmp_path.iterdir()) == []
