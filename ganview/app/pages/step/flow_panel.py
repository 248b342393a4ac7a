"""Steps at the press of a button, and the flow of the last one, beat by beat."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from ganview.app.pages.page import PageContext
from ganview.app.pages.step.beat_bar import BeatBar
from ganview.app.pages.step.beat_player import BeatPlayer
from ganview.app.pages.step.beats import BEATS
from ganview.app.pages.step.flow_view import FlowView
from ganview.app.theme import HAIR
from ganview.app.widgets.buttons import IconButton, push_button
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.flow_layout import FlowRow
from ganview.app.widgets.layouts import column_layout, row_layout
from ganview.app.widgets.number_box import SpinBox
from ganview.app.widgets.text import ElidedLabel, TextLabel, set_tooltip
from ganview.app.widgets.tile_strip import TileStrip
from ganview.gan.players import Players
from ganview.gan.step_trace import StepTrace, to_pixels
from ganview.runtime.channels import Step
from ganview.runtime.messages import RunState

SPEEDS = {"¼×": 0.25, "½×": 0.5, "1×": 1.0, "2×": 2.0, "4×": 4.0, "at once": 0.0}
MOST_STEPS = 1000
BEFORE = "Press Step D, Step G or Step both: one step of training is shown here, beat by beat."
TIPS = {
    "step_d": "Update D alone: G stays as it is.  (F7)",
    "step_g": "Update G alone: D stays as it is.  (F8)",
    "step": "Update both, with both gradients taken at the same weights.  (Ctrl+.)",
}
REST = "For that, pause the run, and go to its newest moment."


class FlowPanel(QWidget):
    """What the page Step shows first."""

    asked = Signal(str)  # the name of a part of the flow that was chosen: see `flow_parts.PARTS`
    pin_changed = Signal(bool)  # whether the explorer's point is to be followed, or the batch alone
    # The step from a moment that kept all is to be shown, in place of the gradients alone.
    whole_asked = Signal(int)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self.player = BeatPlayer(self)
        self.bar, self.view = BeatBar(), FlowView()
        self.rows = TileStrip(maximum=2)
        self._said = TextLabel(BEFORE, wrap=True)
        self._step_text = ElidedLabel("", "muted", size="small")
        self._step_text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.row = 0  # the row of the batch on show
        self._shown: StepTrace | None = None
        self._pointed = ""
        self.back = IconButton("earlier", "Beat back", "Go a beat back, also into the step before.")
        self.play = IconButton("play", "Play the beats", "Play the beats of this step.")
        self.forward = IconButton("step", "Next beat", "Go to the next beat.")
        self.speed = ComboBox("Speed of the beats", "How fast the beats follow each other.")
        self.count = SpinBox(
            1,
            MOST_STEPS,
            name="How many steps",
            tip="How many steps a press does; the last one is shown.",
        )
        self.pin = push_button(
            "Explorer's z",
            "Follow the explorer's noise and class through each step, beside the batch that is "
            "learned from.",
        )
        self.whole = push_button(
            tip="Go to the nearest moment that kept its optimiser: the update is shown there."
        )
        self._whole_step: int | None = None
        self.steps = {
            "step_d": QPushButton("Step D"),
            "step_g": QPushButton("Step G"),
            "step": QPushButton("Step both"),
        }
        self._lay_out()
        self._wire()
        self._show()

    def _lay_out(self) -> None:
        self.speed.addItems(list(SPEEDS))
        self.speed.setCurrentText("1×")
        self.offer(resting=True)
        self.pin.setCheckable(True)
        self.rows.setAccessibleName("Pictures of the batch")
        self.rows.setFixedHeight(32)
        self.rows.setMinimumWidth(120)
        self._said.setMinimumHeight(2 * self._said.fontMetrics().lineSpacing() + 2)
        controls, times, counted = FlowRow(HAIR), TextLabel("×"), QWidget()
        times.setBuddy(self.count)
        row_layout(times, self.count, gap=HAIR, inside=counted)
        beats = (self.back, self.play, self.forward, self.speed)
        for widget in (*beats, *self.steps.values(), counted, self.pin):
            controls.lines.addWidget(widget)
        batch = row_layout((self.rows, 1), (self._step_text, 1), self.whole)
        self.whole.hide()
        column_layout(
            controls, self.bar, self._said, (self.view, 1), batch, gap=HAIR + 2, inside=self
        )

    def _wire(self) -> None:
        player = self.player
        self.back.clicked.connect(lambda: player.turn(-1))
        self.forward.clicked.connect(lambda: player.turn(1))
        self.play.clicked.connect(lambda: player.pause() if player.playing else player.play())
        self.bar.chosen.connect(player.go_to)
        self.speed.currentTextChanged.connect(self._set_speed)
        self.pin.toggled.connect(self.pin_changed)
        self.whole.clicked.connect(lambda: self.whole_asked.emit(self._whole_step))
        self.rows.tile_activated.connect(self._choose_row)
        self.rows.current_changed.connect(self._choose_row)
        self.view.pointed.connect(self._point_at)
        self.view.chosen.connect(self.asked)
        player.changed.connect(self._show)
        player.played.connect(self._show_playing)
        for name, button in self.steps.items():
            button.clicked.connect(lambda _=False, name=name: self._step(name))

    @property
    def trace(self) -> StepTrace | None:
        """The trace on show."""
        return self.player.trace

    @property
    def sentence(self) -> str:
        """What is told of the beat, or of the part that is pointed at."""
        return self._said.text()

    def take(self, trace: StepTrace) -> None:
        """Show a new trace: play it if the run rests, else only follow."""
        rests = self._context.training.state is not RunState.TRAINING
        self.player.add(trace, play=rests)

    def _set_speed(self, text: str) -> None:
        self.player.speed = SPEEDS[text]

    def _step(self, name: str) -> None:
        """Do steps; the first one of a run is the window's own command, which makes its folder."""
        training, count = self._context.training, self.count.value()
        last = training.last
        is_first = self.player.trace is None and (last is None or last.step == 0)
        if count == 1 or is_first:
            self._context.trigger(name)
        else:
            players = {"step_d": Players.D, "step_g": Players.G, "step": Players.BOTH}[name]
            self._context.send(Step(players, count))

    def offer(self, *, resting: bool) -> None:
        """Let steps be asked for while nothing is trained."""
        for name, button in self.steps.items():
            button.setEnabled(resting)
            set_tooltip(button, TIPS[name] if resting else f"{TIPS[name]}\n{REST}")

    def offer_whole(self, step: int | None) -> None:
        """Let a moment be gone to of which the whole step can be shown, or none."""
        self._whole_step = step
        self.whole.setVisible(step is not None)
        if step is not None:
            self.whole.setText(f"Whole step at {step:,}")

    def _choose_row(self, row: int) -> None:
        self.row = row
        self._show()

    def _point_at(self, name: str) -> None:
        self._pointed = name
        self._tell()

    # ---- what is shown -------------------------------------------------------------------------

    def _show(self) -> None:
        trace = self.player.trace
        self.row = min(self.row, trace.rows - 1) if trace is not None else 0
        self.view.show_trace(trace, self.row)
        if self.player.beat != self.view.beat:
            self._pointed = ""  # what happens is told again
        self.view.show_beat(self.player.beat, self.player.pulse)
        self.bar.show_beat(self.player.beat)
        self.bar.setEnabled(trace is not None)
        if trace is not self._shown:
            self._shown = trace
            self._show_batch(trace)
        self.rows.set_selected(self.row)
        self._tell()

    def _show_batch(self, trace: StepTrace | None) -> None:
        if trace is None:
            self.rows.set_images(None)
            self._step_text.setText("")
            return
        self.rows.set_images(to_pixels(trace.x_hat))
        self.rows.set_tile_text(lambda row: _row_text(trace, row))
        if not trace.is_applied:
            step = f"step {trace.step:,}"
            self._step_text.setText(f"moment of {step}, before the update", step)
            return
        who = {Players.D: "D alone", Players.G: "G alone", Players.BOTH: "D and G"}
        self._step_text.setText(f"step {trace.step:,}, {who[trace.players]}")

    def _show_playing(self) -> None:
        playing = self.player.playing
        self.play.set_drawing("pause" if playing else "play")
        self.play.setAccessibleName("Pause the beats" if playing else "Play the beats")

    def say(self, sentence: str) -> None:
        """Say what went wrong in the place of what happens."""
        self._said.setText(sentence)

    def _tell(self) -> None:
        trace = self.player.trace
        if self._pointed:
            text = self.view.describe(self._pointed)
        elif trace is None:
            text = BEFORE
        else:
            text = BEATS[self.player.beat].tell(trace, self.row)
        if text != self._said.text():
            self._said.setText(text)


def _row_text(trace: StepTrace, row: int) -> str:
    if trace.is_pinned and row == 0:
        return "The explorer's noise: G does not learn from it"
    name = trace.class_name(row)
    size = float(np.linalg.norm(trace.dcost_g_dx_hat[row]))
    told = f", gradient {size:.3g}" if size else ""
    return f"Picture {row + 1} of the batch{f', {name}' if name else ''}{told}"
