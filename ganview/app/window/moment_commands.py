"""What may be done with the moment at the cursor: keep it for ever, or go on from it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from ganview.app.controllers.app_model import AppModel
from ganview.app.controllers.training import Training
from ganview.app.window.training_bar import TrainingBar
from ganview.runtime.channels import KeepMoment


class MomentCommands(QObject):
    """Asks for a name or for settings, and has it done."""

    def __init__(
        self, window: QMainWindow, app_model: AppModel, training: Training, bar: TrainingBar
    ) -> None:
        super().__init__(window)
        self._window, self._app_model, self._training, self._bar = window, app_model, training, bar
        self.handlers: dict[str, Callable[[], object]] = {
            "keep_moment": self._ask_name,
            "branch": self._ask_branch,
        }

    @property
    def can_keep(self) -> bool:
        """Whether the moment at the cursor can be kept: the run's own thread does that."""
        app_model = self._app_model
        run = app_model.run
        here = run is not None and run is app_model.trained and run.folder is not None
        return here and self._training.exists

    @property
    def can_branch(self) -> bool:
        """Whether a run can go on from the cursor."""
        run = self._app_model.run
        if run is None or run.folder is None:
            return False
        return any(info.has_model or info.has_state for info in run.moments())

    def keep(self, name: str, step: int | None) -> None:
        """Keep a moment of the run that trains here, the present one for None."""
        if name.strip():
            self._training.send(KeepMoment(" ".join(name.split()), step))

    # The dialogs are imported when they are asked for, or the first paint would wait for them.

    def _ask_name(self) -> None:
        from ganview.app.window.moment_dialogs import KeepDialog

        moment, cursor = self._app_model.moment, self._app_model.cursor
        if not self.can_keep or (cursor is not None and moment is None):
            return
        step = None if moment is None else moment.step
        name = "" if moment is None else moment.name
        dialog = KeepDialog(step, name, self._window)
        dialog.chosen.connect(lambda name: self.keep(name, step))
        dialog.open()

    def _ask_branch(self) -> None:
        from ganview.app.window.moment_dialogs import BranchDialog

        run, cursor = self._app_model.run, self._app_model.cursor
        if run is None or run.folder is None or not self.can_branch:
            return
        folder, last = run.folder, run.history.last()
        step = cursor if cursor is not None else int(last["step"]) if last is not None else 0
        moment = self._app_model.moment
        exact = moment is not None and moment.step == step and moment.has_state
        dialog = BranchDialog(step, exact, run.config, self._bar.config, self._window)
        dialog.chosen.connect(
            lambda changes: self._training.branch(folder, step, changes, self._bar.stop)
        )
        dialog.open()
