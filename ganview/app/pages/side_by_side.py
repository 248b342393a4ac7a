"""Two to six runs beside each other: samples of two, curves of all, settings that differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QStackedWidget,
    QTabBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ganview.app.formatting import duration, number_text, percent_text
from ganview.app.plots.run_overlay import MEASURES, RunColumns, RunOverlay
from ganview.app.theme import SMALL, Theme, font
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.text import ElidedLabel, TextLabel, name_text, set_tooltip, tooltip_text
from ganview.app.widgets.value_slider import ValueSlider
from ganview.errors import UserError
from ganview.gan.config import SETTINGS
from ganview.runtime.jobs import LatestJob
from ganview.runtime.run_view import FolderRun

if TYPE_CHECKING:
    from ganview.app.controllers.app_model import AppModel
    from ganview.runtime.jobs import RunJob
    from ganview.runtime.messages import SampleGrid
    from ganview.runtime.run_view import RunView

ROOMY = 460  # pixels of height from which samples and curves are shown at once
GAP = 1  # between samples
LOOK_MS = 500
READ_EVERY = 4  # looks after which the folders of runs are read again
AXES = (("steps", "step"), ("images", "images_seen"), ("seconds", "seconds"))
SETTINGS_TAB = "Settings and results"


@dataclass(frozen=True, eq=False)
class ComparedRun:
    """A run that is compared.

    Parameters
    ----------
    name
        What it is called.
    run
        Its numbers and its past.
    newest
        Returns the newest samples of a run that learns here; None where the folder has them.
    """

    name: str
    run: RunView
    newest: Callable[[], SampleGrid | None] | None = None


Shown = tuple[tuple["RunView", int | None], ...]  # runs, and the steps of their samples


class SideBySide(QWidget):
    """Compares runs, also while they learn.

    Parameters
    ----------
    run_job
        Runs work in the background.
    app_model
        Has the cursor, which is shared where the run in focus is one of those compared.
    complain
        Shows a sentence that says what went wrong.

    Attributes
    ----------
    overlay, grids
        The plot, and the samples of two runs.
    """

    def __init__(
        self, run_job: RunJob, app_model: AppModel, complain: Callable[[str], object]
    ) -> None:
        super().__init__()
        self.app_model = app_model
        self._runs: list[ComparedRun] = []
        self._looks = 0
        self.overlay = RunOverlay()
        self._reading = LatestJob(run_job, "reading the runs", self._take_columns, complain)
        self._refreshing = LatestJob(run_job, "following the runs", self._redraw_all, complain)
        self._drawing = LatestJob(run_job, "reading samples", self._take_grids, complain)
        self._shown: Shown = ()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._chosen = (ComboBox(), ComboBox())
        self._captions = (ElidedLabel(role="muted"), ElidedLabel(role="muted"))
        self.grids = (PictureView(8, 10, gap=GAP), PictureView(8, 10, gap=GAP))
        self._slider = ValueSlider(0.0, 1.0, step=1.0)
        self._caption = TextLabel("newest")
        self._tabs = QTabBar()
        self._axis = ComboBox()
        self._pointed = ElidedLabel(role="muted")
        self._table = QTableWidget()
        self._stack = QStackedWidget()
        self._samples, self._above = QWidget(), QVBoxLayout()  # where they stand if there is room
        self._lay_out()
        self._choose()
        self._tabs.currentChanged.connect(lambda _index: self._choose())
        self._axis.currentIndexChanged.connect(lambda _index: self._choose())
        self._slider.moved.connect(lambda _at, _gesture: self._move())
        self.overlay.pointed.connect(self._pointed.setText)
        app_model.cursor_changed.connect(self._follow_cursor)
        for box in self._chosen:
            box.currentIndexChanged.connect(lambda _index: self._draw_grids())

    def _lay_out(self) -> None:
        grids = QGridLayout()
        grids.setSpacing(SMALL)
        for side, (box, view, caption) in enumerate(
            zip(self._chosen, self.grids, self._captions, strict=True)
        ):
            which = ("left", "right")[side]
            box.setAccessibleName(f"Run at the {which}")
            box.setSizeAdjustPolicy(box.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            view.setAccessibleName(f"Samples of the run at the {which}")
            view.set_interactive(False)
            view.set_alignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            view.setMinimumSize(140, 112)
            caption.setFont(font("small"))
            grids.addWidget(box, 0, side)
            grids.addWidget(view, 1, side)
            grids.addWidget(caption, 2, side)
            grids.setColumnStretch(side, 1)
        grids.setRowStretch(1, 1)
        self._slider.setAccessibleName("Step of both runs")
        set_tooltip(self._slider, "Show the samples of all runs at one step; End shows the newest")
        scrub = QHBoxLayout()
        scrub.addWidget(self._slider, 1)
        scrub.addWidget(self._caption)
        self._caption.setMinimumWidth(
            self._caption.fontMetrics().horizontalAdvance("step 0,000,000")
        )
        for title in ("Samples", *(measure.title for measure in MEASURES), SETTINGS_TAB):
            self._tabs.addTab(title)
        self._tabs.setAccessibleName("What is compared")
        self._tabs.setDrawBase(False)
        self._axis.setAccessibleName("What the curves are drawn over")
        for label, column in AXES:
            self._axis.addItem(f"over {label}", column)
        above = QHBoxLayout()
        above.addWidget(self._tabs, 1)
        above.addWidget(self._axis)
        self._table.setAccessibleName("Settings that differ, and results")
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setTabKeyNavigation(False)
        self._table.setFrameShape(QTableWidget.Shape.NoFrame)
        samples = QVBoxLayout(self._samples)
        samples.setContentsMargins(0, 0, 0, 0)
        samples.addLayout(grids, 1)
        samples.addLayout(scrub)
        self._above.setContentsMargins(0, 0, 0, 0)
        for page in (self._samples, self.overlay, self._table):
            self._stack.addWidget(page)
        self._pointed.setFont(font("small"))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SMALL)
        rows.addLayout(self._above, 1)
        rows.addLayout(above)
        rows.addWidget(self._stack, 1)
        rows.addWidget(self._pointed)

    # ---- which runs ------------------------------------------------------------------------

    def compare(self, runs: Sequence[ComparedRun]) -> None:
        """Show other runs."""
        self._runs, self._shown = list(runs), ()
        for side, box in enumerate(self._chosen):
            with QSignalBlocker(box):
                box.clear()
                for number, run in enumerate(runs, 1):
                    box.addItem(f"{number}  {name_text(run.name)}")
                box.setCurrentIndex(min(side, len(runs) - 1))
        self._fit_slider(to_end=True)
        self.overlay.show_runs([])
        self._read_columns()
        self._fill_table()
        self._draw_grids()

    @property
    def step(self) -> int | None:
        """The step that all runs are shown at, None for the newest of each."""
        at = round(self._slider.number())
        return None if self._slider.value() == self._slider.maximum() else at

    def _read_columns(self) -> None:
        runs = [compared.run for compared in self._runs]
        self._reading.order(lambda: [RunColumns(run) for run in runs], overtake=True)

    def _take_columns(self, columns: list[RunColumns]) -> None:
        if [one.run for one in columns] == [compared.run for compared in self._runs]:
            self.overlay.show_runs(columns)
            self._fit_slider()
            self._fill_table()

    # ---- following -------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def _look(self) -> None:
        """Show what the runs have more than before."""
        self._looks += 1
        folders = [one.run for one in self._runs if isinstance(one.run, FolderRun)]
        if folders and self._looks % READ_EVERY == 0 and not self._refreshing.busy:
            self._refreshing.order(lambda: _refresh_all(folders))
        self._redraw_all()

    def _redraw_all(self, _value: object = None) -> None:
        if any(one.is_outdated for one in self.overlay.runs) and not self._reading.busy:
            self._read_columns()
        elif not self._reading.busy and self.overlay.follow():
            self._fit_slider()
            self._fill_table()
        if self.step is None:
            self._draw_grids()

    def _fit_slider(self, *, to_end: bool = False) -> None:
        last = max((self._last_step(one.run) for one in self._runs), default=0)
        at = None if to_end else self.step
        with QSignalBlocker(self._slider):
            self._slider.set_range(0.0, float(max(1, last)))
            self._slider.set_number(float(max(1, last) if at is None else at))

    @staticmethod
    def _last_step(run: RunView) -> int:
        last = run.history.last()
        return int(last["step"]) if last is not None else 0

    # ---- the cursor ------------------------------------------------------------------------

    def _move(self) -> None:
        if self.app_model.run in [one.run for one in self._runs]:
            self.app_model.set_cursor(self.step)
        self._show_step()

    def _follow_cursor(self) -> None:
        if self.isVisible() and self.app_model.run in [one.run for one in self._runs]:
            step = self.app_model.cursor
            with QSignalBlocker(self._slider):
                if step is None:
                    self._slider.setValue(self._slider.maximum())
                else:
                    self._slider.set_number(float(step))
            self._show_step()

    def _show_step(self) -> None:
        step = self.step
        self._caption.setText("newest" if step is None else f"step {step:,}")
        self.overlay.set_cursor(step)
        self._draw_grids()

    # ---- samples ---------------------------------------------------------------------------

    def _draw_grids(self) -> None:
        """Show the samples of two runs at the step; what is on the disk is read in a job."""
        if not self._runs or self._drawing.busy:
            return
        pair, step = [self._runs[max(0, box.currentIndex())] for box in self._chosen], self.step
        wanted = tuple((one.run, _kept_step(one, step)) for one in pair)
        if wanted == self._shown and not any(one.newest and step is None for one in pair):
            return

        def work() -> tuple[Shown, list[SampleGrid | str]]:
            return wanted, [_grid_at(one, step) for one in pair]

        self._drawing.order(work)

    def _take_grids(self, found: tuple[Shown, list[SampleGrid | str]]) -> None:
        self._shown, grids = found
        for view, caption, grid, (_, step) in zip(
            self.grids, self._captions, grids, self._shown, strict=True
        ):
            if isinstance(grid, str):
                view.set_picture(None)
                caption.setText(grid)
            else:
                shown = _cut_to(grid, view.height(), view.width())
                view.set_grid(shown.rows, shown.columns)
                view.set_picture(shown.atlas)
                caption.setText("newest samples" if step is None else f"samples of step {step:,}")
        if self._shown != tuple(
            (one.run, _kept_step(one, self.step))
            for one in (self._runs[max(0, box.currentIndex())] for box in self._chosen)
        ):
            self._draw_grids()

    # ---- curves and settings ---------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the samples above all else, or as one tab of several where there is little room."""
        self._shown = ()  # other rows of the grids may fit now
        roomy = self.height() >= ROOMY
        if roomy is self._tabs.isTabVisible(0):
            self._tabs.setTabVisible(0, not roomy)
            if roomy:
                self._above.addWidget(self._samples)
                self._samples.show()
                self._tabs.setCurrentIndex(max(1, self._tabs.currentIndex()))
            else:
                self._stack.insertWidget(0, self._samples)
            self._choose()

    def _choose(self) -> None:
        index = self._tabs.currentIndex() - 1
        curves = 0 <= index < len(MEASURES)
        page = self.overlay if curves else self._table if index > 0 else self._samples
        self._stack.setCurrentWidget(page)
        self._axis.setVisible(curves)
        self._pointed.setVisible(curves)
        if curves:
            measure = MEASURES[index]
            labels = [label for _, label in measure.columns]
            self._pointed.setText(f"solid: {labels[0]}, dashed: {labels[1]}" if labels[1:] else "")
            self.overlay.choose(measure, self._axis.currentData())
            self.overlay.set_cursor(self.step)
        elif page is self._table:
            self._fill_table()

    def _fill_table(self) -> None:
        if self._stack.currentWidget() is not self._table:
            return
        rows = [*differing_settings(self._runs), *results(self._runs)]
        self._table.setRowCount(len(rows))
        self._table.setColumnCount(len(self._runs))
        hues = Theme.current().tokens.runs
        for column, one in enumerate(self._runs):
            heading = QTableWidgetItem(f"{column + 1}  {name_text(one.name)}")
            heading.setForeground(QColor(hues[column % len(hues)]))
            heading.setToolTip(tooltip_text(one.name))
            self._table.setHorizontalHeaderItem(column, heading)
        for row, (label, values) in enumerate(rows):
            self._table.setVerticalHeaderItem(row, QTableWidgetItem(label))
            for column, value in enumerate(values):
                self._table.setItem(row, column, QTableWidgetItem(value))
        self._table.resizeColumnsToContents()


def _refresh_all(runs: Sequence[FolderRun]) -> None:
    for run in runs:
        run.refresh()


def _kept_step(one: ComparedRun, step: int | None) -> int | None:
    """Return the step of the newest samples that a run kept and that are not after a step."""
    kept = [info.step for info in one.run.moments() if info.has_samples]
    earlier = [at for at in kept if step is None or at <= step]
    return earlier[-1] if earlier else None


def _grid_at(one: ComparedRun, step: int | None) -> SampleGrid | str:
    """Return the samples of a run, or the sentence on why there are none."""
    if step is None and one.newest is not None and (grid := one.newest()) is not None:
        return grid
    kept = _kept_step(one, step)
    if kept is None:
        return "No samples were kept so early."
    try:
        return one.run.samples_at(kept)
    except UserError as error:
        return str(error)


def _cut_to(grid: SampleGrid, height: int, width: int) -> SampleGrid:
    """Return as many whole rows and columns of a grid as fit a room in pixels."""
    rows = max(1, height // (grid.tile[0] + GAP))
    columns = max(1, width // (grid.tile[1] + GAP))
    return replace(grid, images=grid.images[:rows, :columns])


def differing_settings(runs: Sequence[ComparedRun]) -> list[tuple[str, list[str]]]:
    """Return (label, the values of all runs) of the data and each setting that differs."""
    rows = [("Data", [name_text(one.run.data_name) for one in runs])]
    rows += [
        (info.label, [_plain(getattr(one.run.config, name)) for one in runs])
        for name, info in SETTINGS.items()
    ]
    return [(label, values) for label, values in rows if len(set(values)) > 1]


def results(runs: Sequence[ComparedRun]) -> list[tuple[str, list[str]]]:
    """Return (label, the values of all runs) of how far they got and how good they are."""
    last = [one.run.history.last() for one in runs]
    looks = [one.run.quality.looks()[-1:] for one in runs]
    return [
        ("Steps", ["–" if row is None else f"{row['step']:,.0f}" for row in last]),
        ("Images seen", ["–" if row is None else f"{row['images_seen']:,.0f}" for row in last]),
        ("Time", ["–" if row is None else duration(row["seconds"]) for row in last]),
        ("judge-FD", [number_text(look[0].frechet) if look else "–" for look in looks]),
        (
            "Class accuracy",
            [
                "–" if not look or isnan(look[0].accuracy) else percent_text(look[0].accuracy)
                for look in looks
            ],
        ),
    ]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        f"{value:g}"
        if isinstance(value, float)
        else f"{value:,}"
        if isinstance(value, int)
        else value
    )
