"""What a person would measure on a handwritten picture: slant, thickness, width, height, loop.

Pictures are bright strokes on a dark ground, of any size. Every formula is continuous in the grey
values, so that half a pixel of change counts as half, and has gradients, so that a direction of
noise can be found along it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import max_pool2d, pad

MEASURES = ("slant", "thickness", "width", "height", "loop size")
"""The columns of `measure_images`, in order."""

UNITS = ("°", "px", "px", "px", "px²")
"""The unit of each measure."""

FAINT, FULL = 0.1, 0.9
"""Ink of a pixel, 0 to 1, that does not count at all and that counts in full."""

RIDGE = 0.4  # ink that closes a loop as well as full ink does

EMPTY = 1.0  # total ink, in pixels, below which there is nothing to measure


def measure_images(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Measure pictures.

    Parameters
    ----------
    images : ndarray
        uint8 (N, H, W), or (N, H, W, C), whose channels are averaged.

    Returns
    -------
    ndarray
        float32 (N, 5), a column for each of `MEASURES` in `UNITS`; NaN where there is no ink.
    """
    with torch.inference_mode():
        parts = [measure_ink(to_ink(images[i : i + 2000])) for i in range(0, len(images), 2000)]
        return torch.cat(parts).numpy() if parts else np.empty((0, len(MEASURES)), np.float32)


def to_ink(images: NDArray[Any]) -> Tensor:
    """Return ink (N, H, W) float32, 0 none to 1 full, of pictures uint8 (N, H, W[, C])."""
    ink = torch.tensor(images, dtype=torch.float32) / 255  # a copy: pictures may be read-only
    return ink.mean(3) if ink.ndim == 4 else ink


def measure_ink(ink: Tensor) -> Tensor:
    """Measure ink (N, H, W), 0 to 1; returns (N, 5) as `measure_images`, with gradients."""
    # contrast is stretched first, so that a generator's faint haze is no ink
    ink = ((ink - FAINT) / (FULL - FAINT)).clamp(0, 1)
    columns = (
        slant(ink),
        thickness(ink),
        extent(ink, across=True),
        extent(ink, across=False),
        loop_size(ink),
    )
    empty = ink.sum((1, 2)) < EMPTY
    return torch.stack(columns, 1).masked_fill(empty[:, None], torch.nan)


def slant(ink: Tensor) -> Tensor:
    """Return the lean of the strokes in degrees from upright, positive to the right, (N,).

    The ink's second moments give the shear that best explains it, ``−cov(x, y) / var(y)`` with y
    downwards, as in the usual deskewing of digits (LeCun et al., 1998); the slant is its angle.
    """
    _, height, width = ink.shape
    mass = ink.sum((1, 2)).clamp_min(1e-6)
    x = torch.arange(width, dtype=ink.dtype)
    y = torch.arange(height, dtype=ink.dtype)
    rows, columns = ink.sum(2), ink.sum(1)  # (N, H), (N, W)
    dy = y - (rows @ y / mass)[:, None]  # (N, H)
    dx = x - (columns @ x / mass)[:, None]  # (N, W)
    var_y = (rows * dy**2).sum(1) / mass
    cov = torch.einsum("nhw,nh,nw->n", ink, dy, dx) / mass
    return torch.rad2deg(torch.atan2(-cov, var_y + 1e-6))


def thickness(ink: Tensor) -> Tensor:
    """Return the mean width of the strokes in pixels, (N,): twice their area over their outline.

    A stroke of length L and thickness t has area A = Lt and an outline of P = 2L + 2t, which gives
    t = (P − √(P² − 16 A)) / 4. The outline of a grey picture is its total variation ∫|∇ink|, with
    the gradient taken where four pixels meet: exact along rows, columns and diagonals.
    """
    framed = pad(ink, (1, 1, 1, 1))
    down = framed[:, 1:] - framed[:, :-1]  # (N, H+1, W+2)
    across = framed[:, :, 1:] - framed[:, :, :-1]  # (N, H+2, W+1)
    down = (down[:, :, 1:] + down[:, :, :-1]) / 2  # (N, H+1, W+1), at the corners of pixels
    across = (across[:, 1:] + across[:, :-1]) / 2
    outline = (down**2 + across**2 + 1e-8).sqrt().sum((1, 2))
    area = ink.sum((1, 2))
    # a blob has no length: for it the root would be imaginary, and t = P / 4 is a square's side
    return (outline - (outline**2 - 16 * area).clamp_min(1e-6).sqrt()) / 4


def extent(ink: Tensor, *, across: bool) -> Tensor:
    """Return how wide (``across``) or high the ink lies, in pixels, (N,).

    That is the length of an even bar whose ink spreads as much: √(12 σ² + 1), where σ² is the
    variance of the ink's columns or rows, and 1 the pixel's own size. The outermost ink alone would
    tell little: digits of MNIST are scaled until they touch a box of 20 × 20 pixels, so that nearly
    all are exactly as high.
    """
    mass = ink.sum((1, 2)).clamp_min(1e-6)
    lines = ink.sum(1 if across else 2)  # (N, W) or (N, H)
    at = torch.arange(lines.shape[1], dtype=ink.dtype)
    away = at - (lines @ at / mass)[:, None]
    return (12 * (lines * away**2).sum(1) / mass + 1).sqrt()


def loop_size(ink: Tensor) -> Tensor:
    """Return the area in square pixels of ground that the strokes enclose, (N,).

    Pour water in until it runs out over the border: what stays. At each pixel the level is the
    lowest ridge on any way out, over four neighbours (greyscale reconstruction by erosion,
    Vincent, 1993). A ridge of `RIDGE` holds as well as full ink, because the eye closes a loop over
    a faint place; below that it holds in proportion.
    """
    ridge = (ink / RIDGE).clamp(max=1)
    enclosed = flood_level(ridge) - ridge
    # the soft inner edge of the stroke is ridge, yet partly ground: it counts as far as it is
    upright = max_pool2d(enclosed, (3, 1), stride=1, padding=(1, 0))
    level = max_pool2d(enclosed, (1, 3), stride=1, padding=(0, 1))
    reach = torch.maximum(upright, level)
    return (reach * (1 - ink)).sum((1, 2))


def flood_level(ink: Tensor) -> Tensor:
    """Return the level (N, H, W) that water reaches over ink (N, H, W) when it drains outwards."""
    _, height, width = ink.shape
    # pictures last, so that each step works on long rows; a frame of no ink drains all around
    ground = pad(ink.detach(), (1, 1, 1, 1)).permute(1, 2, 0).contiguous()  # (H+2, W+2, N)
    level = torch.ones_like(ground)
    level[0] = level[-1] = 0
    level[:, 0] = level[:, -1] = 0
    while True:
        before = level.clone()
        for y in range(1, height + 1):  # sweeps let a level run along a whole side at once
            lower_level(level[y], level[y - 1], ground[y])
        for y in range(height, 0, -1):
            lower_level(level[y], level[y + 1], ground[y])
        for x in range(1, width + 1):
            lower_level(level[:, x], level[:, x - 1], ground[:, x])
        for x in range(width, 0, -1):
            lower_level(level[:, x], level[:, x + 1], ground[:, x])
        if torch.equal(level, before):
            return level[1:-1, 1:-1].permute(2, 0, 1)


def lower_level(level: Tensor, neighbour: Tensor, ground: Tensor) -> None:
    """Lower ``level`` in place to its neighbour's, but not below the ground."""
    torch.minimum(level, torch.maximum(neighbour, ground), out=level)
