"""The time that a run has trained, its speed, and the time budgets of what runs beside it."""

from __future__ import annotations

from collections import deque

WINDOW = 3.0  # seconds of training over which a speed is smoothed


class Throughput:
    """Seconds of training alone, and the speed of the last `WINDOW` of them.

    Parameters
    ----------
    elapsed : float
        Seconds trained before, by a run that goes on.
    """

    def __init__(self, elapsed: float = 0.0) -> None:
        self.elapsed = elapsed
        self._steps: deque[tuple[float, int]] = deque()  # seconds and images of each step
        self._seconds = 0.0
        self._images = 0

    def stepped(self, seconds: float, images: int) -> None:
        """Count one step, of ``seconds`` and ``images``."""
        self.elapsed += seconds
        self._steps.append((seconds, images))
        self._seconds += seconds
        self._images += images
        while len(self._steps) > 1 and self._seconds - self._steps[0][0] >= WINDOW:
            old_seconds, old_images = self._steps.popleft()
            self._seconds -= old_seconds
            self._images -= old_images

    @property
    def images_per_second(self) -> float:
        """Images a second, 0 before the first step."""
        return self._images / self._seconds if self._seconds > 0 else 0.0

    @property
    def steps_per_second(self) -> float:
        """Steps a second, 0 before the first step."""
        return len(self._steps) / self._seconds if self._seconds > 0 else 0.0


class TimeBudget:
    """Decides when something that costs training time may be done again.

    Parameters
    ----------
    interval : float
        Seconds between two times, at least.
    share : float
        The part of all time that it may take: a costly thing is done less often.
    longest : float
        Seconds between two times, at most.
    """

    def __init__(self, interval: float, share: float, longest: float = 10.0) -> None:
        self.shortest = interval
        self.share = share
        self.longest = max(longest, interval)
        self.interval = interval
        self._cost: float | None = None
        self._last = float("-inf")

    def due(self, now: float) -> bool:
        """Tell whether it may be done at time ``now``, in seconds of any steady clock."""
        return now - self._last >= self.interval

    def done(self, now: float, cost: float | None) -> None:
        """Note that it was done, ending at ``now``, for ``cost`` seconds.

        Without a cost it was something out of turn, from which the next interval can't be told.
        """
        self._last = now
        if cost is None:
            return
        # Half old, half new: one slow moment of a busy machine must not rule the next ones.
        self._cost = cost if self._cost is None else (self._cost + cost) / 2
        self.interval = min(max(self.shortest, self._cost / self.share), self.longest)
