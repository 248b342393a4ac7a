"""One-shot work in the background: an export, a measurement, a search."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from ganview.runtime.error_text import describe_error
from ganview.runtime.mailbox import Latest
from ganview.runtime.messages import Cancelled, Done, Failed, Progress

T = TypeVar("T")
OnProgress = Callable[[float, str], None]
ShouldStop = Callable[[], bool]


class StopWork(Exception):  # noqa: N818 - nothing is wrong
    """The work was told to end, and is on its way out."""


def progress_counter(report: OnProgress, asked: ShouldStop, total: int) -> Callable[[int], None]:
    """Return a function that counts what is done of ``total``, for work that only counts.

    It reports progress, and raises `StopWork` once the work was told to end.
    """
    done = 0

    def count(more: int) -> None:
        nonlocal done
        if asked():
            raise StopWork
        done += more
        report(done / max(1, total), "")

    return count


class Job(Generic[T]):
    """A function in a thread of its own, with progress, cancellation and a result as values.

    Parameters
    ----------
    function : callable
        ``function(progress, cancelled)``: it may call ``progress(fraction, text)`` as often as it
        likes, should ask ``cancelled()`` now and then, and returns when that says yes.
    name : str
        What the work is, as in "Exporting": begins the sentence of an error.
    processors : int or None
        How many torch may use for it; None for work without torch.

    Attributes
    ----------
    progress : Latest of Progress
    result : Latest of Done, Failed or Cancelled
        Put once, when the work has ended.
    """

    def __init__(
        self,
        function: Callable[[OnProgress, ShouldStop], T],
        name: str = "working",
        processors: int | None = 1,
    ) -> None:
        self.progress: Latest[Progress] = Latest()
        self.result: Latest[Done | Failed | Cancelled] = Latest()
        self._function = function
        self._name = name
        self._processors = processors
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._live, name=f"ganview-job {name}")

    @classmethod
    def run(
        cls,
        function: Callable[[OnProgress, ShouldStop], T],
        name: str = "working",
        processors: int | None = 1,
    ) -> Job[T]:
        """Start a job and return it."""
        job = cls(function, name, processors)
        job._thread.start()
        return job

    def cancel(self) -> None:
        """Ask the work to end; its result will be `Cancelled`, whatever it still does."""
        self._cancelled.set()

    def join(self, timeout: float | None = None) -> bool:
        """Wait until the thread has ended; False when ``timeout`` seconds passed first."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether the work goes on."""
        return self._thread.is_alive()

    def _report(self, fraction: float, text: str = "") -> None:
        self.progress.put(Progress(min(1.0, max(0.0, fraction)), text))

    def _live(self) -> None:
        result: Done | Failed | Cancelled
        try:
            if self._processors is not None:
                from ganview.runtime.threads import prepare_thread

                prepare_thread(self._processors, give_way=True)
            result = Done(self._function(self._report, self._cancelled.is_set))
        except Exception as error:  # noqa: BLE001 - an error in a thread is a value
            result = Failed(*describe_error(error, self._name))
        if self._cancelled.is_set():
            result = Cancelled()
        self.result.put(result)
