"""The next start offers the run that trained when the program was closed, or ended suddenly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ganview.app.widgets.message_bar import MessageBar, Offer
from ganview.runtime.messages import RunState

if TYPE_CHECKING:
    from ganview.app.controllers.app_controller import AppController
    from ganview.app.controllers.settings import Settings
    from ganview.files.interrupted import InterruptedRun
    from ganview.files.run_summary import RunSummary


class Recovery(QObject):
    """Looks for runs that ended suddenly, or were left, once the first model is on the screen."""

    def __init__(
        self,
        controller: AppController,
        bar: MessageBar,
        go_on: Callable[[Path], object],
        settings: Settings,
    ) -> None:
        super().__init__(controller)
        self._controller, self._bar, self._go_on = controller, bar, go_on
        self._settings = settings
        controller.ready.connect(self._look)

    def remember(self) -> None:
        """Note the run that trains now, for the next start to offer."""
        training = self._controller.training
        trains = training.state is RunState.TRAINING and training.folder is not None
        self._settings.left_run = str(training.folder) if trains else ""

    def _look(self) -> None:
        runs, left = self._controller.training.runs, self._settings.left_run
        self._settings.left_run = ""  # it is offered once

        def search() -> tuple[list[InterruptedRun], RunSummary | None]:
            from ganview.files.interrupted import interrupted_runs
            from ganview.files.run_summary import summarise_run

            found = interrupted_runs(runs)
            return found, summarise_run(Path(left)) if left and not found else None

        self._controller.bridge.run_job(
            search,
            "looking for runs that were interrupted",
            self._offer,
            self._controller.failed.emit,
        )

    def _offer(self, answer: tuple[list[InterruptedRun], RunSummary | None]) -> None:
        found, left = answer
        if self._controller.training.exists:
            return
        if left is not None and left.can_go_on:
            self._bar.offer(
                Offer(
                    f"The run {left.name} trained when the window was closed. It can go on from "
                    f"step {left.step:,}.",
                    "Go on",
                    lambda: self._go_on(left.path),
                    lambda: None,
                )
            )
        if not found:
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
