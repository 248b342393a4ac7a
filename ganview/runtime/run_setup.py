"""How a run begins, goes on or is only read; for background threads, without torch until then."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.errors import UserError
from ganview.runtime.history import History
from ganview.runtime.opening import Opened, open_file
from ganview.runtime.quality_record import QualityRecord

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.files.run_folder import RunFolder
    from ganview.gan.config import TrainConfig


@dataclass(frozen=True, eq=False)
class Prepared:
    """What a run needs before it can begin.

    Parameters
    ----------
    dataset
        What is learned.
    folder
        Where the run is saved; None where nothing is to be saved, or nothing can be.
    config
        Its settings.
    note
        Why there is no folder, or nothing.
    resume
        Whether to go on from the folder's checkpoint.
    """

    dataset: Dataset
    folder: RunFolder | None
    config: TrainConfig
    note: str = ""
    resume: bool = False


def prepare_run(config: TrainConfig, folder: Path | None) -> Prepared:
    """Load the data, and make the folder of a run if one is wanted.

    Raises
    ------
    UserError
        The data can't be used.
    """
    from ganview.data.digits import load_digits

    dataset = load_digits()
    if folder is None:
        return Prepared(dataset, None, config)
    from ganview.files.run_folder import RunFolder

    try:
        run = RunFolder.create(folder, config, data_sha256=dataset.sha256)
        return Prepared(dataset, run, config)
    except UserError as error:
        note = f"This run stays in memory, because its folder can't be made: {error}"
        return Prepared(dataset, None, config, note)


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
