"""The page Samples: the newest grid of the run, and what to do where it goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout

from ganview.app.pages.page import Page, PageContext
from ganview.app.pages.samples_panel import SamplesPanel

if TYPE_CHECKING:
    from ganview.runtime.messages import SampleGrid


class SamplesPage(Page):
    """The grid of samples.

    Attributes
    ----------
    panel
        What shows the grid, also while another page is in view: it can be exported then.
    """

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.panel = SamplesPanel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panel)
        self.panel.chosen.connect(context.explore)
        context.app_model.samples_changed.connect(self._show_sheet)

    def _show_sheet(self, sheet: SampleGrid) -> None:
        how = "columns: classes, rows: same noise" if sheet.class_names else "each its own noise"
        self.panel.set_title("Live samples" if self.context.training.exists else "Samples", how)
        self.panel.show_sheet(sheet)
