"""Rereads the run in focus at intervals, where it is a folder that another process may write."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from ganview.runtime.jobs import LatestJob, RunJob
from ganview.runtime.run_view import FolderRun

if TYPE_CHECKING:
    from ganview.app.controllers.app_model import AppModel
    from ganview.gan.model import Model

LOOK_MS = 1000


class RunFollower(QObject):
    """Tells the `AppModel` what a run in a folder has more than before."""

    def __init__(
        self, app_model: AppModel, run_job: RunJob, failed: Callable[[str], object]
    ) -> None:
        super().__init__(app_model)
        self._app_model = app_model
        self._failed = failed
        self._trouble = ""
        self._looking = LatestJob(run_job, "following the run", self._tell, self._say)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        app_model.run_changed.connect(self._begin)

    def stop(self) -> None:
        """Stop following."""
        self._timer.stop()
        self._looking.cancel()

    def look(self) -> None:
        """Look now, unless that is being done."""
        run, known = self._app_model.run, self._app_model.run_model
        if not isinstance(run, FolderRun) or self._looking.busy:
            return

        def work() -> tuple[FolderRun, Model | None] | None:
            before = _extent(run)
            run.refresh()
            run.find_marks()
            if _extent(run) == before:
                return None
            kept = [info.step for info in run.moments() if info.has_model]
            newer = bool(kept) and known is not None and kept[-1] > known.info.get("step", 0)
            return run, run.model_at(kept[-1]) if newer else None

        self._looking.order(work)

    def _begin(self) -> None:
        self._looking.cancel()
        if isinstance(self._app_model.run, FolderRun):
            self._timer.start()
            self.look()
        else:
            self._timer.stop()

    def _say(self, sentence: str) -> None:
        """Tell trouble once: a folder on another machine may be back soon."""
        if sentence != self._trouble:
            self._trouble = sentence
            self._failed(sentence)

    def _tell(self, found: tuple[FolderRun, Model | None] | None) -> None:
        self._trouble = ""
        if found is not None:
            self._app_model.grow(*found)


def _extent(run: FolderRun) -> tuple[object, ...]:
    """Return what is known of a run: another value when there is more."""
    records = len(run.history), len(run.health), run.quality.looks()
    return run.moments(), run.status, *records
