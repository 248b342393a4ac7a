"""Runs that a kill, a crash or a power cut ended, found so that the window can offer them again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ganview.errors import UserError
from ganview.files.lock import FolderLock, ended_abruptly
from ganview.files.run_files import CHECKPOINT, is_run_folder
from ganview.files.run_folder import RunFolder

MAX_FOLDERS = 10_000  # searched


@dataclass(frozen=True)
class InterruptedRun:
    """A run that ended suddenly and can be resumed."""

    path: Path  # its folder
    step: int  # the step of its checkpoint


def interrupted_runs(runs: Path) -> list[InterruptedRun]:
    """Return the runs in the sub-folders of ``runs`` that ended suddenly, the newest first.

    Runs that are open, and runs without a usable checkpoint, are left out.
    """
    try:
        left = [entry for entry in islice(runs.iterdir(), MAX_FOLDERS) if ended_abruptly(entry)]
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
    """Stop offering a run, unless it is open or gone. Its files stay."""
    with suppress(UserError):
        FolderLock(path).release()
