"""Ranges for axes that grow: round, so that an axis stands still most of the time."""

from __future__ import annotations

from math import ceil, floor, log10

#: What a range may end at, times a power of ten.
ROUND = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
STEPS = 8  # in which the ends of a range move


def round_end(end: float) -> float:
    """Return the first round number that is not below `end` (at least 10)."""
    end = max(end, 10.0)
    power = 10.0 ** floor(log10(end))
    return next(power * lead for lead in ROUND if power * lead >= end * (1 - 1e-9))


def round_step(rough: float) -> float:
    """Return the first of 1, 2, 5, 10 … times a power of ten that is not below `rough`."""
    power = 10.0 ** floor(log10(rough))
    return next(power * lead for lead in (1.0, 2.0, 5.0, 10.0) if power * lead >= rough)


def round_span(low: float, high: float) -> tuple[float, float]:
    """Return a range around low … high whose ends are multiples of a round step."""
    if not high > low:
        low, high = low - 0.5, high + 0.5
    step = round_step((high - low) / STEPS)
    return floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step
