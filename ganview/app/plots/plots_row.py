"""Room for the plots, there before pyqtgraph is loaded: side by side, or one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ganview.app.theme import SMALL
from ganview.app.widgets.buttons import IconButton
from ganview.app.widgets.panel import Panel
from ganview.app.widgets.tab_bar import TabBar
from ganview.app.widgets.text import TextLabel, set_tooltip
from ganview.gan.objectives import DEFAULT_OBJECTIVE
from ganview.glossary import explain

if TYPE_CHECKING:
    from ganview.app.plots.plots import Plots
    from ganview.runtime.run_view import RunView

#: Width of a card that leaves a plot 220 logical pixels of data, and that from which on it has room
#: for its legend beside the heading and for a sentence.
CARD, ROOMY = 310, 360
#: Height of the row at which a plot has 160 logical pixels of data.
LEAST_HEIGHT = 300
#: Height that a card may be made to have by hand, or by a small window.
LOWEST = 120
GAP = SMALL + 4
TITLES = {"Losses": "loss", "D's belief": "belief", "Quality": "judge-FD"}  # terms
AXES = {"steps": "step", "images": "images_seen"}


class PlotsRow(QWidget):
    """Empty cards at first, the plots after `fill`.

    Where they would be too narrow side by side, one is shown at a time, and a bar chooses which.
    They can be folded away, so that the page above has their room; a click on the bar unfolds them.

    Attributes
    ----------
    step_chosen
        A step of the run was clicked in a plot.
    folded_changed
        The plots were folded away or unfolded.
    """

    step_chosen = Signal(int)
    folded_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._plots: Plots | None = None
        self._axis = "steps"
        self._run: RunView | None = None
        self._cursor: int | None = None
        self._bar = TabBar()
        self._bar.setAccessibleName("Plot on show")
        self._bar.setDrawBase(False)
        self._row = QHBoxLayout()
        self._row.setSpacing(GAP)
        self._folded = False
        self._fold = IconButton("fold", "Fold the plots away", "Give the page above more room.")
        self._fold.setProperty("flat", True)
        self._fold.clicked.connect(lambda: self.set_folded(not self._folded))
        above = QHBoxLayout()
        above.addWidget(self._bar, 1)
        above.addWidget(self._fold)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(above)
        column.addLayout(self._row, 1)
        self._cards: list[Panel] = []
        for title, term in TITLES.items():
            card = Panel(title)
            waiting = TextLabel("Loading…", "muted")
            waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
            card.body.addWidget(waiting, 1)
            card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self._put(card)
            self._bar.setTabToolTip(self._bar.addTab(title), explain(term))
        self._bar.currentChanged.connect(self._fit)
        self._bar.tabBarClicked.connect(lambda _index: self.set_folded(False))

    @property
    def plots(self) -> Plots | None:
        """The plots, once they are there."""
        return self._plots

    @property
    def alone(self) -> bool:
        """Whether one plot is shown at a time."""
        count = len(self._cards)
        return self.width() < count * CARD + (count - 1) * GAP

    @property
    def folded(self) -> bool:
        """Whether only the bar is shown."""
        return self._folded

    def set_folded(self, folded: bool) -> None:
        """Fold the plots away, or show them again."""
        if folded is not self._folded:
            self._folded = folded
            self._fold.set_drawing("unfold" if folded else "fold")
            name = "Show the plots" if folded else "Fold the plots away"
            self._fold.setAccessibleName(name)
            set_tooltip(self._fold, name)
            self._fit()
            self._column.activate()  # or the divider would still keep room for the cards
            self.folded_changed.emit()

    @property
    def bar_height(self) -> int:
        """Height of what is shown of folded plots, in logical pixels."""
        return max(self._bar.sizeHint().height(), self._fold.sizeHint().height())

    def show_plot(self, index: int) -> None:
        """Bring one plot into view where they are shown one at a time."""
        self._bar.setCurrentIndex(index)

    def fill(self) -> None:
        """Put the plots in place; pyqtgraph must have been imported, or this takes its time."""
        from ganview.app.plots.plots import Plots

        if self._plots is not None:
            return
        self._plots = Plots()
        for waiting in self._cards:
            self._row.removeWidget(waiting)
            waiting.hide()
            waiting.deleteLater()
        self._cards = []
        for card in self._plots.cards:
            self._put(card)
        self._fit()
        for card in self._plots.cards:
            card.place_chosen.connect(self._choose)
        self._plots.set_axis(AXES[self._axis])
        self._plots.set_objective(self.objective)
        self.refresh()

    def show_run(self, run: RunView | None) -> None:
        """Show the curves of another run, or empty plots."""
        self._run = run
        if self._plots is not None:
            self._plots.clear()
            self._plots.set_objective(self.objective)
        self.refresh()

    @property
    def objective(self) -> str:
        """Name of the run's objective."""
        return self._run.config.objective if self._run is not None else DEFAULT_OBJECTIVE

    def refresh(self) -> None:
        """Draw what is new in the run, once the plots are there."""
        if self._plots is not None and self._run is not None:
            self._plots.show_history(self._run.history)
            self._plots.show_quality(self._run.quality)
        self._draw_cursor()

    def show_cursor(self, step: int | None) -> None:
        """Draw a line at a step in every plot; None takes it away."""
        self._cursor = step
        self._draw_cursor()

    def _draw_cursor(self) -> None:
        if self._plots is not None:
            for card in self._plots.cards:
                card.show_cursor(self._place_of(self._cursor))

    def _place_of(self, step: int | None) -> float | None:
        """Return where a step is on the x axis."""
        if step is None or self._run is None:
            return None
        if self._axis == "steps":
            return float(step)
        columns = self._run.history.view()
        row = int(np.searchsorted(columns["step"], step))
        images = columns["images_seen"]
        return float(images[min(row, len(images) - 1)]) if len(images) else None

    def _choose(self, place: float) -> None:
        """Tell the step at a place of the x axis."""
        if self._run is None:
            return
        columns = self._run.history.view()
        rows = columns[AXES[self._axis]]
        row = int(np.searchsorted(rows, place))
        if 0 < row < len(rows):
            self.step_chosen.emit(int(columns["step"][row]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _put(self, card: Panel) -> None:
        self._cards.append(card)
        card.setMinimumHeight(LOWEST)
        self._row.addWidget(card, 1)

    def _fit(self) -> None:
        """Let the plots make do with the room there is."""
        alone, shown = self.alone, self._bar.currentIndex()
        self._bar.setVisible(alone or self._folded)
        for index, card in enumerate(self._cards):
            card.setVisible(not self._folded and (index == shown or not alone))
        if self._plots is not None:
            width = self.width() if alone else self.width() // len(self._cards)
            for plot in self._plots.cards:
                plot.set_narrow(width < ROOMY)

    def set_axis(self, axis: str) -> None:
        """Count ``steps`` or ``images`` along the x axis."""
        self._axis = axis
        if self._plots is not None:
            self._plots.set_axis(AXES[axis])
            self.refresh()

    def follow(self) -> None:
        """Show whole curves again."""
        if self._plots is not None:
            self._plots.follow()
