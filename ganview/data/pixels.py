"""Pictures of an array that is gone through in parts, as it may be larger than memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

PART_BYTES = 2**24


@dataclass(frozen=True)
class Pixels:
    """Pictures (N, …) and how to go through them."""

    shape: tuple[int, ...]  # of the whole array
    dtype: np.dtype[Any]
    # Begins anew each time: arrays (n, …) of a few pictures, which together are all of them.
    parts: Callable[[], Iterator[NDArray[Any]]]

    @classmethod
    def of(cls, array: NDArray[Any]) -> Pixels:
        """Return the pictures of an array in memory."""
        rows = rows_in_part(array.shape, array.dtype)

        def parts() -> Iterator[NDArray[Any]]:
            for start in range(0, len(array), rows):
                yield array[start : start + rows]

        return cls(array.shape, array.dtype, parts)

    def spread(self, count: int) -> NDArray[Any]:
        """Return some ``count`` pictures or more, spread over all."""
        step, at, found = max(1, self.shape[0] // count), 0, []
        for part in self.parts():
            found.append(part[-at % step :: step])
            at += len(part)
        return np.concatenate(found)


def rows_in_part(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    """Return how many pictures of an array are gone through at once."""
    return max(1, PART_BYTES // max(1, math.prod(shape[1:]) * dtype.itemsize))
