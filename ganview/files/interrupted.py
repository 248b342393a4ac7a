"""Runs that ended suddenly: a kill, a crash, a power cut. They are found to be offered again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ganview.errors import UserError
from ganview.files.lock import FolderLock, was_left
from ganview.files.run_folder import CHECKPOINT, RunFolder, is_run_folder

MOST_FOLDERS = 10_000  # that are looked at


@dataclass(frozen=True)
class InterruptedRun:
    """A run that can be gone on with.

    Parameters
    ----------
    path : Path
        Its folder.
    step : int
        Of its checkpoint.
    """

    path: Path
    step: int


def interrupted_runs(runs: Path) -> list[InterruptedRun]:
    """Return the runs among the sub-folders of a folder that ended suddenly, the newest first.

    Runs that somebody has open are left alone, and those without a checkpoint that can be used
    are left out: there is nothing to go on from.
    """
    try:
        left = [entry for entry in islice(runs.iterdir(), MOST_FOLDERS) if was_left(entry)]
    except OSError:
        return []
    found = []
    for path in left:
        if is_run_folder(path):
            with suppress(UserError, OSError):
                step = RunFolder.open(path, write=False).checkpoint_step()
                found.append(((path / CHECKPOINT).stat().st_mtime, InterruptedRun(path, step)))
    return [run for _, run in sorted(found, key=lambda item: item[0], reverse=True)]


def forget_interruption(path: Path) -> None:
    """Offer a run no more; its files stay. One that is open elsewhere, or gone, is left alone."""
    with suppress(UserError):
        FolderLock(path).release()
