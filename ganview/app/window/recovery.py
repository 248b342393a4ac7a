"""After a kill, a crash or a power cut the next start offers the run that was open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ganview.app.widgets.message_bar import MessageBar, Offer

if TYPE_CHECKING:
    from ganview.app.controllers.app_controller import AppController
    from ganview.files.interrupted import InterruptedRun


class Recovery(QObject):
    """Looks for runs that ended suddenly, once the first model is on the screen."""

    def __init__(
        self, controller: AppController, bar: MessageBar, go_on: Callable[[Path], object]
    ) -> None:
        super().__init__(controller)
        self._controller, self._bar, self._go_on = controller, bar, go_on
        controller.ready.connect(self._look)

    def _look(self) -> None:
        runs = self._controller.training.runs

        def search() -> list[InterruptedRun]:
            from ganview.files.interrupted import interrupted_runs

            return interrupted_runs(runs)

        self._controller.bridge.run_job(
            search,
            "looking for runs that were interrupted",
            self._offer,
            self._controller.failed.emit,
        )

    def _offer(self, found: list[InterruptedRun]) -> None:
        if not found or self._controller.training.exists:
            return
        newest = found[0]
        self._bar.offer(
            Offer(
                f"The run of {newest.path.name} ended suddenly. It can go on from step "
                f"{newest.step:,}, where it was last saved.",
                "Resume",
                lambda: self._go_on(newest.path),
                lambda: self._forget(found),
            )
        )

    def _forget(self, found: list[InterruptedRun]) -> None:
        def forget() -> None:
            from ganview.files.interrupted import forget_interruption

            for run in found:
                forget_interruption(run.path)

        self._controller.bridge.run_job(
            forget, "dismissing a run", failed=self._controller.failed.emit
        )
