"""Putting pictures of one size side by side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def side_by_side(images: Pixels, columns: int) -> Pixels:
    """Join pictures (N, H, W[, 3]) to one of ⌈N/columns⌉ rows; missing ones are black."""
    count, height, width = images.shape[:3]
    rows = -(-count // columns)
    if rows * columns > count:
        blank = np.zeros((rows * columns - count, *images.shape[1:]), np.uint8)
        images = np.concatenate([images, blank])
    grid = images.reshape(rows, columns, *images.shape[1:]).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(rows * height, columns * width, *images.shape[3:]))
