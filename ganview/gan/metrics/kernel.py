"""Kernel distance: squared MMD with a cubic kernel (Bińkowski et al., 2018, arXiv:1801.01401)."""

from __future__ import annotations

import torch
from torch import Tensor


def squared_mmd(a: Tensor, b: Tensor) -> Tensor:
    """Return the unbiased squared MMD between features (n, d) and (n, d), k = (x·y/d + 1)³."""
    n, d = a.shape

    def k(x: Tensor, y: Tensor) -> Tensor:
        similarity = (x @ y.T).div_(d).add_(1)
        return similarity.square().mul_(similarity)  # ** 3 is slow

    aa, bb, ab = k(a, a), k(b, b), k(a, b)
    within = (aa.sum() - aa.trace() + bb.sum() - bb.trace()) / (n * (n - 1))
    return within - 2 * ab.mean()


def kernel_distance(a: Tensor, b: Tensor, *, subsets: int = 100, size: int = 1000) -> float:
    """Return the mean squared MMD over random subsets, drawn with a fixed seed.

    Parameters
    ----------
    a, b : Tensor
        Features (N, d) and (M, d).
    subsets, size : int
        How many subsets, and how many features each; fewer where there are fewer.
    """
    generator = torch.Generator().manual_seed(0)
    size = min(size, len(a), len(b))
    a, b = a.double(), b.double()
    values = [
        squared_mmd(
            a[torch.randperm(len(a), generator=generator)[:size]],
            b[torch.randperm(len(b), generator=generator)[:size]],
        )
        for _ in range(subsets)
    ]
    return float(torch.stack(values).mean())
