"""Runs that are compared in place of the list, with the way back, and what a lab has to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ganview.app.pages.side_by_side import SideBySide
from ganview.app.theme import SMALL
from ganview.app.widgets.text import ElidedLabel, name_text, set_tooltip

if TYPE_CHECKING:
    from ganview.app.pages.compared_run import ComparedRun
    from ganview.app.pages.page import PageContext


class Comparison(QWidget):
    """`SideBySide` under a line that says what is compared.

    Parameters
    ----------
    context
        What the page works with.

    Attributes
    ----------
    left
        The list is wanted again.
    sides
        The comparison itself.
    """

    left = Signal()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.sides = SideBySide(context.run_job, context.app_model, context.complain)
        self._back = QPushButton("‹ All runs")
        set_tooltip(self._back, "Back to the list of runs")
        self._title = ElidedLabel(role="heading")
        row = QHBoxLayout()
        row.setSpacing(SMALL)
        row.addWidget(self._back)
        row.addWidget(self._title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SMALL, 0, 0)
        column.setSpacing(SMALL)
        column.addLayout(row)
        column.addWidget(self.sides, 1)
        self._back.clicked.connect(self.left)

    def compare(self, runs: list[ComparedRun]) -> None:
        """Show other runs."""
        self._title.setText("  ·  ".join(name_text(one.name) for one in runs))
        self.sides.compare(runs)
