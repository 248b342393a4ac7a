"""How good the run's pictures are, measured along the way, beside real ones measured alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import ceil, floor, isnan, log10, nan
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from ganview.app.formatting import number_text, percent_text
from ganview.app.plots.axes import WORDS, style_axes, tint_axes
from ganview.app.plots.exact_items import ExactCurve, ExactLine
from ganview.app.plots.plot_panel import PlotPanel
from ganview.app.theme import Theme, font
from ganview.app.widgets.text import name_text, set_tooltip
from ganview.export.palette import Tokens
from ganview.export.ticks import PADDING, round_end
from ganview.gan.metrics.quality import Quality
from ganview.runtime.history import History
from ganview.runtime.quality_record import QualityRecord

if TYPE_CHECKING:
    from ganview.runtime.run_view import RunView

NOTHING_YET = "The first measurement comes after some seconds of training."
SHARES = ((0.0, "0"), (0.5, "50"), (1.0, "100"))  # in per cent
TOOLTIP = (
    "judge-FD@{judge}: Fréchet distance of {samples:,} samples from held-out real pictures, in the "
    "features of a small frozen classifier, the judge. Lower is better; the dotted line is the "
    "distance of as many real training pictures.\n"
    "Class accuracy: the share of samples in which a second classifier reads the class that was "
    "asked for, of all and of the worst class; the dotted line is its accuracy on real pictures, "
    "which may be lower: some are hard to read, and generators seldom draw such.\n"
    "{often} Always measured on the EMA generator. 'ganview eval' measures more."
)
OFTEN = "Measured about every {seconds:.0f} s of training, which takes under 3 % of the time."
LEAST = 1e-6  # a smaller distance, 0 among them, is drawn at this one
Table = Mapping[str, NDArray[np.floating[Any]]]
HEADROOM = 1.12  # height of the plot, of which 1 is 100 %: the rest is for the ceiling's figure


class QualityPlot(PlotPanel):
    """judge-FD on a logarithmic axis at the left, the class accuracy at the right.

    Heights are shares of the plot, 0 to 1, with ticks of their own on either side.
    """

    def __init__(self) -> None:
        legend = [("judge-FD", "distance", False), ("class accuracy", "accuracy", True)]
        super().__init__("Quality", legend, NOTHING_YET)
        self._looks: tuple[Quality, ...] = ()
        self._column = "step"
        self._x = np.zeros(0)
        self._whole = (0.0, 1.0)
        self._shown: tuple[float, float] | None = None  # a part of the x axis
        self._decades = (-1, 1)
        self._legend.set_stacked(True)
        self._legend.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.body.insertWidget(self.body.indexOf(self._pages), self._legend)
        item = self._plot.getPlotItem()
        item.showAxis("right")
        style_axes(self._plot, ("left", "bottom", "right"))
        item.getAxis("right").setWidth(32)
        item.getAxis("right").setTicks([list(SHARES)])
        self._distance, self._share = (ExactCurve(connect="finite") for _ in range(2))
        self._distance_dots = pg.ScatterPlotItem(symbol="o", size=5, pen=None)
        self._share_dots = pg.ScatterPlotItem(symbol="t", size=6, pen=None)
        # what is generated stays above the floor and below the ceiling: each says its figure beyond
        self._floor, self._ceiling = self._real_line(anchor=(1, 0)), self._real_line(anchor=(1, 1))
        for one in (self._distance, self._share, self._distance_dots, self._share_dots):
            item.addItem(one, ignoreBounds=True)
        self._tint(Theme.current().tokens)
        self.clear()

    # ---- what is shown ---------------------------------------------------------------------

    def show_record(
        self, record: QualityRecord, column: str, right: float, history: History | None = None
    ) -> None:
        """Draw all looks over a column of the history, up to ``right`` at least.

        Parameters
        ----------
        column
            What the x axis counts.
        right
            Where the curves of every step end.
        history
            Knows what the column was at a step; not needed for ``step`` and ``images_seen``.
        """
        self._looks, self._column = record.looks(), column
        if column == "seconds":
            seconds = history.seconds_at if history is not None else float
            self._x = np.array([seconds(look.step) for look in self._looks], float)
        else:
            self._x = np.array([getattr(look, column) for look in self._looks], float)
        if not self._looks:
            self.clear(record.silence)
            return
        newest = self._looks[-1]
        judge = name_text(newest.judge)
        worst = "" if isnan(newest.worst) else f"worst class {percent_text(newest.worst)}"
        self.set_title("Quality", "  ·  ".join(filter(None, (f"judge@{judge}", worst))))
        self._sentence.setText(
            f"{newest.samples:,} samples against held-out real pictures; dotted: real pictures."
        )
        often = OFTEN.format(seconds=record.interval) if record.interval else ""
        tip = TOOLTIP.format(judge=judge, samples=newest.samples, often=often)
        set_tooltip(self, f"{tip.strip()}\nNow: {worst}." if worst else tip.strip())
        self._tell_values()
        self._draw(newest, right)
        self._show_curves(True)

    def clear(self, why: str = "") -> None:
        """Show no looks, and why there are none."""
        self._looks = ()
        self.set_title("Quality")
        self._empty.setText(why or NOTHING_YET)
        self._sentence.setText("")
        set_tooltip(self, "")
        self._legend.show_values(["", ""])
        self._show_curves(False)

    def _fit(self, narrow: bool, short: bool) -> None:
        """Give up sentence and judge where there is little room; the tooltip says more than that.

        The legend is then beside the heading.
        """
        self._sentence.setVisible(not (narrow or short))
        beside = short and not narrow
        self.header.removeWidget(self._legend)
        self.body.removeWidget(self._legend)
        self._legend.set_stacked(not beside)
        self._subtitle.setVisible(not beside)
        if beside:
            self.header.addWidget(self._legend)
        else:
            self.body.insertWidget(self.body.indexOf(self._pages), self._legend)

    def table(self, run: RunView) -> Callable[[], Table]:
        """Return what makes a table of a run's looks; for background threads."""
        return partial(quality_table, run.quality.looks(), run.history.seconds_at)

    @property
    def curves(self) -> dict[str, ExactCurve]:
        """What is drawn, by name."""
        return {"distance": self._distance, "share": self._share}

    @property
    def text(self) -> str:
        """What a reader hears: the newest values, or why there are none."""
        return self._legend.text if self._looks else self._empty.text()

    # ---- drawing ---------------------------------------------------------------------------

    def _draw(self, newest: Quality, right: float) -> None:
        x = self._x
        distance = np.array([look.frechet for look in self._looks])
        # Distances of two judges are in two features: no line joins them.
        judges = [look.judge for look in self._looks]
        apart = [at for at in range(1, len(judges)) if judges[at] != judges[at - 1]]
        ends = (*distance[np.isfinite(distance)], newest.frechet_real)
        low = floor(log10(max(min(ends), LEAST)))
        high = max(low + 1, ceil(log10(max(*ends, LEAST))))
        self._decades = (low, high)
        item = self._plot.getPlotItem()
        ticks = [(self._height(10.0**power), f"{10.0**power:g}") for power in range(low, high + 1)]
        item.getAxis("left").setTicks([ticks])
        item.getAxis("bottom").setLabel(WORDS[self._column])
        heights = np.insert(self._heights(distance), apart, np.nan)
        _draw_series(np.insert(x, apart, np.nan), heights, self._distance, self._distance_dots)
        accuracy = np.array([look.accuracy for look in self._looks])
        _draw_series(x, accuracy, self._share, self._share_dots)
        self._floor.setPos(self._height(newest.frechet_real))
        self._floor.label.setFormat(f"real {number_text(newest.frechet_real)}")
        reads = not isnan(newest.accuracy)
        self._ceiling.setVisible(reads)
        self._ceiling.setPos(newest.accuracy_real)
        self._ceiling.label.setFormat(f"real {percent_text(newest.accuracy_real)}")
        self._whole = (0.0, round_end(np.nanmax([right, *x])))
        self.show_range(self._shown)

    def show_range(self, span: tuple[float, float] | None) -> None:
        """Show a part of the x axis, (left, right), or with None all of it."""
        self._shown = span
        box = self._plot.getViewBox()
        if span is None:
            box.setRange(xRange=self._whole, yRange=(0.0, HEADROOM), padding=PADDING)
        else:
            box.setXRange(*span, padding=0)
            box.setYRange(0.0, HEADROOM, padding=PADDING)

    def _height(self, distance: float) -> float:
        low, high = self._decades
        return (log10(max(distance, LEAST)) - low) / (high - low)

    def _heights(self, distances: NDArray[np.float64]) -> NDArray[np.float64]:
        low, high = self._decades
        return (np.log10(np.maximum(distances, LEAST)) - low) / (high - low)

    def _point_at(self, x: float | None) -> None:
        if self._looks:
            near = -1 if x is None else int(np.nanargmin(np.append(np.abs(self._x - x), np.inf)))
            self._legend.show_values(_values(self._looks[min(near, len(self._looks) - 1)]))

    def _real_line(self, anchor: tuple[int, int]) -> ExactLine:
        line = ExactLine(
            angle=0, label="", labelOpts={"position": 0.99, "anchors": [anchor, anchor]}
        )
        line.setZValue(-5)
        line.label.setFont(font("small"))
        self._plot.getPlotItem().addItem(line, ignoreBounds=True)
        return line

    def _tint(self, tokens: Tokens) -> None:
        tint_axes(self._plot, ("left", "bottom", "right"), tokens)
        for line in (self._floor, self._ceiling):
            line.setPen(pg.mkPen(tokens.actor("real"), style=Qt.PenStyle.DotLine))
            line.label.setColor(tokens.actor("real"))
        for curve, dots, actor, dash in (
            (self._distance, self._distance_dots, "distance", Qt.PenStyle.SolidLine),
            (self._share, self._share_dots, "accuracy", Qt.PenStyle.DashLine),
        ):
            curve.setPen(pg.mkPen(tokens.actor(actor), width=2, style=dash))
            dots.setBrush(tokens.actor(actor))


def quality_table(
    looks: Sequence[Quality], seconds_at: Callable[[int], float] = lambda _step: nan
) -> Table:
    """Return what ``quality.jsonl`` has of looks at a run's quality, at least one."""
    rows = [look.to_row(seconds_at(look.step)) for look in looks]
    # A run that a later program went on with may have distances of several judges.
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: np.array([row.get(name) for row in rows], np.float64) for name in names}


def _draw_series(
    x: NDArray[np.float64], y: NDArray[np.float64], curve: ExactCurve, dots: pg.ScatterPlotItem
) -> None:
    curve.setData(x, y)
    known = np.isfinite(x) & np.isfinite(y)
    dots.setData(x[known], y[known])


def _values(look: Quality) -> list[str]:
    return [
        number_text(look.frechet),
        "no class" if isnan(look.accuracy) else percent_text(look.accuracy),
    ]
