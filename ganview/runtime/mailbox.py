"""A slot between two threads in which the newest value wins."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """One slot: `put` overwrites, `take` empties.

    The writer never waits for the reader, so a slow window can't hold up a trainer; a value that
    was overwritten is lost. What is put must be finished: nobody may change it afterwards.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._value: T | None = None

    def put(self, value: T) -> None:
        """Leave ``value``, replacing one that was not taken."""
        with self._condition:
            self._value = value
            self._condition.notify_all()

    def take(self) -> T | None:
        """Return the newest value and empty the slot; None if nothing new is there."""
        with self._condition:
            value, self._value = self._value, None
            return value

    def wait(self, timeout: float | None = None) -> T | None:
        """Sleep until a value is there and take it; None when ``timeout`` seconds passed first."""
        with self._condition:
            self._condition.wait_for(lambda: self._value is not None, timeout)
            value, self._value = self._value, None
            return value
