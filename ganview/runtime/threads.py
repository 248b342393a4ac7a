"""What a thread must do before torch works in it, and how many processors it should use.

`torch.set_num_threads` speaks for the calling thread alone, but a thread that has never asked takes
over the newest number that any thread has set, at its first operation: without asking first, a
number is lost (pytorch#37259). Threads of OpenMP inherit priority and denormal mode from the thread
that starts them, so both are set before the first operation.
"""

from __future__ import annotations

import os
import statistics
import sys
import threading
import time
from collections import deque
from collections.abc import Callable

import torch

NICER = 5  # steps of niceness by which training gives way to the window
TRIAL_SECONDS = 0.25  # of timed steps a count
TRIAL_STEPS = 3
WORTH_IT = 0.95  # a larger count must beat the best so far by this, because it takes more
HOPELESS = 1.3  # so many times slower than the best: larger counts are not tried
GIVE_UP = 5.0  # … and then the first step already tells
BUSY = 2.0  # times slower than at the last measurement
BUSY_SECONDS = 3.0
PATIENCE = 15.0  # seconds of training between two measurements, doubled when one changed nothing
LONGEST_PATIENCE = 240.0


def prepare_thread(count: int, *, give_way: bool = False) -> None:
    """Set this thread up for torch: processors, no denormals, and lower priority if asked.

    Denormal numbers slow convolutions down some 40 times (pytorch#21734). Priority is lowered on
    Linux only, the one system where it belongs to a single thread.
    """
    if give_way and sys.platform == "linux":
        me = threading.get_native_id()
        niceness = min(19, os.getpriority(os.PRIO_PROCESS, me) + NICER)
        os.setpriority(os.PRIO_PROCESS, me, niceness)
    torch.set_flush_denormal(True)
    use_threads(count)


def use_threads(count: int) -> None:
    """Let torch use ``count`` processors for what this thread does, and only for that."""
    torch.get_num_threads()  # takes over the inherited number now, not on top of ours
    torch.set_num_threads(count)


def usable_cores() -> int:
    """Return how many processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):  # Linux: a container may leave us fewer than there are
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def candidates(most: int) -> list[int]:
    """Return the counts worth a trial, from 1 to ``most``: small ones, then larger strides."""
    counts = {count for count in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64) if count < most}
    return sorted(counts | {most})


def fastest(
    step: Callable[[], object],
    most: int,
    interrupted: Callable[[], bool] = lambda: False,
    use: Callable[[int], None] = use_threads,
    clock: Callable[[], float] = time.perf_counter,
) -> int:
    """Time ``step`` with 1 to ``most`` threads and return the count that is fastest.

    The calling thread is left with that count. ``interrupted`` is asked between steps; when it says
    yes, the best found so far is taken.
    """
    best, best_seconds = 1, float("inf")
    for count in candidates(most):
        use(count)
        began = clock()
        step()  # the first step with a new count pays for starting threads and laying out weights
        if clock() - began > GIVE_UP * best_seconds:
            break
        times: list[float] = []
        while len(times) < TRIAL_STEPS and sum(times) < TRIAL_SECONDS and not interrupted():
            began = clock()
            step()
            times.append(clock() - began)
        if interrupted() or not times:
            break
        seconds = statistics.median(times)
        if seconds < best_seconds * WORTH_IT:
            best, best_seconds = count, seconds
        elif seconds > best_seconds * HOPELESS:
            break
    use(best)
    return best


class BusyWatch:
    """Notices from the times of steps alone that another thread count may now be better.

    Either steps have taken twice their time for seconds, because another program wants the
    processors; or fewer than all processors are in use and it is time to look again.
    """

    def __init__(self) -> None:
        self._patience = PATIENCE
        self._since = 0.0
        self._usual: float | None = None
        self._all_in_use = False
        self._first: list[float] = []
        self._recent: deque[float] = deque()
        self._recent_seconds = 0.0

    def measured(self, count: int, most: int, *, changed: bool) -> None:
        """Note that a measurement was just made and ``count`` of ``most`` chosen."""
        self._patience = PATIENCE if changed else min(2 * self._patience, LONGEST_PATIENCE)
        self._all_in_use = count >= most
        self._since = 0.0
        self._usual = None
        self._first.clear()
        self._recent.clear()
        self._recent_seconds = 0.0

    def stepped(self, seconds: float) -> bool:
        """Note the time of a step; True when it is time to measure again."""
        self._since += seconds
        self._recent.append(seconds)
        self._recent_seconds += seconds
        while len(self._recent) > 1 and self._recent_seconds - self._recent[0] >= BUSY_SECONDS:
            self._recent_seconds -= self._recent.popleft()
        if self._usual is None:
            self._first.append(seconds)
            if len(self._first) >= 8 or self._since >= BUSY_SECONDS:
                self._usual = statistics.median(self._first)
            return False
        if self._since < self._patience:
            return False
        if not self._all_in_use and self._since >= 8 * self._patience:
            return True
        enough = self._recent_seconds >= BUSY_SECONDS / 2
        return enough and statistics.median(self._recent) > BUSY * self._usual
