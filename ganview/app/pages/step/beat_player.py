"""Which trace is on show, and at which beat: it plays, pauses and goes back.

Where nothing is to move, beats follow each other all the same, without a pulse.
"""

from __future__ import annotations

import math
import time
from collections import deque

from PySide6.QtCore import QObject, QTimer, Signal

from ganview.app.motion import Motion
from ganview.app.pages.step.beats import LAST
from ganview.gan.step_trace import StepTrace

KEPT = 16  # traces that one can go back to
FRAME_MS = 33
SECONDS_A_BEAT = 2.4  # at speed 1


class BeatPlayer(QObject):
    """The last traces, and a place in them."""

    changed = Signal()  # another trace or beat is on show, or the pulse is at another point
    played = Signal()  # it began or ended to play

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.speed = 1.0  # beats go this much faster; 0 shows the whole step at once
        self.beat, self.pulse = LAST, 1.0
        self._traces: deque[StepTrace] = deque(maxlen=KEPT)
        self._index = -1
        self._held: StepTrace | None = None
        self._began = 0.0  # when this beat came into view
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def trace(self) -> StepTrace | None:
        """The trace on show."""
        if self._held is not None:
            return self._held
        return self._traces[self._index] if self._traces else None

    @property
    def playing(self) -> bool:
        """Whether beats go on by themselves."""
        return self._timer.isActive()

    @property
    def at_newest(self) -> bool:
        """Whether the newest trace is on show, to its end."""
        return not self.playing and self.beat == LAST and self._index == len(self._traces) - 1

    def add(self, trace: StepTrace, *, play: bool) -> None:
        """Take a new trace: play it, or show it whole if nobody looks at an older one."""
        follows = self.at_newest or not self._traces
        dropped = len(self._traces) == KEPT
        self._traces.append(trace)
        if self._held is not None:
            self._index = len(self._traces) - 1
        elif play or follows:
            self._index = len(self._traces) - 1
            if play and self.speed:
                self._go(0)
                self.play()
                return
            self._go(LAST)
        elif dropped:
            self._index = max(0, self._index - 1)

    def hold(self, trace: StepTrace | None) -> None:
        """Show a trace of the past in place of those that came; None lets go of it."""
        if trace is not self._held:
            self._held = trace
            self.changed.emit()

    def clear(self) -> None:
        """Forget all traces: another run is in focus."""
        self.pause()
        self._held = None
        self._traces.clear()
        self._index = -1
        self._go(LAST)

    def play(self) -> None:
        """Go on by itself, from the beginning if the end is on show."""
        if self.trace is None:
            return
        if self.beat == LAST:
            self._go(0)
        self._began = time.monotonic()
        self._timer.start()
        self.played.emit()

    def pause(self) -> None:
        """Stay at this beat."""
        if self.playing:
            self._timer.stop()
            self.pulse = 1.0
            self.played.emit()
            self.changed.emit()

    def go_to(self, beat: int) -> None:
        """Show a beat of this step, and stay there."""
        self.pause()
        self._go(beat)

    def turn(self, by: int) -> None:
        """Go a beat forward or back, over the ends into the step after or before."""
        self.pause()
        beat, index = self.beat + by, self._index
        if self._held is not None:
            self._go(min(max(beat, 0), LAST))
            return
        if beat > LAST and index < len(self._traces) - 1:
            beat, index = 0, index + 1
        elif beat < 0 and index > 0:
            beat, index = LAST, index - 1
        self._index = index
        self._go(min(max(beat, 0), LAST))

    def _go(self, beat: int) -> None:
        self.beat, self.pulse = beat, 1.0
        self._began = time.monotonic()
        self.changed.emit()

    def _tick(self) -> None:
        length = SECONDS_A_BEAT / (self.speed or 1.0)
        passed = time.monotonic() - self._began
        if passed >= length:
            self._go(self.beat + 1)
            if self.beat == LAST:
                self.pause()
            return
        if Motion.current().on:
            self.pulse = 0.5 + 0.5 * math.cos(2 * math.pi * passed)
            self.changed.emit()
