"""Metrics against clouds whose answer is known."""

from __future__ import annotations

import pytest
import torch

from ganview.gan.metrics import neighbours
from ganview.gan.metrics.frechet import fit_gaussian, frechet_distance
from ganview.gan.metrics.kernel import kernel_distance
from ganview.gan.metrics.neighbours import manifold, nearest_distance
from ganview.gan.metrics.report import confusion, diversity, proportional_labels


def cloud(count: int, *, shift: float = 0.0, scale: float = 1.0, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, 4, generator=generator) * scale + shift


def test_frechet_of_two_gaussians() -> None:
    # ‖μ‖² = 4 · 3² and tr = 4 · (2 − 1)² for standard deviations 1 and 2
    a, b = fit_gaussian(cloud(50_000)), fit_gaussian(cloud(50_000, shift=3, scale=2, seed=1))
    assert frechet_distance(a, b) == pytest.approx(4 * 9 + 4, rel=0.02)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-9)


def test_frechet_with_a_flat_dimension() -> None:
    flat = cloud(500)
    flat[:, 2] = 0
    assert frechet_distance(fit_gaussian(flat), fit_gaussian(flat)) == pytest.approx(0, abs=1e-9)


def test_kernel_distance_is_unbiased_and_grows() -> None:
    near = kernel_distance(cloud(2000), cloud(2000, seed=1), subsets=20, size=500)
    far = kernel_distance(cloud(2000), cloud(2000, shift=1, seed=1), subsets=20, size=500)
    assert abs(near) < 0.02
    assert far > 1


def test_manifold_of_the_same_cloud_and_of_a_collapsed_one() -> None:
    real, fake = cloud(1500), cloud(1500, seed=1)
    same = manifold(real, fake)
    assert same.precision > 0.8
    assert same.recall > 0.8
    assert same.density == pytest.approx(1, abs=0.15)
    assert same.coverage > 0.9
    one = manifold(real, torch.zeros(1500, 4) + cloud(1500, scale=1e-3, seed=2))
    assert one.precision > 0.9
    assert one.recall < 0.1
    assert one.coverage < 0.1


def test_nearest_distance_of_bytes_a_part_at_a_time(monkeypatch) -> None:
    monkeypatch.setattr(neighbours, "MAX_FLOATS", 7 * 30)
    queries, points = (
        torch.randint(
            0, 256, (n, 30), dtype=torch.uint8, generator=torch.Generator().manual_seed(n)
        )
        for n in (1100, 100)
    )
    torch.testing.assert_close(
        nearest_distance(queries, points),
        torch.cdist(queries.float(), points.float()).min(1).values,
        rtol=1e-4,
        atol=1e-2,
    )


def test_nearest_distance_against_all_pairs() -> None:
    queries, points = cloud(50), cloud(12_345, seed=1)
    torch.testing.assert_close(
        nearest_distance(queries, points),
        torch.cdist(queries, points).min(1).values,
        rtol=1e-3,
        atol=1e-3,
    )


def test_confusion_counts_rows_asked_and_columns_seen() -> None:
    counts = confusion(torch.tensor([0, 0, 1]), torch.tensor([0, 1, 1]), 2)
    assert counts.tolist() == [[1, 1], [0, 1]]


def test_shares_are_met_to_the_picture() -> None:
    labels = proportional_labels(1000, (0.5, 0.3, 0.2))
    assert torch.bincount(labels).tolist() == [500, 300, 200]


def test_diversity_of_copies_is_nothing() -> None:
    assert diversity(torch.ones(10, 4), torch.zeros(10, dtype=torch.long), 1) == 0
    assert diversity(cloud(1000), torch.zeros(1000, dtype=torch.long), 1) > 2
