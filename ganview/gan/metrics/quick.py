"""A quick look at quality while training goes on: fewer samples, the same rules.

A Fréchet distance depends on how many pictures it is taken from, so the real figure beside it is
taken from as many, and neither may be compared with those of a full report.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from ganview.gan.judge import Classifier, fingerprint, in_chunks
from ganview.gan.metrics.frechet import Moments, frechet_distance, moments
from ganview.gan.metrics.quality import Quality
from ganview.gan.metrics.report import SEED, Labelled, draw_samples
from ganview.gan.model import Model

SAMPLES = 1000

Asked = Callable[[], bool]


class Interrupted(Exception):  # noqa: N818 - nothing went wrong
    """A look was given up because whoever wanted it no longer does."""


class Reference(NamedTuple):
    """Real pictures, measured once for all the looks that are held against them.

    Parameters
    ----------
    moments : Moments
        Of the judge's features of pictures that the generator has not seen.
    frechet_real : float
        Distance of ``samples`` training pictures from them.
    accuracy_real : float
        Share of those training pictures that the reader reads as labelled, 0 to 1.
    samples : int
        How many pictures each look draws.
    """

    moments: Moments
    frechet_real: float
    accuracy_real: float
    samples: int


def measure_reference(
    judge: Classifier,
    reader: Classifier,
    train: Labelled,
    unseen: Tensor,
    samples: int = SAMPLES,
    stopped: Asked = lambda: False,
) -> Reference:
    """Measure the real pictures.

    Parameters
    ----------
    judge, reader : Classifier
        As in `ganview.gan.metrics.report.evaluate`.
    train : Labelled
        What the generator learns from, with labels.
    unseen : Tensor
        What it does not, uint8 (N, C, H, W).
    samples : int
        Pictures of each look.
    stopped : callable
        Asked now and then; when it says yes, `Interrupted` is raised.
    """
    if train.labels is None:
        raise ValueError("quality is measured on labelled data")
    held = moments(_watched(judge.features, unseen, stopped))
    images, labels = train.images[:samples], train.labels[:samples]
    seen = _watched(reader, images, stopped).argmax(1)
    distance = frechet_distance(moments(_watched(judge.features, images, stopped)), held)
    return Reference(held, distance, float((seen == labels).double().mean()), samples)


class QuickLook:
    """Measures one model after another against the same real pictures.

    Parameters
    ----------
    judge, reader : Classifier
        As in `ganview.gan.metrics.report.evaluate`.
    reference : Reference
        The real pictures, measured with the same two.
    """

    def __init__(self, judge: Classifier, reader: Classifier, reference: Reference) -> None:
        self._judge, self._reader, self._reference = judge, reader, reference
        self._name = fingerprint(judge)

    def __call__(self, model: Model, stopped: Asked = lambda: False) -> Quality:
        """Draw samples with a fixed seed and measure them; ``stopped`` as for the reference."""
        real = self._reference
        images, asked = draw_samples(model, real.samples, SEED)
        features = _watched(self._judge.features, images, stopped)
        accuracy = worst = torch.nan
        if asked is not None:
            right = (_watched(self._reader, images, stopped).argmax(1) == asked).double()
            accuracy = float(right.mean())
            worst = min(float(right[asked == label].mean()) for label in asked.unique())
        return Quality(
            model.info.get("images_seen", 0),
            model.info.get("step", 0),
            frechet_distance(moments(features), real.moments),
            real.frechet_real,
            accuracy,
            real.accuracy_real,
            worst,
            real.samples,
            self._name,
        )


def _watched(function: Callable[[Tensor], Tensor], images: Tensor, stopped: Asked) -> Tensor:
    """Apply a function in chunks, between which `Interrupted` may be raised."""

    def chunk(part: Tensor) -> Tensor:
        if stopped():
            raise Interrupted
        return function(part)

    return in_chunks(chunk, images, 250)
