"""The time line below the panels: which moment of the run in focus is shown, and ways to others."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from math import isfinite
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout

from ganview.app.controllers.actions import Actions
from ganview.app.controllers.app_model import AppModel
from ganview.app.formatting import duration
from ganview.app.theme import HAIR, SMALL
from ganview.app.widgets.buttons import IconButton
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.layouts import column_layout
from ganview.app.widgets.text import ElidedLabel, name_text
from ganview.app.widgets.time_track import Tick, TimeTrack

if TYPE_CHECKING:
    from ganview.files.moment_info import MomentInfo

#: Commands with a button, three before the track.
BUTTONS = ("earlier", "play_moments", "later", "live_edge", "keep_moment", "branch")
SPEEDS = (2, 5, 10, 20, 50)  # moments a second
PLAY_TIP = "Show the moments of the run one after another: Space on the time line."
NO_MOMENTS = "Train, or open a run: the moments that it keeps are lined up here."
#: The sign of each mark, its hue, and what it says.
MARKS = {
    "first digits": ("triangle", "real", "first recognisable samples"),
    "best": ("star", "generator", "best quality"),
    "collapse": ("fall", "error", "collapse"),
    "divergence": ("diamond", "error", "diverged"),
}
NAMED = ("square", "discriminator")


class Timeline(QFrame):
    """Buttons, the track of moments, and a line that says where the cursor is."""

    def __init__(self, app_model: AppModel, actions: Actions) -> None:
        super().__init__()
        self._app_model, self._actions = app_model, actions
        self._moments: tuple[MomentInfo, ...] = ()
        self.setProperty("card", True)
        self.setAccessibleName("Time line")
        self.track = TimeTrack()
        self.track.setAccessibleName("Moment of the run")
        self._caption = ElidedLabel(NO_MOMENTS, "muted", size="small")
        self._speed = ComboBox(
            "Speed, in moments a second",
            "How many moments are played in a second: + and − on the time line.",
            {speed: f"{speed} / s" for speed in SPEEDS},
        )
        self._speed.setCurrentIndex(SPEEDS.index(10))
        self._buttons = {name: self._button(name) for name in BUTTONS}
        self._playing = QTimer(self)
        self._playing.timeout.connect(self._play_on)
        self._lay_out()
        self.handlers: dict[str, Callable[[], object]] = {
            "earlier": lambda: self._go_to(self.track.value() - 1),
            "later": lambda: self._go_to(self.track.value() + 1),
            "first_moment": lambda: self._go_to(0),
            "live_edge": lambda: self._go_to(len(self._moments)),
            "play_moments": self.toggle_play,
        }
        self.track.moved.connect(self._move)
        self.track.play_asked.connect(actions["play_moments"].trigger)
        self.track.speed_asked.connect(self._change_speed)
        self._speed.currentIndexChanged.connect(self._set_speed)
        app_model.run_changed.connect(self.refresh)
        app_model.run_grew.connect(self.refresh)
        app_model.cursor_changed.connect(self.refresh)
        app_model.samples_changed.connect(self._say)
        self.refresh()

    @property
    def text(self) -> str:
        """What is said of the moment at the cursor."""
        return self._caption.text()

    @property
    def playing(self) -> bool:
        """Whether moments are being played."""
        return self._playing.isActive()

    @property
    def speed(self) -> int:
        """How many moments are played in a second."""
        return int(self._speed.currentData())

    def _button(self, name: str) -> IconButton:
        action = self._actions[name]
        button = IconButton(
            self._actions.icon_name(name), action.text().replace("&", ""), action.toolTip()
        )
        button.setProperty("flat", True)
        if name == "branch":
            button.setText("Go on from here")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(action.trigger)
        action.changed.connect(lambda: button.setEnabled(action.isEnabled()))
        button.setEnabled(action.isEnabled())
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(SMALL, HAIR, SMALL, HAIR)
        row.setSpacing(HAIR)
        for name in BUTTONS[:3]:
            row.addWidget(self._buttons[name])
        row.addWidget(self._speed)
        middle = column_layout(self.track, self._caption, gap=0)
        row.addLayout(middle, 1)
        for name in BUTTONS[3:]:
            row.addWidget(self._buttons[name])

    # ---- what is shown -----------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the moments that the run in focus has now, and where the cursor is among them."""
        app_model = self._app_model
        moments = app_model.run.moments() if app_model.run is not None else ()
        at = len(moments)
        if app_model.cursor is not None:
            at = max(0, bisect_right(moments, app_model.cursor, key=lambda info: info.step) - 1)
        if moments != self._moments:
            self._moments = moments
            self.track.show_ticks([_tick_of(info) for info in moments], at, "The newest step")
        elif at != self.track.value():
            self.track.show_at(at)
        self.track.setEnabled(bool(moments))
        self._speed.setEnabled(bool(moments))
        self._say()

    def _say(self) -> None:
        app_model = self._app_model
        run, moments = app_model.run, self._moments
        if run is None or not moments:
            self._caption.setText(NO_MOMENTS)
            return
        last = run.history.last()
        newest = max(int(last["step"]) if last is not None else 0, moments[-1].step)
        at = self.track.value()
        if at < len(moments):
            info = moments[at]
            shown = app_model.samples_step
            parts = [f"step {info.step:,} of {newest:,}", *_facts_of(info)]
            if shown is not None and shown != info.step:
                parts.append(f"samples of step {shown:,}")
        else:
            parts = [f"newest: step {newest:,}"]
            if last is not None and isfinite(last["seconds"]):
                parts.append(duration(last["seconds"]))
            parts += ["live"] * (run is app_model.trained)
        self._caption.setText("  ·  ".join(parts))

    # ---- what the user does ------------------------------------------------------------------

    def _move(self, index: int) -> None:
        self._playing.stop()
        self._show_playing()
        self._show_moment(index)

    def _show_moment(self, index: int) -> None:
        moments = self._moments
        self._app_model.set_cursor(moments[index].step if index < len(moments) else None)

    def _go_to(self, index: int) -> None:
        self._move(min(max(index, 0), len(self._moments)))

    # ---- playing -----------------------------------------------------------------------------

    def toggle_play(self) -> None:
        """Play from the cursor on, from the beginning where that is at the live edge; or pause."""
        if self._playing.isActive():
            self._playing.stop()
        elif self._moments:
            if self.track.value() >= len(self._moments):
                self._show_moment(0)
            self._set_speed()
            self._playing.start()
        self._show_playing()

    def _set_speed(self) -> None:
        self._playing.setInterval(round(1000 / self.speed))

    def _change_speed(self, steps: int) -> None:
        index = self._speed.currentIndex() + steps
        self._speed.setCurrentIndex(min(max(index, 0), self._speed.count() - 1))

    def _play_on(self) -> None:
        following = self.track.value() + 1
        self._show_moment(following)
        if following >= len(self._moments):
            self._playing.stop()
            self._show_playing()

    def _show_playing(self) -> None:
        drawing = "pause" if self._playing.isActive() else "play"
        self._buttons["play_moments"].set_drawing(drawing)
        tip = "Stay at this moment." if self.playing else PLAY_TIP
        self._actions.set_look("play_moments", "&Pause" if self.playing else "&Play", drawing, tip)


def _tick_of(info: MomentInfo) -> Tick:
    signs = [MARKS[mark.kind][:2] for mark in info.marks]
    sign, hue = signs[0] if signs else NAMED if info.name else ("", "text")
    text = "  ·  ".join([f"step {info.step:,}", *_facts_of(info)])
    return Tick(text, info.has_model + info.has_state, sign, hue)


def _facts_of(info: MomentInfo) -> list[str]:
    facts = [duration(info.seconds)] if info.seconds else []
    if info.name:
        facts.append(f"“{name_text(info.name)}”")
    facts += [mark.note or MARKS[mark.kind][2] for mark in info.marks]
    if info.has_state:
        facts.append("a branch from here is exact")
    elif not info.has_model:
        facts.append("samples only")
    return facts
