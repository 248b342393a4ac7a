"""What the next run begins with: a preset, and what was changed of it. No widgets."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QObject, Signal

from ganview.app.controllers.settings import Settings
from ganview.errors import UserError
from ganview.gan.config import TrainConfig, check_setting, rename_settings
from ganview.gan.presets import PRESETS, nearest_preset

SEED = "seed"


class RunSettings(QObject):
    """A preset with changes, remembered between starts.

    The seed is nobody's change: presets leave it alone.
    """

    changed = Signal()  # another preset, or another value of a setting

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._changes: dict[str, Any] = {}
        for name, value in _remembered(settings.changes).items():
            try:
                self._take(name, value)
            except (UserError, KeyError):
                continue  # of another version of the program, or edited by hand

    @property
    def preset(self) -> str:
        """Name of the preset."""
        return self._settings.preset

    @property
    def seed(self) -> int:
        """The random seed."""
        return self._settings.seed

    @property
    def changes(self) -> dict[str, Any]:
        """What differs from the preset."""
        return dict(self._changes)

    @property
    def config(self) -> TrainConfig:
        """The settings of the next run."""
        return PRESETS[self.preset].config.with_(**self._changes, seed=self.seed)

    def usual(self, name: str) -> Any:
        """Return the preset's value of a setting."""
        return getattr(PRESETS[self.preset].config, name)

    def value(self, name: str) -> Any:
        """Return the value of a setting."""
        return self.seed if name == SEED else self._changes.get(name, self.usual(name))

    def set(self, name: str, value: Any) -> None:
        """Change a setting.

        Raises
        ------
        UserError
            The value is not a legal one, in a sentence that says what is; nothing has changed.
        """
        before = self.value(name)
        self._take(name, value)
        if self.value(name) != before:
            self._keep()

    def use_preset(self, name: str) -> None:
        """Take all values from a preset, and forget the changes."""
        if name != self.preset or self._changes:
            self._settings.preset = name
            self._changes.clear()
            self._keep()

    def use_config(self, config: TrainConfig) -> None:
        """Take over the settings of a run, as the nearest preset with changes."""
        preset, changed = nearest_preset(config)
        self._settings.preset, self._settings.seed = preset.name, config.seed
        self._changes = {name: getattr(config, name) for name in changed}
        self._keep()

    def undo_changes(self) -> None:
        """Go back to the preset as it is."""
        self.use_preset(self.preset)

    def _take(self, name: str, value: Any) -> None:
        check_setting(name, value)
        if name == SEED:
            self._settings.seed = value
        elif value == self.usual(name):
            self._changes.pop(name, None)
        else:
            self._changes[name] = value

    def _keep(self) -> None:
        self._settings.changes = json.dumps(self._changes)
        self.changed.emit()


def _remembered(text: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(values, dict):
        return {}
    values.pop("fold", None)  # a switch of before, which not all networks had
    return rename_settings(values)
