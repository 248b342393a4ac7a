"""Wakes the window's thread at once from any other thread."""

from __future__ import annotations

import socket
from contextlib import suppress

from PySide6.QtCore import QObject, QSocketNotifier, Signal

ENOUGH = 4096  # bytes read at once: rings that were not heard yet count as one


class ThreadWakeup(QObject):
    """Wakes the window's event loop from a thread that owns no QObject.

    A byte in a socket is all that crosses: a worker that emitted a signal would need a QObject of
    its own, and a timer that looks for answers comes too late or wakes for nothing.
    """

    rang = Signal()  # in the window's thread: it was rung at least once since

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._heard, self._rope = socket.socketpair()
        for end in (self._heard, self._rope):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._heard.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._hear)

    def ring(self) -> None:
        """Wake the window's thread; may be called in any thread that ends before this is closed."""
        with suppress(BlockingIOError):  # full: it was rung so often already that it will be heard
            self._rope.send(b"\0")

    def close(self) -> None:
        """Hear nothing any more."""
        self._notifier.setEnabled(False)
        self._rope.close()
        self._heard.close()

    def _hear(self) -> None:
        try:
            self._heard.recv(ENOUGH)
        except BlockingIOError:
            return  # systems may wake for nothing
        self.rang.emit()
