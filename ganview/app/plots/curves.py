"""One series in a plot: every step as a pale band, its running mean as a clear line."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsEllipseItem

from ganview.app.plots.exact_items import ExactCurve
from ganview.export.palette import Tokens
from ganview.runtime.envelope import Envelope
from ganview.runtime.history import History

BAND_POINTS = 300  # of every step, at most
MEAN_POINTS = 160
HEAD = 8  # pixels across of the point at which a curve grows
RECENT = 50  # steps of which "now" is the mean where the end of the line is out of view
PALE = 0.28  # how much of its hue the band has; the rest is the card behind it


@dataclass(frozen=True)
class Series:
    """What is drawn: a column of the history, its name, and the actor whose hue it has.

    One that ``may_lack`` is left out of the legend where it has no value.
    """

    column: str
    label: str
    actor: str
    dashed: bool = False
    may_lack: bool = False


class Curve:
    """A series on a plot item.

    Attributes
    ----------
    log
        Heights are logarithms to the base of ten; what is 0 or below is left out.
    smooth
        The mean is over more steps, and stands alone.
    """

    def __init__(self, item: pg.PlotItem, series: Series) -> None:
        self.series = series
        self.log = self.smooth = False
        self._x: NDArray[np.floating[Any]] = np.empty(0)
        self._envelope = Envelope()
        # Plain curve items: what they get is decimated already, and they ask no questions.
        self._band = ExactCurve(antialias=False, connect="finite")
        self._mean = ExactCurve(antialias=False, connect="finite")
        self._mean.setZValue(10)
        for curve in (self._band, self._mean):
            item.addItem(curve, ignoreBounds=True)
        self._head = QGraphicsEllipseItem(-HEAD / 2, -HEAD / 2, HEAD, HEAD)
        self._head.setFlag(QGraphicsEllipseItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self._head.setZValue(11)
        self._head.hide()
        item.addItem(self._head, ignoreBounds=True)
        self._span: tuple[float, float] | None = None
        self._line: tuple[NDArray[Any], NDArray[Any]] = (np.empty(0), np.empty(0))

    def __len__(self) -> int:
        return len(self._x)

    @property
    def right(self) -> float:
        """Where the curve ends on the x axis."""
        return float(self._x[-1]) if len(self._x) else 0.0

    @property
    def points(self) -> int:
        """How many points are drawn."""
        return sum(len(curve.getData()[0]) for curve in (self._band, self._mean))

    @property
    def mean_line(self) -> tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]:
        """Return the places and heights of the clear line."""
        x, y = self._mean.getData()
        return x, y

    @property
    def current(self) -> float:
        """Height of the clear line at its end, or the mean of the last steps out of view."""
        places, values = self._line
        if len(places) and places[-1] == self._x[-1]:
            return float(values[-1])
        return self._envelope.mean_of(len(self._x) - RECENT, len(self._x))

    def near(self, x: float) -> float:
        """Return the height of the clear line at a place on the x axis."""
        places, values = self._line
        return float(np.interp(x, places, values)) if len(places) else nan

    def follow(self, x: NDArray[np.floating[Any]], y: NDArray[np.floating[Any]]) -> None:
        """Take over columns that begin with all that was there before."""
        if len(x) < len(self._x):
            self._envelope.clear()
        self._x = x
        self._envelope.follow(y)

    def is_of(self, history: History) -> bool:
        """Tell whether this curve is of a run that did not go back since."""
        return history.envelope(self.series.column) is self._envelope

    def begin(self, history: History) -> None:
        """Share what is known of another run's column."""
        self._envelope = history.envelope(self.series.column)

    def clear(self) -> None:
        """Forget the numbers."""
        self._x = np.empty(0)
        self._envelope = Envelope()
        self._band.setData([], [])
        self._mean.setData([], [])
        self._line = np.empty(0), np.empty(0)
        self._head.hide()
        self._span = None

    def draw(self, left: float, right: float) -> None:
        """Draw what lies between two places on the x axis, in as much detail as can be seen."""
        begin = int(np.searchsorted(self._x, left)) - 1
        end = int(np.searchsorted(self._x, right)) + 1
        index, values = self._envelope.band(begin, end, BAND_POINTS)
        values = self._placed(values)
        self._span = _span_of(values)
        self._band.setData(self._x[index], values)
        self._band.setVisible(not self.smooth)
        index, values = self._envelope.smoothed(begin, end, MEAN_POINTS, more=self.smooth)
        heights = self._placed(values)
        self._line = self._x[index], values
        self._mean.setData(self._x[index], heights)
        self._head.setVisible(bool(len(index)) and bool(np.isfinite(heights[-1])))
        if self._head.isVisible():
            self._head.setPos(float(self._x[index[-1]]), float(heights[-1]))

    def _placed(self, values: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
        """Return the heights of values: themselves, or the logarithms of those above 0."""
        if not self.log:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            heights = np.log10(values)
        return np.where(np.isfinite(heights), heights, np.nan)

    @property
    def head(self) -> tuple[float, float] | None:
        """Return where the curve grows, as it is drawn; None while it has no end to be seen."""
        place = self._head.pos()
        return (place.x(), place.y()) if self._head.isVisible() else None

    def span(self) -> tuple[float, float] | None:
        """Return between which values nearly all of what is drawn lies."""
        return self._span

    def tint(self, tokens: Tokens) -> None:
        """Take on the colours of a theme."""
        colour = QColor(tokens.actor(self.series.actor))
        dash = Qt.PenStyle.DashLine if self.series.dashed else Qt.PenStyle.SolidLine
        self._mean.setPen(pg.mkPen(colour, width=2, style=dash))
        self._head.setBrush(colour)
        self._head.setPen(QPen(QColor(tokens.card), 1))
        # Mixed rather than transparent: Qt draws an opaque line several times as fast.
        self._band.setPen(pg.mkPen(_mixed(colour, QColor(tokens.card), PALE), width=1))


def _span_of(values: NDArray[np.floating[Any]]) -> tuple[float, float] | None:
    finite = np.sort(values[np.isfinite(values)])  # np.percentile imports for 30 ms at first
    if not len(finite):
        return None
    last = len(finite) - 1
    return float(finite[round(0.02 * last)]), float(finite[round(0.98 * last)])


def _mixed(colour: QColor, ground: QColor, share: float) -> QColor:
    ours = colour.red(), colour.green(), colour.blue()
    theirs = ground.red(), ground.green(), ground.blue()
    parts = zip(ours, theirs, strict=True)
    return QColor(*(round(share * a + (1 - share) * b) for a, b in parts))
