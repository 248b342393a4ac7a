"""A run as panels see it: one that trains in this process, or one in a folder."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from math import isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ganview.errors import UserError
from ganview.runtime.health_record import HealthRecord
from ganview.runtime.history import History
from ganview.runtime.quality_record import QualityRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganview.files.moment_info import Mark, MomentInfo, State
    from ganview.files.run_folder import RunFolder
    from ganview.gan.config import TrainConfig
    from ganview.gan.metrics.quality import Quality
    from ganview.gan.model import Model, ModelSpec
    from ganview.runtime.messages import SampleGrid


class RunView(Protocol):
    """What panels are given; its history and quality are its own for ever.

    `ganview.runtime.local_run.LocalRun` is one that learns here and obeys commands, `FolderRun` one
    that is only read.
    """

    config: TrainConfig  # its settings
    folder: Path | None  # where it is saved
    data_name: str  # short name of what it learns from
    history: History  # the numbers of every step
    quality: QualityRecord  # what was measured of its models
    health: HealthRecord  # of the training, now and then; empty in runs from before it was recorded

    def moments(self) -> tuple[MomentInfo, ...]:
        """Return what is kept of its past, in order of steps; asks no disk."""

    def samples_at(self, step: int) -> SampleGrid:
        """Read the newest sample grid that is not after ``step``; for background threads.

        Raises
        ------
        UserError
            None is kept, or it can't be read.
        """

    def model_at(self, step: int) -> Model:
        """Read the newest model that is not after ``step``, its discriminator included.

        Raises
        ------
        UserError
            None is kept, or it can't be read.
        """

    def state_at(self, step: int) -> State | None:
        """Read all that goes on bit for bit from exactly this step, or None if it isn't kept.

        Raises
        ------
        UserError
            It can't be read.
        """


class Past:
    """The moments that a run's folder has kept, read when they are asked for; none without one.

    Parameters
    ----------
    files : RunFolder or None
        The folder; it may be closed, or another may write it.
    """

    def __init__(self, files: RunFolder | None) -> None:
        self._folder = files
        self._spec: ModelSpec | None = None

    @property
    def _files(self) -> RunFolder:
        if self._folder is None:
            raise UserError("This run has no folder: it keeps nothing of its past.")
        return self._folder

    def moments(self) -> tuple[MomentInfo, ...]:
        """Return what is kept, in order of steps."""
        return self._folder.moments() if self._folder is not None else ()

    def samples_at(self, step: int) -> SampleGrid:
        """Read the newest sample grid that is not after ``step``; see `RunView.samples_at`."""
        from ganview.files.grid_text import read_beliefs
        from ganview.files.png import decode_png
        from ganview.runtime.sample_grid import grid_of

        path = self._files.kept.file("samples", step)
        if path is None:
            raise UserError(f"The run in {self._files.path} has kept no samples of step {step:,}.")
        atlas, text = decode_png(path)
        objective = self._files.info.config.objective
        beliefs = partial(read_beliefs, text)
        return grid_of(atlas, self._spec_of(), objective, beliefs)

    def model_at(self, step: int) -> Model:
        """Read the newest model that is not after ``step``; else the run's newest."""
        from ganview.files.model_file import load_model
        from ganview.files.run_files import MODEL

        path = self._files.kept.file("model", step) or self._files.path / MODEL
        return load_model(path)

    def state_at(self, step: int) -> State | None:
        """Read all that goes on bit for bit from exactly this step; see `RunView.state_at`."""
        there = self._folder is not None and step in self._files.state_steps()
        return self._files.load_checkpoint(step) if there else None

    def _spec_of(self) -> ModelSpec:
        """Return the shape of the run's models; it is the same at every step."""
        from ganview.files.model_file import read_model_header
        from ganview.files.run_files import MODEL

        if self._spec is None:
            kept = self._files.kept.files("model")
            path = kept[0][1] if kept else self._files.path / MODEL
            self._spec = read_model_header(path).spec
        return self._spec


class FolderRun(Past):
    """A run in a folder, finished or written by another process; nothing of it is changed.

    Attributes
    ----------
    status : RunStatus
        Whether somebody writes it, and whether one can go on with it, at the last `refresh`.

    Raises
    ------
    UserError
        It is not the folder of a run, or can't be read.
    """

    def __init__(self, path: Path) -> None:
        from ganview.files.run_folder import RunFolder

        super().__init__(RunFolder.open(path, write=False))
        self.config = self._files.info.config
        self.folder: Path | None = path
        self.data_name = Path(self._files.info.data.name).name
        self.history, self.quality, self.health = History(), QualityRecord(), HealthRecord()
        self._marked: tuple[tuple[Quality, ...], int] | None = None  # looks and steps
        self._collapses: list[Mark] | None = None
        self.refresh()

    def refresh(self) -> None:
        """Read what the folder has more than before; for background threads.

        Raises
        ------
        UserError
            It can't be read any more.
        """
        from ganview.files.run_summary import status_of

        self._files.kept.refresh()
        self.status = status_of(self._files.path)
        columns, starts_over = self._files.new_metrics()
        if starts_over:
            self.history.load(columns)
        else:
            self.history.extend(columns)
        looks = self._files.quality()
        newest = looks["step"][-1] if looks else 0
        if (newest, len(looks.get("step", ""))) != (self.quality.newest, len(self.quality)):
            self.quality.load(looks)
        samples, starts_over = self._files.new_health()
        if starts_over:
            self.health.load(samples)
        for sample in () if starts_over else samples:
            self.health.append(sample)
        self._time_moments()

    def _time_moments(self) -> None:
        """Take over the moments, with the seconds of those that the index does not tell them of."""
        found = []
        for info in super().moments():
            seconds = self.history.seconds_at(info.step) if info.step and not info.seconds else nan
            found.append(info if isnan(seconds) else replace(info, seconds=seconds))
        self._moments = tuple(found)

    def find_marks(self) -> None:
        """Find the notable points of an older run, which noted none; for background threads.

        What was measured and the numbers of its steps tell of them, and of the oldest runs the
        samples, which are looked at once. Nothing is written.
        """
        from ganview.runtime.notable import marks_of_divergence, marks_of_quality, marks_of_samples

        looks, steps = self.quality.looks(), len(self.history)
        if self._marked != (looks, steps):
            self._marked = looks, steps
            if self._collapses is None:
                self._collapses = marks_of_samples(self._old_grids())
            diverged = marks_of_divergence(self.history.view(), slowed=self._files.is_slowed())
            self._files.kept.guess([*marks_of_quality(looks), *self._collapses, *diverged])
            self._time_moments()

    def _old_grids(self) -> Iterator[tuple[int, int, SampleGrid]]:
        columns = self.history.view()
        for step, _ in self._files.kept.written_before():
            row = int(np.searchsorted(columns["step"], step))
            if row < len(columns["step"]):
                with suppress(UserError):  # one that can't be read tells nothing
                    yield step, int(columns["images_seen"][row]), self.samples_at(step)

    def moments(self) -> tuple[MomentInfo, ...]:
        """Return what is kept of its past, as it was at the last `refresh`."""
        return self._moments
