"""Fréchet distance between two clouds of features (Heusel et al., 2017, arXiv:1706.08500)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class GaussianFit(NamedTuple):
    """Mean (d,) and covariance (d, d), float64, of a cloud of features."""

    mean: Tensor
    covariance: Tensor


def fit_gaussian(features: Tensor) -> GaussianFit:
    """Return the mean and covariance of features (N, d)."""
    exact = features.double()
    return GaussianFit(exact.mean(0), torch.cov(exact.T))


def matrix_root(matrix: Tensor) -> Tensor:
    """Return the symmetric square root of a positive semi-definite matrix (d, d)."""
    values, vectors = torch.linalg.eigh(matrix)
    half: Tensor = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    return half


def frechet_distance(a: GaussianFit, b: GaussianFit) -> float:
    """Return ‖μa − μb‖² + tr(Σa + Σb − 2(ΣaΣb)^½).

    The trace of (ΣaΣb)^½ comes from the eigenvalues of Σa^½ Σb Σa^½, which are the same, and real.
    """
    half = matrix_root(a.covariance)
    cross = torch.linalg.eigvalsh(half @ b.covariance @ half).clamp(min=0).sqrt().sum()
    gap = (a.mean - b.mean).square().sum()
    return float(gap + a.covariance.trace() + b.covariance.trace() - 2 * cross)
