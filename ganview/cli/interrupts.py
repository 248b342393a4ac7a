"""Signals that end the program, at any moment: status 130, no traceback, no half-written file."""

from __future__ import annotations

import os
import signal
import sys

INTERRUPTED = 130
NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the last one is Ctrl-Break, on Windows


def end_on_interrupt() -> None:
    """End this process at once, with status 130, when it is told to.

    Python would raise `KeyboardInterrupt` instead, wherever it is. Thrown through the C++ of a
    library that is being imported it aborts the process, and some Python code swallows it. A
    signal that this process was told to ignore (``nohup``, ``&``) stays ignored. Commands that
    have something to save put handlers of their own in the place of these.
    """
    # Intel's Fortran library, part of MKL, would abort the process at Ctrl-C on Windows.
    os.environ.setdefault("FOR_DISABLE_CONSOLE_CTRL_HANDLER", "1")
    for number in _numbers():
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end)


def ignore_interrupts() -> None:
    """Ignore signals once the work is done: they would only change the exit status."""
    for number in _numbers():
        signal.signal(number, signal.SIG_IGN)


def _numbers() -> list[signal.Signals]:
    return [getattr(signal, name) for name in NAMES if hasattr(signal, name)]


def _end(number: int, _frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C
    atomic = sys.modules.get("ganview.files.atomic")
    remove = getattr(atomic, "remove_unfinished", None)  # none yet while it is being imported
    if remove is not None:
        remove()
    try:
        # The cursor may stand behind a progress bar.
        os.write(2, b"\nganview: Interrupted.\n" if os.isatty(2) else b"ganview: Interrupted.\n")
    finally:
        os._exit(INTERRUPTED)
