"""Pixels into channels and back."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import pixel_unshuffle

from ganview.gan.networks.residual import fold, unfold

SIDES = st.integers(1, 4).map(lambda half: 2 * half)


@settings(max_examples=30, deadline=None)
@given(count=st.integers(1, 3), channels=st.integers(1, 5), height=SIDES, width=SIDES)
def test_unfold_undoes_fold(count: int, channels: int, height: int, width: int) -> None:
    x = torch.arange(float(count * channels * height * width))
    x = x.view(count, channels, height, width)
    folded = fold(x)
    assert folded.shape == (count, 4 * channels, height // 2, width // 2)
    assert torch.equal(unfold(folded), x)
    # the four pixels of a square, in reading order, each with all its channels
    assert torch.equal(folded[:, channels : 2 * channels], x[:, :, ::2, 1::2])
    if channels == 1:
        assert torch.equal(folded, pixel_unshuffle(x, 2))
