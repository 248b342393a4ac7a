"""The averaged generator: an exponential moving average of G's weights, better than G itself."""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import nn

from ganview.gan.torch_private import foreach_lerp

RAMP = 0.1  # the half-life is at most this share of the images seen, so that early averages follow
Net = TypeVar("Net", bound=nn.Module)


def frozen_copy(net: Net) -> Net:
    """Return a copy of a network for use without training."""
    return copy.deepcopy(net).eval().requires_grad_(False)


def decay(batch_size: int, half_life: float, images_seen: int) -> float:
    """Return β = ½^(batch / half-life), the weight of the old average in one update.

    Parameters
    ----------
    batch_size : int
        Images in this update.
    half_life : float
        Images after which an old weight counts half; 0 for no averaging.
    images_seen : int
        Images seen so far, which bound the half-life while there are few.
    """
    half_life = min(half_life, RAMP * images_seen)
    return 0.5 ** (batch_size / half_life) if half_life > 0 else 0.0


@torch.no_grad()
def update(average: nn.Module, net: nn.Module, beta: float) -> None:
    """Move the averaged weights towards ``net``: a ← βa + (1 − β)w. Buffers are copied."""
    foreach_lerp(list(average.parameters()), list(net.parameters()), 1 - beta)
    for mean, value in zip(average.buffers(), net.buffers(), strict=True):
        mean.copy_(value)
