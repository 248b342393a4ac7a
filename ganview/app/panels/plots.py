"""The curves of a run: what both players pay, and what D believes."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtWidgets import QSizePolicy, QStackedWidget

from ganview.app.curves import Curve, Series
from ganview.app.panels.plot_style import WORDS, style_axes, tint_axes
from ganview.app.panels.quality_plot import QualityPlot
from ganview.app.ranges import round_end, round_span
from ganview.app.theme import Theme, font
from ganview.app.widgets.card import Card, label
from ganview.app.widgets.legend import Legend
from ganview.app.words import plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ganview.app.theme import Tokens
    from ganview.runtime.history import History
    from ganview.runtime.quality import QualityRecord

Columns = dict[str, "NDArray[np.float64]"]


@dataclass(frozen=True)
class Mark:
    """A dotted horizontal line that says what a height means."""

    value: float
    text: str


class Plot(Card):
    """A card with a few series over the steps of a run.

    Parameters
    ----------
    title
        Heading.
    series
        What is drawn.
    sentence
        How to read it, below the plot.
    limits
        Fixed range of the y axis; None follows the curves.
    """

    def __init__(
        self,
        title: str,
        series: tuple[Series, ...],
        sentence: str,
        limits: tuple[float, float] | None = None,
    ) -> None:
        super().__init__(title)
        self._limits = limits
        self._following = True
        self._narrow = False
        self._range: tuple[tuple[float, float], tuple[float, float]] | None = None
        self._marks: list[tuple[pg.InfiniteLine, Mark]] = []
        self._x_name = ""
        self._legend = Legend([(one.label, one.actor, one.dashed) for one in series])
        self.header.addWidget(self._legend)
        self._plot = pg.PlotWidget(enableMenu=False)
        self._style_plot()
        self.curves = [Curve(self._plot.getPlotItem(), one) for one in series]
        self._sentence = label(sentence, "muted")
        self._sentence.setFont(font("small"))
        self._sentence.setWordWrap(True)
        self._empty = label("Press Train, and the curves begin here.", "muted")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._plot)
        self.body.addWidget(self._pages, 1)
        self.body.addWidget(self._sentence)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._plot.getViewBox().sigRangeChangedManually.connect(self._stop_following)
        self._plot.scene().sigMouseMoved.connect(self._point_at)
        Theme.current().changed.connect(self._tint)
        self._tint(Theme.current().tokens)

    # ---- what is shown ---------------------------------------------------------------------

    def show_columns(self, columns: Columns, x_name: str) -> None:
        """Draw the columns of a history over its column `x_name`."""
        x = columns[x_name]
        if x_name != self._x_name:
            self._x_name = x_name
            self._plot.getPlotItem().getAxis("bottom").setLabel(WORDS[x_name])
        self._pages.setCurrentIndex(1 if len(x) else 0)
        for curve in self.curves:
            curve.follow(x, columns[curve.series.column])
        self._redraw()
        self._legend.show_values([plain(c.current) if len(x) else "" for c in self.curves])

    def clear(self) -> None:
        """Forget the curves: another run begins."""
        for curve in self.curves:
            curve.clear()
        self._legend.show_values([""] * len(self.curves))
        self._pages.setCurrentIndex(0)
        self.follow()

    def set_marks(self, marks: list[Mark], sentence: str) -> None:
        """Draw other dotted lines, and exchange the sentence."""
        item = self._plot.getPlotItem()
        for line, _ in self._marks:
            item.removeItem(line)
        self._marks = []
        for number, mark in enumerate(marks):
            place = 0.99 - 0.25 * number  # beside each other, should the lines be close
            line = pg.InfiniteLine(
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
        self._sentence.setText(sentence)
        self._place_sentence()
        self._tint(Theme.current().tokens)

    def set_narrow(self, narrow: bool) -> None:
        """Put the legend below the heading, and the sentence into the tooltip, or back."""
        self._legend.set_stacked(narrow)
        self.header.removeWidget(self._legend)
        self.body.removeWidget(self._legend)
        if narrow:
            self.body.insertWidget(1, self._legend)
        else:
            self.header.addWidget(self._legend)
        self._narrow = narrow
        self._place_sentence()

    def _place_sentence(self) -> None:
        self._sentence.setVisible(not self._narrow)
        self.setToolTip(self._sentence.text() if self._narrow else "")

    @property
    def sentence(self) -> str:
        """How to read the plot."""
        return self._sentence.text()

    def follow(self) -> None:
        """Show the whole of the curves, and go on doing so as they grow."""
        self._following = True
        self._redraw()

    # ---- drawing ---------------------------------------------------------------------------

    def _redraw(self) -> None:
        box = self._plot.getViewBox()
        left, right = box.viewRange()[0]
        if self._following:
            left, right = 0.0, round_end(max(curve.right for curve in self.curves))
        for curve in self.curves:
            curve.draw(left, right)
        if self._following:
            wanted = ((left, right), self._limits or round_span(*self._span()))
            if wanted != self._range:  # ranges that stand still cost no new axes
                self._range = wanted
                box.setRange(xRange=wanted[0], yRange=wanted[1], padding=0.02)

    def _span(self) -> tuple[float, float]:
        """Return a y range that shows the curves and the marks, without the odd spike."""
        spans = [span for curve in self.curves if (span := curve.span()) is not None]
        spans += [(mark.value, mark.value) for _, mark in self._marks]
        low = min((span[0] for span in spans), default=0.0)
        high = max((span[1] for span in spans), default=1.0)
        return low, high

    def _stop_following(self) -> None:
        self._following = False
        self._range = None
        self._redraw()

    def _point_at(self, position: QPointF) -> None:
        """Let the legend say the values under the pointer."""
        box = self._plot.getViewBox()
        if not len(self.curves[0]) or not box.sceneBoundingRect().contains(position):
            return
        x = box.mapSceneToView(position).x()
        values = [curve.near(x) for curve in self.curves]
        self._legend.show_values([plain(value) for value in values])
        self._plot.setToolTip(f"{WORDS[self._x_name]} {max(0, round(x)):,}")

    def _style_plot(self) -> None:
        style_axes(self._plot)
        self._plot.setAccessibleName(self.accessibleName())
        item = self._plot.getPlotItem()
        item.getViewBox().setMouseEnabled(x=True, y=self._limits is None)
        if self._limits is not None:
            low, high = self._limits
            marks = (low, (low + high) / 2, high)
            item.getAxis("left").setTicks([[(mark, f"{mark:g}") for mark in marks]])

    def _tint(self, tokens: Tokens) -> None:
        tint_axes(self._plot, ("left", "bottom"), tokens)
        for line, mark in self._marks:
            line.setPen(pg.mkPen(tokens.muted, style=Qt.PenStyle.DotLine))
            if mark.text:
                line.label.setColor(tokens.muted)
        for curve in self.curves:
            curve.tint(tokens)


TURN_MS = 30  # between the drawing of two plots
LN2 = log(2)
GOAL = "A falling loss is not the goal: better pictures are."
RELATIVISTIC = (
    [Mark(LN2, "ln 2")],
    f"At ln 2 = 0.69 D only guesses. {GOAL}",
)
LOGISTIC = (
    [Mark(LN2, "ln 2"), Mark(2 * LN2, "2 ln 2")],
    f"Where D only guesses, G pays ln 2 = 0.69 and D twice that. {GOAL}",
)
#: Where the losses stand when D can't tell real from fake, by objective.
REST: dict[str, tuple[list[Mark], str]] = {
    "rpgan-r1r2": RELATIVISTIC,
    "rpgan-fd": RELATIVISTIC,
    "bce": LOGISTIC,
    "bce-r1": LOGISTIC,
    "lsgan": (
        [Mark(0.25, "D: 1/4"), Mark(0.125, "G: 1/8")],
        f"Where D only guesses, D pays 1/4 and G 1/8. {GOAL}",
    ),
    "hinge": ([Mark(2.0, "D: 2")], f"Where D only guesses, it pays 2. {GOAL}"),
    "wgan-gp": ([Mark(0.0, "0")], f"Minus D's loss estimates how far fakes are from real. {GOAL}"),
}


class Plots:
    """The plots of a run: `cards` are put into the window, the rest feeds them.

    Attributes
    ----------
    losses, beliefs
        The plots of every step.
    quality
        The plot of what was measured now and then.
    """

    def __init__(self) -> None:
        self.losses = Plot(
            "Losses",
            (
                Series("loss_d", "D", "discriminator"),
                Series("loss_g", "G", "generator", dashed=True),
            ),
            RELATIVISTIC[1],
        )
        self.beliefs = Plot(
            "D's belief",
            (
                Series("y_hat_real", "real", "real"),
                Series("y_hat_fake", "fake", "fake", dashed=True),
            ),
            "Mean of D's answers, 0 fake to 1 real. At 0.5 it can't tell: the two lines meet.",
            limits=(0.0, 1.0),
        )
        self.quality = QualityPlot()
        self._curved = (self.losses, self.beliefs)
        self.set_objective("rpgan-r1r2")
        self.beliefs.set_marks([Mark(0.5, "")], self.beliefs.sentence)
        self._axis = "step"
        self._history: History | None = None
        self._generation = -1
        self._length = -1
        self._quality = -1  # version of the record that is drawn
        self._due: list[Plot] = []
        self._next = QTimer(self.losses)
        self._next.setInterval(TURN_MS)
        self._next.timeout.connect(self._draw_next)

    @property
    def cards(self) -> tuple[Plot | QualityPlot, ...]:
        """The plots in their order."""
        return (*self._curved, self.quality)

    @property
    def drawing(self) -> bool:
        """Whether a plot waits for its turn."""
        return self._next.isActive()

    def set_objective(self, objective: str) -> None:
        """Mark where the losses of an objective stand when D can't tell."""
        self.losses.set_marks(*REST[objective])

    def set_axis(self, column: str) -> None:
        """Choose what the x axis counts: ``step`` or ``images_seen``."""
        self._axis = column
        self._length = -1
        self._quality = -1

    def show_history(self, history: History) -> None:
        """Draw what is new, one plot now and each other in a turn of its own.

        So no turn of the window is long. Costs nothing when nothing is new.
        """
        generation, length = history.generation, len(history)
        if (generation, length) == (self._generation, self._length):
            return
        if generation != self._generation:
            self.clear()
        self._history, self._generation, self._length = history, generation, length
        self._due += [plot for plot in self._curved if plot not in self._due]
        if not self._next.isActive():
            self._next.start()
            self._draw_next()

    def show_quality(self, record: QualityRecord) -> None:
        """Draw what was measured, if that is news."""
        if record.version != self._quality:
            self._quality = record.version
            self.quality.show_record(record, self._axis, self.losses.curves[0].right)

    def _draw_next(self) -> None:
        if not self._due or self._history is None:
            self._next.stop()
            return
        self._due.pop(0).show_columns(self._history.view(), self._axis)

    def clear(self) -> None:
        """Forget the curves."""
        self._length = -1
        self._quality = -1
        self._due.clear()
        for plot in self.cards:
            plot.clear()

    def follow(self) -> None:
        """Show whole curves again."""
        for plot in self._curved:
            plot.follow()
