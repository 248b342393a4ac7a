"""A million numbers as a curve of a few hundred points, without losing a peak. numpy only."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

FACTOR = 4  # values of one level that make one of the next
BLOCK = 16  # values between two of the running sums that are kept
SMOOTH_PART, MOST_SMOOTH = 25, 2000  # part of what is seen, and values, that a mean is taken over
SMOOTHER_PART = 5  # … of a smoother curve
BLOCKS = 32  # to either side, from which on a mean is of whole blocks


class Envelope:
    """Smallest and largest value, and running sum, of blocks of an ever longer column.

    Only what is new is looked at when the column has grown, so that following a run costs the same
    after a million steps as at the beginning. Numbers that are not finite are left out. Beside the
    column itself, which is not copied, a value of 32 bits takes less than 4 bytes.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything: another run begins."""
        self._values: Floats = np.empty(0)
        self._low: list[_Growing] = []
        self._high: list[_Growing] = []
        self._sum = _Growing(np.float64)  # of all values before each block
        self._count = _Growing(np.float64)
        for running in (self._sum, self._count):
            running.extend(np.zeros(1))

    def __len__(self) -> int:
        return len(self._values)

    def follow(self, values: Floats) -> None:
        """Take over a column (N,) that begins with all earlier values."""
        self._values = values
        new = values[(len(self._sum) - 1) * BLOCK : len(values) // BLOCK * BLOCK]
        total, count = _sums(new.reshape(-1, BLOCK))
        self._sum.extend(np.cumsum(total) + self._sum.last)
        self._count.extend(np.cumsum(count) + self._count.last)
        below_low = below_high = values
        level = 0
        while len(below_low) >= FACTOR:
            if level == len(self._low):
                self._low.append(_Growing(values.dtype))
                self._high.append(_Growing(values.dtype))
            low, high = self._low[level], self._high[level]
            begin, end = len(low) * FACTOR, len(below_low) // FACTOR * FACTOR
            if end > begin:
                low.extend(_folded(np.fmin, below_low[begin:end]))
                high.extend(_folded(np.fmax, below_high[begin:end]))
            below_low, below_high = low.array, high.array
            level += 1

    def band(self, begin: int, end: int, most: int) -> tuple[NDArray[np.int64], Floats]:
        """Return indices and values of a zigzag through every peak between two indices.

        Parameters
        ----------
        begin, end
            Which part of the column, ``begin`` included, ``end`` not.
        most
            About how many points to return at most.

        Returns
        -------
        indices, values
            Both (M,) with M at most ``2 * most + 2 * FACTOR``.
        """
        begin, end = max(0, begin), min(end, len(self))
        step, level = 1, -1
        while (end - begin) // step > most and level + 1 < len(self._low):
            step *= FACTOR
            level += 1
        if level < 0:
            return np.arange(begin, end), self._values[begin:end]
        first, last = begin // step, end // step
        low = self._low[level].array[first:last]
        high = self._high[level].array[first:last]
        index = np.arange(first, first + len(low)) * step
        values = np.column_stack((low, high)).ravel()
        tail = np.arange(max(begin, (first + len(low)) * step), end)
        if len(tail):
            rest = self._values[tail]
            return (
                np.concatenate((index.repeat(2), tail[[0, -1]])),
                np.concatenate((values, [np.fmin.reduce(rest), np.fmax.reduce(rest)])),
            )
        return index.repeat(2), values

    def mean(
        self, begin: int, end: int, most: int, window: int = 1
    ) -> tuple[NDArray[np.int64], Floats]:
        """Return a running mean between two indices.

        Parameters
        ----------
        begin, end
            Which part of the column, ``begin`` included, ``end`` not.
        most
            How many points to return at most.
        window
            How many values each point is the mean of, at least; about half at both ends.

        Returns
        -------
        indices, means
            Both (M,); a mean of nothing finite is NaN.
        """
        begin, end = max(0, begin), min(end, len(self))
        if end <= begin:
            return np.empty(0, np.int64), np.empty(0)
        points = min(most, end - begin)
        index = begin + np.arange(points) * (end - 1 - begin) // max(1, points - 1)
        half = max(window, (end - begin) // most) // 2
        first, last = np.maximum(index - half, begin), np.minimum(index + half + 1, end)
        if half >= BLOCKS * BLOCK:  # whole blocks do, and are quickly summed
            whole = len(self) // BLOCK
            first, last = (
                np.minimum((at + BLOCK // 2) // BLOCK, whole) * BLOCK for at in (first, last)
            )
        until, since = self._up_to(last), self._up_to(first)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = (until[0] - since[0]) / (until[1] - since[1])
        return index, means

    def smoothed(
        self, begin: int, end: int, most: int, *, more: bool = False
    ) -> tuple[NDArray[np.int64], Floats]:
        """Return the running mean that is drawn of a part: as `mean`, over a share of that part.

        With ``more`` it is over a larger share.
        """
        part = SMOOTHER_PART if more else SMOOTH_PART
        window = min(MOST_SMOOTH * (SMOOTH_PART // part), (end - begin) // part)
        return self.mean(begin, end, most, window)

    def mean_of(self, begin: int, end: int) -> float:
        """Return the mean of what lies between two indices, NaN where nothing finite does."""
        edges = np.array([max(0, begin), min(end, len(self))])
        if edges[1] <= edges[0]:
            return float("nan")
        total, count = np.diff(self._up_to(edges))[:, 0]
        return float(total / count) if count else float("nan")

    def _up_to(self, edges: NDArray[np.int64]) -> Floats:
        """Return sum and number of the finite values before each index, (2, M)."""
        block = edges // BLOCK
        sums = np.stack((self._sum.array[block], self._count.array[block]))
        if not (edges % BLOCK).any():
            return sums
        places = block[:, None] * BLOCK + np.arange(BLOCK)  # (M, BLOCK), of the rest of a block
        within = places < edges[:, None]
        rest = np.where(within, self._values[np.where(within, places, 0)], np.nan)
        return sums + _sums(rest)


class _Growing:
    """An array that is extended in place, doubling when it is full."""

    def __init__(self, kind: np.typing.DTypeLike) -> None:
        self._data: Floats = np.empty(256, kind)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def array(self) -> Floats:
        return self._data[: self._length]

    @property
    def last(self) -> float:
        return float(self._data[self._length - 1])

    def extend(self, values: NDArray[np.generic]) -> None:
        length = self._length + len(values)
        if length > len(self._data):
            grown = np.empty(max(length, 2 * len(self._data)), self._data.dtype)
            grown[: self._length] = self.array
            self._data = grown
        self._data[self._length : length] = values
        self._length = length


def _folded(of_two: np.ufunc, values: Floats) -> Floats:
    """Return the smallest or largest of every `FACTOR` values.

    numpy takes 15 times as long to reduce short rows as to compare whole columns.
    """
    return reduce(of_two, values.reshape(-1, FACTOR).T)


def _sums(rows: Floats) -> Floats:
    """Return the sum and the number of finite values in each row of (M, N), as (2, M)."""
    finite = np.isfinite(rows)
    parts = (np.where(finite, rows, 0.0), finite)
    return np.stack([np.einsum("ij->i", part, dtype=np.float64) for part in parts])
