"""The command line: every job of the window, without a window."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # importing typing would take milliseconds in which Ctrl-C is a traceback
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; see `ganview.cli.entry.main`."""
    try:
        if arguments is None:
            from ganview.cli.interrupts import end_on_interrupt

            end_on_interrupt()
        from ganview.runtime.thread_pools import limit_thread_pools

        limit_thread_pools()  # before anything below imports numpy
        from ganview.cli import entry

        return entry.main(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("ganview: Interrupted.\n")
        return 130
