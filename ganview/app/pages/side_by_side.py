"""Two to six runs beside each other: samples of two, curves of all, settings that differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from ganview.app.controllers.app_model import AppModel
from ganview.app.pages.compared_run import ComparedRun
from ganview.app.pages.run_differences import DifferenceTable
from ganview.app.pages.sample_pair import SamplePair
from ganview.app.plots.run_overlay import MEASURES, RunColumns, RunOverlay
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.layouts import column_layout, row_layout
from ganview.app.widgets.tab_bar import TabBar
from ganview.app.widgets.text import ElidedLabel, TextLabel, name_text, set_tooltip
from ganview.app.widgets.value_slider import ValueSlider
from ganview.runtime.jobs import LatestJob, RunJob
from ganview.runtime.run_view import FolderRun, RunView

ROOMY = 460  # pixels of height from which samples and curves are shown at once
LOOK_MS = 500
READ_EVERY = 4  # looks after which the folders of runs are read again
AXES = (("steps", "step"), ("images", "images_seen"), ("seconds", "seconds"))
SETTINGS_TAB = "Settings and results"


class SideBySide(QWidget):
    """Compares runs, also while they learn."""

    def __init__(
        self, run_job: RunJob, app_model: AppModel, complain: Callable[[str], object]
    ) -> None:
        super().__init__()
        # it makes do with any height, so that the page need not scroll below words that wrap
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.app_model = app_model
        self._runs: list[ComparedRun] = []
        self._looks = 0
        self.overlay = RunOverlay()
        self._reading = LatestJob(run_job, "reading the runs", self._take_columns, complain)
        self._refreshing = LatestJob(run_job, "following the runs", self._redraw_all, complain)
        self.pair = SamplePair(run_job, complain)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._slider = ValueSlider(0.0, 1.0, step=1.0)
        self._caption = TextLabel("newest")
        self._tabs = TabBar("What is compared")
        self._axis = ComboBox("What the curves are drawn over")
        self._pointed = ElidedLabel(role="muted", size="small")
        self._table = DifferenceTable()
        self._stack = QStackedWidget()
        self._samples, self._above = QWidget(), QVBoxLayout()  # where they stand if there is room
        self._lay_out()
        self._choose()
        self._tabs.currentChanged.connect(lambda _index: self._choose())
        self._axis.currentIndexChanged.connect(lambda _index: self._choose())
        self._slider.moved.connect(lambda _at, _gesture: self._move())
        self.overlay.pointed.connect(self._say)
        app_model.cursor_changed.connect(self._follow_cursor)

    def _lay_out(self) -> None:
        self._slider.setAccessibleName("Step of both runs")
        set_tooltip(self._slider, "Show the samples of all runs at one step; End shows the newest")
        scrub = row_layout((self._slider, 1), self._caption)
        self._caption.setMinimumWidth(
            self._caption.fontMetrics().horizontalAdvance("step 0,000,000")
        )
        for title in ("Samples", *(measure.title for measure in MEASURES), SETTINGS_TAB):
            self._tabs.addTab(title)
        self._axis.offer({column: f"over {label}" for label, column in AXES})
        below = row_layout((self._pointed, 1), self._axis)
        column_layout((self.pair, 1), scrub, inside=self._samples)
        self._above.setContentsMargins(0, 0, 0, 0)
        for page in (self._samples, self.overlay, self._table):
            self._stack.addWidget(page)
        column_layout((self._above, 1), self._tabs, (self._stack, 1), below, inside=self)

    # ---- which runs ------------------------------------------------------------------------

    def show_samples(self) -> None:
        """Bring the samples into view, if there are some."""
        self._tabs.setCurrentIndex(0)

    def compare(self, runs: Sequence[ComparedRun]) -> None:
        """Show other runs."""
        self._runs = list(runs)
        self._say()
        self._fit_slider(to_end=True)
        self.overlay.show_runs([])
        self._read_columns()
        self._fill_table()
        self.pair.show_runs(runs)

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
        """Show new numbers of the runs."""
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
            self.pair.draw()

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
        self.pair.set_step(step)

    # ---- curves and settings ---------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the samples above all else, or as one tab of several where there is little room."""
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
            self._say()
            self.overlay.choose(MEASURES[index], self._axis.currentData())
            self.overlay.set_cursor(self.step)
        elif page is self._table:
            self._fill_table()

    def _say(self, pointed: str = "") -> None:
        """Say what is pointed at, or whose the numbers of the curves are and what a dash means."""
        names = [f"{number} {name_text(one.name)}" for number, one in enumerate(self._runs, 1)]
        index = self._tabs.currentIndex() - 1
        columns = MEASURES[index].columns if 0 <= index < len(MEASURES) else ()
        dashes = zip(("solid", "dashed"), columns, strict=False) if columns[1:] else ()
        key = [f"{dash}: {label}" for dash, (_, label) in dashes]
        texts = ["  ·  ".join([*names, *key]), "  ·  ".join(key)]  # the names are above, too
        self._pointed.setText(*([pointed] if pointed else filter(None, texts)))

    def _fill_table(self) -> None:
        if self._stack.currentWidget() is self._table:
            self._table.show_runs(self._runs)


def _refresh_all(runs: Sequence[FolderRun]) -> None:
    for run in runs:
        run.refresh()
