"""One series in a plot: every step as a pale band, its running mean as a clear line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from ganview.app.envelope import Envelope

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganview.app.theme import Tokens

BAND_POINTS = 600  # of every step, at most
MEAN_POINTS = 240
RECENT = 50  # steps of which "now" is the mean
PALE = 70  # opacity of the band, of 255


@dataclass(frozen=True)
class Series:
    """What is drawn: a column of the history, its name, and the actor whose hue it has."""

    column: str
    label: str
    actor: str
    dashed: bool = False


class Curve:
    """A series on a plot item.

    Parameters
    ----------
    item
        Where it is drawn.
    series
        What it is.
    """

    def __init__(self, item: pg.PlotItem, series: Series) -> None:
        self.series = series
        self._x: NDArray[np.float64] = np.empty(0)
        self._envelope = Envelope()
        self._band = item.plot([], [])
        self._mean = item.plot([], [], connect="finite")
        self._mean.setZValue(10)

    def __len__(self) -> int:
        return len(self._x)

    @property
    def right(self) -> float:
        """Where the curve ends on the x axis."""
        return float(self._x[-1]) if len(self._x) else 0.0

    @property
    def points(self) -> int:
        """How many points are drawn."""
        drawn = (self._band.getOriginalDataset()[0], self._mean.getOriginalDataset()[0])
        return sum(0 if x is None else len(x) for x in drawn)

    @property
    def current(self) -> float:
        """Mean of the last steps."""
        return self._mean_around(len(self._x))

    def near(self, x: float) -> float:
        """Return the mean of the steps around a place on the x axis."""
        return self._mean_around(int(np.searchsorted(self._x, x)) + RECENT // 2)

    def follow(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        """Take over columns that begin with all that was there before."""
        if len(x) < len(self._x):
            self._envelope.clear()
        self._x = x
        self._envelope.follow(y)

    def clear(self) -> None:
        """Forget the numbers."""
        self._x = np.empty(0)
        self._envelope.clear()
        self._band.setData([], [])
        self._mean.setData([], [])

    def draw(self, left: float, right: float) -> None:
        """Draw what lies between two places on the x axis, in as much detail as can be seen."""
        begin = int(np.searchsorted(self._x, left)) - 1
        end = int(np.searchsorted(self._x, right)) + 1
        index, values = self._envelope.band(begin, end, BAND_POINTS)
        self._band.setData(self._x[index], values)
        index, values = self._envelope.mean(begin, end, MEAN_POINTS)
        self._mean.setData(self._x[index], values)

    def span(self) -> tuple[float, float] | None:
        """Return between which values nearly all of what is drawn lies."""
        _, values = self._band.getOriginalDataset()
        if values is None or not len(values):
            return None
        finite = values[np.isfinite(values)]
        if not len(finite):
            return None
        low, high = np.percentile(finite, (2, 98))
        return float(low), float(high)

    def tint(self, tokens: Tokens) -> None:
        """Take on the colours of a theme."""
        colour = tokens.actor(self.series.actor)
        dash = Qt.PenStyle.DashLine if self.series.dashed else Qt.PenStyle.SolidLine
        self._mean.setPen(pg.mkPen(colour, width=2, style=dash))
        pale = tokens.actor(self.series.actor)
        pale.setAlpha(PALE)
        self._band.setPen(pg.mkPen(pale, width=1))

    def _mean_around(self, end: int) -> float:
        _, means = self._envelope.mean(end - RECENT, end, 1)
        return float(means[0]) if len(means) else float("nan")
