"""The page Runs: every run on this computer, and those that are laid beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedLayout

from ganview.app.pages.page import Page, PageContext
from ganview.app.pages.run_list import RunList

if TYPE_CHECKING:
    from ganview.app.pages.compared_run import ComparedRun
    from ganview.app.pages.comparison import Comparison
    from ganview.runtime.messages import SampleGrid


class RunsPage(Page):
    """The list, or a comparison in its place.

    Attributes
    ----------
    list
        Every run.
    """

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.list = RunList(context)
        self._comparison: Comparison | None = None
        self._views = QStackedLayout(self)
        self._views.addWidget(self.list)
        self.list.comparison_asked.connect(self._compare)

    def refresh(self) -> None:
        self.list.refresh()

    def _compare(self) -> None:
        """Lay the chosen runs beside each other, the run that trains here with its newest."""
        chosen, trained = self.list.chosen, self.context.app_model.trained

        def work() -> list[ComparedRun]:
            from ganview.app.pages.compared_run import ComparedRun
            from ganview.runtime.run_view import FolderRun

            return [
                ComparedRun(run.name, trained, newest)
                if trained is not None and run.path == trained.folder
                else ComparedRun(run.name, FolderRun(run.path))
                for run in chosen
            ]

        def newest() -> SampleGrid | None:
            last = self.context.training.last
            return last.samples if last is not None else None

        self.context.run_job(
            work,
            "opening the runs",
            self.compare,
            lambda sentence, _: self.context.complain(sentence),
        )

    def compare(self, runs: list[ComparedRun]) -> None:
        """Show runs beside each other."""
        from ganview.app.pages.comparison import Comparison

        if self._comparison is None:
            self._comparison = Comparison(self.context)
            self._comparison.left.connect(lambda: self._views.setCurrentIndex(0))
            self._views.addWidget(self._comparison)
        self._comparison.compare(runs)
        self._views.setCurrentIndex(1)
