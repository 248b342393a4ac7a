"""Settings check themselves, come back from JSON, and say what is wrong with a bad one."""

from __future__ import annotations

import json
import sys
from dataclasses import fields

import pytest

from ganview.errors import UserError
from ganview.gan.config import SETTINGS, TrainConfig, check_setting
from ganview.gan.model import ModelSpec
from ganview.gan.networks.build import ARCHITECTURES, build_generator
from ganview.gan.objectives import OBJECTIVES
from ganview.gan.presets import PRESETS


def test_every_setting_says_what_it_is() -> None:
    assert list(SETTINGS) == [spec.name for spec in fields(TrainConfig)]
    for name, info in SETTINGS.items():
        assert info.name == name
        assert info.label
        assert info.help.endswith(".")
        assert info.group


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


def test_every_network_names_its_paper() -> None:
    for name, entry in ARCHITECTURES.items():
        module = sys.modules[type(build_generator(spec(name))).__module__]
        author, year = entry.source.split(", arXiv")[0].split(" et al., ")
        assert author in str(module.__doc__)
        assert year in str(module.__doc__)


def test_the_menu_is_whole() -> None:
    """Each by the name that the command line knows it by."""
    assert {"rpgan-r1r2", "rpgan-fd", "bce", "bce-r1", "lsgan", "hinge", "wgan-gp"} == set(
        OBJECTIVES
    )
    assert set(ARCHITECTURES) == {"residual", "smooth", "folded", "dcgan", "mlp"}
    assert set(PRESETS) == {"default", "best", "classic", "dcgan", "collapse"}
    for preset in PRESETS.values():
        assert preset.label
        assert preset.description.endswith(".")


def spec(architecture: str) -> ModelSpec:
    return ModelSpec(architecture, "small", 8, (1, 28, 28), (), ())


def test_limits_are_told_to_the_last_digit() -> None:
    with pytest.raises(UserError, match="0 and 2,147,483,647"):
        check_setting("seed", -1)
