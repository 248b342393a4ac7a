"""How rare a picture is among the real ones of its class, as a rank that can be checked.

The thinner real pictures lie around a picture, the rarer it is: what counts is the distance to its
k-th nearest real neighbour in the judge's features (Loftsgaarden and Quesenberry, 1965, estimate a
density so). Of that distance only the rank among the same distances of other real pictures is told,
so that one real picture in ten is in the rarest tenth. `check_calibration` asks pictures that gave
neither neighbours nor ranks whether that is so. Of pictures from the same source it is, but for
chance (Vovk, Gammerman and Shafer, 2005: conformal p-values); those of another source, as digits
that other people wrote, may be rarer or more typical, which no ranks can know.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

NEIGHBOURS = 10
CHUNK = 2000  # rows of a distance matrix held at once
KEPT = 1000  # distances of a class that are kept, evenly spaced in rank
ENOUGH = 50  # pictures of a class to ask: of fewer, chance alone would make such a gap 10 points
BY_CHANCE = 0.68  # √n times the largest gap over nine tenths of n even ranks, on average


class Calibration(NamedTuple):
    """How true the ranks of some real pictures are."""

    # For each class of which enough were asked, the share that is in the rarest tenth. Where no
    # class has enough, all of them together.
    tenths: tuple[float, ...]
    # For each of them, the largest gap between the share of its pictures that is said to be rarer
    # than 10, 20 … 90 % and the share that is.
    gaps: tuple[float, ...]
    # What such a gap would be on average if every rank were true: the classes have few pictures.
    chance: float


class Rarity:
    """Ranks pictures of each class by how rare they are.

    Parameters
    ----------
    features : Tensor
        float32 (N, d) of the real pictures that neighbours are searched among.
    labels : Tensor
        int64 (N,), their classes; all 0 where there are none.
    distances : tuple of Tensor
        For each class sorted distances (U,) of real pictures to their k-th neighbour, evenly spaced
        in rank.
    """

    def __init__(self, features: Tensor, labels: Tensor, distances: tuple[Tensor, ...]) -> None:
        self.distances = distances
        self._of_class = [features[labels == label] for label in range(len(distances))]

    @classmethod
    def from_pictures(
        cls, features: Tensor, labels: Tensor, others: Tensor, other_labels: Tensor, classes: int
    ) -> Rarity:
        """Compare with real pictures, ranked among themselves and others.

        Parameters
        ----------
        features, labels : Tensor
            As above.
        others, other_labels : Tensor
            The same of more real pictures, (U, d) and (U,): they give ranks, but no neighbours.
        classes : int
            Number of classes, at least 1.
        """
        rarity = cls(features, labels, tuple(torch.empty(0) for _ in range(classes)))
        own = rarity.own_distances(labels)
        found = rarity.neighbour_distances(others, other_labels)
        rarity.distances = tuple(
            thinned(torch.cat([own[labels == label], found[other_labels == label]]))
            for label in range(classes)
        )
        return rarity

    def own_distances(self, labels: Tensor) -> Tensor:
        """Return the distance (N,) of each real picture to the k-th nearest other of its class."""
        found = torch.full((len(labels),), torch.nan)
        for label, real in enumerate(self._of_class):
            if len(real) > 1:
                k = min(NEIGHBOURS, len(real) - 1) + 1  # the nearest is the picture itself
                near = [distance_to(part, real, k) for part in real.split(CHUNK)]
                found[labels == label] = torch.cat(near)
        return found

    def own_ranks(self, labels: Tensor) -> Tensor:
        """Return the ranks (N,) of the real pictures among each other; none neighbours itself."""
        found = self.own_distances(labels)
        for label in range(len(self._of_class)):
            rows = labels == label
            known = found[rows]
            if len(known) > 1:
                found[rows] = (known.argsort().argsort() + 0.5) / len(known)
        return found

    def _known_labels(self, labels: Tensor) -> list[int]:
        """Return the classes among labels (M,) that there are."""
        return [label for label in labels.unique().tolist() if 0 <= label < len(self._of_class)]

    def neighbour_distances(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the distance (M,) to the k-th nearest real picture of a class; nan without any."""
        found = torch.full((len(features),), torch.nan)
        for label in self._known_labels(labels):
            real = self._of_class[label]
            rows = torch.nonzero(labels == label)[:, 0]
            k = min(NEIGHBOURS, len(real))
            for part in rows.split(CHUNK) if k else ():
                found[part] = distance_to(features[part], real, k)
        return found

    def ranks(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the share of real pictures of its class that each picture is rarer than.

        Parameters
        ----------
        features, labels : Tensor
            (M, d) and (M,).

        Returns
        -------
        Tensor
            float32 (M,), above 0 and below 1; nan where the class has too few real pictures.
        """
        distance = self.neighbour_distances(features, labels)
        found = torch.full_like(distance, torch.nan)
        for label in self._known_labels(labels):
            known, rows = self.distances[label], labels == label
            if len(known):
                before = torch.searchsorted(known, distance[rows].contiguous())
                found[rows] = (before + 0.5) / (len(known) + 1)
        return torch.where(distance.isnan(), distance, found)


def distance_to(features: Tensor, real: Tensor, k: int) -> Tensor:
    """Return the distance (M,) from each feature vector (M, d) to the k-th nearest of (N, d)."""
    nearest = torch.cdist(features, real).topk(k, largest=False).values
    return nearest[:, -1]  # a quarter of the time that `kthvalue` takes


def check_halves(
    features: Tensor, labels: Tensor, classes: int, *, references: int, seed: int
) -> Calibration | None:
    """Check the ranks that a random half of real pictures gives on the other half.

    Parameters
    ----------
    features, labels : Tensor
        (N, d) and (N,) of real pictures from one source.
    references : int
        How many of the first half neighbours are searched among.
    """
    order = torch.randperm(len(features), generator=torch.Generator().manual_seed(seed))
    first, second = order.tensor_split(2)
    near, more = first[:references], first[references:]
    rarity = Rarity.from_pictures(
        features[near], labels[near], features[more], labels[more], classes
    )
    return check_calibration(
        rarity.ranks(features[second], labels[second]), labels[second], classes
    )


def thinned(distances: Tensor) -> Tensor:
    """Return at most `KEPT` of some distances, sorted and evenly spaced in rank; without nan."""
    known = distances[~distances.isnan()].sort().values
    if len(known) <= KEPT:
        return known
    return known[((torch.arange(KEPT) + 0.5) * (len(known) / KEPT)).long()]


def check_calibration(ranks: Tensor, labels: Tensor, classes: int) -> Calibration | None:
    """Hold the ranks (M,) of real pictures of known classes (M,) against what they say.

    None where no rank is known: each class has one picture.
    """
    levels = torch.arange(1, 10) / 10
    known = ~ranks.isnan()
    if not known.any():
        return None
    asked = [ranks[known & (labels == label)] for label in range(classes)]
    tenths, gaps, chances = [], [], []
    for own in [own for own in asked if len(own) >= ENOUGH] or [ranks[known]]:
        true = (own[:, None] > levels).double().mean(0)
        tenths.append(float(true[-1]))
        gaps.append(float((true - (1 - levels)).abs().max()))
        chances.append(BY_CHANCE / math.sqrt(len(own)))
    return Calibration(tuple(tenths), tuple(gaps), sum(chances) / len(chances))
