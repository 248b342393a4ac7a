"""Density on a map: a field that is computed from points, and its peaks."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SIDE = 96  # cells a side
SPREAD = 1.8  # cells: the standard deviation that a point is spread by


def crowding(points: Floats, side: int = SIDE, spread: float = SPREAD) -> Floats:
    """Return how crowded a map is: a histogram, smoothed by a Gaussian (a kernel estimate).

    Parameters
    ----------
    points : ndarray
        (N, 2), x and y; those outside −1 to 1 are counted at the edge.
    side : int
        Cells a side.
    spread : float
        Standard deviation of the Gaussian, in cells.

    Returns
    -------
    ndarray
        float32 (side, side): the share of the points in each cell, rows from y = −1 and columns
        from x = −1. It sums to 1, or to 0 without points.
    """
    if not len(points):
        return np.zeros((side, side), np.float32)
    cells = cells_of(points, side)
    counts = np.bincount(cells[:, 0] * side + cells[:, 1], minlength=side * side)
    kernel = _blur(side, spread)
    smooth = kernel @ (counts.reshape(side, side).astype(np.float32) / len(points)) @ kernel.T
    return np.ascontiguousarray(smooth, np.float32)


def cells_of(points: Floats, side: int = SIDE) -> NDArray[np.int64]:
    """Return the row and column (N, 2) of the cell that each point is in."""
    at = (np.asarray(points, np.float32)[:, ::-1] + 1) * (side / 2)
    cells: NDArray[np.int64] = np.floor(at).clip(0, side - 1).astype(np.int64)
    return cells


def middle_of(row: int, column: int, side: int = SIDE) -> tuple[float, float]:
    """Return x and y of the middle of a cell."""
    return (column + 0.5) * 2 / side - 1, (row + 0.5) * 2 / side - 1


def find_peaks(
    field: Floats, most: int, apart: int = 9, least: float = 0.08
) -> list[tuple[int, int]]:
    """Return the tops of a field as (row, column), the highest first.

    Parameters
    ----------
    field : ndarray
        (S, S).
    most : int
        How many, at most.
    apart : int
        Cells between two of them, at least: lower ones nearer than that are left out.
    least : float
        Part of the highest that the others must reach.
    """
    rest = field.copy()
    floor = float(field.max(initial=0)) * least
    found: list[tuple[int, int]] = []
    while len(found) < most and rest.max(initial=0) > floor:
        row, column = divmod(int(rest.argmax()), field.shape[1])
        near = field[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
        if field[row, column] >= near.max():  # not the rim of a hill that was taken
            found.append((row, column))
        rest[max(0, row - apart) : row + apart + 1, max(0, column - apart) : column + apart + 1] = 0
    return found


@cache
def _blur(side: int, spread: float) -> Floats:
    """Return a matrix (side, side) that smooths columns and loses nothing at the edges."""
    at = np.arange(side)
    kernel = np.exp(-((at[:, None] - at) ** 2) / (2 * spread**2))
    return np.asarray(kernel / kernel.sum(0), np.float32)
