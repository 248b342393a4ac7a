"""A run as panels see it: one that trains in this process, or one in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ganview.runtime.history import History
from ganview.runtime.quality_record import QualityRecord

if TYPE_CHECKING:
    from ganview.gan.config import TrainConfig


class RunView(Protocol):
    """What panels are given; its history and quality are its own for ever.

    `ganview.runtime.local_run.LocalRun` is one that learns here and obeys commands, `FolderRun` one
    that is only read.

    Attributes
    ----------
    config : TrainConfig
        Its settings.
    folder : Path or None
        Where it is saved.
    data_name : str
        Short name of what it learns from.
    history : History
        The numbers of every step.
    quality : QualityRecord
        What was measured of its models.
    """

    config: TrainConfig
    folder: Path | None
    data_name: str
    history: History
    quality: QualityRecord


class FolderRun:
    """A run in a folder, finished or written by another process; nothing of it is changed.

    Parameters
    ----------
    path : Path
        The folder.

    Raises
    ------
    UserError
        It is not the folder of a run, or can't be read.
    """

    def __init__(self, path: Path) -> None:
        from ganview.files.run_folder import RunFolder

        self._files = RunFolder.open(path, write=False)
        self.config = self._files.info.config
        self.folder: Path | None = path
        self.data_name = Path(self._files.info.data.name).name
        self.history, self.quality = History(), QualityRecord()
        self.refresh()

    def refresh(self) -> None:
        """Read what the folder holds by now."""
        self.history.load(self._files.metrics())
        self.quality.load(self._files.quality())


def moments_of(folder: Path) -> list[tuple[int, Path]]:
    """Return the generators that a run kept on its way, as (step, model file) in order."""
    from ganview.files.run_folder import RunFolder

    return RunFolder.open(folder, write=False).moments()
