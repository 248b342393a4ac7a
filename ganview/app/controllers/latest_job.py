"""Background work of one kind, of which only the newest order counts."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ganview.runtime.jobs import Job


class RunJob(Protocol):
    """What `ganview.app.controllers.bridge.Bridge.run` looks like from here."""

    def __call__(
        self,
        work: Callable[..., Any],
        name: str,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[str, str], None] | None = None,
        progressed: Callable[[float, str], None] | None = None,
    ) -> Job[Any]:
        """Do ``work(progress, cancelled)`` in a thread and call back on the GUI thread."""
        ...


Work = Callable[[Callable[[float, str], None], Callable[[], bool]], Any]


class LatestJob:
    """Background work of one kind, of which only the newest order counts.

    While one piece of work goes on, a newer order waits, and replaces an order that waited before.
    Finished work is told even when something newer waits: a hand that never rests would see
    nothing otherwise. Work that was told to end is not.

    Parameters
    ----------
    run
        Runs work in the background.
    name
        What is done, as in "measuring effects": part of the sentence of an error.
    done
        Called with the result.
    failed
        Called with a sentence when it could not be done.
    progressed
        Called with a fraction, 0 to 1, and a few words.
    """

    def __init__(
        self,
        run: RunJob,
        name: str,
        done: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
        progressed: Callable[[float, str], None] | None = None,
    ) -> None:
        self._run, self._name = run, name
        self._done, self._failed, self._progressed = done, failed, progressed
        self._waiting: Work | None = None
        self._stop: Event | None = None

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
        stop = self._stop = Event()

        def whole(progress: Callable[[float, str], None], cancelled: Callable[[], bool]) -> Any:
            return work(progress, lambda: stop.is_set() or cancelled())

        self._run(whole, self._name, self._finish, self._give_up, self._progress)

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
