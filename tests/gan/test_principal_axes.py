"""The principal axes that are found without a matrix of all pairs."""

from __future__ import annotations

import torch

from ganview.gan.principal_axes import principal_axes


def test_they_agree_with_a_full_decomposition() -> None:
    random = torch.Generator().manual_seed(0)
    rows = torch.randn(200, 30, generator=random) * torch.linspace(3, 0.1, 30)
    rows -= rows.mean(0)
    axes, variances = principal_axes(rows, 4, random)
    _, lengths, wanted = torch.linalg.svd(rows, full_matrices=False)
    assert torch.allclose((axes.T @ wanted[:4].T).abs(), torch.eye(4), atol=0.02)
    assert torch.allclose(variances, lengths[:4] ** 2 / 199, rtol=1e-3)


def test_there_are_no_more_than_rows_or_numbers() -> None:
    random = torch.Generator().manual_seed(0)
    assert principal_axes(torch.randn(3, 30, generator=random), 50, random)[0].shape == (30, 3)
    assert principal_axes(torch.randn(30, 3, generator=random), 50, random)[0].shape == (3, 3)
