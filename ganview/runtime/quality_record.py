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
        self.silence = ""  # a sentence on why nothing is measured, or nothing
        self.interval = 0.0  # seconds of training between two looks; 0 while that is not known
        self._changed = threading.Condition()
        self._looks: tuple[Quality, ...] = ()  # replaced, not changed: it is read without a lock
        self._expected = 0

    def __len__(self) -> int:
        return len(self._looks)

    @property
    def newest(self) -> int:
        """Step of the last look, 0 before the first."""
        return next((look.step for look in reversed(self._looks)), 0)

    def looks(self) -> tuple[Quality, ...]:
        """Return all looks, oldest first: the same object until they change."""
        return self._looks

    def expect(self, step: int) -> None:
        """Note that the model of a step is being measured."""
        with self._changed:
            self._expected = step

    def is_complete(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds until nothing is being measured; False if they pass."""
        with self._changed:
            return self._changed.wait_for(
                lambda: bool(self.silence) or self.newest >= self._expected, timeout
            )

    def append(self, quality: Quality, interval: float) -> None:
        """Add a look; ``interval`` seconds of training will pass until the next."""
        with self._changed:
            self._looks += (quality,)
            self.interval, self.silence = interval, ""
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
            self.silence = why
            self._changed.notify_all()
