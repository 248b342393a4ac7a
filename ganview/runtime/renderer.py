"""The thread that draws for the window: the newest request wins, the most urgent goes first."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ganview.runtime.error_text import describe_error
from ganview.runtime.messages import RenderedImages
from ganview.runtime.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from ganview.gan.model import Model
    from ganview.runtime.batch_painter import BatchPainter

LANES = ("picture", "preview", "thumbnails")  # the most urgent first
PATIENCE = 0.05  # seconds without a request before a model is warmed up, or a picture settles
SETTLED_SECONDS = 1.0  # age of a model from which its pictures settle: one that trains is younger
PIECE = 8  # pictures that settle at once
NO_IMAGES = np.zeros((0, 0, 0), np.uint8)
NO_IMAGES.setflags(write=False)


@dataclass(eq=False)
class _Task:
    """A request and what is painted of it so far."""

    lane: str
    stamp: int
    z: NDArray[np.float32]
    y: NDArray[np.float32] | None
    want_belief: bool
    asked: float
    painter: BatchPainter | None = None
    images: list[NDArray[np.uint8]] = field(default_factory=list)
    beliefs: list[NDArray[np.float32]] = field(default_factory=list)
    painted: int = 0
    finished: float = 0.0  # when all of it was painted first

    def answer(self, error: str | None, details: str | None) -> RenderedImages:
        """Return what is there, or what went wrong."""
        images = np.concatenate(self.images) if self.images else NO_IMAGES
        beliefs = np.concatenate(self.beliefs) if self.beliefs else None
        complete = self.painted == len(self.z) or error is not None
        now = time.perf_counter()
        self.finished = self.finished or (now if complete else 0.0)
        for array in (images, beliefs):
            if array is not None:
                array.setflags(write=False)
        return RenderedImages(
            lane=self.lane,
            stamp=self.stamp,
            images=images,
            beliefs=beliefs,
            complete=complete,
            seconds=(self.finished or now) - self.asked,
            model=self.painter.model if self.painter is not None else None,
            error=error,
            details=details,
        )


class Renderer(Worker):
    """One thread with one processor that paints what was asked for last.

    A lane holds one request: a newer one overtakes it. A request that is overtaken while it waits
    is never painted; one that is being painted is left at the end of its piece and dropped, unless
    that piece was all of it: without this, a user who moves faster than the painter would see
    nothing until it rests. A lane never gives an older answer after a newer one.

    Pictures are drawn in single precision. What was asked for last in the first lane settles once
    there is nothing else to do: where a pixel differs in double precision, in which pictures are
    exported (`Model.sample`), it is delivered again under the same stamp.

    Large requests in lanes after the first are painted in pieces of some milliseconds, each
    delivered, and between two pieces a more urgent lane goes first.

    Parameters
    ----------
    announce : callable, optional
        Called in the renderer's thread when an answer waits to be taken, holding no lock. It must
        return at once and may touch nothing of its owner's thread: it is a bell, no messenger.
    """

    def __init__(self, announce: Callable[[], None] | None = None) -> None:
        self._announce = announce
        self._condition = threading.Condition()
        self._tasks: dict[str, _Task] = {}
        self._answers: dict[str, RenderedImages] = {}
        self._stamp = 0
        self._new_model: Model | None = None
        self._has_model = False
        self._stopping = False
        self._painter: BatchPainter | None = None  # of the thread alone, like the next
        self._failure: tuple[str, str] | None = None
        self._unsettled: _Task | None = None
        self._thread = threading.Thread(target=self._live, name="ganview-renderer")
        self._thread.start()

    def set_model(self, model: Model) -> None:
        """Paint with another model from the next request on.

        The model is used as it is, so nobody may change it afterwards.
        """
        with self._condition:
            self._new_model = model
            self._has_model = True
            self._condition.notify_all()

    def request(
        self, lane: str, z: ArrayLike, y: ArrayLike | None, *, want_belief: bool = False
    ) -> int:
        """Ask for pictures and return at once with the stamp that the answer will bear.

        Parameters
        ----------
        lane : str
            One of `LANES`.
        z : array_like
            Noise (N, z_dim).
        y : array_like or None
            Class weights (N, K), None without classes.
        want_belief : bool
            Whether to ask D, too.
        """
        noise = np.array(z, np.float32)  # a copy: the caller may go on changing its own
        weights = None if y is None else np.array(y, np.float32)
        with self._condition:
            if lane not in LANES:
                raise ValueError(f"there is no lane called {lane!r}")
            self._stamp += 1
            task = _Task(lane, self._stamp, noise, weights, want_belief, time.perf_counter())
            self._tasks[lane] = task
            self._condition.notify_all()
            return self._stamp

    def take(self, lane: str) -> RenderedImages | None:
        """Return the newest answer of a lane that was not taken yet, or None."""
        with self._condition:
            return self._answers.pop(lane, None)

    def wait(self, lane: str, timeout: float | None = None) -> RenderedImages | None:
        """Sleep until a lane has an answer and take it; None after ``timeout`` seconds."""
        with self._condition:
            self._condition.wait_for(lambda: lane in self._answers, timeout)
            return self._answers.pop(lane, None)

    def busy(self) -> bool:
        """Tell whether an answer is due, or waits to be taken."""
        with self._condition:
            return bool(self._answers) or (self._has_model and bool(self._tasks))

    def stop(self) -> None:
        """Leave off at the next piece and end the thread."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()

    # --- the thread ---------------------------------------------------------------------------

    def _live(self) -> None:
        try:
            from ganview.runtime.batch_painter import BatchPainter
            from ganview.runtime.threads import prepare_thread

            prepare_thread(1)
        except Exception as error:  # noqa: BLE001 - an error in a thread is a value
            self._failure = describe_error(error, "starting to draw")
        while True:
            with self._condition:
                self._condition.wait_for(self._has_work)
                # Whoever sets a model asks for a picture next: that comes before warming up.
                self._condition.wait_for(self._is_asked, PATIENCE)
                if self._stopping:
                    return
                if self._new_model is not None and self._failure is None:
                    self._painter = BatchPainter(self._new_model, self._painter)
                self._new_model = None
                task = self._most_urgent()
            if task is not None:
                self._serve(task)
            elif self._painter is not None and not self._painter.is_warm:
                self._warm_up(self._painter)
            elif self._unsettled is not None:
                self._settle(self._unsettled)

    def _has_work(self) -> bool:
        if self._stopping or self._new_model is not None:
            return True
        if self._painter is None:
            return bool(self._tasks) and self._failure is not None
        return bool(self._tasks) or not self._painter.is_warm or self._unsettled is not None

    def _is_asked(self) -> bool:
        return bool(self._tasks) or self._stopping

    def _most_urgent(self) -> _Task | None:
        return next((self._tasks[lane] for lane in LANES if lane in self._tasks), None)

    def _warm_up(self, painter: BatchPainter) -> None:
        try:
            painter.warm_up()
        except Exception:  # noqa: BLE001 - the first request meets the same error and tells it
            painter.is_warm = True

    def _serve(self, task: _Task) -> None:
        """Paint one piece of a task and deliver what is there."""
        first = task.painted == 0
        task.painter = task.painter or self._painter  # an answer comes from one model alone
        failure = self._failure
        try:
            if task.painter is not None:
                self._paint(task, task.painter)
        except Exception as error:  # noqa: BLE001 - an error in a thread is a value
            failure = describe_error(error, "drawing")
        answer = task.answer(*(failure or (None, None)))
        with self._condition:
            current = self._tasks.get(task.lane) is task
            if current and answer.complete:
                del self._tasks[task.lane]
            delivered = current or (first and answer.complete)
            if delivered:
                self._answers[task.lane] = answer
                self._condition.notify_all()
        if task.lane == LANES[0]:
            self._unsettled = task if delivered and answer.complete and failure is None else None
        if delivered and self._announce is not None:
            self._announce()

    def _settle(self, task: _Task) -> None:
        """Draw a picture in double precision, unless something else is to be drawn."""
        painter = task.painter
        if painter is None or painter is not self._painter:
            self._unsettled = None
        elif time.perf_counter() - painter.made >= SETTLED_SECONDS:  # it is tried again
            self._unsettled = None
            try:
                self._paint_exactly(task, painter)
            except Exception:  # noqa: BLE001 - the picture is there already
                return

    def _paint_exactly(self, task: _Task, painter: BatchPainter) -> None:
        pieces = []
        for begin in range(0, len(task.z), PIECE):
            with self._condition:
                if self._is_asked():
                    return
            part = slice(begin, begin + PIECE)
            y = None if task.y is None else task.y[part]
            pieces.append(painter.model.sample(task.z[part], y))
        images = np.concatenate(pieces)
        if np.array_equal(images, np.concatenate(task.images)):
            return
        task.images = [images]
        with self._condition:
            wanted = task.lane not in self._tasks
            if wanted:
                self._answers[task.lane] = task.answer(None, None)
                self._condition.notify_all()
        if wanted and self._announce is not None:
            self._announce()

    def _paint(self, task: _Task, painter: BatchPainter) -> None:
        begin = task.painted
        if begin == 0:
            painter.check(task.z, task.y)
        count = painter.chunk_size(len(task.z) - begin, urgent=task.lane == LANES[0])
        part = slice(begin, begin + count)
        images, beliefs = painter.paint(
            task.z[part], None if task.y is None else task.y[part], want_belief=task.want_belief
        )
        task.images.append(images)
        if beliefs is not None:
            task.beliefs.append(beliefs)
        task.painted += count
