"""Reads the moment at the cursor in a thread: its samples, and its generator where it is explored.

No hand waits for a moment that it has left: of what is asked for meanwhile, the newest is read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ganview.runtime.jobs import LatestJob, RunJob

if TYPE_CHECKING:
    from ganview.app.controllers.app_model import AppModel
    from ganview.files.moments import MomentInfo
    from ganview.gan.model import Model
    from ganview.runtime.messages import SampleGrid
    from ganview.runtime.run_view import RunView

CACHE_BYTES = 64_000_000  # of sample grids, decoded
CACHED_MODELS = 8
AHEAD = 4  # moments on either side that are read before they are asked for


class MomentLoader(QObject):
    """Brings what the cursor points at into the `AppModel`.

    Parameters
    ----------
    app_model
        Has run and cursor.
    read
        Runs short work in the background.
    failed
        Called with a sentence when a moment can't be read.
    """

    def __init__(self, app_model: AppModel, read: RunJob, failed: Callable[[str], object]) -> None:
        super().__init__(app_model)
        self._app_model = app_model
        self._grids: OrderedDict[int, SampleGrid] = OrderedDict()  # of the run in focus, by step
        self._models: OrderedDict[int, Model] = OrderedDict()
        self._asked: dict[str, tuple[RunView, int]] = {}
        self._reading = LatestJob(read, "reading the samples of a moment", self._take, failed)
        self._loading = LatestJob(read, "reading the model of a moment", self._take_model, failed)
        self._looking_ahead = LatestJob(read, "reading moments ahead", self._keep)
        app_model.run_changed.connect(self._forget)
        app_model.cursor_changed.connect(self.follow)
        app_model.run_grew.connect(self.follow)
        app_model.sources_changed.connect(self.follow)

    @property
    def busy(self) -> bool:
        """Whether samples or a model are being read that are waited for."""
        return self._reading.busy or self._loading.busy

    def follow(self) -> None:
        """Show the moment at the cursor as soon as it is read."""
        app_model = self._app_model
        run, cursor = app_model.run, app_model.cursor
        if cursor is None:
            self._loading.cancel()
        if run is None or (cursor is None and run is app_model.trained):
            self._reading.cancel()  # its thread brings its own
            self._looking_ahead.cancel()
            return
        earlier = [info for info in run.moments() if cursor is None or info.step <= cursor]
        self._follow_grid(run, [info for info in earlier if info.has_samples])
        if cursor is not None and app_model.follows_run:
            self._follow_model(run, [info for info in earlier if info.has_model])

    def _forget(self) -> None:
        self._grids.clear()
        self._models.clear()
        self.follow()

    def _is_news(self, job: LatestJob, what: str, run: RunView, step: int) -> bool:
        """Tell whether a moment is not the one that is being read already, and note it."""
        before, self._asked[what] = self._asked.get(what), (run, step)
        return not job.busy or before != (run, step)

    # ---- samples -----------------------------------------------------------------------------

    def _follow_grid(self, run: RunView, earlier: list[MomentInfo]) -> None:
        if not earlier:
            return
        step = earlier[-1].step
        if step in self._grids:
            self._reading.cancel()
            self._show(run, step)
        elif self._is_news(self._reading, "samples", run, step):
            self._reading.order(lambda: (run, step, run.samples_at(step)))

    def _take(self, read: tuple[RunView, int, SampleGrid | None]) -> None:
        run, step, _grid = read
        if run is self._app_model.run:
            self._keep([read])
            if step in self._grids:
                self._show(run, step)

    def _show(self, run: RunView, step: int) -> None:
        if self._app_model.samples is not self._grids[step]:
            self._grids.move_to_end(step)
            self._app_model.show_samples(self._grids[step], self._models.get(step), step)
        self._look_ahead(run, step)

    def _look_ahead(self, run: RunView, step: int) -> None:
        """Have the moments around one read while it is looked at."""
        steps = [info.step for info in run.moments() if info.has_samples]
        at = steps.index(step) if step in steps else 0
        near = steps[max(0, at - AHEAD) : at + AHEAD + 1]
        wanted = sorted(set(near) - self._grids.keys(), key=lambda one: abs(steps.index(one) - at))
        if not wanted:
            return

        def work(should_stop: Callable[[], bool]) -> list[tuple[RunView, int, SampleGrid | None]]:
            return [(run, one, run.samples_at(one)) for one in wanted if not should_stop()]

        self._looking_ahead.order(work, overtake=True)

    def _keep(self, found: list[tuple[RunView, int, SampleGrid | None]]) -> None:
        for run, step, grid in found:
            if run is self._app_model.run and grid is not None:
                self._grids[step] = grid
        while sum(grid.images.nbytes for grid in self._grids.values()) > CACHE_BYTES:
            self._grids.popitem(last=False)

    # ---- the generator -----------------------------------------------------------------------

    def _follow_model(self, run: RunView, earlier: list[MomentInfo]) -> None:
        if not earlier:
            return
        step = earlier[-1].step
        if step in self._models:
            self._loading.cancel()
            self._models.move_to_end(step)
            self._app_model.show_moment_model(self._models[step])
        elif self._is_news(self._loading, "model", run, step):
            self._loading.order(lambda: (run, step, run.model_at(step)))

    def _take_model(self, read: tuple[RunView, int, Model | None]) -> None:
        run, step, model = read
        if run is not self._app_model.run or model is None:
            return
        self._models[step] = model
        while len(self._models) > CACHED_MODELS:
            self._models.popitem(last=False)
        self._app_model.show_moment_model(model)
