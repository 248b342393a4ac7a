"""The command line: every job of the window, without a window."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; see `ganview.cli.entry.main`."""
    try:
        from ganview.runtime.thread_pools import limit_thread_pools

        limit_thread_pools()  # before anything below imports numpy
        from ganview.cli import entry

        return entry.main(arguments)
    except KeyboardInterrupt:  # before there was anything that could be interrupted
        sys.stderr.write("ganview: Interrupted.\n")
        return 130
