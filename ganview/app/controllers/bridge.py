"""Between the threads and the window: one timer that empties mailboxes and emits Qt signals.

No worker thread owns a QObject or emits a signal; its results wait in a mailbox until the GUI
thread polls it. For pictures, which the user waits for, the renderer wakes the GUI thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partialmethod
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ganview.app.controllers.thread_wakeup import ThreadWakeup
from ganview.runtime.error_text import describe_error
from ganview.runtime.jobs import Job, JobPool
from ganview.runtime.memory import give_back_memory
from ganview.runtime.renderer import LANES, Renderer

if TYPE_CHECKING:
    from ganview.runtime.local_run import LocalRun

POLL_MS = 33
#: Seconds without a new place after which the user counts as at rest.
AT_REST = 0.5
#: Seconds between two times that what jobs freed is given back, while the user is at rest.
BETWEEN_TIDYING = 10.0
#: The same while a run trains or the user never rests. Gaps between what is in use grow by some MB
#: in ten minutes else.
LATEST_TIDYING = 60.0


@dataclass(eq=False)
class _Running:
    """A job, and what is called when it has news."""

    job: Job
    done: Callable[[Any], None] | None
    failed: Callable[[str, str], object] | None
    progressed: Callable[[float, str], None] | None


class Bridge(QObject):
    """Polls runs, a renderer and jobs."""

    snapshot = Signal(object)  # a `Snapshot` of the run that was attached last
    traced = Signal(object)  # a `StepTrace` of that run
    rendered = Signal(object)  # a `RenderedImages` of any lane
    # The thread of a run has ended: the `LocalRun`, and its last `Snapshot` if it is news.
    run_ended = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: list[LocalRun] = []
        self._newest: LocalRun | None = None
        self._pool = JobPool()
        self._short_jobs = JobPool("ganview-reader", gives_way=False)
        self._renderer: Renderer | None = None
        self._jobs: list[_Running] = []
        self._patient: list[Callable[[], object]] = []
        self._bell: ThreadWakeup | None = None
        self._tidying: Job | None = None
        self._untidy = False
        self._tidied_at = time.monotonic()
        self._asked_at = -AT_REST
        self._place: Any = None
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer, interval=POLL_MS)
        self._timer.timeout.connect(self.poll)

    def start(self) -> None:
        """Start polling."""
        self._bell = ThreadWakeup(self)
        self._bell.rang.connect(self._poll_answers)
        self._timer.start()

    def stop(self) -> None:
        """Stop polling; the renderer must have ended."""
        self._timer.stop()
        self._pool.close()
        self._short_jobs.close()
        if self._bell is not None:
            self._bell.close()
            self._bell = None

    @property
    def ring(self) -> Callable[[], None] | None:
        """What a renderer calls in its own thread when a picture is there; None before `start`."""
        return None if self._bell is None else self._bell.ring

    def attach_run(self, run: LocalRun) -> None:
        """Listen to a run; of those before it, only to when they end."""
        self._runs.append(run)
        self._newest = run

    def attach_renderer(self, renderer: Renderer | None) -> None:
        """Listen to a renderer, or to none."""
        self._renderer = renderer

    def request(self, lane: str, z: Any, y: Any, *, want_belief: bool = False) -> int:
        """Ask the renderer for pictures; the answer comes as `rendered`. Returns its stamp.

        Without a renderer nothing is asked, and the stamp is 0.
        """
        if self._renderer is None:
            return 0
        stamp = self._renderer.request(lane, z, y, want_belief=want_belief)
        # A generator that learns on has the same place drawn again: the user moved nothing then.
        if lane == LANES[0] and not np.array_equal(z, self._place):
            self._place, self._asked_at = np.array(z), time.monotonic()
        return stamp

    def run_job(
        self,
        work: Callable[..., Any],
        name: str,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[str, str], object] | None = None,
        progressed: Callable[[float, str], None] | None = None,
        *,
        short: bool = False,
    ) -> Job:
        """Run ``work`` in a thread of a pool, and call back on the GUI thread.

        Parameters
        ----------
        work
            What to do, as `ganview.runtime.jobs.Job` takes it.
        name
            What it is, as in "opening model.safetensors": part of the sentence of an error.
        done
            Called with the result.
        failed
            Called with a sentence and its details.
        progressed
            Called with a fraction, 0 to 1, and a few words.
        """
        job = (self._short_jobs if short else self._pool).start(work, name)
        self._jobs.append(_Running(job, done, failed, progressed))
        if short and self._bell is not None:
            bell = self._bell
            job.future.add_done_callback(lambda _future: bell.ring())
        return job

    #: The same for short work that the user waits for: it is behind no long work.
    run_short_job = partialmethod(run_job, short=True)

    @property
    def at_rest(self) -> bool:
        """Whether the place of the picture has stood still: the user drags no slider."""
        return time.monotonic() - self._asked_at >= AT_REST

    def when_at_rest(self, call: Callable[[], object]) -> None:
        """Call something once the user is at rest: for work that nobody waits for yet."""
        self._patient.append(call)

    @property
    def busy(self) -> bool:
        """Whether a job is still running or has not been heard."""
        return bool(self._jobs)

    def cancel_jobs(self) -> None:
        """Ask all jobs to end, and call nobody back."""
        self._patient.clear()
        for running in self._jobs:
            running.done = running.failed = running.progressed = None
            running.job.cancel()

    def poll(self) -> None:
        """Empty all mailboxes once."""
        self._poll_renderer()
        self._poll_runs()
        self._poll_jobs()
        if self._patient and self.at_rest:
            self._patient.pop(0)()
        elif not self._jobs:
            self._tidy()

    def _tidy(self) -> None:
        """Give back the memory that was freed, now and then."""
        waited = time.monotonic() - self._tidied_at
        now = self._untidy and self.at_rest and waited >= BETWEEN_TIDYING
        anyway = (self._untidy or bool(self._runs)) and waited >= LATEST_TIDYING
        if now or anyway:
            self._untidy, self._tidied_at = False, time.monotonic()
            self._tidying = self.run_job(lambda: give_back_memory(), "tidying")

    def _poll_answers(self) -> None:
        """Fetch finished pictures and the results of reading jobs."""
        self._poll_renderer()
        self._poll_jobs()

    def _poll_renderer(self) -> None:
        renderer = self._renderer
        if renderer is None:
            return
        for lane in LANES:
            rendered = renderer.take(lane)
            if rendered is not None:
                self.rendered.emit(rendered)

    def _poll_runs(self) -> None:
        for run in list(self._runs):
            ended = not run.alive
            snapshot = run.snapshots.take()
            if snapshot is not None and run is self._newest:
                self.snapshot.emit(snapshot)
            trace = run.traces.take()
            if trace is not None and run is self._newest:
                self.traced.emit(trace)
            if ended:
                self._runs.remove(run)
                self.run_ended.emit(run, snapshot)

    def _poll_jobs(self) -> None:
        for running in list(self._jobs):
            job = running.job
            progress = job.progress.take()
            if progress is not None and running.progressed is not None:
                running.progressed(*progress)
            if not job.future.done():
                continue
            self._jobs.remove(running)
            self._untidy = self._untidy or job is not self._tidying
            if job.cancelled:
                continue
            error = job.future.exception()
            if error is None and running.done is not None:
                running.done(job.future.result())
            elif error is not None and running.failed is not None:
                running.failed(*describe_error(error, job.name))
