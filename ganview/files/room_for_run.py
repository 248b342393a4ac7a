"""Whether a new run may use a folder, and how to clear what an unfinished run left there."""

from __future__ import annotations

from pathlib import Path

from ganview.files.lock import LOCK_NAME
from ganview.files.moments import OLD_FOLDERS, Moments
from ganview.files.run_files import (
    COLUMNS,
    CONFIG,
    ERROR,
    EVENTS,
    HEALTH,
    METRICS,
    MOMENTS,
    QUALITY,
    is_run_folder,
)


def holds_nothing(folder: Path) -> bool:
    """Return whether a new run may take a folder: an empty one, or one of a run without a result.

    Such a run ended before its first checkpoint; its numbers are of no use without one.
    """
    entries = [entry for entry in folder.iterdir() if entry.name != LOCK_NAME]
    allowed = {CONFIG, METRICS, COLUMNS, QUALITY, HEALTH, MOMENTS, ERROR, EVENTS}
    allowed |= set(OLD_FOLDERS["samples"])
    if not is_run_folder(folder):  # it ended before its settings were written
        allowed = {e.name for e in entries if e.is_dir() and not any(e.iterdir())} & allowed
    return all(entry.name in allowed for entry in entries)


def remove_numbers(folder: Path) -> None:
    """Remove what a run without a checkpoint has left."""
    for name in (METRICS, COLUMNS, QUALITY, HEALTH, ERROR):
        (folder / name).unlink(missing_ok=True)
    Moments(folder).clear()
