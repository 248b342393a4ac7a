"""The head of the window: which run is on show and how far it is, and what the next begins with."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QSpinBox,
    QToolButton,
    QWidget,
)

from ganview.app.controllers.actions import Actions
from ganview.app.controllers.run_settings import RunSettings
from ganview.app.controllers.settings import Settings
from ganview.app.formatting import duration, time_left
from ganview.app.theme import MEDIUM, SMALL
from ganview.app.widgets.buttons import ActionButton, IconButton
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.gestures import reach_before
from ganview.app.widgets.layouts import column_layout, fill_layout, row_layout
from ganview.app.widgets.number_box import SpinBox
from ganview.app.widgets.setting_row import preset_box
from ganview.app.widgets.text import TextLabel, set_tooltip
from ganview.app.window.training_state import TrainingState
from ganview.gan.config import TrainConfig
from ganview.gan.presets import PRESETS
from ganview.runtime.messages import RunState, Snapshot, StopAt

NARROW = 1000  # logical pixels, below which buttons are drawings alone
STOPS = {"never": "never", "minutes": "minutes", "steps": "steps"}


class TrainingBar(QFrame):
    """The run on show, buttons of the window's actions, and the settings of the next run."""

    recipe_changed = Signal()  # preset, seed or another setting of the next run was changed
    stop_changed = Signal()  # the stop condition was changed; it counts at once

    def __init__(self, actions: Actions, settings: Settings, subject: QWidget) -> None:
        super().__init__()
        self._actions, self._settings = actions, settings
        self._narrow = False
        self._running: TrainConfig | None = None
        self.run_settings = RunSettings(settings)  # what the next run begins with
        self.run_settings.changed.connect(self._show_recipe)
        self.setProperty("card", True)
        self.setAccessibleName("Training")
        # The button that trains and pauses.
        self.train_button = ActionButton(actions["train"], "play", primary=True)
        self.train_button.setMinimumWidth(104)
        self._step = ActionButton(actions["step"], "step")
        self._new = ActionButton(actions["new_run"], "reset")
        self._next = TextLabel("", "muted")
        self._choices = QHBoxLayout()
        self._preset = self._make_preset()
        self._all = self._make_all()
        self._stop_kind, self._stop_count = self._make_stop()
        self._figures = TextLabel("", "muted", size="number")
        self._figures.setAccessibleName("Progress of the training")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName("Part of the training that is done")
        self._lay_out(subject)
        self.restore_stop()
        self._show_chosen()

    # ---- what is set -----------------------------------------------------------------------

    @property
    def config(self) -> TrainConfig:
        """The settings that the next run begins with."""
        return self.run_settings.config

    @property
    def stop(self) -> StopAt | None:
        """The stop condition, None for training until it is paused."""
        kind, count = self._settings.stop_kind, self._stop_count.value()
        if kind == "never":
            return None
        return StopAt(steps=count) if kind == "steps" else StopAt(seconds=60.0 * count)

    def extend_stop(self, snapshot: Snapshot) -> None:
        """Move the stop condition as far beyond a snapshot as it is beyond the start of a run."""
        done = round(snapshot.elapsed / 60)
        if self._settings.stop_kind == "steps":
            done = snapshot.step
        with QSignalBlocker(self._stop_count):
            self._stop_count.setValue(done + self._amount)

    def restore_stop(self) -> None:
        """Show the stop condition of a run that begins."""
        kind = self._settings.stop_kind
        self._stop_count.setVisible(kind != "never")
        minutes = kind == "minutes"
        with QSignalBlocker(self._stop_count):
            self._stop_count.setMaximum(100_000 if minutes else 200_000_000)
            self._stop_count.setSingleStep(1 if minutes else 1000)
            self._stop_count.setValue(self._amount)

    @property
    def _amount(self) -> int:
        """Steps or minutes of training of a run that begins."""
        minutes = self._settings.stop_kind == "minutes"
        return self._settings.stop_minutes if minutes else self._settings.stop_steps

    def add_choice(self, widget: QWidget) -> None:
        """Add something that the next run begins with."""
        self._choices.addWidget(widget)
        reach_before(self._preset, widget)

    # ---- what is shown ---------------------------------------------------------------------

    def show_running(self, config: TrainConfig | None) -> None:
        """Say whether the next run would differ from one with these settings."""
        if config != self._running:
            self._running = config
            self._show_chosen()

    @property
    def further(self) -> str:
        """How much further a run goes that has reached its limit; empty without a limit."""
        kind = self._settings.stop_kind
        return "" if kind == "never" else f"+{self._amount:,} {STOPS[kind].replace('utes', '')}"

    def show_state(self, state: TrainingState) -> None:
        """Let the train button say what a press would do now."""
        self._actions.set_look("train", state.text, state.drawing, state.tip)
        self.train_button.set_drawing(state.drawing)

    def show_snapshot(self, snapshot: Snapshot, name: str = "") -> None:
        """Show how far the run that trains here is; ``name`` it where another is on show."""
        figures = [f"{name} trains here"] if name else []
        figures.append(f"step {snapshot.step:,}")
        if snapshot.state is RunState.TRAINING and snapshot.images_per_second > 0:
            figures.append(f"{snapshot.images_per_second:,.0f} images/s")
        figures.append(f"{duration(snapshot.elapsed)} trained")
        if snapshot.state is RunState.FINISHED:
            figures.append("finished")
        elif snapshot.remaining is not None and snapshot.step > 0:
            figures.append(time_left(snapshot.remaining))
        self._figures.setText("  ·  ".join(figures))
        self._bar.setValue(round(1000 * (snapshot.progress or 0.0)))

    def show_hint(self, text: str) -> None:
        """Show words where the figures of a run will be."""
        self._figures.setText(text)
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
        button.setFixedHeight(self._new.sizeHint().height())  # the row is no taller for it
        button.clicked.connect(action.trigger)
        return button

    def _make_stop(self) -> tuple[QComboBox, QSpinBox]:
        kind = ComboBox("Stop condition", "When training stops automatically.", STOPS)
        kind.setCurrentIndex(kind.findData(self._settings.stop_kind))
        kind.currentIndexChanged.connect(self._stop_kind_chosen)
        count = SpinBox(
            1,
            200_000_000,
            name="Stop after",
            tip="Minutes of training, or steps, counted from the start of the run.",
        )
        count.setGroupSeparatorShown(True)
        count.setFixedWidth(92)
        count.setKeyboardTracking(False)
        count.valueChanged.connect(self._stop_count_chosen)
        return kind, count

    def _lay_out(self, subject: QWidget) -> None:
        row = row_layout((subject, 1))
        row.addSpacing(SMALL)
        fill_layout(row, self._next, self._choices)
        for widget in (self._preset, self._all, self._new):
            row.addWidget(widget)
        row.addSpacing(SMALL)
        fill_layout(row, self.train_button, self._step)
        below = row_layout((self._bar, 1))
        below.addSpacing(SMALL)
        below.addWidget(self._figures)
        below.addSpacing(SMALL)
        fill_layout(below, TextLabel("Stop after", "muted"), self._stop_count, self._stop_kind)
        column_layout(row, below, margins=(MEDIUM, SMALL + 2, MEDIUM, SMALL + 2), inside=self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._narrow = self.width() < NARROW
        for button in (self._new, self._step):
            button.set_compact(self._narrow)
        self._show_chosen()

    # ---- what the user does ----------------------------------------------------------------

    def _show_recipe(self) -> None:
        """Show what the next run begins with, and tell the window."""
        self._show_chosen()
        self.recipe_changed.emit()

    def _show_chosen(self) -> None:
        chosen = self.run_settings
        with QSignalBlocker(self._preset):
            self._preset.setCurrentIndex(self._preset.findData(chosen.preset))
        set_tooltip(self._preset, PRESETS[chosen.preset].description)
        count = len(chosen.changes)
        self._all.setText(f"{count} changed" if count else "")
        self._all.setAccessibleName(f"Settings, {count} changed" if count else "Settings")
        differs = self._running is not None and self._running != chosen.config
        word = "Next" if self._narrow else "Next run"
        self._next.setText(f"{word}, not this one:" if differs else f"{word}:")

    def _stop_kind_chosen(self) -> None:
        self._settings.stop_kind = str(self._stop_kind.currentData())
        self.restore_stop()
        self.stop_changed.emit()

    def _stop_count_chosen(self, count: int) -> None:
        if self._settings.stop_kind == "minutes":
            self._settings.stop_minutes = min(count, 10_000)
        else:
            self._settings.stop_steps = min(count, 100_000_000)
        self.stop_changed.emit()
