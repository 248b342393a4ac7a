"""Density on a map: a field that is computed from points, and its peaks."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SIDE = 96  # cells a side
SPREAD = 1.8  # cells: the standard deviation that a point is spread by
SPACING = 9  # cells between two peaks, at least: lower ones nearer than that are left out
LEAST = 0.08  # part of the highest peak that the others must reach


def crowding(points: Floats, spread: float = SPREAD) -> Floats:
    """Return how crowded a map is: a histogram, smoothed by a Gaussian (a kernel estimate).

    Parameters
    ----------
    points : ndarray
        (N, 2), x and y; those outside −1 to 1 are counted at the edge.
    spread : float
        Standard deviation of the Gaussian, in cells.

    Returns
    -------
    ndarray
        float32 (`SIDE`, `SIDE`): the share of the points in each cell, rows from y = −1 and columns
        from x = −1. It sums to 1, or to 0 without points.
    """
    if not len(points):
        return np.zeros((SIDE, SIDE), np.float32)
    cells = cells_of(points)
    counts = np.bincount(cells[:, 0] * SIDE + cells[:, 1], minlength=SIDE**2)
    kernel = _blur(spread)
    smooth = kernel @ (counts.reshape(SIDE, SIDE).astype(np.float32) / len(points)) @ kernel.T
    return np.ascontiguousarray(smooth, np.float32)


def cells_of(points: Floats) -> NDArray[np.int64]:
    """Return the row and column (N, 2) of the cell that each point is in."""
    at = (np.asarray(points, np.float32)[:, ::-1] + 1) * (SIDE / 2)
    cells: NDArray[np.int64] = np.floor(at).clip(0, SIDE - 1).astype(np.int64)
    return cells


def middle_of(row: int, column: int) -> tuple[float, float]:
    """Return x and y of the middle of a cell."""
    return (column + 0.5) * 2 / SIDE - 1, (row + 0.5) * 2 / SIDE - 1


def find_peaks(field: Floats, most: int) -> list[tuple[int, int]]:
    """Return the tops of a field as (row, column), the highest first.

    Parameters
    ----------
    field : ndarray
        (S, S).
    most : int
        How many, at most.
    """
    rest = field.copy()
    floor = float(field.max(initial=0)) * LEAST
    found: list[tuple[int, int]] = []
    while len(found) < most and rest.max(initial=0) > floor:
        row, column = divmod(int(rest.argmax()), field.shape[1])
        near = field[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
        if field[row, column] >= near.max():  # not the rim of a hill that was taken
            found.append((row, column))
        rest[
            max(0, row - SPACING) : row + SPACING + 1,
            max(0, column - SPACING) : column + SPACING + 1,
        ] = 0
    return found


@cache
def _blur(spread: float) -> Floats:
    """Return a matrix (`SIDE`, `SIDE`) that smooths columns and loses nothing at the edges."""
    at = np.arange(SIDE)
    kernel = np.exp(-((at[:, None] - at) ** 2) / (2 * spread**2))
    return np.asarray(kernel / kernel.sum(0), np.float32)
