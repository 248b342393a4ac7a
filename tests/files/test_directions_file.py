"""Named directions come back as they were; what is not theirs is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from ganview.errors import UserError
from ganview.files.directions_file import KEY, SCHEMA, load_directions, save_directions
from ganview.files.tensor_file import write_tensors
from ganview.gan.explore.named_directions import NamedDirection
from ganview.gan.explore.surrogate import HIDDEN, Surrogate
from ganview.gan.model import ModelSpec

SPEC = ModelSpec("mlp", "small", 8, (1, 28, 28), ("0", "1", "2"), (0.2, 0.3, 0.5))
QUALITY = {
    "rank_correlation": 0.98,
    "change": 7.5,
    "own": 0.6,
    "others": {"width": 0.1},
    "class_held": 0.95,
    "class_before": None,
    "classes": ["0", "1", "2"],
}


@pytest.fixture
def found() -> list[NamedDirection]:
    random = np.random.default_rng(0)

    def numbers(*shape: int) -> np.ndarray:
        return random.standard_normal(shape).astype(np.float32)

    surrogate = Surrogate(
        (numbers(11, HIDDEN), numbers(HIDDEN, HIDDEN), numbers(HIDDEN, 6)),
        (numbers(HIDDEN), numbers(HIDDEN), numbers(6)),
        numbers(3, 6),
        np.array([True, False, True]),
        numbers(6),
    )
    return [
        NamedDirection(name, numbers(8), "named", QUALITY, surrogate=surrogate)
        for name in ("slant", "width")
    ]


def test_directions_come_back_and_bend_as_before(tmp_path, found):
    save_directions(tmp_path / "d.safetensors", found)
    again = load_directions(tmp_path / "d.safetensors", SPEC)
    assert [(one.name, one.kind, one.quality) for one in again] == [
        (one.name, one.kind, one.quality) for one in found
    ]
    z, mix = np.ones(8, np.float32), np.array([0, 1, 0], np.float32)
    np.testing.assert_array_equal(again[1].apply(z, 1.5, mix), found[1].apply(z, 1.5, mix))
    np.testing.assert_array_equal(again[0].vector, found[0].vector)


def test_another_kind_of_generator_is_refused(tmp_path, found):
    save_directions(tmp_path / "d.safetensors", found)
    for spec in (replace(SPEC, z_dim=64), replace(SPEC, class_names=(), class_prior=())):
        with pytest.raises(UserError, match="another kind of generator"):
            load_directions(tmp_path / "d.safetensors", spec)
    with pytest.raises(UserError, match="There is no file"):
        load_directions(tmp_path / "nowhere.safetensors", SPEC)


def test_numbers_that_are_none_and_strange_words_are_refused(tmp_path, found):
    path = tmp_path / "d.safetensors"
    save_directions(path, [replace(found[0], vector=np.full(8, np.nan, np.float32))])
    with pytest.raises(UserError, match="damaged"):
        load_directions(path, SPEC)
    for listed in (
        [],
        [{"name": "evil", "quality": QUALITY}],
        [{"name": "slant", "quality": {**QUALITY, "own": "much"}}],
        [{"name": "slant", "quality": {**QUALITY, "class_held": 7}}],
    ):
        text = json.dumps({"schema": SCHEMA, "directions": listed})
        write_tensors(path, {"x": torch.zeros(1)}, {KEY: text})
        with pytest.raises(UserError, match=r"directions|measures"):
            load_directions(path, SPEC)


def test_directions_of_the_measures_before_are_not_taken_for_these(tmp_path, found):
    path = tmp_path / "d.safetensors"
    text = json.dumps({"schema": 1, "directions": [{"name": "height", "quality": QUALITY}]})
    write_tensors(path, {"x": torch.zeros(1)}, {KEY: text})
    with pytest.raises(UserError, match="no longer be read"):
        load_directions(path, SPEC)
