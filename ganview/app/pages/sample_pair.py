"""The samples of two runs beside each other, at one step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from ganview.app.theme import SMALL, font
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.text import ElidedLabel, name_text
from ganview.runtime.jobs import LatestJob, RunJob

if TYPE_CHECKING:
    from ganview.app.pages.compared_run import ComparedRun
    from ganview.runtime.messages import SampleGrid

GAP = 1  # between samples

Shown = tuple[tuple["ComparedRun", int | None], ...]  # runs, and the steps of their samples


class SamplePair(QWidget):
    """Two grids, each of a run that is chosen above it."""

    def __init__(self, run_job: RunJob, complain: Callable[[str], object]) -> None:
        super().__init__()
        self._runs: list[ComparedRun] = []
        self._step: int | None = None
        self._shown: Shown = ()
        self._drawing = LatestJob(run_job, "reading samples", self._take, complain)
        self._boxes = ComboBox(), ComboBox()
        self._captions = ElidedLabel(role="muted"), ElidedLabel(role="muted")
        # What shows the samples.
        self.grids = PictureView(8, 10, gap=GAP), PictureView(8, 10, gap=GAP)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SMALL)
        grid.setRowStretch(1, 1)
        for side, which in enumerate(("left", "right")):
            box, view, caption = self._boxes[side], self.grids[side], self._captions[side]
            box.setAccessibleName(f"Run at the {which}")
            box.setSizeAdjustPolicy(box.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.currentIndexChanged.connect(lambda _index: self.draw())
            view.setAccessibleName(f"Samples of the run at the {which}")
            view.set_interactive(False)
            view.set_alignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            view.setMinimumSize(140, 72)
            caption.setFont(font("small"))
            for row, widget in enumerate((box, view, caption)):
                grid.addWidget(widget, row, side)
            grid.setColumnStretch(side, 1)

    def show_runs(self, runs: Sequence[ComparedRun]) -> None:
        """Show the first two of other runs."""
        self._runs, self._shown = list(runs), ()
        for side, box in enumerate(self._boxes):
            with QSignalBlocker(box):
                box.clear()
                for number, run in enumerate(runs, 1):
                    box.addItem(f"{number}  {name_text(run.name)}")
                box.setCurrentIndex(min(side, len(runs) - 1))
        self.draw()

    def set_step(self, step: int | None) -> None:
        """Show another step, None for the newest samples of each."""
        self._step = step
        self.draw()

    def draw(self) -> None:
        """Show what is wanted, unless it is on show; what is on the disk is read in a job."""
        if not self._runs or self._drawing.busy:
            return
        wanted, step = self._wanted(), self._step
        if wanted == self._shown and not any(one.newest and step is None for one, _ in wanted):
            return

        def work() -> tuple[Shown, list[SampleGrid | str]]:
            return wanted, [one.samples_at(step) for one, _ in wanted]

        self._drawing.order(work)

    def _wanted(self) -> Shown:
        chosen = [self._runs[max(0, box.currentIndex())] for box in self._boxes]
        return tuple((one, one.kept_step(self._step)) for one in chosen)

    def _take(self, found: tuple[Shown, list[SampleGrid | str]]) -> None:
        self._shown, grids = found
        for side, (grid, (_, step)) in enumerate(zip(grids, self._shown, strict=True)):
            view, caption = self.grids[side], self._captions[side]
            if isinstance(grid, str):
                view.set_picture(None)
                caption.setText(grid)
            else:
                shown = _cut_to(grid, view.height(), view.width())
                view.set_grid(shown.rows, shown.columns)
                view.set_picture(shown.atlas)
                caption.setText("newest samples" if step is None else f"samples of step {step:,}")
        if self._shown != self._wanted():
            self.draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._shown = ()  # other rows of the grids may fit now
        self.draw()


def _cut_to(grid: SampleGrid, height: int, width: int) -> SampleGrid:
    """Return as many whole rows and columns of a grid as fit a room in pixels."""
    rows = max(1, height // (grid.tile[0] + GAP))
    columns = max(1, width // (grid.tile[1] + GAP))
    return replace(grid, images=grid.images[:rows, :columns])
