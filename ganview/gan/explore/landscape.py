"""Where real and generated pictures lie: a map of all of them, and one within each class.

The map of all is a `PlaneMap` of the judge's features. Within a class a picture's distance from the
middle says how rare it is there (`Rarity`), its direction which way it differs: that in which the
map of all has it from the middle of its class, evened out, so that of real pictures about as rare
as many lie in each direction. Real pictures of a class so make one hill, a two-dimensional bell
whatever their features are, the usual in its middle, the rare at its edge.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganview.gan.explore.plane_map import PlaneMap
from ganview.gan.explore.rarity import Calibration, Rarity
from ganview.gan.latent import draw_z
from ganview.gan.metrics.classifier import ClassifierNet, in_chunks
from ganview.gan.model import Model, to_uint8

Floats = NDArray[np.float32]

PICTURES = 1000  # generated ones
BATCH = 250  # drawn at once: after each, the work can be given up
RIM = 3.3  # standard deviations of the bell within a class, from the middle to the edge
EDGE = 0.97  # those beyond the rim stand there
BANDS, IN_BAND = 8, 100  # of rarity, at most, and real pictures in each, at least: see `_turns`
SEED = 20_141_204  # of the noise, the same in every look: a cloud moves as a generator learns


@dataclass(frozen=True)
class Worth:
    """How far a landscape can be trusted, measured on pictures that nothing of it was made of."""

    # Of the 10 real pictures nearest in the plane, the share that is among the 100 nearest in the
    # features.
    neighbours: float
    # How often the commonest class of those 10 is the right one; nan with less than two classes.
    accuracy: float
    pictures: int  # how many pictures that was measured on
    # Whether real pictures that the ranks don't know are as rare as they are said to be; None where
    # that was not measured.
    calibration: Calibration | None = None
    # The same of pictures from another source, as digits that other people wrote.
    elsewhere: Calibration | None = None


@dataclass(eq=False)
class Landscape:
    """Real pictures of one kind of data, and the maps that others are laid into."""

    # judge, classifier: whose features are mapped, and what reads the classes of pictures that have
    # none
    judge: ClassifierNet
    classifier: ClassifierNet
    plane: PlaneMap  # the map of all
    features: Tensor  # float32 (N, 64) of real pictures
    chosen: Tensor  # int64 (N,): which of the training pictures they are
    labels: Tensor  # int64 (N,), their classes; all 0 where there are none
    class_names: tuple[str, ...]  # empty where there are none
    rarity: Rarity  # among those pictures
    worth: Worth  # of the map of all

    def __post_init__(self) -> None:
        self._points = self.plane(self.features)
        parts = [self._points[self.labels == label] for label in range(self.classes)]
        parts = [part if len(part) else self._points for part in parts]
        self._middles = torch.stack([part.median(0).values for part in parts])
        self._scales = torch.stack([part.std(0, correction=0) + 1e-6 for part in parts])

    @property
    def classes(self) -> int:
        """Number of classes, 1 where there are none."""
        return max(1, len(self.class_names))

    @property
    def places(self) -> Floats:
        """Where the real pictures are on the map of all, (N, 2)."""
        return as_floats(self._points)

    @cached_property
    def within(self) -> Floats:
        """Where they are on the map of their class, (N, 2)."""
        return self.place_within(self.features, self.labels, self._own_ranks)

    @cached_property
    def shares(self) -> Floats:
        """Share of each class among them, (K,)."""
        counts = torch.bincount(self.labels, minlength=self.classes)
        return as_floats(counts / counts.sum())

    def place(self, features: Tensor) -> Floats:
        """Return where pictures of these features (M, 64) are on the map of all, (M, 2)."""
        return as_floats(self.plane(features))

    def place_within(self, features: Tensor, labels: Tensor, ranks: Tensor) -> Floats:
        """Return where pictures are on the maps of their classes (M,), by their ranks, (M, 2)."""
        ranks = ranks.nan_to_num(0.5)
        raw, even = self._directions(self.plane(features), labels), torch.zeros(len(labels))
        for label in labels.unique().tolist():
            rows, bands = labels == label, self._turns[label]
            shares = torch.stack([_shares_below(band, raw[rows]) for band in bands])
            at = (ranks[rows] * len(bands) - 0.5).clamp(0, len(bands) - 1)
            # Between two bands it goes over, so that a marker that moves does not leap.
            low, high = at.floor().long(), at.ceil().long()
            each = torch.arange(len(at))
            even[rows] = shares[low, each].lerp(shares[high, each], at - low)
        reach = torch.from_numpy(reach_of(ranks.numpy()))
        return as_floats(torch.polar(reach, 2 * math.pi * even).view(torch.float32).view(-1, 2))

    def _directions(self, points: Tensor, labels: Tensor) -> Tensor:
        """Return in which direction, −π to π, points (M, 2) lie from the middle of their class."""
        away = (points - self._middles[labels]) / self._scales[labels]
        return torch.atan2(away[:, 1], away[:, 0])

    @cached_property
    def _own_ranks(self) -> Tensor:
        return self.rarity.own_ranks(self.labels)

    @cached_property
    def _turns(self) -> list[list[Tensor]]:
        """For each class the sorted directions of real pictures, in bands from usual to rare."""
        directions, found = self._directions(self._points, self.labels), []
        for label in range(self.classes):
            rows = torch.nonzero(self.labels == label)[:, 0]
            rows = rows[self._own_ranks[rows].argsort()]
            bands = rows.tensor_split(max(1, min(BANDS, len(rows) // IN_BAND)))
            found.append([directions[band].sort().values for band in bands])
        return found

    def describe(self, images: Tensor, labels: Sequence[int | None]) -> tuple[Tensor, Tensor]:
        """Return features (M, 64) of pictures, and the classes that they are held against, (M,).

        Those of ``labels``; where that is None or there are no classes, as they read.
        """
        given = [-1 if label is None or not self.class_names else label for label in labels]
        held = torch.tensor(given)
        if bool((held >= 0).all()):
            return in_chunks(self.judge.features, images), held
        features, read = self.read(images)
        return features, torch.where(held >= 0, held, read)

    def read(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return features (M, 64) of pictures uint8 (M, C, H, W), and the classes they read as."""
        features = in_chunks(self.judge.features, images, BATCH)
        if len(self.class_names) < 2:
            return features, torch.zeros(len(images), dtype=torch.int64)
        if self.classifier is self.judge:
            return features, self.judge.head(features).argmax(1)
        return features, in_chunks(self.classifier, images, BATCH).argmax(1)


@dataclass(frozen=True, eq=False)
class Cloud:
    """Generated pictures of one generator, laid into a `Landscape`; all arrays are finished."""

    images: NDArray[np.uint8]  # uint8 (M, H, W) or (M, H, W, 3)
    z: Floats  # float32 (M, D), as the explorer takes it
    # int64 (M,), the class that was asked for; None from a generator without classes.
    asked: NDArray[np.int64] | None
    read: NDArray[np.int64]  # int64 (M,), the class that each reads as; all 0 where there are none
    # places, within: float32 (M, 2) on the map of all, and on that of the class
    places: Floats
    within: Floats
    ranks: Floats  # float32 (M,): how rare each is among real ones of its class, 0 to 1
    features: Tensor  # float32 (M, 64)
    step: int  # of the generator; 0 where it is not known
    psi: float  # diversity that they were drawn with

    @property
    def labels(self) -> NDArray[np.int64]:
        """The class that each picture is held against: the one asked for, else the one read."""
        return self.read if self.asked is None else self.asked


def draw_cloud(
    model: Model,
    landscape: Landscape,
    *,
    pictures: int = PICTURES,
    psi: float = 1.0,
    label: int | None = None,
    count: Callable[[int], object] = lambda _done: None,
) -> Cloud:
    """Draw pictures and find where they lie.

    Parameters
    ----------
    label : int, optional
        Of this class only; otherwise each class has its share of the training set.
    count : callable
        Called with the number of pictures after each batch; may raise to end the work.
    """
    z = draw_z(pictures, model.spec.z_dim, SEED)
    asked: NDArray[np.int64] | None = None
    if model.spec.classes:
        if label is not None:
            asked = np.full(pictures, label, np.int64)
        else:
            ends = np.cumsum(model.spec.class_prior)
            at = (np.arange(pictures) + 0.5) / pictures  # each class its share, as near as can be
            asked = np.searchsorted(ends, at * ends[-1]).astype(np.int64)
            asked = np.random.default_rng(SEED).permutation(asked)
    images, features, read = [], [], []
    for start in range(0, pictures, BATCH):
        rows = slice(start, start + BATCH)
        y = None if asked is None else torch.from_numpy(asked[rows])
        drawn = to_uint8(model.generate(torch.from_numpy(z[rows] * np.float32(psi)), y))
        described, classes = landscape.read(planes_first(drawn))
        images.append(drawn)
        features.append(described)
        read.append(classes)
        count(len(drawn))
    described, classes = torch.cat(features), torch.cat(read)
    held = classes if asked is None or not landscape.class_names else torch.from_numpy(asked)
    ranks = landscape.rarity.ranks(described, held)
    return Cloud(
        images=np.concatenate(images),
        z=z,
        asked=asked,
        read=classes.numpy(),
        places=landscape.place(described),
        within=landscape.place_within(described, held, ranks),
        ranks=ranks.numpy(),
        features=described,
        step=int(model.info.get("step") or 0),
        psi=psi,
    )


def _shares_below(ordered: Tensor, values: Tensor) -> Tensor:
    """Return which share of some ordered numbers each value is above, neither 0 nor 1."""
    return (torch.searchsorted(ordered, values) + 0.5) / (len(ordered) + 1)


def reach_of(rank: Any) -> Any:
    """Return how far from the middle of its class's map a picture of a rank (0 to 1) is.

    Of a two-dimensional bell, the share 1 − exp(−r²/2) lies within r standard deviations.
    """
    return np.minimum(np.sqrt(-2 * np.log1p(-np.asarray(rank, np.float32))) / RIM, EDGE)


def as_floats(tensor: Tensor) -> Floats:
    """Return a tensor's numbers as an array float32."""
    array: Floats = tensor.numpy()
    return array


def planes_first(images: NDArray[np.uint8]) -> Tensor:
    """Return pictures (M, H, W) or (M, H, W, 3) as a tensor (M, C, H, W)."""
    tensor = torch.tensor(images)  # a copy: pictures may be read-only
    return tensor[:, None] if tensor.ndim == 3 else tensor.permute(0, 3, 1, 2).contiguous()
