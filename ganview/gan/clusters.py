"""Pseudo-classes for data without labels: clusters of images, found by k-means before training.

Digits of ten classes are ten islands. A generator that maps one cloud of noise onto all of them
draws bridges, and how much of the noise each island gets is left to chance. So images are clustered
first, by the way their edges run. D and G are conditioned on the cluster, which the noise selects,
each cluster with its share of the images (self-conditioned GANs: Liu, Wang, Bau, Zhu and Torralba,
2020). No label is used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from ganview.gan.principal_axes import principal_axes

GRID = 7  # cells across a picture
BINS = 8  # directions of an edge
BRIGHTNESS = 0.1  # of a picture's brightness and colour in its features, against its edges
COMPONENTS = 50  # of the features, which pictures are compared by
FITTED = 10_000  # pictures that the centres are found from
FITTED_AXES = 4000  # pictures that the components are found from
ROWS = 2000  # points whose distances are taken at once
CHUNK = 500  # pictures whose edges are found at once: their gradients stay in the cache
NEIGHBOURS = 5  # pictures whose mean takes the place of one
ROUNDS = 20
SMALLEST = 50  # pictures a cluster, on average: fewer pictures make fewer clusters


@dataclass(frozen=True)
class Clusters:
    """Real pictures by cluster.

    Parameters
    ----------
    labels : Tensor
        The cluster (N,) int64 of each picture.
    by_cluster : Tensor
        Indices (N,) of the pictures, those of one cluster together.
    starts, counts : Tensor
        Where a cluster begins in ``by_cluster``, (K,), and how many pictures it has.
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
    """Sort pictures into clusters of similar ones.

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
    edges, brightness = (
        torch.cat(parts)
        for parts in zip(*map(_similarity_features, images.split(CHUNK)), strict=True)
    )
    features = torch.cat((_scaled(edges), BRIGHTNESS**0.5 * _scaled(brightness)), 1)
    features -= features[order[:FITTED_AXES]].mean(0)
    axes, _ = principal_axes(features[order[:FITTED_AXES]], COMPONENTS, random)
    points = features @ axes  # (N, P)
    points = shifted_to_means(points, points[order[:FITTED]])
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


def shifted_to_means(points: Tensor, among: Tensor) -> Tensor:
    """Put the mean of its nearest neighbours among points (M, P) in the place of each of (N, P).

    One step of mean shift (Fukunaga and Hostetler, 1975): groups draw together, and the gaps
    between them empty.
    """
    count = min(NEIGHBOURS, len(among))
    return torch.cat(
        [
            among[torch.cdist(part, among).topk(count, largest=False).indices].mean(1)
            for part in points.split(ROWS)
        ]
    )


def _similarity_features(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return what uint8 images (N, C, H, W) are compared by: edges, and brightness or colour.

    A cell's histogram of the directions in which brightness changes, weighted by how much (HOG:
    Dalal and Triggs, 2005): pictures of one shape have it in common even where strokes are shifted
    by a pixel. Cells overlap by half. (N, F) each.
    """
    x = images.float() / 255
    cell = max(1, min(x.shape[2:]) // GRID)
    wide = functional.pad(x, (1, 1, 1, 1), mode="replicate")
    across = wide[:, :, 1:-1, 2:] - wide[:, :, 1:-1, :-2]
    down = wide[:, :, 2:, 1:-1] - wide[:, :, :-2, 1:-1]
    change = torch.hypot(across, down)
    turn = torch.atan2(down, across) * (BINS / (2 * math.pi)) + BINS
    lower = turn.floor()
    upper_share = (turn - lower) * change
    first = lower.long() % BINS
    histogram = x.new_zeros(len(x), BINS, *x.shape[2:])
    histogram.scatter_add_(1, first, change - upper_share)
    histogram.scatter_add_(1, (first + 1) % BINS, upper_share)

    def pooled(maps: Tensor) -> Tensor:
        return functional.avg_pool2d(maps, 2 * cell - 1, cell, cell // 2).flatten(1)

    return pooled(histogram).clamp(min=0).sqrt(), pooled(x)


def _scaled(features: Tensor) -> Tensor:
    """Return features (N, F) with a variance of 1 in all, or as they are where they don't vary."""
    variance = features.var(0).sum()
    return features / variance.sqrt() if variance > 0 else features
