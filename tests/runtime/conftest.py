from __future__ import annotations

import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.data.digits import load_digits
from ganview.gan.config import TrainConfig
from ganview.gan.model import Model
from ganview.gan.trainer import Trainer

# Small enough that a step takes a millisecond or two on one processor.
SMALL = TrainConfig(architecture="mlp", size="small", z_dim=8, batch_size=8, threads=1)


@pytest.fixture(autouse=True)
def _no_giving_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a thread that gives way to all others may wait for a minute."""
    monkeypatch.setattr("ganview.runtime.threads.NICER", 0)


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """A few hundred real digits."""
    whole = load_digits("test")
    labels = None if whole.labels is None else whole.labels[:400].clone()
    return Dataset("some digits", whole.images[:400].clone(), labels, whole.class_names, "0" * 64)


def trainer_for(config: TrainConfig, dataset: Dataset) -> Trainer:
    return Trainer(config, dataset.images, dataset.labels, dataset.class_names)


def model_for(dataset: Dataset, **changes: object) -> Model:
    return trainer_for(SMALL.with_(**changes), dataset).model()


def same_weights(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    mine, others = one.state_dict(), other.state_dict()
    return mine.keys() == others.keys() and all(torch.equal(mine[key], others[key]) for key in mine)
