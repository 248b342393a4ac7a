"""What the explorer's tools need from the window: pictures, background work, the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol

from ganview.app.place import Floats

if TYPE_CHECKING:
    from ganview.gan.model import Model
    from ganview.runtime.jobs import Job


class Request(Protocol):
    """What `ganview.runtime.renderer.Renderer.request` looks like from here."""

    def __call__(self, lane: str, z: Floats, y: Floats | None, *, want_belief: bool = False) -> int:
        """Ask for pictures; the newest request of a lane wins. Returns its stamp."""
        ...


class Run(Protocol):
    """What `ganview.app.bridge.Bridge.run` looks like from here."""

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


@dataclass(frozen=True)
class Workshop:
    """The services of the window.

    Parameters
    ----------
    request
        Asks the renderer for pictures.
    run
        Runs work in the background.
    model
        Returns the explorer's model, or None as long as there is none.
    complain
        Shows a sentence that says what went wrong and what to do.
    run_folder
        Returns the folder of the run that the explorer's model is of, or None.
    pins_folder
        Where pins are kept between starts; None keeps them nowhere.
    open_model
        Opens a model file in the explorer.
    directions_folder
        Where fitted directions are kept between starts; None keeps them nowhere.
    live
        Whether the explorer's model is one that learns on.
    """

    request: Request
    run: Run
    model: Callable[[], Model | None]
    complain: Callable[[str], None]
    run_folder: Callable[[], Path | None] = lambda: None
    pins_folder: Path | None = None
    open_model: Callable[[Path], object] = lambda _path: None
    directions_folder: Path | None = None
    live: Callable[[], bool] = lambda: False


Work = Callable[[Callable[[float, str], None], Callable[[], bool]], Any]


class Newest:
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
        run: Run,
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
