"""The classifier accuracy score of generators that know their classes, and that don't."""

from __future__ import annotations

import torch
from torch import Tensor

from ganview.gan.metrics.cas import classifier_accuracy_score
from ganview.gan.metrics.report import Labelled
from ganview.gan.model import Model, ModelSpec
from ganview.gan.networks.base import Generator

SHAPE = (1, 28, 28)


def halves(labels: Tensor) -> Tensor:
    """Draw what is bright above for 0, below for 1, -1 to 1."""
    images = torch.full((len(labels), *SHAPE), -0.8)
    images[labels == 0, :, :14] = 0.8
    images[labels == 1, :, 14:] = 0.8
    return images


class Halves(Generator):
    """Draws the class asked for, or always the first."""

    def __init__(self, *, obeys: bool) -> None:
        super().__init__(4, SHAPE, 2)
        self.obeys = obeys

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        return halves(y if self.obeys else torch.zeros_like(y))


def real(count: int) -> Labelled:
    labels = torch.arange(count) % 2
    return Labelled(halves(labels).add(1).mul(127.5).to(torch.uint8), labels)


def score(*, obeys: bool, shares: list[float] | None = None):
    spec = ModelSpec("mlp", "small", 4, SHAPE, ("above", "below"), (0.5, 0.5))
    told = shares if shares is not None else []
    return classifier_accuracy_score(
        Model(spec, Halves(obeys=obeys)),
        real(128),
        real(40),
        samples=128,
        epochs=8,
        progress=lambda share, _doing: told.append(share),
    )


def test_a_perfect_generator_teaches_as_well_as_real_pictures() -> None:
    shares: list[float] = []
    figure = score(obeys=True, shares=shares)
    assert figure.value == figure.real == 1
    assert figure.label == "Classifier accuracy score, only 128"
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_generator_that_ignores_the_class_teaches_nothing() -> None:
    figure = score(obeys=False)
    assert figure.value <= 0.6
    assert figure.real == 1
