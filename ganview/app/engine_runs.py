"""What worker threads do with the runs of before; like `ganview.app.engine`, never on the GUI's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.app.engine import Opened, Prepared, open_file
from ganview.errors import UserError
from ganview.runtime.history import History
from ganview.runtime.quality import QualityRecord

if TYPE_CHECKING:
    from ganview.files.interrupted import Interrupted
    from ganview.gan.config import TrainConfig


@dataclass(frozen=True, eq=False)
class ReadOnly:
    """A run that another has open, as it is on the disk.

    Parameters
    ----------
    opened
        Its model.
    config
        Its settings.
    history
        Its numbers.
    quality
        What was measured of it.
    note
        A sentence that says so.
    """

    opened: Opened
    config: TrainConfig
    history: History
    quality: QualityRecord
    note: str


def prepare_to_go_on(path: Path) -> Prepared | ReadOnly:
    """Open the folder of a run to go on with, or only to look if another has it open.

    Raises
    ------
    UserError
        It is no run, has no checkpoint that can be used, or learned from data that the window
        doesn't have.
    """
    from ganview.data.digits import load_digits
    from ganview.files.lock import LockedError
    from ganview.files.run_folder import RunFolder

    try:
        folder = RunFolder.open(path)
    except LockedError as error:
        return _look(path, error)
    try:
        folder.checkpoint_step()
        dataset = load_digits()
        if folder.info.data_sha256 != dataset.sha256:
            raise UserError(
                f"The run in {path} learned from other data than the digits: go on with it by "
                f"'ganview train --resume', with --data '{folder.info.data}'."
            )
    except BaseException:
        folder.close()
        raise
    return Prepared(dataset, folder, folder.info.config, resume=True)


def _look(path: Path, locked: UserError) -> ReadOnly:
    from ganview.files.run_folder import RunFolder

    folder, history, quality = RunFolder.open(path, write=False), History(), QualityRecord()
    try:
        opened = open_file(path)
    except UserError as error:
        raise UserError(f"{locked} {error}") from error
    history.load(folder.metrics())
    quality.load(folder.quality())
    note = f"{locked} Until then you see it as it was last saved; nothing of it is changed here."
    return ReadOnly(opened, folder.info.config, history, quality, note)


def find_interrupted(runs: Path) -> list[Interrupted]:
    """Return the runs that ended suddenly, the newest first."""
    from ganview.files.interrupted import interrupted_runs

    return interrupted_runs(runs)


def forget(runs: list[Interrupted]) -> None:
    """Offer some runs no more."""
    from ganview.files.interrupted import forget_interruption

    for run in runs:
        forget_interruption(run.path)
