"""The commands of training: begin, pause, go on, with further limits and a way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from ganview.app.widgets.message_bar import MessageBar, Offer
from ganview.app.widgets.text import name_text
from ganview.gan.players import Players
from ganview.runtime.channels import Step
from ganview.runtime.messages import RunState

if TYPE_CHECKING:
    from ganview.app.controllers.actions import Actions
    from ganview.app.controllers.app_controller import AppController
    from ganview.app.window.training_bar import TrainingBar
    from ganview.runtime.messages import Snapshot


class TrainingCommands(QObject):
    """What the buttons of the training bar and the menu Train do.

    Parameters
    ----------
    window
        Owns the form of the settings.
    controller
        Has the run in focus, and the one that trains here.
    actions
        The window's actions.
    bar
        Says with which settings a run begins, and when it stops.
    messages
        Offers the run that was left when another begins.

    Attributes
    ----------
    handlers
        What to call for each command.
    """

    def __init__(
        self,
        window: QMainWindow,
        controller: AppController,
        actions: Actions,
        bar: TrainingBar,
        messages: MessageBar,
    ) -> None:
        super().__init__(window)
        training = controller.training
        self._window, self._controller, self._actions = window, controller, actions
        self._app_model, self._training = controller.app_model, training
        self._bar, self._messages = bar, messages
        self._left: Offer | None = None  # the run that is being left
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
        training.began.connect(self._began)
        training.changed.connect(self._extend_resumed)
        bar.stop_changed.connect(lambda: training.set_stop(bar.stop))
        bar.recipe_changed.connect(self._take_recipe)
        training.start_changed.connect(self._take_recipe)

    def begin_run(self) -> None:
        """Train a new network with the settings of the next run."""
        self._leave()
        self._training.new_run(self._bar.config, self._bar.stop)

    def prepare_run(self) -> None:
        """Show the initial weights of a new run, at step 0."""
        self._leave()
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
            self._leave()
            self._training.fine_tune(model, self._bar.stop)

    def _train(self) -> None:
        last = self._training.last
        rests = last is not None and last.state is not RunState.TRAINING
        if last is not None and rests and (last.progress or 0.0) >= 1.0:
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

    def _leave(self) -> None:
        """Remember the present run, to offer it once another has begun."""
        last, folder = self._training.last, self._training.folder
        self._bar.restore_stop()
        if last is None or folder is None or last.step == 0:
            return
        self._left = Offer(
            f"The run {name_text(folder.name)} is kept, with {last.step:,} steps.",
            "Go on with it",
            lambda: self.go_on(folder),
            lambda: None,
        )

    def _began(self) -> None:
        self._messages.clear()
        left, self._left = self._left, None
        if left is not None:
            self._messages.offer(left)

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
