"""The failure lab of the window: two runs that train in step, apart from the run in focus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ganview.runtime.messages import RunState, SampleGrid, Snapshot

if TYPE_CHECKING:
    from ganview.app.controllers.bridge import Bridge
    from ganview.runtime.failure_lab import FailureLab

POLL_MS = 100


class LabController(QObject):
    """At most one lab, and those before it that are still being saved."""

    began = Signal(object)  # a lab begins; the argument is it
    changed = Signal()  # a run of it has a new snapshot
    failed = Signal(str, str)  # (sentence, details) of what went wrong

    def __init__(self, bridge: Bridge, runs: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._runs = bridge, runs
        self._left: list[FailureLab] = []
        self._preparing = False
        self.lab: FailureLab | None = None  # the `FailureLab` that is open, or was last
        self.last: list[Snapshot | None] = [None, None]  # the newest snapshot of each of its runs
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def alive(self) -> bool:
        """Whether a thread of a lab still runs."""
        self._left = [lab for lab in self._left if lab.alive]
        return bool(self._left) or (self.lab is not None and self.lab.alive)

    @property
    def trains(self) -> bool:
        """Whether a run of it trains."""
        return any(one is not None and one.state is RunState.TRAINING for one in self.last)

    @property
    def finished(self) -> bool:
        """Whether both runs have done what they were to do, or can't go on."""
        ends = (RunState.FINISHED, RunState.FAILED)
        return all(one is not None and one.state in ends for one in self.last)

    def begin(self, name: str) -> None:
        """Train the two runs of a pair, in place of those before."""
        if self._preparing:
            return
        self.stop()
        self._preparing = True
        runs = self._runs

        def work(should_stop: Callable[[], bool]) -> FailureLab:
            from ganview.runtime.failure_lab import FailureLab
            from ganview.runtime.failure_pairs import PAIRS

            lab = FailureLab(PAIRS[name], runs)
            if should_stop():
                lab.stop()
                lab.join()  # nobody waits for it any more
            return lab

        def fail(sentence: str, details: str) -> None:
            self._preparing = False
            self.failed.emit(sentence, details)

        self._bridge.run_job(work, "preparing the failure lab", self._start, fail)

    def _start(self, lab: FailureLab) -> None:
        self._preparing = False
        self.lab, self.last = lab, [None, None]
        for sentence in lab.unsaved:
            self.failed.emit(sentence, "")
        self.began.emit(lab)
        lab.resume()
        self._timer.start()

    def toggle(self) -> None:
        """Pause both, or let both go on."""
        if self.lab is not None:
            if self.trains:
                self.lab.pause()
            else:
                self.lab.resume()

    def stop(self) -> None:
        """Save and end both; what they were stays on show."""
        self._timer.stop()
        if self.lab is not None and self.lab.alive:
            self.lab.stop()
            self._left.append(self.lab)

    def samples(self, number: int) -> SampleGrid | None:
        """Return the newest samples of one of the two."""
        last = self.last[number]
        return last.samples if last is not None else None

    def _poll(self) -> None:
        if self.lab is None:
            return
        new = [one.run.snapshots.take() for one in self.lab.runs]
        self.last = [now or before for now, before in zip(new, self.last, strict=True)]
        if any(new):
            self.changed.emit()

    def outcome(self) -> str:
        """Say in plain words what has come of the two so far."""
        from ganview.runtime.failure_lab import tell_outcome

        return "" if self.lab is None else tell_outcome(self.lab, (self.last[0], self.last[1]))
