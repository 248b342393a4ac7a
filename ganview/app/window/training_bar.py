"""The row that runs the training: train, pause, step, reset, with what, how long, how far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
)

from ganview.app.controllers.actions import Actions
from ganview.app.controllers.run_settings import RunSettings
from ganview.app.formatting import duration, time_left
from ganview.app.theme import MEDIUM, SMALL, font
from ganview.app.widgets.buttons import ActionButton, IconButton
from ganview.app.widgets.number_box import SpinBox
from ganview.app.widgets.setting_row import preset_box
from ganview.app.widgets.text import ElidedLabel, TextLabel, set_tooltip
from ganview.gan.presets import PRESETS
from ganview.runtime.messages import RunState, Snapshot, StopAt

if TYPE_CHECKING:
    from ganview.app.controllers.settings import Settings

STOPS = {"never": "never", "minutes": "minutes", "steps": "steps"}


class TrainingBar(QFrame):
    """Buttons of the window's actions, the run's settings, and its progress.

    Attributes
    ----------
    run_settings
        What the next run begins with.
    recipe_changed
        Preset, seed or another setting was changed; it counts from the next reset on.
    stop_changed
        The stop condition was changed; it counts at once.
    """

    recipe_changed = Signal()
    stop_changed = Signal()

    def __init__(self, actions: Actions, settings: Settings) -> None:
        super().__init__()
        self._actions, self._settings = actions, settings
        self.run_settings = RunSettings(settings)
        self.run_settings.changed.connect(self._show_recipe)
        self.setProperty("card", True)
        self.setAccessibleName("Training")
        self._train = ActionButton(actions["train"], "play", primary=True)
        self._train.setMinimumWidth(104)
        self._step = ActionButton(actions["step"], "step")
        self._reset = ActionButton(actions["reset"], "reset")
        self._preset = self._make_preset()
        self._all = self._make_all()
        self._seed = self._make_seed()
        self._stop_kind, self._stop_count = self._make_stop()
        self._figures = ElidedLabel(role="muted")
        self._figures.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._figures.setFont(font("number"))
        self._figures.setAccessibleName("Progress of the training")
        self._times = TextLabel("", "muted")
        self._times.setFont(font("number"))
        self._times.setAccessibleName("Time of the training")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName("Part of the training that is done")
        self._lay_out()
        self._show_stop()
        self._show_chosen()

    # ---- what is set -----------------------------------------------------------------------

    @property
    def preset(self) -> str:
        """Name of the chosen preset."""
        return self.run_settings.preset

    @property
    def seed(self) -> int:
        """The chosen seed."""
        return self.run_settings.seed

    @property
    def stop(self) -> StopAt | None:
        """The stop condition, None for training until it is paused."""
        kind = self._settings.stop_kind
        if kind == "minutes":
            return StopAt(seconds=60.0 * self._stop_count.value())
        if kind == "steps":
            return StopAt(steps=self._stop_count.value())
        return None

    # ---- what is shown ---------------------------------------------------------------------

    def show_state(self, state: RunState) -> None:
        """Let the train button say what a press would do now."""
        training = state is RunState.TRAINING
        resumes = state is RunState.PAUSED
        text = "Pause" if training else "Go on" if resumes else "&Train"
        self._actions.set_look("train", text, "pause" if training else "play")
        self._train.set_drawing("pause" if training else "play")

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show how far the run is."""
        self.show_state(snapshot.state)
        figures = [f"step {snapshot.step:,}"]
        if snapshot.state is RunState.TRAINING and snapshot.images_per_second > 0:
            figures.append(f"{snapshot.images_per_second:,.0f} images/s")
        times = [f"{duration(snapshot.elapsed)} trained"]
        if snapshot.state is RunState.FINISHED:
            times.append("finished")
        elif snapshot.remaining is not None and snapshot.step > 0:
            times.append(time_left(snapshot.remaining))
        self._figures.setText("  ·  ".join(figures))
        self._times.setText("  ·  ".join(times))
        self._times.show()
        self._bar.setValue(round(1000 * (snapshot.progress or 0.0)))

    def show_hint(self, text: str) -> None:
        """Show words where the figures of a run will be."""
        self._figures.setText(text)
        self._times.hide()
        self._bar.setValue(0)

    # ---- making it -------------------------------------------------------------------------

    def _make_preset(self) -> QComboBox:
        box = preset_box()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.currentIndexChanged.connect(
            lambda: self.run_settings.use_preset(str(box.currentData()))
        )
        return box

    def _make_all(self) -> QToolButton:
        """Make the button of the settings, which says how many of them were changed."""
        action = self._actions["settings"]
        button = IconButton("settings", "Settings", action.toolTip())
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFixedHeight(self._reset.sizeHint().height())  # the row is no taller for it
        button.clicked.connect(action.trigger)
        return button

    def _make_seed(self) -> QSpinBox:
        box = SpinBox(0, 2**31 - 1)
        box.setObjectName("seed")
        box.setFixedWidth(84)
        box.setAccessibleName("Seed")
        set_tooltip(box, "Random seed. The same seed gives the same initial weights.")
        box.valueChanged.connect(self._seed_chosen)
        return box

    def _make_stop(self) -> tuple[QComboBox, QSpinBox]:
        kind = QComboBox()
        kind.setAccessibleName("Stop condition")
        set_tooltip(kind, "When training stops automatically.")
        for name, text in STOPS.items():
            kind.addItem(text, name)
        kind.setCurrentIndex(kind.findData(self._settings.stop_kind))
        kind.currentIndexChanged.connect(self._stop_kind_chosen)
        count = SpinBox(1, 100_000_000)
        count.setGroupSeparatorShown(True)
        count.setFixedWidth(92)
        count.setKeyboardTracking(False)
        count.setAccessibleName("Stop after")
        set_tooltip(count, "Minutes of training, or steps, counted from the start of the run.")
        count.valueChanged.connect(self._stop_count_chosen)
        return kind, count

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SMALL)
        for button in (self._train, self._step, self._reset):
            row.addWidget(button)
        for text, boxes in (
            ("Preset", (self._preset, self._all)),
            ("Seed", (self._seed,)),
            ("Stop after", (self._stop_count, self._stop_kind)),
        ):
            row.addSpacing(SMALL)
            row.addWidget(TextLabel(text, "muted"))
            for box in boxes:
                row.addWidget(box)
        row.addWidget(self._figures, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, SMALL + 2, MEDIUM, SMALL + 2)
        column.setSpacing(SMALL + 2)
        column.addLayout(row)
        below = QHBoxLayout()
        below.setSpacing(MEDIUM)
        below.addWidget(self._bar, 1)
        below.addWidget(self._times)
        column.addLayout(below)

    # ---- what the hand does ----------------------------------------------------------------

    def _show_recipe(self) -> None:
        """Show what the next run begins with, and tell the window."""
        self._show_chosen()
        self.recipe_changed.emit()

    def _show_chosen(self) -> None:
        chosen = self.run_settings
        with QSignalBlocker(self._preset):
            self._preset.setCurrentIndex(self._preset.findData(chosen.preset))
        set_tooltip(self._preset, PRESETS[chosen.preset].description)
        if self._seed.value() != chosen.seed:
            with QSignalBlocker(self._seed):
                self._seed.setValue(chosen.seed)
        count = len(chosen.changes)
        self._all.setText(f"{count} changed" if count else "")
        self._all.setAccessibleName(f"Settings, {count} changed" if count else "Settings")

    def _seed_chosen(self, seed: int) -> None:
        self.run_settings.set("seed", seed)

    def _stop_kind_chosen(self) -> None:
        self._settings.stop_kind = str(self._stop_kind.currentData())
        self._show_stop()
        self.stop_changed.emit()

    def _stop_count_chosen(self, count: int) -> None:
        if self._settings.stop_kind == "minutes":
            self._settings.stop_minutes = min(count, 10_000)
        else:
            self._settings.stop_steps = count
        self.stop_changed.emit()

    def _show_stop(self) -> None:
        kind = self._settings.stop_kind
        self._stop_count.setVisible(kind != "never")
        minutes = kind == "minutes"
        count = self._settings.stop_minutes if minutes else self._settings.stop_steps
        with QSignalBlocker(self._stop_count):
            self._stop_count.setMaximum(10_000 if minutes else 100_000_000)
            self._stop_count.setSingleStep(1 if minutes else 1000)
            self._stop_count.setValue(count)
