"""The commands of training: begin, pause, go on, with further limits and a way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from ganview.app.controllers.actions import Actions
from ganview.app.controllers.app_controller import AppController
from ganview.app.formatting import duration
from ganview.app.widgets.message_bar import MessageBar, Offer
from ganview.app.widgets.text import name_text
from ganview.app.window.training_bar import TrainingBar
from ganview.app.window.training_state import Press, TrainingState, training_state
from ganview.files.run_summary import RunStatus
from ganview.gan.players import Players
from ganview.runtime.channels import Step
from ganview.runtime.messages import RunState, Snapshot
from ganview.runtime.run_view import FolderRun

IDLE_HINT = "Train a new network here"


#: Why a run on show can't be trained here, in few words.
ELSEWHERE = {RunStatus.TRAINING: "trained elsewhere", RunStatus.OPEN: "open elsewhere"}


class TrainingCommands(QObject):
    """What the buttons of the training bar and the menu Train do."""

    def __init__(
        self,
        window: QMainWindow,
        controller: AppController,
        actions: Actions,
        bar: TrainingBar,
        messages: MessageBar,
    ) -> None:
        super().__init__(window)
        training, app_model = controller.training, controller.app_model
        self._window, self._controller, self._actions = window, controller, actions
        self._app_model, self._training = app_model, training
        self._bar, self._messages = bar, messages
        self._resumes = False
        self.handlers: dict[str, Callable[[], object]] = {
            "train": self._train,
            "step": lambda: training.step(bar.config, bar.stop),
            "step_d": lambda: training.step(bar.config, bar.stop, Step(Players.D)),
            "step_g": lambda: training.step(bar.config, bar.stop, Step(Players.G)),
            "new_run": self.begin_run,
            "reset": self.prepare_run,
            "settings": self._show_settings,
            "fine_tune": self._fine_tune,
        }
        training.began.connect(lambda _run: messages.clear())
        training.left.connect(self._offer_run_before)
        training.changed.connect(self._extend_resumed)
        for changed in (training.changed, app_model.run_changed, app_model.run_grew):
            changed.connect(lambda *_: self.show_state())
        bar.stop_changed.connect(lambda: training.set_stop(bar.stop))
        bar.recipe_changed.connect(self._take_recipe)
        training.start_changed.connect(self._take_recipe)

    @property
    def state(self) -> TrainingState:
        """What the training button does now."""
        run = self._app_model.run
        on_show = run.status if isinstance(run, FolderRun) else None
        return training_state(self._training.state, on_show, self._bar.further)

    def show_state(self) -> None:
        """Let the bar say how far the run on show is, and what can be done with it."""
        run, last, bar = self._app_model.run, self._training.last, self._bar
        bar.show_state(self.state)
        bar.show_running(run.config if run is not None else None)
        if isinstance(run, FolderRun) and self._training.state is not RunState.TRAINING:
            row = run.history.last()
            told = [] if row is None else [f"step {row['step']:,.0f}"]
            if row is not None and isfinite(row["seconds"]):
                told.append(f"{duration(row['seconds'])} trained")
            bar.show_hint("  ·  ".join([*told, ELSEWHERE.get(run.status, run.status.value)]))
        elif last is not None:
            folder = self._training.folder if isinstance(run, FolderRun) else None
            bar.show_snapshot(last, name_text(folder.name) if folder is not None else "")
        else:
            bar.show_hint(IDLE_HINT)

    def begin_run(self) -> None:
        """Train a new network with the settings of the next run."""
        self._bar.restore_stop()
        self._training.new_run(self._bar.config, self._bar.stop)

    def prepare_run(self) -> None:
        """Show the initial weights of a new run, at step 0."""
        self._bar.restore_stop()
        self._training.reset(self._bar.config, self._bar.stop)

    def mend_run(self, changes: Mapping[str, Any]) -> None:
        """Train a new network with the settings of the present run, but for some changes."""
        run = self._app_model.run
        if run is not None:
            self._training.begin_with(None)
            self._bar.run_settings.use_config(run.config.with_(**changes))
            self.begin_run()

    def go_on(self, folder: Path) -> None:
        """Go on with the run in a folder; one that has reached the limit gets a further one."""
        self._resumes = True
        self._training.go_on(folder, self._bar.stop)

    def _fine_tune(self) -> None:
        model = self._app_model.model
        if model is not None:
            self._bar.restore_stop()
            self._training.fine_tune(model, self._bar.stop)

    def _train(self) -> None:
        press, last, run = self.state.press, self._training.last, self._app_model.run
        if press is Press.OPEN and run is not None and run.folder is not None:
            self.go_on(run.folder)
            return
        if press is Press.GO_ON and last is not None and (last.progress or 0.0) >= 1.0:
            self._extend(last)
        self._training.toggle(self._bar.config, self._bar.stop)

    def _extend_resumed(self, snapshot: Snapshot) -> None:
        if not self._resumes or snapshot.state is not RunState.TRAINING:
            return
        self._resumes = False
        if snapshot.progress is None and self._bar.stop is not None:  # its limit was passed
            self._extend(snapshot)

    def _extend(self, snapshot: Snapshot) -> None:
        self._bar.extend_stop(snapshot)
        self._training.set_stop(self._bar.stop)

    def _take_recipe(self) -> None:
        """Let a run without a step begin with the settings that were changed just now."""
        last = self._training.last
        if last is not None and last.step == 0:
            self._training.reset(self._bar.config, self._bar.stop)

    def _offer_run_before(self, folder: Path, step: int) -> None:
        """Say that the run before is kept, one click from going on."""
        name = name_text(folder.name)
        self._messages.offer(
            Offer(
                f"The run before is kept as {name}, at step {step:,}, in the list of runs.",
                "Go on with it",
                lambda: self.go_on(folder),
                lambda: None,
            )
        )

    # The form is imported when it is asked for, or the first paint would wait for it.

    def _show_settings(self) -> None:
        from ganview.app.window.data_picker import DataPicker
        from ganview.app.window.settings_form import SettingsForm
        from ganview.app.window.start_picker import StartPicker

        form = self._window.findChild(SettingsForm)
        if form is None:
            settings, training = self._bar.run_settings, self._training
            bridge = self._controller.bridge
            pickers = {
                "Data": DataPicker(training.data, self._actions),
                "Weights": StartPicker(training, self._app_model, settings, bridge),
            }
            form = SettingsForm(settings, self._window, training.data, pickers)
            form.new_run.connect(self.begin_run)
        form.show()
        form.raise_()
        form.activateWindow()
