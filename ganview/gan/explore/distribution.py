"""Generated pictures against real ones in plain numbers: histograms, regions, how many differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganview.gan.clusters import first_centres
from ganview.gan.explore.measures import MEASURES, UNITS, measure_images

BINS = 24
TAILS = 0.5  # percent of real pictures beyond each end of a histogram
REGIONS, SMALLEST = 100, 40  # at most, and real pictures in each on average
ROUNDS = 10  # of k-means
EXPECTED, LEFT = 5.0, 0.1  # pictures a region should have had, and the part that is as good as none
COMPARED = 1000  # pictures that are compared in pairs
ALIKE = 0.5  # of the usual distance between nearest real pictures: two nearer ones are the same
SURE = 3.0  # without a pair, this many expected ones can be ruled out (95 %)


@dataclass(frozen=True, eq=False)
class Histogram:
    """How a property is spread among real pictures and among generated ones."""

    # name, unit: of the property
    name: str
    unit: str
    # (B + 1,), between its bins; what lies beyond them counts in the outermost.
    edges: NDArray[np.float64]
    # real, fake: (B,), shares of the pictures; they sum to 1, or to 0 where there is nothing to
    # measure
    real: NDArray[np.float64]
    fake: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Regions:
    """Regions of like real pictures, and how many generated ones fell in them."""

    covered: float  # share of the real pictures whose region is not missing
    # For each region that hardly a generated picture is in, the real picture in its middle, as an
    # index; the most crowded region first.
    missing: NDArray[np.int64]
    count: int  # how many regions there are


@dataclass(frozen=True)
class Birthdays:
    """How many different pictures there are, judged by how often two are the same."""

    pairs: int  # pairs that are the same, among ``pictures``
    pictures: int  # how many were compared

    @property
    def estimate(self) -> float:
        """Number of equally likely pictures that would give as many pairs; see `at_least`."""
        possible = self.pictures * (self.pictures - 1) / 2
        return possible / (self.pairs or SURE)

    @property
    def at_least(self) -> bool:
        """Whether there was no pair, so that the estimate is a lower bound."""
        return not self.pairs


def histograms_of(
    real: NDArray[np.uint8], fake: NDArray[np.uint8], *, handwritten: bool
) -> tuple[Histogram, ...]:
    """Compare properties that a person can see.

    Parameters
    ----------
    real, fake : ndarray
        uint8 (N, H, W[, 3]) and (M, H, W[, 3]).
    handwritten : bool
        Whether to measure strokes, as of digits; otherwise light, edges and colour.
    """
    names, units, measured = property_columns(real, handwritten=handwritten)
    drawn = property_columns(fake, handwritten=handwritten)[2]
    found = []
    for column, (name, unit) in enumerate(zip(names, units, strict=True)):
        values = measured[:, column][np.isfinite(measured[:, column])]
        if not len(values):
            continue
        low, high = np.percentile(values, [TAILS, 100 - TAILS])
        edges = np.linspace(low, max(high, low + 1e-6), BINS + 1)
        shares = [shares_between(edges, table[:, column]) for table in (measured, drawn)]
        found.append(Histogram(name, unit, edges, *shares))
    return tuple(found)


def shares_between(edges: NDArray[np.float64], values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the share of the finite values in each bin, those beyond the ends in the last ones."""
    finite = values[np.isfinite(values)].clip(edges[0], edges[-1])
    return np.histogram(finite, edges)[0] / max(1, len(finite))


def property_columns(
    images: NDArray[np.uint8], *, handwritten: bool
) -> tuple[tuple[str, ...], tuple[str, ...], NDArray[np.float32]]:
    """Return names and units of properties, and their values (N, P)."""
    if handwritten:
        return MEASURES, UNITS, measure_images(images)
    light = images.astype(np.float32) / 2.55  # percent
    grey = light.mean(3) if light.ndim == 4 else light
    across = np.abs(np.diff(grey, axis=2)).mean((1, 2))
    down = np.abs(np.diff(grey, axis=1)).mean((1, 2))
    columns = [grey.mean((1, 2)), grey.std((1, 2)), across + down]
    names = ["brightness", "contrast", "edges"]
    if light.ndim == 4:
        names.append("colour")
        columns.append((light.max(3) - light.min(3)).mean((1, 2)))
    return tuple(names), ("%",) * len(names), np.stack(columns, 1).astype(np.float32)


def find_regions(real: Tensor, fake: Tensor) -> Regions:
    """Divide the features of real pictures (N, d) by k-means, and count those of generated ones.

    Parameters
    ----------
    real, fake : Tensor
        float32 (N, d) and (M, d).
    """
    if len(real) < 2:
        return Regions(1.0, np.zeros(0, np.int64), 0)
    count = max(2, min(REGIONS, len(real) // SMALLEST))
    centres = first_centres(real, count, torch.Generator().manual_seed(0))
    for _ in range(ROUNDS):
        nearest = torch.cdist(real, centres).argmin(1)
        sizes = torch.bincount(nearest, minlength=count)
        sums = torch.zeros_like(centres).index_add_(0, nearest, real)
        centres[sizes > 0] = sums[sizes > 0] / sizes[sizes > 0, None]
    away = torch.cdist(real, centres)
    nearest = away.argmin(1)
    share = torch.bincount(nearest, minlength=count).double() / len(real)
    drawn = torch.bincount(torch.cdist(fake, centres).argmin(1), minlength=count).double()
    expected = share * len(fake)
    missing = (expected >= EXPECTED) & (drawn <= LEFT * expected)
    order = torch.nonzero(missing)[:, 0]
    order = order[share[order].argsort(descending=True)]
    return Regions(1 - float(share[missing].sum()), away.argmin(0)[order].numpy(), count)


def count_birthdays(
    real: NDArray[np.uint8], fake: NDArray[np.uint8]
) -> tuple[Birthdays, Birthdays]:
    """Count pairs of the same picture among real and among generated ones.

    In a group of 23 people two probably share a birthday, because there are only 365: so how often
    two of M pictures are the same tells how many different ones there are (Arora and Zhang, 2017,
    arXiv:1706.08224). Two are taken for the same that are less than half as far apart, pixel by
    pixel, as a real picture usually is from the nearest other one among as many.

    Parameters
    ----------
    real, fake : ndarray
        uint8 (N, H, W[, 3]) and (M, H, W[, 3]); the first `COMPARED` of each are compared.
    """
    sets = [torch.from_numpy(np.array(part[:COMPARED])).flatten(1).float() for part in (real, fake)]
    distances = [torch.pdist(part) for part in sets]
    size = len(sets[0])
    square = torch.full((size, size), math.inf)
    above = torch.triu_indices(size, size, 1)
    square[above[0], above[1]] = square[above[1], above[0]] = distances[0]
    limit = ALIKE * float(square.amin(1).median()) if size > 1 else 0.0
    found = [
        Birthdays(int((part < limit).sum()), len(pictures))
        for part, pictures in zip(distances, sets, strict=True)
    ]
    return found[0], found[1]
