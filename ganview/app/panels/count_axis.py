"""An axis of counts, whose numbers keep apart however narrow the plot is."""

from __future__ import annotations

from math import ceil, floor, isfinite

import pyqtgraph as pg
from PySide6.QtGui import QFontMetrics

from ganview.app.ranges import round_step
from ganview.app.theme import SMALL, font
from ganview.app.words import short_count

MOST = 8  # intervals, in a plot that has room for more


class CountAxis(pg.AxisItem):
    """Writes as many round numbers as fit beside each other.

    pyqtgraph goes by the length of the axis alone, and writes long numbers over one another in a
    short one.
    """

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        span = maxVal - minVal
        if not (isfinite(span) and span > 0):
            return []
        metrics = QFontMetrics(font("small"))
        step = round_step(max(1.0, span / MOST))
        while step < span:
            ends = (ceil(minVal / step) * step, floor(maxVal / step) * step)
            widest = max(metrics.horizontalAdvance(short_count(end, step)) for end in ends)
            if size * step / span >= widest + SMALL:
                break
            step = round_step(1.1 * step)
        return [(step, 0.0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [short_count(value, spacing) for value in values]
