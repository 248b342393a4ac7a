"""The owner of a thread, which is stopped and joined before its owner is dropped."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Worker(ABC):
    """Owns a thread, which ends with a ``with`` statement or by `stop` and `join`.

    Subclasses create and start ``_thread``.
    """

    _thread: threading.Thread

    @abstractmethod
    def stop(self) -> None:
        """Have the thread end soon; returns at once."""

    def join(self, timeout: float | None = None) -> bool:
        """Wait until the thread has ended; False when ``timeout`` seconds passed first."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self.join()
