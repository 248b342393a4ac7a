"""Curves of two to six runs over each other: a hue and a number a run, a dash an actor."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtWidgets import QWidget

from ganview.app.formatting import number_text
from ganview.app.plots.axes import (
    WORDS,
    CountAxis,
    FramedPlot,
    style_axes,
    tint_axes,
)
from ganview.app.plots.zooming import KEYS_TOLD, Zooming
from ganview.app.theme import Theme, font
from ganview.app.widgets.layouts import column_layout
from ganview.app.widgets.text import set_tooltip
from ganview.export.ticks import round_end, round_span
from ganview.runtime.envelope import Envelope, Floats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent

    from ganview.export.palette import Tokens
    from ganview.runtime.run_view import RunView

POINTS = 200  # of a curve, at most
DASH = 5, 3  # points a dash and its gap, and how many of them are drawn
FAR = 1e5  # pixels, beyond which Qt need not draw exactly
HEALTHY = 100.0  # what is beyond, as where a run diverges, does not widen the y axis
LEAST = 1e-3  # a smaller distance is drawn at this one
MARGIN = 0.04  # part of the width that the number of a run is from the right edge, at least
WHOLE = 0.0, float("inf")


@dataclass(frozen=True)
class Measure:
    """What is compared."""

    title: str  # what it is called
    # (column of the history or field of `Quality`, label) of one or two curves a run; the second
    # one is dashed.
    columns: tuple[tuple[str, str], ...]
    of_quality: bool = False  # whether it is measured now and then, not at every step
    logarithmic: bool = False  # whether the y axis counts powers of ten


MEASURES = (
    Measure("Losses", (("loss_d", "D"), ("loss_g", "G"))),
    Measure("D's belief", (("y_hat_real", "real"), ("y_hat_fake", "fake"))),
    Measure("judge-FD", (("frechet", "judge-FD"),), of_quality=True, logarithmic=True),
    Measure("Class accuracy", (("accuracy", "class accuracy"),), of_quality=True),
)
STEP_COLUMNS = tuple(name for one in MEASURES if not one.of_quality for name, _ in one.columns)


class RunColumns:
    """The numbers of one run, ready to be drawn at any length; `follow` notes what is new.

    Parameters
    ----------
    run
        Whose numbers. Reading those of a long run takes a moment: do it in a background thread.
    """

    def __init__(self, run: RunView) -> None:
        self.run = run
        self._past = run.history.envelope(STEP_COLUMNS[0])
        self._columns = run.history.view()
        self._envelopes = {name: Envelope() for name in STEP_COLUMNS}
        self._looks = run.quality.looks()
        for name, envelope in self._envelopes.items():
            envelope.follow(self._columns[name])

    @property
    def is_outdated(self) -> bool:
        """Whether the run went back, so that its numbers must be read anew."""
        return self.run.history.envelope(STEP_COLUMNS[0]) is not self._past

    def follow(self) -> bool:
        """Note what is new; tells whether anything was."""
        columns, looks = self.run.history.view(), self.run.quality.looks()
        new = len(columns["step"]) != len(self._columns["step"]) or looks is not self._looks
        self._columns, self._looks = columns, looks
        return new

    def right(self, axis: str) -> float:
        """Return where the run ends on an axis."""
        x = self._columns[axis]
        return float(x[-1]) if len(x) else 0.0

    def curve(
        self, measure: Measure, column: str, axis: str, span: tuple[float, float] = WHOLE
    ) -> tuple[Floats, Floats]:
        """Return a part of a curve, and a point beyond either end; at most `POINTS`, (x, y)."""
        if measure.of_quality:
            looks = self.run.quality.looks()
            places = self._places(looks, axis)
            part = slice(*_reach(places, span))
            return places[part], np.array([getattr(look, column) for look in looks[part]])
        envelope, x = self._envelopes[column], self._columns[axis]
        envelope.follow(self._columns[column])  # of what is drawn alone
        begin, end = _reach(x, span)
        index, means = envelope.smoothed(begin, end, POINTS)
        return x[index], means

    def near(self, measure: Measure, column: str, axis: str, x: float) -> float:
        """Return the value at a place of the axis, nan beyond the run's end."""
        if measure.of_quality:
            looks = self.run.quality.looks()
            if not looks:
                return float("nan")
            at = int(np.argmin(np.abs(self._places(looks, axis) - x)))
            return float(getattr(looks[at], column))
        if not 0 <= x <= self.right(axis):
            return float("nan")
        at = int(np.searchsorted(self._columns[axis], x))
        return self._envelopes[column].mean_of(at - 25, at + 25)

    def _places(self, looks: Sequence[Any], axis: str) -> NDArray[np.float64]:
        if axis == "seconds":
            return np.array([self.run.history.seconds_at(look.step) for look in looks])
        return np.array([getattr(look, axis) for look in looks], float)


class RunOverlay(QWidget):
    """One plot with the curves of several runs; wheel, drag and keys move and zoom along x."""

    pointed = Signal(str)  # a line on the values under the pointer, empty once it has left

    def __init__(self) -> None:
        super().__init__()
        self.measure, self.axis = MEASURES[0], "step"
        self._runs: list[RunColumns] = []
        self._curves: list[list[pg.PlotCurveItem]] = []
        self._dots: list[pg.ScatterPlotItem] = []
        self._points: list[list[tuple[Floats, Floats]]] = []
        self._numbers: list[pg.TextItem] = []
        self._plot = FramedPlot(enableMenu=False, axisItems={"bottom": CountAxis("bottom")})
        style_axes(self._plot)
        self._box = self._plot.getPlotItem().getViewBox()
        self._box.sigResized.connect(self._place)
        self._span: tuple[float, float] | None = None  # of the x axis; None for all of it
        Zooming(self._plot).chosen.connect(self.show_range)
        self._plot.scene().sigMouseClicked.connect(self._clicked)
        self._plot.setAccessibleName("Curves of the runs")
        self._plot.setAccessibleDescription(KEYS_TOLD)
        set_tooltip(self._plot, KEYS_TOLD)
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.hide()
        self._plot.getPlotItem().addItem(self._cursor, ignoreBounds=True)
        self._plot.scene().sigMouseMoved.connect(self._moved)
        column_layout(self._plot, inside=self)
        Theme.current().changed.connect(self._tint)
        self._tint(Theme.current().tokens)

    def show_runs(self, runs: Sequence[RunColumns]) -> None:
        """Show the curves of other runs."""
        scene = self._plot.scene()
        for old in (*(curve for pair in self._curves for curve in pair), *self._dots):
            scene.removeItem(old)
        for number in self._numbers:
            self._box.removeItem(number)
        self._runs = list(runs)
        self._curves = [[pg.PlotCurveItem(antialias=False) for _ in range(2)] for _ in runs]
        self._dots = [pg.ScatterPlotItem(size=6, pen=None) for _ in runs]
        self._numbers = [  # side by side, should the curves end in one place
            pg.TextItem(str(number), anchor=(0.9 - 0.9 * number, 0.5)) for number in _counted(runs)
        ]
        for new in (*(curve for pair in self._curves for curve in pair), *self._dots):
            new.setParentItem(self._box)  # whose unit is the pixel
        for number in self._numbers:
            self._box.addItem(number, ignoreBounds=True)
        self._tint(Theme.current().tokens)
        self.redraw()

    def choose(self, measure: Measure, axis: str) -> None:
        """Compare something else, or count something else along the x axis."""
        if axis != self.axis:
            self._span = None  # what was zoomed in on is elsewhere now
        self.measure, self.axis = measure, axis
        self._plot.getPlotItem().getAxis("left").setLogMode(y=measure.logarithmic)
        self._plot.getPlotItem().getAxis("bottom").setLabel(WORDS[axis])
        self.redraw()

    def show_range(self, span: tuple[float, float] | None) -> None:
        """Show a part of the x axis, (left, right), or with None all of it, however it grows."""
        self._span = span
        self.redraw()

    def set_cursor(self, step: int | None) -> None:
        """Mark a step; None takes the mark away. Over other axes there is none."""
        self._cursor.setVisible(step is not None and self.axis == "step")
        if step is not None:
            self._cursor.setPos(step)

    @property
    def curves(self) -> list[list[tuple[Floats, Floats]]]:
        """The points (x, y) of each run's two curves, as they are drawn."""
        return [list(pair) for pair in self._points]

    @property
    def x_range(self) -> tuple[float, float]:
        """The part of the x axis that is shown."""
        left, right = self._box.viewRange()[0]
        return left, right

    @property
    def y_range(self) -> tuple[float, float]:
        """The range of the y axis."""
        low, high = self._box.viewRange()[1]
        return low, high

    @property
    def runs(self) -> tuple[RunColumns, ...]:
        """What is drawn."""
        return tuple(self._runs)

    def follow(self) -> bool:
        """Draw what is new; tells whether anything was."""
        grew = [run.follow() for run in self._runs]
        if any(grew):
            self.redraw()
        return any(grew)

    def redraw(self) -> None:
        """Draw all curves."""
        nothing = np.empty(0)
        spans, self._points = [], []
        for run in self._runs:
            names = [name for name, _ in self.measure.columns]
            pair = [run.curve(self.measure, name, self.axis, self._span or WHOLE) for name in names]
            if self.measure.logarithmic:
                pair = [(x, np.log10(np.maximum(y, LEAST))) for x, y in pair]
            self._points.append([*pair, (nothing, nothing)][:2])
            for _, y in pair:
                finite = np.sort(
                    y[np.isfinite(y) & (self.measure.of_quality | (np.abs(y) < HEALTHY))]
                )
                if len(finite):
                    spans.append((finite[len(finite) // 100], finite[-1 - len(finite) // 100]))
        low = min((float(span[0]) for span in spans), default=0.0)
        high = max((float(span[1]) for span in spans), default=1.0)
        right = round_end(max((run.right(self.axis) for run in self._runs), default=0.0))
        y_range = round_span(low, high)
        if self._span is None:
            self._box.setRange(xRange=(0.0, right * 1.08), yRange=y_range, padding=0.02)
        else:
            self._box.setXRange(*self._span, padding=0)
            self._box.setYRange(*y_range, padding=0.02)
        self._place()

    def _place(self) -> None:
        """Put the curves where the axes say.

        They are handed over in pixels: Qt draws wide lines several times as fast where it need not
        scale them.
        """
        (left, right), (low, high) = self._box.viewRange()
        across, down = self._box.width() / (right - left), self._box.height() / (high - low)
        shown = zip(self._points, self._curves, self._dots, self._numbers, strict=True)
        for points, curves, dots, number in shown:
            dots.setVisible(self.measure.of_quality)
            for (x, y), curve in zip(points, curves, strict=True):
                if curve is curves[1] and 1 < len(x) < POINTS:  # or its dashes would be long
                    finer = np.linspace(x[0], x[-1], POINTS)
                    x, y = finer, np.interp(finer, x, y)
                at = (x - left) * across, np.clip((high - y) * down, -FAR, FAR)
                curve.setData(*at, connect=_connections(y, dashed=curve is curves[1]))
                if self.measure.of_quality and curve is curves[0]:
                    dots.setData(*at)
            x, y = points[0]
            known = np.flatnonzero(np.isfinite(y))
            known = known[(x[known] >= left) & (x[known] <= right - MARGIN * (right - left))]
            number.setVisible(bool(len(known)))
            if len(known):
                number.setPos(float(x[known[-1]]), float(y[known[-1]]))

    def values_text(self, x: float) -> str:
        """Return what the curves say at a place of the x axis, in words."""
        parts = []
        for number, run in zip(_counted(self._runs), self._runs, strict=True):
            values = [
                f"{label} {number_text(value)}"
                for column, label in self.measure.columns
                if isfinite(value := run.near(self.measure, column, self.axis, x))
            ]
            if values:
                parts.append(f"{number}: {', '.join(values)}")
        return "    ".join([f"{WORDS[self.axis]} {max(0, round(x)):,}", *parts])

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit("")

    def _clicked(self, click: MouseClickEvent) -> None:
        if click.double() and click.button() == Qt.MouseButton.LeftButton:
            self.show_range(None)

    def _moved(self, position: QPointF) -> None:
        if self._runs and self._box.sceneBoundingRect().contains(position):
            self.pointed.emit(self.values_text(self._box.mapSceneToView(position).x()))

    def _tint(self, tokens: Tokens) -> None:
        tint_axes(self._plot, ("left", "bottom"), tokens)
        self._cursor.setPen(pg.mkPen(tokens.text))
        shown = zip(self._curves, self._dots, self._numbers, tokens.runs, strict=False)
        for pair, dots, number, hue in shown:
            for curve in pair:
                curve.setPen(pg.mkPen(hue, width=2))
            dots.setBrush(hue)
            number.setColor(hue)
            number.setFont(font("heading"))


def _reach(x: NDArray[np.floating[Any]], span: tuple[float, float]) -> tuple[int, int]:
    """Return where what a span shows begins and ends, a place more to either side."""
    left, right = np.searchsorted(x, span)
    return max(0, int(left) - 1), min(len(x), int(right) + 1)


def _connections(y: Floats, *, dashed: bool) -> NDArray[np.int32]:
    """Return which points are joined to the next one.

    Dashes are left out lines: Qt takes several times as long for a pen that is dashed.
    """
    joined = np.isfinite(y)
    joined[:-1] &= joined[1:]
    if dashed:
        joined &= np.arange(len(y)) % DASH[0] < DASH[1]
    return joined.astype(np.int32)


def _counted(runs: Sequence[object]) -> range:
    return range(1, len(runs) + 1)
