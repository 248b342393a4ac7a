"""The dialogs about a moment: a name to keep it under, and the settings to go on from it with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QRadioButton, QVBoxLayout, QWidget

from ganview.app.theme import LARGE, SMALL
from ganview.app.widgets.app_dialog import AppDialog
from ganview.app.widgets.layouts import fill_layout
from ganview.app.widgets.text import TextLabel
from ganview.gan.config import SETTINGS, TrainConfig
from ganview.runtime.branch import FIXED

LONGEST_NAME = 60  # characters
PLACE_BOUND = ("seed", "threads", "device")  # settings that don't make another run of it


class KeepDialog(AppDialog):
    """Asks for the name of a moment.

    Parameters
    ----------
    step
        Of the moment; None for the present step.
    """

    chosen = Signal(str)  # the name

    def __init__(self, step: int | None, name: str, parent: QWidget) -> None:
        which = "the present step" if step is None else f"step {step:,}"
        super().__init__(f"Keep {which}", parent)
        about = TextLabel(
            "It stays on the time line under this name, however long the run gets.", wrap=True
        )
        self.name = QLineEdit(name, maxLength=LONGEST_NAME)
        self.name.setMinimumWidth(320)
        self.name.setAccessibleName("Name of the moment")
        fill_layout(self.column, about, self.name)
        keep = self.offer("Keep", self.accept)
        keep.setEnabled(bool(name.strip()))
        self.name.textChanged.connect(lambda text: keep.setEnabled(bool(text.strip())))
        self.accepted.connect(lambda: self.chosen.emit(self.name.text()))


class BranchDialog(AppDialog):
    """Asks with which settings a new run goes on from a moment.

    Parameters
    ----------
    step
        Where the cursor is.
    exact
        Whether all of that step was kept.
    config, following
        The run's settings, and those that the next run would begin with.
    """

    chosen = Signal(object)  # the settings that are to change, a dict by name

    def __init__(
        self, step: int, exact: bool, config: TrainConfig, following: TrainConfig, parent: QWidget
    ) -> None:
        super().__init__(f"Go on from step {step:,}", parent)
        changes = changed_settings(config, following)
        self._changes = {name: value for name, value in changes.items() if name not in FIXED}
        self.as_it_was = QRadioButton("With the settings of this run")
        self.changed = QRadioButton("With the settings of the next run")
        self.as_it_was.setChecked(True)
        self.changed.setEnabled(bool(self._changes))
        way = (
            "All of this step was kept: with the settings of this run, the new run repeats this "
            "one bit for bit."
            if exact
            else "The new run begins at the last step up to here whose networks were kept. Where "
            "the state of the optimisers was not, they begin anew."
        )
        about = TextLabel(
            "The new run takes over the past of this one up to this step. This run stays as it "
            f"is; if it is training, it is saved and stops. {way}",
            wrap=True,
        )
        about.setMinimumWidth(420)
        self.accepted.connect(
            lambda: self.chosen.emit(self._changes if self.changed.isChecked() else {})
        )
        fill_layout(self.column, about, self.as_it_was, self.changed)
        lines = QVBoxLayout()
        lines.setContentsMargins(LARGE, 0, 0, 0)
        lines.setSpacing(SMALL // 2)
        for line in _lines(config, following, self._changes):
            lines.addWidget(TextLabel(line, "muted"))
        blocked = [SETTINGS[name].label for name in changes if name in FIXED]
        if blocked:
            left = TextLabel(f"A branch can't change: {', '.join(blocked)}.", "muted", wrap=True)
            lines.addWidget(left)
        self.column.addLayout(lines)
        self.offer("Go on from here", self.accept)


def changed_settings(config: TrainConfig, following: TrainConfig) -> dict[str, Any]:
    """Return the settings in which the second differs, with its values."""
    return {
        name: getattr(following, name)
        for name in SETTINGS
        if name not in PLACE_BOUND and getattr(following, name) != getattr(config, name)
    }


def _lines(config: TrainConfig, following: TrainConfig, names: Iterable[str]) -> list[str]:
    lines = [
        f"{SETTINGS[name].label}: {getattr(following, name)} instead of {getattr(config, name)}"
        for name in names
    ]
    return lines or ["There is no difference: change a setting first (Ctrl+,)."]
