"""One entry in one table adds an objective or an architecture, for every part of the program."""

from __future__ import annotations

import argparse
from dataclasses import replace

import pytest
import torch

from ganview.cli.settings import add_settings, choice_lists, chosen_config
from ganview.gan.config import TrainConfig
from ganview.gan.networks.build import ARCHITECTURES
from ganview.gan.objectives import OBJECTIVES
from ganview.gan.trainer import Trainer
from ganview.runtime.health import LONG, FindingKind, examine_losses

IMAGES = torch.randint(256, (40, 1, 28, 28), dtype=torch.uint8)


def from_command_line(*words: str) -> TrainConfig:
    parser = argparse.ArgumentParser()
    add_settings(parser)
    return chosen_config(parser.parse_args([*words, "--batch-size", "4", "--no-conditional"]))


def test_a_new_objective(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit):
        from_command_line("--objective", "cubic")
    cubic = replace(
        OBJECTIVES["lsgan"],
        name="cubic",
        about="least cubes",
        d_loss=lambda real, fake: (real - 1).abs().pow(3).mean() + fake.abs().pow(3).mean(),
    )
    monkeypatch.setitem(OBJECTIVES, "cubic", cubic)
    config = from_command_line("--objective", "cubic")
    assert "least cubes" in choice_lists()
    trainer = Trainer(config, IMAGES, None)
    stats = trainer.step()
    assert trainer.model().objective is cubic
    won = stats._replace(y_hat_real=1.0, y_hat_fake=0.0, step_seconds=1.0, images_seen=10**6)
    found = examine_losses([won] * LONG, "cubic")
    assert found is not None
    assert found.kind is FindingKind.D_SATURATED


def test_a_new_architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    def load():
        mlp = ARCHITECTURES["mlp"].load()
        return mlp._replace(widths=dict.fromkeys(mlp.widths, 8))

    narrow = replace(ARCHITECTURES["mlp"], name="narrow", about="eight wide", load=load)
    monkeypatch.setitem(ARCHITECTURES, "narrow", narrow)
    config = from_command_line("--architecture", "narrow")
    assert "eight wide" in choice_lists()
    trainer = Trainer(config, IMAGES, None)
    trainer.step()
    assert trainer.generator.first.out_features == 8
    assert trainer.model().spec.architecture == "narrow"
