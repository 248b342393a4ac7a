"""A run as panels see it: one that trains in this process, or one in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ganview.runtime.history import History
from ganview.runtime.quality_record import QualityRecord

if TYPE_CHECKING:
    from ganview.gan.config import TrainConfig
    from ganview.gan.model import Model
    from ganview.runtime.messages import SampleGrid


@dataclass(frozen=True, kw_only=True)
class MomentInfo:
    """What is known of a kept moment of a run without reading it.

    Parameters
    ----------
    step : int
        Where it is.
    seconds : float
        Of training until then.
    name : str
        What the user called it; empty for one that was kept by itself.
    has_samples, has_model, has_discriminator, has_state : bool
        What of it was kept; the state is what a bit-exact continuation needs.
    marks : tuple of str
        What is notable about it.
    """

    step: int
    seconds: float
    name: str = ""
    has_samples: bool = False
    has_model: bool = False
    has_discriminator: bool = False
    has_state: bool = False
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Moment:
    """A run as it was at a step of its past.

    Parameters
    ----------
    info : MomentInfo
        Of the newest moment not after that step.
    samples : SampleGrid or None
        The newest that were kept until then.
    model : Model or None
        The newest that was kept until then, with its discriminator if that was kept;
        ``model.info["step"]`` says when. Models are kept less often than samples.
    """

    info: MomentInfo
    samples: SampleGrid | None
    model: Model | None


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

    def moments(self) -> tuple[MomentInfo, ...]:
        """Return what is kept of the run's past, in order of steps; cheap."""

    def at(self, step: int) -> Moment | None:
        """Return the newest moment not after a step; for background threads, as it reads files.

        None if nothing is kept of so early a step.

        Raises
        ------
        UserError
            A file can't be read.
        """

    def samples_at(self, step: int) -> SampleGrid | None:
        """Return the samples of `at` alone, which takes a few milliseconds."""

    def model_at(self, step: int) -> Model | None:
        """Return the model of `at` alone."""


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
        from ganview.runtime.folder_moments import FolderMoments

        self._files = RunFolder.open(path, write=False)
        self.config = self._files.info.config
        self.folder: Path | None = path
        self.data_name = Path(self._files.info.data.name).name
        self.history, self.quality = History(), QualityRecord()
        self._past = FolderMoments(path, self.history)
        self.refresh()

    def refresh(self) -> None:
        """Read what the folder holds by now."""
        self.history.load(self._files.metrics())
        self.quality.load(self._files.quality())
        self._moments = self._past.look()

    def moments(self) -> tuple[MomentInfo, ...]:
        """Return what was kept of the run's past when it was last looked at."""
        return self._moments

    def at(self, step: int) -> Moment | None:
        """Return the newest moment not after a step; see `RunView.at`."""
        return self._past.at(step)

    def samples_at(self, step: int) -> SampleGrid | None:
        """Return the newest samples not after a step; see `RunView.samples_at`."""
        return self._past.samples_at(step)

    def model_at(self, step: int) -> Model | None:
        """Return the newest model not after a step; see `RunView.model_at`."""
        return self._past.model_at(step)


def moments_of(folder: Path) -> list[tuple[int, Path]]:
    """Return the generators that a run kept on its way, as (step, model file) in order."""
    from ganview.files.run_folder import RunFolder

    return RunFolder.open(folder, write=False).moments()
