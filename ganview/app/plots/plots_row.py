"""Room for the plots, there before pyqtgraph is loaded: side by side, or one at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ganview.app.controllers.settings import PLOT_AXES
from ganview.app.formatting import duration
from ganview.app.plots.health_card import HealthCard
from ganview.app.theme import SMALL
from ganview.app.widgets.buttons import IconButton
from ganview.app.widgets.gestures import focus_inside
from ganview.app.widgets.layouts import fill_layout, row_layout
from ganview.app.widgets.panel import Panel
from ganview.app.widgets.tab_bar import TabBar
from ganview.app.widgets.text import TextLabel, set_tooltip
from ganview.gan.objectives import DEFAULT_OBJECTIVE
from ganview.glossary import explain

if TYPE_CHECKING:
    from ganview.app.plots.plot_panel import PlotPanel
    from ganview.app.plots.plots import Plots
    from ganview.app.widgets.widget_picture import WidgetPicture
    from ganview.runtime.run_view import RunView

#: Width of a card that leaves a plot 220 logical pixels of data.
CARD = 330
#: Height of the row at which a plot has 160 logical pixels of data.
LEAST_HEIGHT = 300
#: Height that a card may be made to have by hand, or by a small window.
LOWEST = 120
GAP = SMALL + 4
#: Width and height of a plot that is drawn while it is out of view.
PAPER = 480, 340
#: What is shown, and the term that explains it.
TITLES = {
    "Losses": "loss",
    "D's belief": "belief",
    "Quality": "judge-FD",
    "Gradients": "gradient",
    "Health": "health",
}


class PlotsRow(QWidget):
    """Empty cards at first, the plots after `fill`.

    Side by side are as many as have room, and a bar chooses which; a double click enlarges one.
    They can be folded away, so that the page above has their room; a click on the bar unfolds them.
    """

    enlarged = Signal(bool)  # one plot is to have all the room of the window, or (False) no longer
    step_chosen = Signal(int)  # a step of the run was clicked in a plot
    folded_changed = Signal()  # the plots were folded away or unfolded

    def __init__(self) -> None:
        super().__init__()
        self.plots: Plots | None = None  # the plots, once they are there
        self.health = HealthCard()
        self._axis = "steps"
        self._look = {"log": False, "smooth": False}
        self._run: RunView | None = None
        self._cursor: int | None = None
        self._bar = TabBar("Plot on show")
        self._row = QHBoxLayout()
        self._row.setSpacing(GAP)
        self.folded = self._folds_again = False  # whether only the bar is shown
        self._fold = IconButton(
            "fold",
            "Fold the plots away",
            "Give the page above more room.",
            lambda: self.set_folded(not self.folded),
        )
        self._fold.setProperty("flat", True)
        above = row_layout((self._bar, 1), self._fold, gap=0)
        self._box = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        fill_layout(column, above, (self._row, 1))
        self._cards: list[Panel] = []
        self._enlarged = False
        for title, term in TITLES.items():
            self._put(self.health if title == "Health" else _waiting_card(title))
            self._bar.setTabToolTip(self._bar.addTab(title), explain(term))
        self._bar.currentChanged.connect(self._fit)
        self._bar.tabBarClicked.connect(lambda _index: self.set_folded(False))

    @property
    def side_by_side(self) -> int:
        """How many plots have room beside each other."""
        return 1 if self._enlarged else max(1, (self.width() + GAP) // (CARD + GAP))

    def set_folded(self, folded: bool) -> None:
        """Fold the plots away, or show them again."""
        if folded is not self.folded:
            self.folded = folded
            self._fold.set_drawing("unfold" if folded else "fold")
            name = "Show the plots" if folded else "Fold the plots away"
            self._fold.setAccessibleName(name)
            set_tooltip(self._fold, name)
            self._fit()
            self._box.activate()  # or the divider would still keep room for the cards
            self.folded_changed.emit()

    @property
    def bar_height(self) -> int:
        """Height of what is shown of folded plots, in logical pixels."""
        return max(self._bar.sizeHint().height(), self._fold.sizeHint().height())

    def show_plot(self, index: int) -> None:
        """Bring one plot into view where they are shown one at a time."""
        self._bar.setCurrentIndex(index)

    def open_plot(self, title: str) -> None:
        """Bring the plot of a title in `TITLES` into view, with the keyboard on it.

        Plots that are folded away have no room: it is enlarged, until Escape or a double click.
        """
        index, self._folds_again = list(TITLES).index(title), self.folded
        self.set_folded(False)
        self.show_plot(index)
        if self._folds_again:  # there is no room for plots beside the page
            self.set_enlarged(self._cards[index])
        focus_inside(self._cards[index])

    def fill(self) -> None:
        """Put the plots in place; pyqtgraph must have been imported, or this takes its time."""
        from ganview.app.plots.plots import Plots

        if self.plots is not None:
            return
        self.plots = Plots()
        for waiting in self._cards:
            self._row.removeWidget(waiting)
            if waiting is not self.health:
                waiting.hide()
                waiting.deleteLater()
        self._cards = []
        for card in (*self.plots.cards, self.health):
            self._put(card)
        self._fit()
        for card in self.plots.cards:
            card.place_chosen.connect(self._choose)
            card.pointed.connect(self._point_at)
            card.zoomed.connect(self._zoom)
            card.enlarging_asked.connect(partial(self.set_enlarged, card))
        self.health.enlarging_asked.connect(partial(self.set_enlarged, self.health))
        self.plots.set_axis(self._column)
        self.plots.set_look(**self._look)
        self.plots.set_objective(self.objective)
        self.refresh()

    def show_run(self, run: RunView | None) -> None:
        """Show the curves of another run, or empty plots."""
        self._run = run
        if self.plots is not None:
            self.plots.clear()
            self.plots.set_objective(self.objective)
        self.refresh()

    @property
    def objective(self) -> str:
        """Name of the run's objective."""
        return self._run.config.objective if self._run is not None else DEFAULT_OBJECTIVE

    def refresh(self) -> None:
        """Draw what is new in the run, once the plots are there."""
        if self.plots is not None and self._run is not None:
            self.plots.show_history(self._run.history)
            self.plots.show_quality(self._run.quality)
        self._draw_cursor()
        self.health.show_run(self._run, self._cursor)

    def show_cursor(self, step: int | None) -> None:
        """Draw a line at a step in every plot, whose values are told; None takes it away."""
        self._cursor = step
        self._draw_cursor()
        self.health.show_run(self._run, step)

    def _draw_cursor(self) -> None:
        if self.plots is not None:
            for card in self.plots.cards:
                card.show_cursor(self._place_of(self._cursor))

    def _place_of(self, step: int | None) -> float | None:
        """Return where a step is on the x axis."""
        if step is None or self._run is None:
            return None
        columns = self._run.history.view()
        row = int(np.searchsorted(columns["step"], step))
        places = columns[self._column]
        return float(places[min(row, len(places) - 1)]) if len(places) else None

    def _choose(self, place: float) -> None:
        """Tell the step at a place of the x axis."""
        if self._run is None:
            return
        columns = self._run.history.view()
        rows = columns[self._column]
        row = int(np.searchsorted(rows, place))
        if 0 < row < len(rows):
            self.step_chosen.emit(int(columns["step"][row]))

    @property
    def _column(self) -> str:
        """The column of the history that the x axis counts."""
        return PLOT_AXES[self._axis][0]

    def _point_at(self, place: float | None) -> None:
        """Draw one crosshair through all plots, with the step and the seconds there."""
        if self.plots is None or self._run is None:
            return
        columns = self._run.history.view()
        caption = ""
        if place is not None and len(columns["step"]):
            row = int(np.searchsorted(columns[self._column], place))
            row = min(row, len(columns["step"]) - 1)
            step, seconds = columns["step"][row], columns["seconds"][row]
            caption = f"step {int(step):,} · {duration(float(seconds))}"
        for card in self.plots.cards:
            card.show_crosshair(place, caption)

    def _zoom(self, span: tuple[float, float] | None) -> None:
        """Show the same part of the x axis in all plots."""
        if self.plots is not None:
            for card in self.plots.cards:
                card.show_range(span)

    def set_enlarged(self, card: QWidget | None = None) -> None:
        """Give one plot all the room there is, or take it back."""
        self._enlarged = not self._enlarged
        if card in self._cards:
            self._bar.setCurrentIndex(self._cards.index(card))
        self._fit()
        self.enlarged.emit(self._enlarged)
        if self._folds_again and not self._enlarged:
            self._folds_again = False
            self.set_folded(True)

    def record(self, card: PlotPanel) -> WidgetPicture:
        """Return a plot as it is on show; one that is out of view is given the size `PAPER`."""
        if card.isVisible():
            return card.record()
        place = self._row.indexOf(card)
        self._row.removeWidget(card)  # which would give it its share of the row
        card.set_room(*PAPER)
        card.resize(*PAPER)
        picture = card.record()
        self._row.insertWidget(place, card, 1)
        return picture

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._enlarged:
            self.set_enlarged()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _put(self, card: Panel) -> None:
        self._cards.append(card)
        card.setMinimumHeight(LOWEST)
        self._row.addWidget(card, 1)

    def _fit(self) -> None:
        """Let the plots make do with the room there is."""
        beside = min(self.side_by_side, len(self._cards))
        first = min(self._bar.currentIndex(), len(self._cards) - beside)
        self._bar.setVisible(self.folded or beside < len(self._cards))
        for index, card in enumerate(self._cards):
            card.setVisible(not self.folded and first <= index < first + beside)
        if self.plots is not None:
            height = self.height() - self.bar_height
            for plot in self.plots.cards:
                plot.set_room(self.width() // beside, height)

    def set_axis(self, axis: str) -> None:
        """Count ``steps`` or ``images`` along the x axis."""
        self._axis = axis
        if self.plots is not None:
            self.plots.set_axis(self._column)
            self.plots.follow()  # what was zoomed in on is elsewhere now
            self.refresh()

    def set_look(self, *, log: bool, smooth: bool) -> None:
        """Draw over powers of ten, and means over more steps, or not."""
        self._look = {"log": log, "smooth": smooth}
        if self.plots is not None:
            self.plots.set_look(**self._look)

    def follow(self) -> None:
        """Show whole curves again."""
        if self.plots is not None:
            self.plots.follow()


def _waiting_card(title: str) -> Panel:
    card, words = Panel(title), TextLabel("Loading…", "muted")
    words.setAlignment(Qt.AlignmentFlag.AlignCenter)
    card.body.addWidget(words, 1)
    card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return card
