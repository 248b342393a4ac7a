"""How often each class comes among generated pictures, and which ones hardly come at all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LOST, FEW = 0.1, 0.5  # of the share that a class should have
FEWEST = 8.0  # pictures that a class should have had, for their lack to mean anything


class Shares(NamedTuple):
    """Shares of the classes."""

    # wanted, drawn: float (K,) among real pictures, and as the classifier reads generated ones
    wanted: NDArray[np.float64]
    drawn: NDArray[np.float64]
    # lost, few: classes that are missing, and those that come less than half as often as they
    # should
    lost: tuple[int, ...]
    few: tuple[int, ...]


def compare_shares(read: NDArray[np.int64], wanted: NDArray[np.floating]) -> Shares:
    """Hold the classes that pictures read as (M,) against the shares that they should have (K,)."""
    target = np.asarray(wanted, np.float64)
    drawn = np.bincount(read, minlength=len(target)) / max(1, len(read))
    counted = target * len(read) >= FEWEST
    lost = counted & (drawn < LOST * target)
    few = counted & ~lost & (drawn < FEW * target)
    return Shares(target, drawn, _classes(lost), _classes(few))


def _classes(chosen: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(np.flatnonzero(chosen).tolist())
