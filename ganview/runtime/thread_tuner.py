"""Chooses with how many threads a run trains: as its settings say, or as many as are fastest."""

from __future__ import annotations

import math
import statistics
import time
from collections import deque
from collections.abc import Callable, Generator

from ganview.gan.config import TrainConfig
from ganview.gan.trainer import Trainer
from ganview.runtime.threads import usable_cores, use_threads

TRIAL_SECONDS = 0.25  # of timed steps a count
TRIAL_STEPS = 3
WORTH_IT = 0.95  # a larger count must take less than this share of the best time: it costs more
HOPELESS = 1.3  # times as slow as the best: larger counts are not tried
GIVE_UP = 5.0  # times as slow as the best: the first step with a count decides
SLOW = 1.5  # times the usual seconds of a step
SLOW_SECONDS = 0.5  # of steps that are looked at together
FEWEST_STEPS = 3  # so that no single step decides
LEARNING_STEPS = 8  # from which the usual seconds are known where no search measured them
PATIENCE = 4.0  # seconds of training until more threads are tried again, doubled when in vain
LONGEST_PATIENCE = 128.0
SEARCH_SHARE = 0.02  # of training that searches may lose: one of their steps can take 1.5 s


def candidate_counts(most: int) -> list[int]:
    """Return the counts worth a trial, from 1 to ``most``: small ones, then larger strides."""
    counts = {count for count in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64) if count < most}
    return sorted(counts | {most})


def search_thread_counts(most: int) -> Generator[int, float, tuple[int, float]]:
    """Yield the thread count of the next step and take its seconds, until the fastest is known.

    Returns
    -------
    tuple of int and float
        The fastest count of 1 to ``most``, and its seconds a step.
    """
    best, best_seconds = 1, math.inf
    for count in candidate_counts(most):
        first = yield count  # pays for starting threads and laying out weights
        if first > GIVE_UP * best_seconds:
            break
        times: list[float] = []
        while len(times) < TRIAL_STEPS and sum(times) < TRIAL_SECONDS:
            times.append((yield count))
        seconds = statistics.median(times)
        if seconds < best_seconds * WORTH_IT:
            best, best_seconds = count, seconds
        elif seconds > best_seconds * HOPELESS:
            break
    return best, best_seconds


class SlowdownDetector:
    """Notices within a second that steps take longer: another program wants the processors.

    Parameters
    ----------
    usual : float, optional
        Seconds of a step while nothing disturbs; by default learned from the first steps.
    """

    def __init__(self, usual: float | None = None) -> None:
        self._usual = usual
        self._recent: deque[float] = deque()
        self._seconds = 0.0  # of the recent steps

    def is_slow_after(self, seconds: float) -> bool:
        """Note the seconds of a step; tells whether the recent ones were slow."""
        self._recent.append(seconds)
        self._seconds += seconds
        if self._usual is None:
            if len(self._recent) >= LEARNING_STEPS:
                self._usual = statistics.median(self._recent)
            return False
        while len(self._recent) > FEWEST_STEPS and self._seconds - self._recent[0] >= SLOW_SECONDS:
            self._seconds -= self._recent.popleft()
        enough = len(self._recent) >= FEWEST_STEPS and self._seconds >= SLOW_SECONDS
        return enough and statistics.median(self._recent) > SLOW * self._usual


class ThreadTuner:
    """The thread count of a run's thread.

    The first choice is made on a trainer that is thrown away. After that the run's own steps are
    timed: when they become slow, or when fewer threads than there are cores have been in use for a
    while, a few steps are done with each count again.

    Parameters
    ----------
    known : int
        Count to begin with if the settings name none; 0 where it is to be measured.

    Attributes
    ----------
    count : int
        Threads that were chosen; 0 until they are.
    """

    def __init__(self, config: TrainConfig, known: int = 0) -> None:
        self.count = config.threads or known
        self._config = config
        self._most = usable_cores()
        self._automatic = False
        self._search: Generator[int, float, tuple[int, float]] | None = None
        self._slowdown = SlowdownDetector()
        self._since = 0.0  # seconds of training since the last search
        self._times: list[float] = []  # of the steps of a search
        self._patience = PATIENCE

    def begin(self, trainer: Trainer, recorded: int | None) -> None:
        """Use as many threads as a run begins with.

        Parameters
        ----------
        trainer : Trainer
            Of the run.
        recorded : int or None
            What its checkpoint says, which is taken unless the settings name a number: another
            count would round differently from here on. None for a run that is new.
        """
        on_cpu = trainer.device.type == "cpu"
        if recorded is not None:
            self.count = self._config.threads or recorded
        if not on_cpu:
            self.count = self.count or 1
        if self.count:
            use_threads(self.count)
        self._automatic = on_cpu and not self._config.threads

    def measure(self, make_trainer: Callable[[], Trainer], interrupted: Callable[[], bool]) -> None:
        """Choose the count on a trainer that is thrown away: the run itself sees nothing.

        When ``interrupted()`` says yes, the steps of the run answer what is still open.
        """
        trial = make_trainer()
        self._begin_search()
        while self._search is not None and not interrupted():
            began = time.perf_counter()
            trial.step()
            self._advance_search(time.perf_counter() - began)
        self.count = self.count or 1

    def stepped(self, seconds: float) -> None:
        """Note the seconds of a step of the run, and choose again where that may help."""
        if not self._automatic:
            return
        if self._search is not None:
            self._advance_search(seconds)
            return
        self._since += seconds
        slow = self._slowdown.is_slow_after(seconds) and self.count > 1
        if slow or (self.count < self._most and self._since >= self._patience):
            self._begin_search()

    def _begin_search(self) -> None:
        self._search, self._times = search_thread_counts(self._most), []
        use_threads(next(self._search))

    def _advance_search(self, seconds: float) -> None:
        assert self._search is not None
        self._times.append(seconds)
        try:
            use_threads(self._search.send(seconds))
        except StopIteration as end:
            found, usual = end.value
            in_vain = found == self.count
            patience = min(2 * self._patience, LONGEST_PATIENCE) if in_vain else PATIENCE
            lost = sum(self._times) - len(self._times) * usual
            self._patience = max(patience, lost / SEARCH_SHARE)
            self.count, self._search, self._since = found, None, 0.0
            self._slowdown = SlowdownDetector(usual)
            use_threads(found)


def is_same_work(old: TrainConfig, new: TrainConfig) -> bool:
    """Tell whether two configurations keep a processor busy in the same way."""
    names = ("threads", "architecture", "size", "batch_size", "objective", "device", "d_steps")
    return all(getattr(old, name) == getattr(new, name) for name in names)
