"""Real sessions that go wrong, each in its own way, and say so."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.gan.config import TrainConfig
from ganview.gan.trainer import Trainer
from ganview.runtime import health
from ganview.runtime.channels import Resume, RunOptions
from ganview.runtime.local_run import LocalRun
from ganview.runtime.messages import RunState, Snapshot

from .conftest import SMALL, trainer_for

LONG = 100.0  # seconds until a test that waits has failed


def told(
    wanted: Callable[[Snapshot], bool],
    digits: Dataset,
    config: TrainConfig,
    prepare: Callable[[Trainer], object] = lambda _trainer: None,
) -> Snapshot:
    """Train until a snapshot is as wanted."""

    def make(config: TrainConfig, data: Dataset) -> Trainer:
        trainer = trainer_for(config, data)
        with torch.no_grad():
            prepare(trainer)
        return trainer

    with LocalRun(config, digits, RunOptions(make_trainer=make, snapshot_interval=0.02)) as session:
        session.send(Resume())
        deadline = time.monotonic() + LONG
        while (snapshot := session.snapshots.wait(deadline - time.monotonic())) is not None:
            if wanted(snapshot):
                return snapshot
    raise AssertionError("nothing was told")


def test_a_cost_that_explodes(digits: Dataset) -> None:
    wild = SMALL.with_(objective="wgan-gp", gamma=0.0, gamma_end=0.0, learning_rate=0.1)
    found = told(lambda s: "Training diverged" in s.note, digits, wild.with_(warmup_images=0))
    assert "a cost is" in found.note
    assert "Went back to step" in found.note


def test_a_cost_that_explodes_again_is_given_up(digits: Dataset) -> None:
    wild = SMALL.with_(objective="wgan-gp", gamma=0.0, gamma_end=0.0, learning_rate=0.1)
    failed = told(lambda s: s.state is RunState.FAILED, digits, wild.with_(warmup_images=0))
    assert failed.error is not None
    assert "Going back once did not help." in failed.error


def test_a_discriminator_that_has_won(digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "WARM_UP_IMAGES", 0)

    def grey_out(trainer: Trainer) -> None:
        drawn = type(trainer.generator).forward
        monkeypatch.setattr(
            type(trainer.generator), "forward", lambda self, z, y: drawn(self, z, y) * 1e-3
        )

    config = SMALL.with_(
        objective="bce",
        learning_rate=5e-3,
        warmup_images=0,
        gamma=0.0,
        gamma_end=0.0,
        augment="off",
    )
    found = told(lambda s: "for sure" in s.note, digits, config, grey_out)
    assert "The discriminator tells every fake from real for sure" in found.note


def test_a_discriminator_that_is_dead(digits: Dataset) -> None:
    def kill(trainer: Trainer) -> None:
        for weight in trainer.discriminator.parameters():
            weight.zero_()

    config = SMALL.with_(
        objective="bce", gamma=0.0, gamma_end=0.0, aux_weight_g=0.0, aux_weight_g_end=0.0
    )
    found = told(lambda s: "no gradient" in s.note, digits, config, kill)
    assert "The discriminator gets no gradient any more" in found.note


@pytest.mark.parametrize("classes", [slice(None), slice(3, 5)])
def test_classes_that_collapse(
    digits: Dataset, monkeypatch: pytest.MonkeyPatch, classes: slice
) -> None:
    monkeypatch.setattr(health, "WARM_UP_IMAGES", 0)
    ones = torch.randn(10, 784, generator=torch.Generator().manual_seed(0)).sign()

    def collapse(trainer: Trainer) -> None:
        drawn = trainer.ema.forward

        def forward(z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            noise = torch.sin(100 * z.sum(1))[:, None, None, None]  # much variety
            pictures = drawn(z, y) * 0 + noise * ones[y].view(-1, 1, 28, 28)
            labels = torch.arange(10)[classes]
            stuck = torch.isin(y, labels)
            pictures[stuck] = ones[y[stuck]].view(-1, 1, 28, 28)
            return pictures

        monkeypatch.setattr(type(trainer.ema), "forward", lambda _self, z, y: forward(z, y))

    found = told(lambda s: "ollapsed" in s.note, digits, SMALL, collapse)
    if classes == slice(3, 5):
        assert found.note.startswith("Collapsed classes 3, 4: whatever the noise, one picture.")
    else:
        assert "0, 1, 2, 3, 4 …" in found.note
