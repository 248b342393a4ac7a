"""Room for the plots, there before pyqtgraph is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ganview.app.theme import SMALL
from ganview.app.widgets.panel import Panel
from ganview.app.widgets.text import TextLabel
from ganview.gan.objectives import DEFAULT_OBJECTIVE

if TYPE_CHECKING:
    from ganview.app.plots.plots import Plots
    from ganview.runtime.run_view import RunView

ROOMY = 840  # pixels from which the plots have room for legends and sentences of their own
AXES = {"steps": "step", "images": "images_seen"}


class PlotsRow(QWidget):
    """Empty cards at first, the plots after `fill`.

    Attributes
    ----------
    step_chosen
        A step of the run was clicked in a plot.
    """

    step_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._plots: Plots | None = None
        self._axis = "steps"
        self._run: RunView | None = None
        self._cursor: int | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SMALL + 4)
        for title in ("Losses", "D's belief", "Quality"):
            card = Panel(title)
            waiting = TextLabel("Loading…", "muted")
            waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
            card.body.addWidget(waiting, 1)
            self._row.addWidget(card)

    @property
    def plots(self) -> Plots | None:
        """The plots, once they are there."""
        return self._plots

    def fill(self) -> None:
        """Put the plots in place; pyqtgraph must have been imported, or this takes its time."""
        from ganview.app.plots.plots import Plots

        if self._plots is not None:
            return
        self._plots = Plots()
        while (item := self._row.takeAt(0)) is not None:
            if (waiting := item.widget()) is not None:
                waiting.hide()
                waiting.deleteLater()
        for card in self._plots.cards:
            self._row.addWidget(card, 1)
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

    def _fit(self) -> None:
        """Let the plots make do with the room there is."""
        if self._plots is not None:
            for card in self._plots.cards:
                card.set_narrow(self.width() < ROOMY)

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
