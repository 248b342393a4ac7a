"""Kinds: what stands in for classes where there are no labels.

Digits of ten sorts are ten islands. A generator that must reach all of them from one cloud of noise
draws bridges, and how much of the noise falls to each island is left to chance. So pictures are put
into kinds by likeness alone, before training: k-means on their principal components. D judges a
picture as one of its kind, G draws of a kind, and which it is the noise decides, in the kinds' own
shares (self-conditioned GANs: Liu, Wang, Bau, Zhu and Torralba, 2020). No label is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

COMPONENTS = 50  # of the pictures, which they are compared by
FITTED = 10_000  # pictures that the centres are found from
ROUNDS = 20
SMALLEST = 50  # pictures a kind, on average: fewer pictures make fewer kinds


@dataclass(frozen=True)
class Kinds:
    """Real pictures by kind.

    Parameters
    ----------
    of : Tensor
        The kind (N,) int64 of each picture.
    order : Tensor
        Indices (N,) of the pictures, those of one kind together.
    starts, counts : Tensor
        Where a kind begins in ``order``, (K,), and how many pictures it has.
    """

    of: Tensor
    order: Tensor
    starts: Tensor
    counts: Tensor

    @classmethod
    def from_labels(cls, of: Tensor, count: int) -> Kinds:
        """Sort pictures whose kinds (N,) are known."""
        counts = torch.bincount(of, minlength=count)
        return cls(of, torch.argsort(of, stable=True), counts.cumsum(0) - counts, counts)

    @property
    def shares(self) -> Tensor:
        """Share (K,) of each kind; they sum to 1."""
        return self.counts.double() / self.counts.sum()

    def draw(self, kinds: Tensor, random: torch.Generator) -> Tensor:
        """Return the index (B,) of a random picture of each of the kinds (B,)."""
        place = torch.rand(len(kinds), generator=random, dtype=torch.float64)
        return self.order[self.starts[kinds] + (place * self.counts[kinds]).long()]


def find_kinds(images: Tensor, count: int, seed: int) -> Kinds | None:
    """Put pictures into kinds by likeness.

    Parameters
    ----------
    images : Tensor
        uint8 (N, C, H, W).
    count : int
        How many kinds, at most; 0 for none.
    seed : int
        Decides which pictures the centres are found from.

    Returns
    -------
    Kinds or None
        None where there are too few pictures for two kinds. No kind is empty.
    """
    count = min(count, len(images) // SMALLEST)
    if count < 2:
        return None
    random = torch.Generator().manual_seed(seed)
    points = components(images)  # (N, P)
    some = points[torch.randperm(len(points), generator=random)[:FITTED]]
    centres = some[:count].clone()
    for _ in range(ROUNDS):
        nearest = torch.cdist(some, centres).argmin(1)
        sizes = torch.bincount(nearest, minlength=count)
        sums = torch.zeros_like(centres).index_add_(0, nearest, some)
        filled = sizes > 0  # a centre without pictures stays where it is
        centres[filled] = sums[filled] / sizes[filled, None]
    of = torch.cat([torch.cdist(part, centres).argmin(1) for part in points.split(FITTED)])
    _, of = of.unique(return_inverse=True)  # without the empty ones
    return Kinds.from_labels(of, int(of.max()) + 1)


def components(images: Tensor) -> Tensor:
    """Return the first principal components (N, P) of images uint8 (N, C, H, W)."""
    flat = images.flatten(1).float() / 255
    flat -= flat.mean(0)
    _, vectors = torch.linalg.eigh(flat.T @ flat / len(flat))
    points: Tensor = flat @ vectors[:, -COMPONENTS:]
    return points
