"""Pictures drawn from a generator, measured, and made comparable between classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganview.gan.explore.measures import MEASURES, measure_images
from ganview.gan.latent import draw_z, normalise_mix, one_hot
from ganview.gan.metrics.classifier import ClassifierNet, in_chunks
from ganview.gan.model import Model

Array = NDArray[np.float32]
Scorer = Callable[[NDArray[np.uint8]], NDArray[Any]]
"""Pictures uint8 (N, H, W[, C]) to class scores (N, K), the greatest for the class it sees."""

OnProgress = Callable[[float, str], None]
ShouldStop = Callable[[], bool]

CHUNK = 1000  # pictures generated and measured at once
JUDGED = 3  # one sample in this many is shown to the judge
MIXED = 8  # one sample in this many is a mixture of two classes
OUTLIER = 4.0  # standard deviations beyond which a measure teaches no more

LOOP = MEASURES.index("loop size")
SMALL_LOOP = 4 / 784  # of the picture's pixels: a smaller enclosed area is an accident


def scorer_of(classifier: ClassifierNet) -> Scorer:
    """Return a classifier as a function of pictures uint8 (N, H, W) or (N, H, W, 3)."""

    def scores(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        images = torch.tensor(pictures)  # a copy: pictures may be read-only
        images = images[:, None] if images.ndim == 3 else images.permute(0, 3, 1, 2)
        found: NDArray[np.float32] = in_chunks(classifier, images, 250).numpy()
        return found

    return scores


@dataclass(frozen=True)
class AttributeSamples:
    """Draws from a generator and what they measure.

    ``z`` (N, D), ``mix`` (N, K), ``values`` (N, M) with NaN where there is nothing to measure.
    """

    z: Array
    mix: Array
    values: Array


def measure_samples(
    model: Model,
    count: int,
    seed: int,
    judge: Scorer | None,
    progress: OnProgress,
    cancelled: ShouldStop,
) -> AttributeSamples | None:
    """Generate and measure pictures, all classes alike; None when cancelled."""
    z = draw_z(count, model.spec.z_dim, seed)
    mix = draw_mixes(count, model.spec.classes, seed)
    parts = []
    for start in range(0, count, CHUNK):
        if cancelled():
            return None
        progress(start / count, "Drawing and measuring pictures")
        part = slice(start, start + CHUNK)
        pictures = model.preview(z[part], mix[part] if model.spec.classes else None)
        columns = measure_images(pictures)
        if judge is not None:  # it costs more than the pictures do
            clear = np.full(len(pictures), np.nan, np.float32)
            clear[::JUDGED] = class_margin(judge(pictures[::JUDGED]), mix[part][::JUDGED])
            columns = np.concatenate([columns, clear[:, None]], 1)
        parts.append(columns)
    return AttributeSamples(z, mix, np.concatenate(parts))


def draw_mixes(count: int, classes: int, seed: int) -> Array:
    """Return class weights (count, K): each class in turn, now and then half-way to another."""
    if classes == 0:
        return np.zeros((count, 0), np.float32)
    random = np.random.default_rng(seed)
    mix = one_hot(np.arange(count) % classes, classes)
    second = one_hot(random.integers(0, classes, count), classes)
    share = random.random((count, 1), np.float32) * (np.arange(count)[:, None] % MIXED == MIXED - 1)
    blend: Array = (1 - share) * mix + share * second
    return normalise_mix(blend)


def class_margin(scores: NDArray[Any], mix: Array) -> Array:
    """Return by how much the class wins over the next (N,), NaN for mixtures.

    Without classes, by how much the best wins over the second.
    """
    ordered = np.sort(scores, axis=1)
    if mix.shape[1] == 0:
        lead: Array = (ordered[:, -1] - ordered[:, -2]).astype(np.float32)
        return lead
    wanted = mix.argmax(1)
    own = np.take_along_axis(scores, wanted[:, None], 1)[:, 0]
    others = np.where(np.eye(scores.shape[1], dtype=bool)[wanted], -np.inf, scores).max(1)
    clear: Array = np.where(mix.max(1) == 1, own - others, np.nan).astype(np.float32)
    return clear


def has_loops(samples: AttributeSamples, image_shape: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Return for each class whether most of its pictures enclose some ground."""
    least = SMALL_LOOP * image_shape[1] * image_shape[2]
    looped = samples.values[:, LOOP] > least
    if samples.mix.shape[1] == 0:
        return np.array([looped.mean() > 0.05])  # some class or other has them
    labels = np.where(samples.mix.max(1) == 1, samples.mix.argmax(1), -1)
    classes = range(samples.mix.shape[1])
    return np.array([bool(looped[labels == c].mean() > 0.5) for c in classes])


def standardise(
    samples: AttributeSamples, loops: NDArray[np.bool_]
) -> tuple[Tensor, Tensor, Array]:
    """Return targets and their weights (N, M), and the spread within classes (max(K, 1), M).

    Loop areas enter as square roots: a loop's side, whose spread depends less on its size.
    """
    values = samples.values.copy()
    values[:, LOOP] = np.sqrt(np.maximum(values[:, LOOP], 0))
    groups = samples.mix if samples.mix.shape[1] else np.ones((len(values), 1), np.float32)
    labels = np.where(groups.max(1) == 1, groups.argmax(1), -1)
    rows = [values[labels == c] for c in range(groups.shape[1])]
    mean = np.stack([_mean(row) for row in rows])
    deviation = np.stack([_mean((row - _mean(row)) ** 2) ** 0.5 for row in rows])
    # a class where a measure hardly varies must not learn its noise
    deviation = np.maximum(deviation, 0.2 * deviation.mean(0) + 1e-6)
    targets = (values - groups @ mean) / (groups @ deviation)
    trust = np.isfinite(targets).astype(np.float32)
    trust[:, LOOP] *= 0.05 + 0.95 * (groups @ loops.astype(np.float32))
    targets = np.clip(np.nan_to_num(targets), -OUTLIER, OUTLIER).astype(np.float32)
    plain = [samples.values[labels == c] for c in range(groups.shape[1])]
    spread = np.stack([_mean((row - _mean(row)) ** 2) ** 0.5 for row in plain])
    return torch.from_numpy(targets), torch.from_numpy(trust), spread


def _mean(values: Array) -> Array:
    """Return the mean of each column (N, M) of what is a number; 0 where nothing is."""
    known = np.isfinite(values)
    total = np.where(known, values, 0).sum(0)
    mean: Array = (total / np.maximum(known.sum(0), 1)).astype(np.float32)
    return mean
