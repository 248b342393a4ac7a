"""Chooses which of a growing series of steps are left out, so that a number of them stay."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def surplus(steps: Sequence[int], most: int, kept: Collection[int]) -> list[int]:
    """Return which of a growing series of steps go, so that ``most`` stay, evenly spread.

    Parameters
    ----------
    steps : sequence of int
        In order.
    most : int
        How many may stay; more do only if ``kept`` holds more.
    kept : collection of int
        Steps that never go. The first and the last never do, either.
    """
    left, gone = list(steps), []
    while len(left) > max(most, 2):
        inner = [at for at in range(1, len(left) - 1) if left[at] not in kept]
        if not inner:
            break
        at = min(inner, key=lambda at: _scale(left[at + 1]) - _scale(left[at - 1]))
        gone.append(left.pop(at))
    return gone


def _scale(step: int) -> float:
    """Return where a step lies on a line that gives the beginning more room."""
    return float(step ** (1 / 3))
