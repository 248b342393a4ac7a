"""A plot of what is computed at every step: curves that grow, and lines that say what is what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan, log10
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from ganview.app.formatting import number_text
from ganview.app.plots.axes import WORDS, style_axes, tint_axes
from ganview.app.plots.curves import Curve, Series
from ganview.app.plots.exact_items import ExactLine
from ganview.app.plots.plot_panel import PlotPanel
from ganview.app.theme import Theme, font
from ganview.app.widgets.text import set_tooltip
from ganview.export.palette import Tokens
from ganview.export.ticks import PADDING, round_end, round_span

if TYPE_CHECKING:
    from ganview.runtime.run_view import RunView

NOTHING_YET = "Press Train to see the curves."

#: Where the label of a line may end, as shares of the plot's width.
LABEL_ENDS = (0.99, 0.74, 0.5, 0.28)
LABEL_WIDTH, LABEL_HEIGHT, CLEAR = 0.16, 0.16, 0.03  # shares of the plot that a label takes, nearly

Columns = dict[str, "NDArray[np.floating[Any]]"]


@dataclass(frozen=True)
class Mark:
    """A dotted horizontal line that says what a height means."""

    value: float
    text: str


class StepPlot(PlotPanel):
    """A card with a few series over the steps of a run."""

    def __init__(self, title: str, series: tuple[Series, ...]) -> None:
        legend = [(one.label, one.actor, one.dashed) for one in series]
        super().__init__(title, legend, NOTHING_YET)
        self._limits: tuple[float, float] | None = None
        self._following = True
        self._log = False
        self._range: tuple[tuple[float, float], tuple[float, float]] | None = None
        self._marks: list[tuple[ExactLine, Mark]] = []
        self._x_name = ""
        self.header.addWidget(self._legend)
        style_axes(self._plot)
        self.curves = [Curve(self._plot.getPlotItem(), one) for one in series]
        self._tell_nothing()
        self._tint(Theme.current().tokens)

    # ---- what is shown ---------------------------------------------------------------------

    def show_columns(self, columns: Columns, x_name: str) -> None:
        """Draw the columns of a history over its column `x_name`."""
        x = columns[x_name]
        if x_name != self._x_name:
            self._x_name = x_name
            self._plot.getPlotItem().getAxis("bottom").setLabel(WORDS[x_name])
        self._show_curves(len(x) > 0)
        for curve in self.curves:
            curve.follow(x, columns[curve.series.column])
        self._redraw()
        if not len(x):
            self._tell_nothing()

    def table(self, run: RunView) -> Callable[[], Columns]:
        """Return what makes a table of a run's steps; for background threads."""
        columns, drawn = run.history.view(), [curve.series for curve in self.curves]

        def make() -> Columns:
            known = [c for c in drawn if not (c.may_lack and np.isnan(columns[c.column]).all())]
            names = ("step", "images_seen", "seconds", *(c.column for c in known))
            return {name: columns[name] for name in names}

        return make

    def clear(self) -> None:
        """Forget the curves: another run begins."""
        for curve in self.curves:
            curve.clear()
        self._tell_nothing()
        self._show_curves(False)
        self.show_range(None)

    def _tell_nothing(self) -> None:
        self._legend.show_values([None if c.series.may_lack else "" for c in self.curves])

    def set_limits(self, limits: tuple[float, float] | None) -> None:
        """Fix the range of the y axis; None lets it follow the curves."""
        if limits == self._limits:
            return
        self._limits, self._range = limits, None
        self._show_scale()
        item = self._plot.getPlotItem()
        ticks = None
        if limits is not None:
            low, high = limits
            ticks = [[(tick, f"{tick:g}") for tick in (low, (low + high) / 2, high)]]
        item.getAxis("left").setTicks(ticks)

    def set_look(self, *, log: bool, smooth: bool) -> None:
        """Draw over powers of ten, where no range is fixed, and means over more steps, or not."""
        self._log, self._range = log, None
        for curve in self.curves:
            curve.smooth = smooth
        self._show_scale()
        if len(self.curves[0]):
            self._redraw()

    def _show_scale(self) -> None:
        """Let curves, marks and ticks be of numbers or of their powers of ten."""
        log = self._log and self._limits is None
        self._plot.getPlotItem().getAxis("left").setLogMode(y=log)
        for curve in self.curves:
            curve.log = log
        for line, mark in self._marks:
            line.setVisible(not log or mark.value > 0)
            line.setPos(log10(mark.value) if log and mark.value > 0 else mark.value)

    def set_marks(self, marks: list[Mark], sentence: str) -> None:
        """Draw other dotted lines, and exchange the sentence."""
        self._sentence.setText(sentence)
        self._place_sentence()
        if [mark for _, mark in self._marks] == marks:
            return
        item = self._plot.getPlotItem()
        for line, _ in self._marks:
            item.removeItem(line)
        self._marks = []
        for number, mark in enumerate(marks):
            place = LABEL_ENDS[number]  # beside each other, should the lines be close
            line = ExactLine(
                pos=mark.value,
                angle=0,
                label=mark.text or None,
                labelOpts={"position": place, "anchors": [(1, 1), (1, 1)]},
            )
            line.setZValue(20)
            if mark.text:
                line.label.setFont(font("small"))
            item.addItem(line, ignoreBounds=True)
            self._marks.append((line, mark))
        self._show_scale()
        self._tint(Theme.current().tokens)

    def _fit(self, narrow: bool, short: bool) -> None:
        """Put the legend below the heading, and the sentence into the tooltip, or back."""
        self._legend.set_stacked(narrow)
        self.header.removeWidget(self._legend)
        self.body.removeWidget(self._legend)
        if narrow:
            self.body.insertWidget(1, self._legend)
        else:
            self.header.addWidget(self._legend)
        self._place_sentence()

    def _place_sentence(self) -> None:
        cramped = any(self._room)
        self._sentence.setVisible(not cramped)
        set_tooltip(self, self._sentence.text() if cramped else "")

    @property
    def sentence(self) -> str:
        """How to read the plot."""
        return self._sentence.text()

    @property
    def y_range(self) -> tuple[float, float]:
        """The range of the y axis."""
        low, high = self._plot.getViewBox().viewRange()[1]
        return low, high

    def show_range(self, span: tuple[float, float] | None) -> None:
        """Show a part of the x axis, (left, right), or with None all of it, however it grows."""
        self._following, self._range = span is None, None
        if span is not None:
            self._plot.getViewBox().setXRange(*span, padding=0)
        self._redraw()

    # ---- drawing ---------------------------------------------------------------------------

    def _redraw(self) -> None:
        box = self._plot.getViewBox()
        left, right = box.viewRange()[0]
        if self._following:
            left, right = 0.0, round_end(max(curve.right for curve in self.curves))
        for curve in self.curves:
            curve.draw(left, right)
        wanted = ((left, right), self._limits or round_span(*self._span()))
        if wanted != self._range:  # ranges that stand still cost no new axes
            self._range = wanted
            if self._following:
                box.setRange(xRange=wanted[0], yRange=wanted[1], padding=PADDING)
            else:
                box.setYRange(*wanted[1], padding=PADDING)
        self._place_labels(*wanted)
        self._tell_values()

    def _place_labels(self, across: tuple[float, float], up: tuple[float, float]) -> None:
        """Let no curve go through the label of a line, if there is a place for it."""
        taken: set[float] = set()
        for number, (line, mark) in enumerate(self._marks):
            if not mark.text:
                continue
            here = line.label.orthoPos
            places = [end for end in (here, *LABEL_ENDS) if end not in taken]
            clear = (end for end in places if self._is_clear(end, line.value(), across, up))
            place = next(clear, LABEL_ENDS[number])
            taken.add(place)
            if place != here:
                line.label.setPosition(place)

    def _is_clear(
        self, end: float, height: float, across: tuple[float, float], up: tuple[float, float]
    ) -> bool:
        wide, tall = across[1] - across[0], up[1] - up[0]
        right = across[0] + end * wide
        for curve in self.curves:
            x, y = curve.mean_line
            beside = y[(x > right - LABEL_WIDTH * wide) & (x < right + CLEAR * wide)]
            if ((beside > height - CLEAR * tall) & (beside < height + LABEL_HEIGHT * tall)).any():
                return False
        return True

    def _span(self) -> tuple[float, float]:
        """Return a y range that shows the curves and the marks, without the odd spike."""
        spans = [span for curve in self.curves if (span := curve.span()) is not None]
        spans += [(line.value(),) * 2 for line, _ in self._marks if line.isVisible()]
        low = min((span[0] for span in spans), default=0.0)
        high = max((span[1] for span in spans), default=1.0)
        return low, high

    def _point_at(self, x: float | None) -> None:
        if len(self.curves[0]):
            values = [curve.current if x is None else curve.near(x) for curve in self.curves]
            lacks = [
                c.series.may_lack and isnan(v) for c, v in zip(self.curves, values, strict=True)
            ]
            told = [None if lack else number_text(v) for lack, v in zip(lacks, values, strict=True)]
            self._legend.show_values(told)

    def _tint(self, tokens: Tokens) -> None:
        tint_axes(self._plot, ("left", "bottom"), tokens)
        for line, mark in self._marks:
            line.setPen(pg.mkPen(tokens.muted, style=Qt.PenStyle.DotLine))
            if mark.text:
                line.label.setColor(tokens.muted)
        for curve in self.curves:
            curve.tint(tokens)
