"""The axes of plots: round ranges, counts that keep apart, one style."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor, isfinite, log10

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QAccessible, QColor, QFocusEvent, QFontMetrics, QPainter, QPen

from ganview.app.controllers.settings import PLOT_AXES
from ganview.app.theme import HAIR, MEDIUM, SMALL, Theme, font
from ganview.export.palette import Tokens
from ganview.export.ticks import MOST, round_step, short_count


class FramedPlot(pg.PlotWidget):
    """A plot that is framed while it has the keyboard."""

    spoken_role = QAccessible.Role.Chart

    recording = False  # what is drawn is no part of the window

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        super().drawForeground(painter, rect)
        if self.hasFocus() and not self.recording:
            painter.resetTransform()
            painter.setPen(QPen(QColor(Theme.current().tokens.discriminator), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.viewport().setAccessibleName(name)  # which can have the focus, too

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()


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
    plot.setCacheMode(plot.CacheModeFlag.CacheNone)  # the ground has one colour
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
        axis.setPen(pg.mkPen(tokens.line, cosmetic=False))  # it grows with a recorded picture
        axis.setTextPen(pg.mkPen(tokens.muted))
