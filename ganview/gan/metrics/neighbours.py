"""Precision, recall, density and coverage of generated pictures in a feature space.

Precision and recall after Kynkäänniemi et al., 2019 (arXiv:1904.06991), density and coverage after
Naeem et al., 2020 (arXiv:2002.09797). Around each point is a ball that reaches its k-th nearest
neighbour of the same cloud; the four figures count the points in the balls of the other cloud.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

CHUNK = 1000  # rows of a distance matrix held at once
MAX_FLOATS = 2**23  # of a cloud of uint8 that are floats at once
PRECISION_K = 3
DENSITY_K = 5


class Manifold(NamedTuple):
    """The four figures: shares 0 to 1, but density, which may pass 1."""

    precision: float
    recall: float
    density: float
    coverage: float


def radii(points: Tensor, k: int) -> Tensor:
    """Return the distance (N,) from each point (N, d) to its k-th nearest neighbour."""
    # the nearest of all is the point itself, hence one more
    return torch.cat(
        [torch.cdist(rows, points).kthvalue(k + 1, dim=1).values for rows in points.split(CHUNK)]
    )


def manifold(real: Tensor, fake: Tensor) -> Manifold:
    """Compare features of real pictures (N, d) with those of generated ones (M, d)."""
    real, fake = real.float(), fake.float()
    real3, fake3 = radii(real, PRECISION_K), radii(fake, PRECISION_K)
    real5 = radii(real, DENSITY_K)
    precise, within = [], []
    recalled = torch.zeros(len(real), dtype=torch.bool)
    nearest = torch.full((len(real),), torch.inf)
    for rows in fake.split(CHUNK):
        distance = torch.cdist(rows, real)  # (chunk, N)
        precise.append((distance <= real3).any(1))
        within.append((distance <= real5).sum(1))
        nearest = torch.minimum(nearest, distance.min(0).values)
    for start in range(0, len(fake), CHUNK):
        reach = fake3[start : start + CHUNK, None]
        recalled |= (torch.cdist(fake[start : start + CHUNK], real) <= reach).any(0)
    covered = nearest <= real5
    return Manifold(
        precision=float(torch.cat(precise).double().mean()),
        recall=float(recalled.double().mean()),
        density=float(torch.cat(within).double().mean() / DENSITY_K),
        coverage=float(covered.double().mean()),
    )


def nearest_distance(queries: Tensor, points: Tensor) -> Tensor:
    """Return the Euclidean distance (Q,) from each query (Q, d) to its nearest point (N, d).

    Both may be uint8: only a part of them is in floating point at a time.
    """
    best = torch.full((len(queries),), torch.inf)
    for part in points.split(max(1, MAX_FLOATS // points.shape[1])):
        cloud = part.float()
        squares = cloud.square().sum(1)
        for at in range(0, len(queries), CHUNK):
            rows = queries[at : at + CHUNK].float()
            squared = (squares - 2 * rows @ cloud.T).min(1).values + rows.square().sum(1)
            best[at : at + CHUNK] = torch.minimum(best[at : at + CHUNK], squared)
    return best.clamp(min=0).sqrt()
