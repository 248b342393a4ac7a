"""PySide6 itself: versions that break the interpreter must not come in unseen."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal


class _Sender(QObject):
    sent = Signal()


def test_emitting_keeps_the_reference_count_of_true(qapp) -> None:
    # PySide6 6.12.0 on Python before 3.12 loses one reference with each emit, and the interpreter
    # aborts when none is left. On newer Pythons True is immortal and the count never moves.
    sender, received = _Sender(), []
    sender.sent.connect(lambda: received.append(1))
    before = sys.getrefcount(True)
    for _ in range(200):
        sender.sent.emit()
    assert len(received) == 200
    assert sys.getrefcount(True) > before - 100
