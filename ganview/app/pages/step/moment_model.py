"""The generator and the discriminator of the run in focus at the cursor, read in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ganview.app.pages.page import PageContext
from ganview.runtime.jobs import LatestJob

if TYPE_CHECKING:
    from ganview.gan.model import Model
    from ganview.runtime.run_view import RunView

NEWEST = 2**62


def newest_model(run: RunView, cursor: int | None) -> tuple[RunView, int] | None:
    """Return the run and the step of the newest model that is not after the cursor, if any."""
    kept = [info.step for info in run.moments() if info.has_model]
    earlier = [step for step in kept if cursor is None or step <= cursor]
    return (run, earlier[-1]) if earlier else None


def whole_step_near(run: RunView, step: int) -> int | None:
    """Return the moment nearest to one that kept no optimiser which did keep it, if any."""
    whole = [info.step for info in run.moments() if info.has_model and info.has_state]
    return None if step in whole else min(whole, key=lambda at: abs(at - step), default=None)


class MomentModel(QObject):
    """What the panels look into.

    Attributes
    ----------
    model
        That of the cursor's moment; without a run, the one that is explored.
    """

    changed = Signal()  # another model is at hand, or none

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self.model: Model | None = None
        self._asked: tuple[RunView, int] | None = None
        self._reading = LatestJob(
            context.run_job, "reading the model of a moment", self._take, context.complain
        )

    def refresh(self) -> None:
        """Find the model at the cursor."""
        app_model, training = self._context.app_model, self._context.training
        run, cursor = app_model.run, app_model.cursor
        if run is None:
            self._show(app_model.model)
        elif cursor is None and run is app_model.trained:
            self._asked = None
            if training.last is not None and training.last.model is not None:
                self._show(training.last.model)
        else:
            asked = newest_model(run, cursor) or (run, NEWEST)
            if asked != self._asked:
                self._asked = asked
                self._reading.order(lambda: (asked, run.model_at(asked[1])))

    def _take(self, read: tuple[tuple[RunView, int], Model]) -> None:
        if read[0] == self._asked:
            self._show(read[1])

    def _show(self, model: Model | None) -> None:
        if model is not self.model:
            self.model = model
            self.changed.emit()
