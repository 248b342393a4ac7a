"""The page Samples: the newest grid of the run, and what to do where it goes wrong."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ganview.app.controllers.ranker import Asked, Ranker
from ganview.app.pages.page import Page, PageContext
from ganview.app.pages.samples_panel import SamplesPanel
from ganview.app.pages.trouble_banner import TroubleBanner
from ganview.app.theme import SMALL
from ganview.app.widgets.gestures import add_keys, debounce
from ganview.app.widgets.layouts import column_layout
from ganview.runtime.health import Finding, FindingKind
from ganview.runtime.jobs import LatestJob
from ganview.runtime.messages import RunState, SampleGrid

if TYPE_CHECKING:
    from ganview.runtime.landscapes import Ranked
    from ganview.runtime.run_view import RunView

LIVE = "Live samples"
GAP = SMALL  # between the banner and the samples
OTHERS_MS = 1000  # between two drawings of classes that a run does not draw itself
SORT_MS = 4000  # between two rankings of samples that a run draws: 2 % of its time, about
NO_LANDSCAPE = "To sort these samples, open the page Landscape first, which learns what is rare."


class SamplesPage(Page):
    """The grid of samples, below a banner while something is wrong with the run.

    Attributes
    ----------
    panel
        What shows the grid, also while another page is in view: it can be exported then.
    """

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.panel, self.banner = SamplesPanel(), TroubleBanner()
        column_layout(self.banner, (self.panel, 1), gap=GAP, inside=self)
        self.banner.changed.connect(self.needs_changed)
        self._ranked: SampleGrid | None = None  # what was ranked last, or is
        self._ranker = Ranker(context.run_job, SORT_MS, self._ask_ranks, self)
        self._ranker.ranked.connect(self._sort)
        self.panel.sorting_asked.connect(self._sort_or_not)
        self.panel.chosen.connect(context.explore)
        self.panel.others_asked.connect(self._turn)
        self._first = 0  # class of the first column that is wanted
        self._drawing = LatestJob(
            context.run_job, "drawing samples of other classes", self._take, context.complain
        )
        self._later = debounce(self, self._draw_others, OTHERS_MS)
        for name, key in (("earlier", "PgUp"), ("later", "PgDown")):
            add_keys(self.panel.view, [key], partial(context.trigger, name))
        context.app_model.samples_changed.connect(self._show_sheet)
        context.app_model.run_changed.connect(self._say)
        context.app_model.cursor_changed.connect(self._say)
        context.training.changed.connect(lambda _snapshot: self._look_for_trouble())
        for changed in (context.app_model.run_changed, context.app_model.run_grew):
            changed.connect(self._look_for_trouble)

    @property
    def least_height(self) -> int:
        if self.banner.isHidden():
            return 0
        banner = self.banner.heightForWidth(self.width())
        return banner + GAP + self.panel.least_height_within(self.width())

    def _show_sheet(self, sheet: SampleGrid) -> None:
        known = self.context.app_model.samples_model is not None
        if known and self._first and self._first + sheet.columns <= self._classes:
            if not self._later.isActive():
                self._later.start()
            return
        self._first = 0
        self._show(sheet)

    def _show(self, sheet: SampleGrid) -> None:
        self.panel.show_sheet(sheet)
        drawn_by = self.context.app_model.samples_model
        self.panel.tell_classes(self._classes, others=drawn_by is not None)
        if self.panel.sorted:
            self._ranker.follow()
        self._say()

    @property
    def _classes(self) -> int:
        app_model = self.context.app_model
        model = app_model.samples_model or app_model.run_model
        return 0 if model is None else model.spec.classes

    def _turn(self) -> None:
        """Show the next classes; a run draws the first ones alone."""
        sheet, shown = self.context.app_model.samples, self.panel.sheet
        if sheet is None or shown is None:
            return
        follow = shown.first_class + shown.columns
        last = self._classes - sheet.columns
        self._first = min(follow, last) if follow < self._classes else 0
        if self._first:
            self._draw_others()
        else:
            self._show(sheet)

    def _draw_others(self) -> None:
        model, first = self.context.app_model.samples_model, self._first
        sheet = self.context.app_model.samples
        if model is None or sheet is None or not first:
            return
        rows = sheet.rows

        def work() -> SampleGrid:
            from ganview.runtime.sample_grid import GridSampler

            return GridSampler(model.spec, rows, first).draw(model)

        self._drawing.order(work)

    def _take(self, sheet: SampleGrid) -> None:
        if sheet.first_class == self._first:
            self._show(sheet)

    def _sort_or_not(self, wanted: bool) -> None:
        if wanted:
            self._ranker.follow(now=True)
        elif self.panel.sheet is not None:
            self.panel.show_ranks(self.panel.sheet, None)

    def _ask_ranks(self) -> Asked | None:
        sheet, model = self.panel.sheet, self.context.app_model.samples_model
        self._ranked = sheet
        if sheet is None or model is None or not self.panel.sorted or not self.isVisible():
            return None
        labels = [sheet.tile_class(column) for column in range(sheet.columns)] * sheet.rows
        return model, sheet.tiles(), labels

    def _sort(self, ranked: Ranked | None) -> None:
        sheet = self._ranked
        if sheet is None or not self.panel.sorted:
            return
        if ranked is None:
            self.context.complain(NO_LANDSCAPE)
        self.panel.show_ranks(sheet, None if ranked is None else ranked.ranks)

    def _say(self) -> None:
        model = self.context.app_model
        sheet = model.samples
        how = ""
        if sheet is not None:
            by_class = bool(sheet.class_names)
            how = "Columns are classes, rows noise" if by_class else "Each has its own noise"
        title = "Samples"
        if model.samples_step is None:
            pass  # they are not of the run, as long as it has drawn none
        elif model.cursor is not None:
            title = f"Samples of step {model.samples_step:,}"
        elif self.context.training.state is RunState.TRAINING and model.run is model.trained:
            title = LIVE
        self.panel.set_title(title, how, live=title == LIVE)

    def _look_for_trouble(self) -> None:
        """Say what is wrong with the run on show: what it finds as it learns, or how it ended."""
        model, last = self.context.app_model, self.context.training.last
        run = model.run
        if run is None:
            return
        if run is not model.trained:
            found = _divergence_at_the_end(run)
        else:
            found = last.findings if last is not None else ()
        self.banner.show_findings(found, run.config)
        self.alarmed.emit(bool(self.banner.text))


def _divergence_at_the_end(run: RunView) -> tuple[Finding, ...]:
    """Return what ended a run that is in a folder, if it diverged."""
    last, moments = run.history.last(), run.moments()
    marks = moments[-1].marks if moments and last is not None else ()
    return tuple(
        Finding(FindingKind.EXPLODED, mark.note, fatal=True)
        for mark in marks
        if mark.kind == "divergence" and last is not None and mark.step == last["step"]
    )
