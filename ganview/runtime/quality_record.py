"""What was measured of a run's quality, written by the trainer's thread and read by any other."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ganview.gan.metrics.quality import Quality, from_columns


class QualityRecord:
    """The looks at one run's quality, in order; without torch."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._looks: tuple[Quality, ...] = ()
        self._expected = 0
        self._silence = ""
        self._interval = 0.0

    def __len__(self) -> int:
        with self._changed:
            return len(self._looks)

    @property
    def silence(self) -> str:
        """A sentence on why nothing is measured, or nothing."""
        with self._changed:
            return self._silence

    @property
    def interval(self) -> float:
        """Seconds of training between two looks, as far as they are known; 0 while they aren't."""
        with self._changed:
            return self._interval

    @property
    def newest(self) -> int:
        """Step of the last look, 0 before the first."""
        with self._changed:
            return self._looks[-1].step if self._looks else 0

    def looks(self) -> tuple[Quality, ...]:
        """Return all looks, oldest first: the same object until they change."""
        with self._changed:
            return self._looks

    def expect(self, step: int) -> None:
        """Note that the model of a step is being measured."""
        with self._changed:
            self._expected = step

    def is_complete(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds until nothing is being measured; False if they pass."""

        def is_there() -> bool:
            newest = self._looks[-1].step if self._looks else 0
            return bool(self._silence) or newest >= self._expected

        with self._changed:
            return self._changed.wait_for(is_there, timeout)

    def append(self, quality: Quality, interval: float) -> None:
        """Add a look; ``interval`` seconds of training will pass until the next."""
        with self._changed:
            self._looks += (quality,)
            self._interval, self._silence = interval, ""
            self._changed.notify_all()

    def load(self, columns: Mapping[str, NDArray[np.float64]]) -> None:
        """Take over what was measured of a run that goes on, in place of what is here."""
        looks = tuple(from_columns(columns))
        with self._changed:
            self._looks = looks
            self._changed.notify_all()

    def rewind(self, step: int) -> None:
        """Take away the looks after ``step``: the run went back to there."""
        with self._changed:
            self._looks = tuple(look for look in self._looks if look.step <= step)
            self._expected = min(self._expected, step)
            self._changed.notify_all()

    def mark_unavailable(self, why: str) -> None:
        """Say why nothing is measured."""
        with self._changed:
            self._silence = why
            self._changed.notify_all()
