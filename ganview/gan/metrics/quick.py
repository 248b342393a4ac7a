"""A quick look at quality while training goes on: fewer samples, the same rules.

A Fréchet distance depends on how many pictures it is taken from, so the real figure beside it is
taken from as many, and neither may be compared with those of a full report.
"""

from __future__ import annotations

from typing import NamedTuple

import torch

from ganview.gan.judge import Classifier, in_chunks, read
from ganview.gan.metrics.frechet import Moments, frechet_distance, moments
from ganview.gan.metrics.report import SEED, Labelled, draw_samples
from ganview.gan.model import Model

SAMPLES = 1000


class Quality(NamedTuple):
    """What a quick look found.

    Parameters
    ----------
    images_seen, step : int
        Where training stood.
    frechet, frechet_real : float
        Distance of so many samples, and of as many real training pictures, from the test pictures.
    accuracy, accuracy_real : float
        Share read as asked (0 to 1), and of real pictures as labelled; ``accuracy`` is nan where
        no class was asked for.
    worst : float
        Share read as asked of the worst class, nan without classes.
    """

    images_seen: int
    step: int
    frechet: float
    frechet_real: float
    accuracy: float
    accuracy_real: float
    worst: float


class QuickLook:
    """Measures one model after another against the same test pictures.

    Parameters
    ----------
    judge, reader : Classifier
        As in `evaluate`.
    train, test : Labelled
        Real labelled pictures.
    samples : int
        Pictures drawn for each look.
    """

    def __init__(
        self,
        judge: Classifier,
        reader: Classifier,
        train: Labelled,
        test: Labelled,
        samples: int = SAMPLES,
    ) -> None:
        if train.labels is None:
            raise ValueError("quality is measured on labelled data")
        self.judge = judge
        self.reader = reader
        self.samples = samples
        self.test: Moments = moments(in_chunks(judge.features, test.images))
        images, labels = train.images[:samples], train.labels[:samples]
        features = moments(in_chunks(judge.features, images))
        self.frechet_real = frechet_distance(features, self.test)
        self.accuracy_real = float((read(reader, images) == labels).double().mean())

    def __call__(self, model: Model) -> Quality:
        """Draw samples with a fixed seed and measure them."""
        images, asked = draw_samples(model, self.samples, SEED)
        frechet = frechet_distance(moments(in_chunks(self.judge.features, images)), self.test)
        accuracy = worst = torch.nan
        if asked is not None:
            right = (read(self.reader, images) == asked).double()
            accuracy = float(right.mean())
            worst = min(float(right[asked == label].mean()) for label in asked.unique())
        return Quality(
            model.info.get("images_seen", 0),
            model.info.get("step", 0),
            frechet,
            self.frechet_real,
            accuracy,
            self.accuracy_real,
            worst,
        )
