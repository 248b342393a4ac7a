"""Measures quality during training, as the report does, from fewer samples.

A Fréchet distance depends on how many pictures it is taken from, so the real figure beside it is
taken from as many, and neither may be compared with those of a full report.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from ganview.gan.metrics.classifier import ClassifierNet, fingerprint, in_chunks
from ganview.gan.metrics.frechet import GaussianFit, fit_gaussian, frechet_distance
from ganview.gan.metrics.quality import Quality
from ganview.gan.metrics.report import SEED, Labelled, draw_in_proportion
from ganview.gan.model import Model

SAMPLES = 1000

ShouldStop = Callable[[], bool]


class Cancelled(Exception):  # noqa: N818 - nothing went wrong
    """The measurement was cancelled."""


class RealStatistics(NamedTuple):
    """Statistics of real pictures, to which every measurement is compared."""

    gaussian: GaussianFit  # of the judge's features of pictures that the generator has not seen
    frechet_real: float  # distance of ``samples`` training pictures from them
    # Share of those training pictures that the classifier reads as labelled, 0 to 1.
    accuracy_real: float
    samples: int  # number of samples in each measurement


def measure_real_statistics(
    judge: ClassifierNet,
    classifier: ClassifierNet,
    train: Labelled,
    unseen: Tensor,
    samples: int = SAMPLES,
    stopped: ShouldStop = lambda: False,
) -> RealStatistics:
    """Measure the real pictures.

    Parameters
    ----------
    train : Labelled
        What the generator learns from, with labels.
    unseen : Tensor
        Pictures that it does not learn from, uint8 (N, C, H, W).
    stopped : callable
        Asked now and then; when it says yes, `Cancelled` is raised.
    """
    if train.labels is None:
        raise ValueError("quality is measured on labelled data")
    held = fit_gaussian(_watched(judge.features, unseen, stopped))
    images, labels = train.images[:samples], train.labels[:samples]
    seen = _watched(classifier, images, stopped).argmax(1)
    distance = frechet_distance(fit_gaussian(_watched(judge.features, images, stopped)), held)
    return RealStatistics(held, distance, float((seen == labels).double().mean()), samples)


class OnlineEvaluator:
    """Measures one model after another against the same real pictures.

    Parameters
    ----------
    judge, classifier : ClassifierNet
        As in `ganview.gan.metrics.report.evaluate`.
    reference : RealStatistics
        The real pictures, measured with the same two.
    """

    def __init__(
        self, judge: ClassifierNet, classifier: ClassifierNet, reference: RealStatistics
    ) -> None:
        self._judge, self._classifier, self._reference = judge, classifier, reference
        self._name = fingerprint(judge)

    def __call__(self, model: Model, stopped: ShouldStop = lambda: False) -> Quality:
        """Draw samples with a fixed seed and measure them; ``stopped`` as for the reference."""
        real = self._reference
        images, asked = draw_in_proportion(model, real.samples, SEED)
        features = _watched(self._judge.features, images, stopped)
        accuracy = worst = torch.nan
        if asked is not None:
            right = (_watched(self._classifier, images, stopped).argmax(1) == asked).double()
            accuracy = float(right.mean())
            worst = min(float(right[asked == label].mean()) for label in asked.unique())
        return Quality(
            model.info.get("images_seen", 0),
            model.info.get("step", 0),
            frechet_distance(fit_gaussian(features), real.gaussian),
            real.frechet_real,
            accuracy,
            real.accuracy_real,
            worst,
            real.samples,
            self._name,
        )


def _watched(function: Callable[[Tensor], Tensor], images: Tensor, stopped: ShouldStop) -> Tensor:
    """Apply a function in chunks, between which `Cancelled` may be raised."""

    def chunk(part: Tensor) -> Tensor:
        if stopped():
            raise Cancelled
        return function(part)

    return in_chunks(chunk, images, 250)
