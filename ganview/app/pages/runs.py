"""The page Runs: the list of every run on this computer, and comparisons."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedLayout

from ganview.app.pages.page import Page, PageContext
from ganview.app.pages.run_list import RunList
from ganview.app.widgets.gestures import reach_after

if TYPE_CHECKING:
    from ganview.app.pages.compared_run import ComparedRun
    from ganview.app.pages.comparison import Comparison
    from ganview.runtime.failure_lab import FailureLab
    from ganview.runtime.messages import SampleGrid


class RunsPage(Page):
    """The list, or a comparison in its place."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.list = RunList(context)  # every run
        self._comparison: Comparison | None = None
        self._views = QStackedLayout(self)
        self._views.addWidget(self.list)
        self.list.comparison_asked.connect(self._compare)
        self.list.lab_asked.connect(self._open_lab)
        context.training.lab.began.connect(self._show_lab)

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
                else ComparedRun(run.name, FolderRun(run.path), missing=run.missing)
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
        self.comparison.compare(runs)
        self._views.setCurrentIndex(1)

    @property
    def comparison(self) -> Comparison:
        """What lays runs beside each other; built when it is first asked for."""
        from ganview.app.pages.comparison import Comparison

        if self._comparison is None:
            self._comparison = Comparison(self.context)
            self._comparison.left.connect(lambda: self._views.setCurrentIndex(0))
            self._views.addWidget(self._comparison)
            reach_after(self.list, self._comparison)
        return self._comparison

    def _open_lab(self, name: str) -> None:
        """Begin a failure lab, or show the one there is."""
        lab = self.context.training.lab
        if name:
            lab.begin(name)
        elif lab.lab is not None:
            self._show_lab(lab.lab)

    def _show_lab(self, lab: FailureLab) -> None:
        """Show the two runs of a lab, and what to look at."""
        from ganview.app.pages.compared_run import ComparedRun

        samples = self.context.training.lab.samples
        runs = [
            ComparedRun(one.label, one.run, partial(samples, number))
            for number, one in enumerate(lab.runs)
        ]
        self.comparison.compare_lab(lab.pair, runs)
        self._views.setCurrentIndex(1)
