"""A comparison of runs in place of the list, with a way back and the words of a lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from ganview.app.pages.side_by_side import SideBySide
from ganview.app.theme import SMALL
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.layouts import column_layout, row_layout
from ganview.app.widgets.text import ElidedLabel, TextLabel, name_text

if TYPE_CHECKING:
    from ganview.app.pages.compared_run import ComparedRun
    from ganview.app.pages.page import PageContext
    from ganview.runtime.failure_pairs import FailurePair

TELL_MS = 2000  # between two times that it is said what came of a lab


class Comparison(QWidget):
    """`SideBySide` under a line that says what is compared."""

    left = Signal()  # the list is wanted again

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        # The comparison itself.
        self.sides = SideBySide(context.run_job, context.app_model, context.complain)
        self._lab = context.training.lab
        self._back = push_button("‹ All runs", "Back to the list of runs; a lab goes on", self.left)
        self._title = ElidedLabel(role="heading")
        self._pause = push_button("Pause", "Pause both runs, or let both go on")
        self._look, self._outcome = TextLabel("", "muted"), TextLabel("")
        row = row_layout(self._back, (self._title, 1), self._pause)
        column = column_layout(row, margins=(0, SMALL, 0, 0), inside=self)
        for words in (self._look, self._outcome):
            words.setWordWrap(True)
            column.addWidget(words)
        column.addWidget(self.sides, 1)
        self._telling = QTimer(self, interval=TELL_MS)
        self._telling.timeout.connect(self._tell)
        self._pause.clicked.connect(self._lab.toggle)
        self._lab.changed.connect(self._show_state)

    @property
    def words(self) -> tuple[str, str]:
        """What to look at, and what has happened."""
        return self._look.text(), self._outcome.text()

    def compare(self, runs: list[ComparedRun]) -> None:
        """Show other runs."""
        self._show_words(
            "  ·  ".join(f"{at} {name_text(one.name)}" for at, one in enumerate(runs, 1)), ""
        )
        self.sides.compare(runs)

    def compare_lab(self, pair: FailurePair, runs: list[ComparedRun]) -> None:
        """Show the runs of a failure lab, and what to look at."""
        self._show_words(f"Failure lab: {pair.title}", pair.look)
        self.sides.show_samples()  # most of what to look at is there
        self.sides.compare(runs)
        self._show_state()
        self._tell()

    def _show_words(self, title: str, look: str) -> None:
        self._title.setText(title)
        self._look.setText(look)
        self._outcome.setText("")
        for widget in (self._look, self._outcome, self._pause):
            widget.setVisible(bool(look))

    def _show_state(self) -> None:
        self._pause.setText("Pause" if self._lab.trains else "Go on")
        self._pause.setEnabled(not self._lab.finished)
        if not self._telling.isActive() and self.isVisible() and self._look.text():
            self._telling.start()

    def _tell(self) -> None:
        """Say what has come of the two so far; once both are done, it is said a last time."""
        if self._look.text():
            self._outcome.setText(self._lab.outcome())
        if self._lab.finished or not self.isVisible():
            self._telling.stop()
