"""The subject of the left side: which run it shows, and what may be done with runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from ganview.app.controllers.app_model import AppModel
from ganview.app.widgets.layouts import row_layout
from ganview.app.widgets.text import ElidedLabel, name_text, set_tooltip
from ganview.gan.config import TrainConfig
from ganview.gan.presets import nearest_preset
from ganview.plain_text import counted

NO_RUN = ("None yet. Press Train, and one begins.", "None yet")
OWN = 4  # changes from which on settings are no preset's


class RunSubject(QWidget):
    """Names the run in focus, with its data, classes and preset.

    Parameters
    ----------
    choices
        What the menu below "Run" offers.
    """

    def __init__(self, app_model: AppModel, choices: Sequence[QAction]) -> None:
        super().__init__()
        self._app_model = app_model
        self._button = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self._button.setText("Run")
        self._button.setAccessibleName("Run")
        set_tooltip(self._button, "Open another run, or go on with one.")
        menu = QMenu(self._button)
        menu.addActions(list(choices))
        self._button.setMenu(menu)
        self._name = ElidedLabel(size="heading")
        self._name.setText(*NO_RUN)
        self._name.setAccessibleName("The run on show")
        row_layout(self._button, (self._name, 1), inside=self)
        app_model.run_changed.connect(self.refresh)
        app_model.sources_changed.connect(self.refresh)

    @property
    def text(self) -> str:
        """What is said of the run."""
        return self._name.text()

    def refresh(self) -> None:
        """Name the run in focus."""
        run = self._app_model.run
        if run is None:
            self._name.setText(*NO_RUN)
            return
        name = name_text(run.folder.name) if run.folder is not None else "not saved"
        parts = [name, name_text(run.data_name), self._classes(), recipe(run.config)]
        self._name.setText(*("  ·  ".join(parts[:end]) for end in range(len(parts), 0, -1)))

    def _classes(self) -> str:
        run, model = self._app_model.run, self._app_model.run_model
        if run is not None and not run.config.conditional:
            return "no classes"
        return "classes" if model is None else counted(model.spec.classes, "class")


def recipe(config: TrainConfig) -> str:
    """Name the preset of a run's settings, and say how much of it was changed."""
    preset, changed = nearest_preset(config)
    if len(changed) > OWN:
        return "own settings"
    return preset.label + (f", {len(changed)} changed" if changed else "")
