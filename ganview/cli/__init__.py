"""The command line: every job of the window, without a window."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; see `ganview.cli.entry.main`."""
    from ganview.cli import entry

    return entry.main(arguments)
