"""Reads the moment at the cursor in a thread: its samples, and its generator where it is explored.

Nobody waits for a moment that they have left: of what is asked for meanwhile, the newest is read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QObject

from ganview.runtime.jobs import LatestJob, RunJob

if TYPE_CHECKING:
    from ganview.app.controllers.app_model import AppModel
    from ganview.gan.model import Model
    from ganview.runtime.messages import SampleGrid
    from ganview.runtime.run_view import RunView

CACHE_BYTES = 64_000_000  # of what was read of one kind
AHEAD = {"samples": 4, "model": 2}  # moments on either side that are read before they are asked for
MOST_AHEAD = 4  # of them that are read in one go
Part = TypeVar("Part")


class _Shelf(Generic[Part]):
    """One part of the moments of a run, as far as it was read."""

    def __init__(
        self,
        name: str,
        job: RunJob,
        read: Callable[[RunView, int], Part],
        size: Callable[[Part], int],
        show: Callable[[Part, int], object],
        failed: Callable[[str], object],
    ) -> None:
        self.read, self._ahead, self._size, self._show = read, AHEAD[name], size, show
        self._kept: OrderedDict[int, Part] = OrderedDict()  # what was shown last at its end
        self._bytes: dict[int, int] = {}
        self._run: RunView | None = None
        self._steps: Sequence[int] = ()
        self._asked: int | None = None
        self._reading = LatestJob(job, f"reading the {name} of a moment", self._take, failed)

    @property
    def busy(self) -> bool:
        """Whether something is being read that is waited for."""
        return self._reading.busy

    def get(self, step: int) -> Part | None:
        """Return what was read of a moment already."""
        return self._kept.get(step)

    def begin(self, run: RunView | None) -> None:
        """Forget all, and read another run from now on."""
        self._run = run
        self._kept.clear()
        self._bytes.clear()

    def cancel(self) -> None:
        """Read nothing now."""
        self._reading.cancel()
        self._steps = ()

    def look_at(self, steps: Sequence[int], latest: int | None) -> None:
        """Show the newest of some moments that is not after a step, as soon as it is read."""
        earlier = [step for step in steps if latest is None or step <= latest]
        run = self._run
        if not earlier or run is None:
            return
        asked, self._asked, self._steps = self._asked, earlier[-1], steps
        step = earlier[-1]
        if step in self._kept:
            self._reading.cancel()
            self._show_kept(step)
        elif not self.busy or step != asked:
            self._reading.order(lambda: (run, step, self.read(run, step)))

    def _take(self, found: tuple[RunView, int, Part]) -> None:
        self.keep(*found)
        if found[1] in self._kept:
            self._show_kept(found[1])

    def _show_kept(self, step: int) -> None:
        self._kept.move_to_end(step)
        self._show(self._kept[step], step)

    def keep(self, run: RunView, step: int, part: Part) -> None:
        """Keep what was read, unless another run is looked at by now."""
        if run is self._run:
            self._kept[step], self._bytes[step] = part, self._size(part)
        fewest = 2 * self._ahead + 1
        while len(self._kept) > fewest and sum(self._bytes.values()) > CACHE_BYTES:
            del self._bytes[self._kept.popitem(last=False)[0]]

    def wanted_next(self) -> list[int]:
        """Return the moments around the one that is looked at which aren't read, nearest first."""
        steps, ahead = self._steps, self._ahead
        at = steps.index(self._asked) if self._asked in steps else 0
        near = range(max(0, at - ahead), min(len(steps), at + ahead + 1))
        nearest = sorted(near, key=lambda other: abs(other - at))
        return [steps[other] for other in nearest if steps[other] not in self._kept]


class MomentLoader(QObject):
    """Brings what the cursor points at into the `AppModel`."""

    def __init__(self, app_model: AppModel, read: RunJob, failed: Callable[[str], object]) -> None:
        super().__init__(app_model)
        self._app_model = app_model
        self._grids: _Shelf[SampleGrid] = _Shelf(
            "samples",
            read,
            lambda run, step: run.samples_at(step),
            lambda grid: grid.images.nbytes,
            self._show_samples,
            failed,
        )
        self._models: _Shelf[Model] = _Shelf(
            "model", read, lambda run, step: run.model_at(step), _bytes_of, self._show_model, failed
        )
        self._looking_ahead = LatestJob(read, "reading moments ahead", self._keep)
        self._picture_due = False  # of the model that was shown last
        app_model.run_changed.connect(self._begin)
        app_model.cursor_changed.connect(self.follow)
        app_model.run_grew.connect(self.follow)
        app_model.sources_changed.connect(self.follow)
        app_model.picture_shown.connect(self._picture_came)

    @property
    def busy(self) -> bool:
        """Whether samples or a model are being read that are waited for."""
        return self._grids.busy or self._models.busy

    def follow(self) -> None:
        """Show the moment at the cursor as soon as it is read."""
        app_model = self._app_model
        run, cursor = app_model.run, app_model.cursor
        if cursor is None or not app_model.follows_run:
            self._models.cancel()
            self._picture_due = False
        if run is None or (cursor is None and run is app_model.trained):
            self._grids.cancel()  # its thread brings its own
            self._looking_ahead.cancel()
            return
        moments = run.moments()
        self._grids.look_at([info.step for info in moments if info.has_samples], cursor)
        if cursor is not None and app_model.follows_run:
            self._models.look_at([info.step for info in moments if info.has_model], cursor)
        if self.busy or self._picture_due:
            self._looking_ahead.cancel()

    def _begin(self) -> None:
        for shelf in (self._grids, self._models):
            shelf.begin(self._app_model.run)
        self.follow()

    def _show_samples(self, grid: SampleGrid, step: int) -> None:
        if self._app_model.samples is not grid:
            self._app_model.show_samples(grid, self._models.get(step), step)
        self._look_ahead()

    def _show_model(self, model: Model, _step: int) -> None:
        before = self._app_model.model
        self._app_model.show_moment_model(model)
        self._picture_due = self._picture_due or self._app_model.model is not before
        self._look_ahead()

    def _picture_came(self, _shown: object) -> None:
        self._picture_due = False
        self._look_ahead()

    def _look_ahead(self) -> None:
        """Have the moments around one read once nothing is waited for, the picture included."""
        run = self._app_model.run
        wanted: list[tuple[_Shelf[Any], int]] = [
            (shelf, step) for shelf in (self._grids, self._models) for step in shelf.wanted_next()
        ]
        wanted = wanted[:MOST_AHEAD]  # the user may be elsewhere by then
        waiting = self.busy or self._picture_due or self._looking_ahead.busy
        if waiting or not wanted or run is None:
            return

        def work(should_stop: Callable[[], bool]) -> list[tuple[_Shelf[Any], RunView, int, Any]]:
            return [
                (shelf, run, step, shelf.read(run, step))
                for shelf, step in wanted
                if not should_stop()
            ]

        self._looking_ahead.order(work)

    def _keep(self, found: list[tuple[_Shelf[Any], RunView, int, Any]]) -> None:
        for shelf, run, step, part in found:
            shelf.keep(run, step, part)
        self._look_ahead()


def _bytes_of(model: Model) -> int:
    nets = [net for net in (model.generator, model.discriminator) if net is not None]
    return sum(weight.nbytes for net in nets for weight in net.parameters())
