"""Maps features to points of a plane so that neighbours stay neighbours, also of new pictures.

A small network is taught what UMAP lays out (McInnes, Healy and Melville, 2018, arXiv:1802.03426)
as a function of the features, as parametric UMAP does (Sainburg, McInnes and Gentner, 2021):
a picture and one of its nearest neighbours are drawn together, any two others are pushed apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from ganview.gan.seeded import Seeded

WIDTH = 128
NEIGHBOURS = 15
BATCH, NEGATIVES = 1024, 8
STEPS = 4000
RATE, LAST_RATE = 2e-3, 0.02  # Adam's, and the part of it that is left at the end
# 1 / (1 + A d²ᴮ) is how alike two points at distance d count: UMAP's curve for min_dist 0.1
CURVE_A, CURVE_B = 1.577, 0.895
CHUNK = 1000  # rows of a distance matrix held at once
MARGIN = 1.08  # room around the outermost real picture


class PlaneMap(nn.Module):
    """A map of features to the plane; real pictures lie within −1 to 1.

    Parameters
    ----------
    features : int
        Length d of a feature vector.
    """

    mean: Tensor
    scale: Tensor
    centre: Tensor
    reach: Tensor

    def __init__(self, features: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(features, WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH), nn.SiLU(),
            nn.Linear(WIDTH, 2),
        )  # fmt: skip
        for name, length in (("mean", features), ("scale", features), ("centre", 2), ("reach", 2)):
            self.register_buffer(name, torch.ones(length))

    def forward(self, features: Tensor) -> Tensor:
        """Return points (N, 2) for features (N, d)."""
        points: Tensor = self.net((features - self.mean) / self.scale)
        return (points - self.centre) / self.reach


def fit_plane_map(
    features: Tensor,
    *,
    seed: int = 0,
    steps: int = STEPS,
    count: Callable[[int], object] = lambda _done: None,
) -> PlaneMap:
    """Fit a map to features of real pictures.

    Parameters
    ----------
    features : Tensor
        float32 (N, d), N ≥ 3.
    seed : int
        Of the weights and the batches; the global generator is not used.
    steps : int
        Batches to learn from.
    count : callable
        Called with 1 after each of them; may raise to end the work.
    """
    random = torch.Generator().manual_seed(seed)
    with Seeded(seed):
        plane = PlaneMap(features.shape[1])
    plane.mean, plane.scale = features.mean(0), features.std(0) + 1e-3
    plane.centre, plane.reach = torch.zeros(2), torch.ones(2)
    neighbours = nearest_others(features, min(NEIGHBOURS, len(features) - 1))
    adam = torch.optim.Adam(plane.parameters(), lr=RATE, fused=True)
    for step in range(steps):
        for group in adam.param_groups:
            group["lr"] = RATE * LAST_RATE ** (step / steps)
        rows = torch.randint(len(features), (BATCH,), generator=random)
        column = torch.randint(neighbours.shape[1], (BATCH,), generator=random)
        others = torch.randint(len(features), (BATCH,), generator=random)
        points = plane(features[torch.cat([rows, neighbours[rows, column], others])])
        here, near, far = points.split(BATCH)
        pairs = torch.randint(BATCH, (BATCH, NEGATIVES), generator=random)
        together = (here - near).square().sum(1).clamp_min(1e-6)
        apart = (here[:, None] - far[pairs]).square().sum(2).clamp_min(1e-6)
        alike = 1 / (1 + CURVE_A * apart**CURVE_B)
        loss = (
            torch.log1p(CURVE_A * together**CURVE_B).mean()
            - NEGATIVES * torch.log1p(-alike.clamp_max(0.999)).mean()
        )
        adam.zero_grad()
        loss.backward()
        adam.step()
        count(1)
    plane.requires_grad_(False)
    points = plane(features)
    low, high = points.amin(0), points.amax(0)
    plane.centre = (low + high) / 2
    plane.reach = ((high - low) / 2 * MARGIN).clamp_min(1e-6)
    return plane.eval()


def nearest_others(features: Tensor, count: int) -> Tensor:
    """Return the indices (N, count) of the pictures nearest to each one, without itself."""
    squares = features.square().sum(1)
    found = []
    for start in range(0, len(features), CHUNK):
        rows = features[start : start + CHUNK]
        distance = squares - 2 * rows @ features.T
        distance[torch.arange(len(rows)), torch.arange(start, start + len(rows))] = math.inf
        found.append(distance.topk(count, largest=False).indices)
    return torch.cat(found)
