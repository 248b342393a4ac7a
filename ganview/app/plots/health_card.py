"""The card of a run's health below the page: one chart, and what to look for in it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget

from ganview.app.plots.health_board import HealthBoard
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.layouts import fill_layout
from ganview.app.widgets.panel import Panel
from ganview.app.widgets.text import TextLabel
from ganview.runtime.run_view import RunView


class HealthCard(Panel):
    """A card with a chart to choose."""

    # It was clicked twice: it is to be as large as it can be, or small again.
    enlarging_asked = Signal()

    def __init__(self) -> None:
        super().__init__("Health")
        self._run: RunView | None = None
        self._cursor: int | None = None
        self._board = HealthBoard()
        self.choice, self._stack = ComboBox("Chart of the game's health"), QStackedWidget()
        self._sentence = TextLabel("", "muted", size="small", wrap=True)
        for chart in self._board.charts:
            self.choice.addItem(chart.title)
            self._stack.addWidget(chart)
        self.header.addWidget(self.choice)
        fill_layout(self.body, (self._stack, 1), self._sentence)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.choice.currentIndexChanged.connect(self._turn)
        self._turn(0)

    def show_run(self, run: RunView | None, cursor: int | None) -> None:
        """Show a run at a step, or with None now; costs nothing out of view."""
        self._run, self._cursor = run, cursor
        if self.isVisible():
            self._board.show_run(run, cursor, self._board.charts[self._stack.currentIndex()])

    def _turn(self, index: int) -> None:
        self._stack.setCurrentIndex(index)
        self._sentence.setText(self._board.charts[index].about)
        self.show_run(self._run, self._cursor)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_run(self._run, self._cursor)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.enlarging_asked.emit()
