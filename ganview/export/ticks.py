"""Round ranges of axes and what is written at them: alike in the window and in a report."""

from __future__ import annotations

from math import ceil, floor, log10

#: What a range may end at, times a power of ten.
ROUND = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
PADDING = 0.02  # part of a range that is left free at its ends
STEPS = 8  # in which the ends of a range move
MOST = 8  # intervals, in a plot that has room for more


def round_end(end: float) -> float:
    """Return the first round number that is not below `end` (at least 10)."""
    end = max(end, 10.0)
    power = 10.0 ** floor(log10(end))
    return next(power * lead for lead in ROUND if power * lead >= end * (1 - 1e-9))


def round_step(rough: float) -> float:
    """Return the first of 1, 2, 5, 10 … times a power of ten that is not below `rough`."""
    rough = min(max(rough, 1e-300), 1e300)  # beyond, floats have no power of ten
    power = 10.0 ** floor(log10(rough))
    return next(power * lead for lead in (1.0, 2.0, 5.0, 10.0) if power * lead >= rough)


def round_span(low: float, high: float) -> tuple[float, float]:
    """Return a range around low … high whose ends are multiples of a round step."""
    size = max(abs(low), abs(high))
    if not high - low > max(1e-300, 1e-12 * size):  # floats know nothing between them
        room = max(0.5, 1e-6 * size)
        low, high = low - room, high + room
    step = round_step(high / STEPS - low / STEPS)
    return floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step


def short_count(count: float, step: float) -> str:
    """Return a multiple of a round step in few letters: 800, 15k, 1.2M; alike for one step."""
    for least, unit, letter in ((5e5, 1e6, "M"), (2e3, 1e3, "k")):
        if step >= least and count:
            return f"{count / unit:g}{letter}"
    return f"{count:.0f}" if step >= 1 else f"{count:g}"
