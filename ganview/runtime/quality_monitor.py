"""Measures the quality of a run in a thread of its own, for a small part of training's time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ganview.data.digits import are_digits, load_digits
from ganview.errors import UserError
from ganview.files.evaluators import shipped_evaluators, shipped_real_statistics
from ganview.files.own_evaluators import check_enough, train_own_evaluators
from ganview.gan.metrics.online import Cancelled, OnlineEvaluator, measure_real_statistics
from ganview.gan.metrics.report import Labelled
from ganview.runtime import threads
from ganview.runtime.error_text import describe_error

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.gan.metrics.quality import Quality
    from ganview.gan.model import Model

    ShouldStop = Callable[[], bool]
    Look = Callable[[Model, ShouldStop], Quality]

SHARE = 0.03  # of the processor time of training that measuring may take
FIRST = 2.0  # processor seconds of training before which there is nothing worth measuring


def evaluator_factory(
    dataset: Dataset, hold_out: int, say: Callable[[str], object] = lambda _sentence: None
) -> Callable[[ShouldStop], Look]:
    """Return a factory of an evaluator for this dataset.

    Parameters
    ----------
    hold_out : int
        How many of its pictures are held out of training; models are then compared with those,
        otherwise with the test digits, or, of other data, with a part that the judge hasn't seen.
    say : callable
        Told, in the factory's thread, how far the judge of other data is.

    Raises
    ------
    UserError
        There are too few pictures to measure by.
    """
    evaluators = shipped_evaluators() if are_digits(dataset.sha256) else None
    if evaluators is None:
        check_enough(dataset, hold_out)

    def prepare(stopped: ShouldStop) -> Look:
        if evaluators is None:
            return _prepare_own(dataset, hold_out, stopped, say)
        reference = None if hold_out else shipped_real_statistics(evaluators)
        if reference is None:
            learned, unseen = dataset.divided(hold_out)
            images = unseen.images if unseen is not None else load_digits("test").images
            train = Labelled(learned.images, learned.labels)
            reference = measure_real_statistics(*evaluators, train, images, stopped=stopped)
        return OnlineEvaluator(*evaluators, reference)

    return prepare


def _prepare_own(
    dataset: Dataset, hold_out: int, stopped: ShouldStop, say: Callable[[str], object]
) -> Look:
    told = -1

    def progress(share: float) -> None:
        nonlocal told
        if stopped():
            raise Cancelled
        percent = int(100 * share)
        if percent > told:
            told = percent
            say(f"A judge of this data is being trained: {percent} %.")

    evaluators, statistics = train_own_evaluators(dataset, hold_out, progress)
    return OnlineEvaluator(*evaluators, statistics)


class QualityMonitor:
    """Looks at the newest model whenever it has been earned: `SHARE` of training's time.

    The thread begins with the first look, and gives way to everything else. What it found, or the
    sentence of an error, after which it looks no more, is handed over in that thread.

    Parameters
    ----------
    prepare : callable
        ``prepare(stopped) -> look``, called once in the thread; ``look(model, stopped)`` returns a
        `Quality`. Both raise `Cancelled` soon after ``stopped()`` says yes.
    found : callable
        Called with a `Quality` or a sentence.
    clock : callable
        Processor seconds of the calling thread.
    """

    def __init__(
        self,
        prepare: Callable[[ShouldStop], Look],
        found: Callable[[Quality | str], None],
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        self._prepare, self._found, self._clock = prepare, found, clock
        self._condition = threading.Condition()
        self._waiting: Model | None = None
        self._thread: threading.Thread | None = None
        self._spent = self._cost = 0.0
        self._busy = self._closing = False

    @property
    def interval(self) -> float:
        """Processor seconds of training that a look must earn; 0 before the first."""
        with self._condition:
            return self._cost / SHARE

    def submit(self, model: Model, training_cpu_s: float, *, resting: bool) -> bool:
        """Have a model measured if it is time; tells whether it will be.

        Parameters
        ----------
        model : Model
            Nobody writes to it any more.
        training_cpu_s : float
            Processor seconds that training has taken since this monitor was made.
        resting : bool
            Whether training stands still, so that looking costs it nothing.
        """
        with self._condition:
            due = training_cpu_s >= FIRST and (
                resting or (not self._busy and self._spent <= SHARE * training_cpu_s)
            )
            if self._closing or not due:
                return False
            self._waiting, self._busy = model, True
            self._condition.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._live, name="ganview-quality")
                self._thread.start()
            return True

    def close(self) -> None:
        """Give up what is being measured, and join the thread."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        if self._thread is not None:
            self._thread.join()

    def _stopped(self) -> bool:
        return self._closing

    def _live(self) -> None:
        try:
            threads.prepare_thread(1, give_way=True)
            self._work()
        except Cancelled:
            return
        except UserError as error:  # such data can't be measured
            with self._condition:
                self._closing = True
            self._found(str(error))
        except Exception as error:  # noqa: BLE001 - an error in a thread is a value
            sentence = describe_error(error, "measuring quality")[0]
            with self._condition:
                self._closing = True
            self._found(f"Quality isn't measured any more. {sentence}")

    def _work(self) -> None:
        # what is learned once for a set is no cost of the looks
        look = self._prepare(self._stopped)
        while (model := self._next()) is not None:
            began = self._clock()
            quality = look(model, self._stopped)
            cost = self._clock() - began
            self._spend(cost)
            with self._condition:
                self._cost = (self._cost + cost) / 2 if self._cost else cost
                self._busy = self._waiting is not None
            self._found(quality)

    def _spend(self, seconds: float) -> None:
        with self._condition:
            self._spent += seconds

    def _next(self) -> Model | None:
        with self._condition:
            self._condition.wait_for(lambda: self._closing or self._waiting is not None)
            model, self._waiting = self._waiting, None
            return None if self._closing else model
