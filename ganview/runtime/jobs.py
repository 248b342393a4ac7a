"""Work in the background, such as an export, a measurement or a search, on a bounded pool."""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

from ganview.runtime.mailbox import Latest

THREADS = 2  # more would take the processors from training and drawing
Work = Callable[..., Any]
OnProgress = Callable[[float, str], None]
ShouldStop = Callable[[], bool]


class StopWork(Exception):  # noqa: N818 - nothing is wrong
    """The work was told to end, and is on its way out."""


def progress_counter(
    progress: OnProgress, should_stop: ShouldStop, total: int
) -> Callable[[int], None]:
    """Return a function that counts what is done of ``total``, for work that only counts.

    It reports progress, and raises `StopWork` once the work was told to end.
    """
    done = 0

    def count(more: int) -> None:
        nonlocal done
        if should_stop():
            raise StopWork
        done += more
        progress(done / max(1, total), "")

    return count


def call_work(work: Work, progress: OnProgress, should_stop: ShouldStop) -> Any:
    """Call some work with those of ``progress`` and ``should_stop`` that it names as parameters."""
    named = inspect.signature(work).parameters
    offered = {"progress": progress, "should_stop": should_stop}
    return work(**{name: value for name, value in offered.items() if name in named})


class Job:
    """Work that waits for its turn, is being done, or has ended.

    Parameters
    ----------
    work : callable
        May take ``progress``, which it calls with a fraction, 0 to 1, and a few words, and
        ``should_stop``, which it asks now and then: when that says yes it returns soon.
    name : str
        What it is, as in "exporting": part of the sentence of an error.
    pool : ThreadPoolExecutor
        Whose threads do it; what a closed one is given counts as cancelled.
    gives_way : bool
        Whether those threads give way to window and drawing.

    Attributes
    ----------
    name : str
        What it is.
    progress : Latest of (float, str)
        How far it is.
    future : Future
        Its value or its error.
    """

    def __init__(
        self, work: Work, name: str, pool: ThreadPoolExecutor, *, gives_way: bool = True
    ) -> None:
        self.name = name
        self._gives_way = gives_way
        self.progress: Latest[tuple[float, str]] = Latest()
        self._stop = threading.Event()
        try:
            self.future = pool.submit(self._do, work)
        except RuntimeError:  # the pool is closed, and with it the program
            self.future = Future()
            self.cancel()

    @property
    def cancelled(self) -> bool:
        """Whether it was told to end: then its value or error is of no interest."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask the work to end, or not to begin."""
        self._stop.set()
        self.future.cancel()

    def _report(self, fraction: float, text: str = "") -> None:
        self.progress.put((min(1.0, max(0.0, fraction)), text))

    def _do(self, work: Work) -> Any:
        _prepare_for_torch(gives_way=self._gives_way)
        return call_work(work, self._report, self._stop.is_set)


class JobPool:
    """`THREADS` threads for background work; they start when they are first needed.

    Parameters
    ----------
    name : str
        Of its threads.
    gives_way : bool
        Whether they give way to window and drawing; not where the user waits for what they do.
    """

    def __init__(self, name: str = "ganview-job", *, gives_way: bool = True) -> None:
        self._gives_way = gives_way
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=name)

    def start(self, work: Work, name: str) -> Job:
        """Have work done as soon as a thread is free."""
        return Job(work, name, self._threads, gives_way=self._gives_way)

    def close(self) -> None:
        """Begin no more work, and join the threads."""
        self._threads.shutdown(cancel_futures=True)


_thread = threading.local()


def _prepare_for_torch(*, gives_way: bool) -> None:
    """Set this thread up for torch, once, if torch is there."""
    if "torch" in sys.modules and not getattr(_thread, "is_prepared", False):
        from ganview.runtime.threads import prepare_thread

        prepare_thread(1, give_way=gives_way)
        _thread.is_prepared = True


class RunJob(Protocol):
    """What `ganview.app.controllers.bridge.Bridge.run_job` looks like from here."""

    def __call__(
        self,
        work: Work,
        name: str,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[str, str], object] | None = None,
        progressed: Callable[[float, str], None] | None = None,
    ) -> Job:
        """Do ``work`` in the background and call back in the caller's thread."""


class LatestJob:
    """Background work of one kind, of which only the newest order counts.

    While one piece of work goes on, a newer order waits, and replaces an order that waited before.
    Finished work is told even when something newer waits: a user who never pauses would see
    nothing otherwise. Work that was told to end is not.

    Parameters
    ----------
    run : RunJob
        Does work in the background.
    name : str
        What is done, as in "measuring effects": part of the sentence of an error.
    done : callable
        Called with the result.
    failed : callable, optional
        Called with a sentence when it could not be done.
    progressed : callable, optional
        Called with a fraction, 0 to 1, and a few words.
    """

    def __init__(
        self,
        run: RunJob,
        name: str,
        done: Callable[[Any], None],
        failed: Callable[[str], object] | None = None,
        progressed: Callable[[float, str], None] | None = None,
    ) -> None:
        self._run, self._name = run, name
        self._done, self._failed, self._progressed = done, failed, progressed
        self._waiting: Work | None = None
        self._stop: threading.Event | None = None

    @property
    def busy(self) -> bool:
        """Whether work goes on that was not told to end."""
        return self._stop is not None and not self._stop.is_set()

    def order(self, work: Work, *, overtake: bool = False) -> None:
        """Do this next; with ``overtake``, what goes on now is told to end."""
        if self._stop is None:
            self._start(work)
            return
        self._waiting = work
        if overtake:
            self._stop.set()

    def cancel(self) -> None:
        """Forget what waits, and tell what goes on to end."""
        self._waiting = None
        if self._stop is not None:
            self._stop.set()

    def _start(self, work: Work) -> None:
        stop = self._stop = threading.Event()

        def do(progress: OnProgress, should_stop: ShouldStop) -> Any:
            return call_work(work, progress, lambda: stop.is_set() or should_stop())

        self._run(do, self._name, self._finish, self._give_up, self._progress)

    def _progress(self, fraction: float, text: str) -> None:
        if self.busy and self._progressed is not None:
            self._progressed(fraction, text)

    def _finish(self, value: Any) -> None:
        wanted = self.busy
        self._go_on()
        if wanted:
            self._done(value)

    def _give_up(self, sentence: str, _details: str) -> None:
        wanted = self.busy
        self._go_on()
        if wanted and self._failed is not None:
            self._failed(sentence)

    def _go_on(self) -> None:
        waiting, self._waiting, self._stop = self._waiting, None, None
        if waiting is not None:
            self._start(waiting)
