"""The average follows the weights at the stated half-life."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganview.gan import ema


def test_a_weight_counts_half_after_its_half_life() -> None:
    net = nn.Linear(1, 1)
    average = ema.frozen_copy(net)
    start = average.weight.item()
    with torch.no_grad():
        net.weight.add_(1.0)
    for _ in range(10):
        ema.update(average, net, ema.decay(64, 640, 10**9))
    assert average.weight.item() == pytest.approx(start + 0.5, abs=1e-5)


def test_early_averages_follow_closely() -> None:
    assert ema.decay(64, 20_000, 64) < 0.01
    assert ema.decay(64, 20_000, 10**7) == pytest.approx(0.5 ** (64 / 20_000))


def test_no_half_life_means_no_average() -> None:
    assert ema.decay(64, 0, 1000) == 0


def test_buffers_are_copied() -> None:
    net = nn.BatchNorm1d(2)
    average = ema.frozen_copy(net)
    net(torch.randn(8, 2) + 3)
    ema.update(average, net, 0.5)
    torch.testing.assert_close(average.running_mean, net.running_mean)
    assert not any(weight.requires_grad for weight in average.parameters())
