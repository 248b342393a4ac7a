"""Principal axes of many numbers a row, without a matrix of all pairs of them."""

from __future__ import annotations

import torch
from torch import Tensor

SPARE, ITERATIONS = 10, 6  # axes beyond those wanted, and rounds


def principal_axes(rows: Tensor, count: int, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return the leading principal axes (F, P) and variances (P,) of centred rows (N, F).

    By subspace iteration (Halko, Martinsson and Tropp, 2011), in time linear in F. P is ``count``
    or, where there are fewer, that of the rows or numbers.
    """
    width = min(count + SPARE, *rows.shape)
    basis = torch.randn(rows.shape[1], width, generator=random)
    for _ in range(ITERATIONS):
        basis = torch.linalg.qr(rows.T @ (rows @ basis)).Q
    _, lengths, axes = torch.linalg.svd(rows @ basis, full_matrices=False)  # by falling variance
    return (basis @ axes.T)[:, :count], lengths[:count].square() / (len(rows) - 1)
