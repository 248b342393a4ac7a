"""Fréchet distance between two clouds of features (Heusel et al., 2017, arXiv:1706.08500)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Moments(NamedTuple):
    """Mean (d,) and covariance (d, d), float64, of a cloud of features."""

    mean: Tensor
    covariance: Tensor


def moments(features: Tensor) -> Moments:
    """Return the mean and covariance of features (N, d)."""
    exact = features.double()
    return Moments(exact.mean(0), torch.cov(exact.T))


def root(matrix: Tensor) -> Tensor:
    """Return the symmetric square root of a positive semi-definite matrix (d, d)."""
    values, vectors = torch.linalg.eigh(matrix)
    half: Tensor = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    return half


def frechet_distance(a: Moments, b: Moments) -> float:
    """Return ‖μa − μb‖² + tr(Σa + Σb − 2(ΣaΣb)^½).

    The trace of (ΣaΣb)^½ comes from the eigenvalues of Σa^½ Σb Σa^½, which are the same, and real.
    """
    half = root(a.covariance)
    cross = torch.linalg.eigvalsh(half @ b.covariance @ half).clamp(min=0).sqrt().sum()
    gap = (a.mean - b.mean).square().sum()
    return float(gap + a.covariance.trace() + b.covariance.trace() - 2 * cross)
