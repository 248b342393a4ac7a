"""Pseudo-classes for data without labels: clusters of images, found by k-means before training.

Digits of ten classes are ten islands. A generator that maps one cloud of noise onto all of them
draws bridges, and how much of the noise each island gets is left to chance. So images are clustered
by their principal components first. D and G are conditioned on the cluster, which the noise
selects, each cluster with its share of the images (self-conditioned GANs: Liu, Wang, Bau, Zhu and
Torralba, 2020). No label is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ganview.gan.principal_axes import principal_axes

COMPONENTS = 50  # of the pictures, which they are compared by
FITTED = 10_000  # pictures that the centres are found from
FITTED_AXES = 4000  # pictures that the components are found from
ROUNDS = 20
SMALLEST = 50  # pictures a cluster, on average: fewer pictures make fewer clusters


@dataclass(frozen=True)
class Clusters:
    """Real pictures by cluster.

    Parameters
    ----------
    of : Tensor
        The cluster (N,) int64 of each picture.
    order : Tensor
        Indices (N,) of the pictures, those of one cluster together.
    starts, counts : Tensor
        Where a cluster begins in ``order``, (K,), and how many pictures it has.
    """

    labels: Tensor
    by_cluster: Tensor
    starts: Tensor
    counts: Tensor

    @classmethod
    def from_labels(cls, of: Tensor, count: int) -> Clusters:
        """Sort pictures whose clusters (N,) are known."""
        counts = torch.bincount(of, minlength=count)
        return cls(of, torch.argsort(of, stable=True), counts.cumsum(0) - counts, counts)

    @property
    def shares(self) -> Tensor:
        """Share (K,) of each cluster; they sum to 1."""
        return self.counts.double() / self.counts.sum()

    def draw(self, clusters: Tensor, random: torch.Generator) -> Tensor:
        """Return the index (B,) of a random picture of each of the clusters (B,)."""
        place = torch.rand(len(clusters), generator=random, dtype=torch.float64)
        return self.by_cluster[self.starts[clusters] + (place * self.counts[clusters]).long()]


def cluster_images(images: Tensor, count: int, seed: int) -> Clusters | None:
    """Put pictures into clusters by likeness.

    Parameters
    ----------
    images : Tensor
        uint8 (N, C, H, W).
    count : int
        How many clusters, at most; 0 for none.
    seed : int
        Decides which pictures the centres are found from.

    Returns
    -------
    Clusters or None
        None where there are too few pictures for two clusters. No cluster is empty.
    """
    count = min(count, len(images) // SMALLEST)
    if count < 2:
        return None
    random = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(images), generator=random)
    fitted = _flat(images[order[:FITTED_AXES]])
    mean = fitted.mean(0)
    fitted -= mean
    axes, _ = principal_axes(fitted, COMPONENTS, random)
    points = torch.cat(
        [(_flat(part) - mean) @ axes for part in images.split(FITTED_AXES)]
    )  # (N, P)
    some = points[order[:FITTED]]
    centres = first_centres(some, count, random)
    for _ in range(ROUNDS):
        nearest = torch.cdist(some, centres).argmin(1)
        sizes = torch.bincount(nearest, minlength=count)
        sums = torch.zeros_like(centres).index_add_(0, nearest, some)
        filled = sizes > 0  # a centre without pictures stays where it is
        centres[filled] = sums[filled] / sizes[filled, None]
    of = torch.cat([torch.cdist(part, centres).argmin(1) for part in points.split(FITTED)])
    _, of = of.unique(return_inverse=True)  # without the empty ones
    return Clusters.from_labels(of, int(of.max()) + 1)


def first_centres(points: Tensor, count: int, random: torch.Generator) -> Tensor:
    """Choose centres (count, P) among points (N, P), far apart (k-means++)."""
    chosen = [int(torch.randint(len(points), (1,), generator=random))]
    squares = (points - points[chosen[0]]).square().sum(1)  # to the nearest centre, (N,)
    for _ in range(count - 1):
        weights = squares.clamp(min=torch.finfo(squares.dtype).tiny)
        chosen.append(int(torch.multinomial(weights, 1, generator=random)))
        squares = torch.minimum(squares, (points - points[chosen[-1]]).square().sum(1))
    return points[chosen]


def _flat(images: Tensor) -> Tensor:
    return images.flatten(1).float() / 255
