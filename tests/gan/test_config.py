"""Settings check themselves, come back from JSON, and say what is wrong with a bad one."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from ganview.errors import UserError
from ganview.gan.config import PRESETS, TrainConfig


def test_every_setting_says_what_it_is() -> None:
    for spec in fields(TrainConfig):
        assert spec.metadata["label"]
        assert spec.metadata["help"].endswith(".")
        assert spec.metadata["group"]


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_presets_survive_json(preset) -> None:
    again = TrainConfig.from_dict(json.loads(json.dumps(preset.config.to_dict())))
    assert again == preset.config


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("batch_size", 1),
        ("batch_size", 64.0),
        ("batch_size", True),
        ("learning_rate", "fast"),
        ("learning_rate", float("nan")),
        ("objective", "vae"),
        ("conditional", 1),
    ],
)
def test_a_bad_value_is_named(name: str, value: object) -> None:
    with pytest.raises(UserError, match=name):
        TrainConfig.from_dict({name: value})


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(UserError, match="depth"):
        TrainConfig.from_dict({"depth": 3})


def test_a_whole_number_serves_as_a_real_one() -> None:
    assert TrainConfig.from_dict({"gamma": 1}).gamma == 1
