"""The axes of plots: round ranges, counts that keep apart, one style."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor, isfinite, log10

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QPainter, QPen

from ganview.app.controllers.settings import PLOT_AXES
from ganview.app.theme import HAIR, MEDIUM, SMALL, Theme, font
from ganview.export.palette import Tokens
from ganview.export.plot import short_count

#: What a range may end at, times a power of ten.
ROUND = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
PADDING = 0.02  # part of a range that is left free at its ends
STEPS = 8  # in which the ends of a range move


class FramedPlot(pg.PlotWidget):
    """A plot that is framed while it has the keyboard."""

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        super().drawForeground(painter, rect)
        if self.hasFocus():
            painter.resetTransform()
            painter.setPen(QPen(QColor(Theme.current().tokens.discriminator), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()


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
    if not high - low > 1e-300:
        low, high = low - 0.5, high + 0.5
    step = round_step(high / STEPS - low / STEPS)
    return floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step


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


LOG_ROOM = 60  # pixels of a power of ten with room for three figures


class ValueAxis(pg.AxisItem):
    """Writes values; of a logarithmic axis too, where pyqtgraph's one digit tells few apart."""

    def logTickValues(
        self, minVal: float, maxVal: float, size: float, stdTicks: object
    ) -> list[tuple[float | None, list[float]]]:
        """Return powers of ten, and twice and five times those where there is room."""
        leads = (1, 2, 5) if size > LOG_ROOM * (maxVal - minVal) else (1,)
        values = [
            power + log10(lead)
            for power in range(floor(minVal), ceil(maxVal) + 1)
            for lead in leads
            if minVal <= power + log10(lead) <= maxVal
        ]
        return [(None, values)]

    def logTickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{10.0**value:.2g}" for value in values]


#: What the x axis counts, by column of the history.
WORDS = dict(PLOT_AXES.values())


def style_axes(plot: pg.PlotWidget, axes: Iterable[str] = ("left", "bottom")) -> None:
    """Give a plot quiet axes, no menu, and ranges that only its owner sets."""
    plot.setAntialiasing(False)
    plot.setMinimumHeight(96)
    plot.setFrameShape(plot.Shape.NoFrame)
    item = plot.getPlotItem()
    item.hideButtons()
    # pyqtgraph makes a menu all the same, and leaves it without a parent to go with.
    item.ctrlMenu.setParent(plot, item.ctrlMenu.windowFlags())
    item.disableAutoRange()
    item.setContentsMargins(0, HAIR, MEDIUM if "right" not in axes else 0, 0)
    item.getViewBox().setDefaultPadding(0.0)
    item.getAxis("left").setWidth(40)
    item.getAxis("bottom").label.setFont(font("small"))
    item.getAxis("bottom").setHeight(34)
    for name in axes:
        axis = item.getAxis(name)
        axis.setStyle(
            tickFont=font("small"), tickLength=0, tickTextOffset=6, hideOverlappingLabels=False
        )
        axis.enableAutoSIPrefix(False)
        axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)


def tint_axes(plot: pg.PlotWidget, axes: Iterable[str], tokens: Tokens) -> None:
    """Let a plot's ground and axes take on the colours of a theme."""
    plot.setBackground(tokens.card)
    for name in axes:
        axis = plot.getPlotItem().getAxis(name)
        axis.setPen(pg.mkPen(tokens.line))
        axis.setTextPen(pg.mkPen(tokens.muted))
