"""The health of the game: where gradients die, how far apart the players are, how they move."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from ganview.app.pages.page import PageContext
from ganview.app.plots.health_board import HealthBoard
from ganview.app.theme import HAIR, SMALL
from ganview.app.widgets.layouts import column_layout
from ganview.app.widgets.text import TextLabel

ABOUT = "The whole run, from left to right. Point at a chart to read what to look for."


class HealthPanel(QWidget):
    """Eight charts of the run in focus."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self.board = HealthBoard()
        about = TextLabel(ABOUT, "muted", wrap=True)
        grid = QGridLayout()
        grid.setSpacing(SMALL)
        for i, chart in enumerate(self.board.charts):
            grid.addWidget(chart, i // 2, i % 2)
        column_layout(about, (grid, 1), gap=HAIR, inside=self)

    def refresh(self) -> None:
        """Show the numbers of the run in focus, at the cursor."""
        app_model = self._context.app_model
        self.board.show_run(app_model.run, app_model.cursor)
