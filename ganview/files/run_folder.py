"""The folder of one run: its settings, numbers, samples, and what it takes to go on with it.

========================== ===================================================================
``config.json``            settings, data and when it began
``metrics.jsonl``          the newest numbers, one line a step (`ganview.files.metrics_log`)
``metrics.safetensors``    earlier numbers, as columns (`ganview.files.run_metrics`)
``quality.jsonl``          one line a measurement, as `ganview.gan.metrics.quality` names them
``health.jsonl``           how the game goes, one line a sample (`ganview.files.health_log`)
``moments/``               samples, models and states along the way (`ganview.files.moments`)
``checkpoint.safetensors`` everything that a bit-exact continuation needs
``model.safetensors``      the model as it was then, so that a run folder is a MODEL
========================== ===================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ganview.data.source import DIGITS, DataSource
from ganview.errors import UserError
from ganview.files.atomic import WriteError, check_name, link_or_copy, remove_leftovers
from ganview.files.checkpoint import read_checkpoint, read_description, write_checkpoint
from ganview.files.health_log import append_samples, read_new_samples, read_samples
from ganview.files.json_document import Document
from ganview.files.lock import LOCK_NAME, FolderLock, refuse_links_out
from ganview.files.log_position import LogPosition
from ganview.files.metrics_log import append_rows, copy_rows, forget_rows, read_metrics
from ganview.files.model_file import save_model
from ganview.files.moment_info import Mark, Moment, MomentInfo
from ganview.files.moments import OLD_FOLDERS, Moments
from ganview.files.run_files import (
    CHECKPOINT,
    COLUMNS,
    CONFIG,
    ERROR,
    EVENTS,
    HEALTH,
    METRICS,
    MODEL,
    MOMENTS,
    QUALITY,
    is_run_folder,
)
from ganview.files.run_info import Parent, RunInfo, changes_since, read_run_info, write_run_info
from ganview.files.run_metrics import RunMetrics
from ganview.gan.config import TrainConfig
from ganview.gan.health_sample import HealthSample
from ganview.gan.model import Model


class RunFolder:
    """An open run folder; make one with `create` or `open`, and `close` it.

    Attributes
    ----------
    path : Path
        The folder.
    info : RunInfo
        Settings and data of the run.
    kept : Moments
        The moments that are kept of it.
    """

    def __init__(self, path: Path, info: RunInfo, lock: FolderLock | None) -> None:
        self.path = path
        self.info = info
        self.kept = Moments(path)
        self._metrics = RunMetrics(path)
        self._health_read = LogPosition(path / HEALTH)
        self._written: dict[str, int | None] = {}  # the step that a file was last written of
        self._lock = lock

    @classmethod
    def create(
        cls,
        path: str | Path,
        config: TrainConfig,
        *,
        data: DataSource = DIGITS,
        data_sha256: str = "",
        parent: Parent | None = None,
    ) -> RunFolder:
        """Make the folder of a new run and hold its lock.

        A run that never came to a checkpoint is replaced: nobody could go on with it.

        Raises
        ------
        UserError
            There is something in that place already, or it cannot be written.
        """
        path = Path(path)
        created = datetime.now(UTC).isoformat(timespec="seconds")
        info = RunInfo(config, data, data_sha256, created, parent=parent)
        try:
            check_name(path.name)
            path.mkdir(parents=True, exist_ok=True)
            if not holds_nothing(path):
                what = "a run already" if is_run_folder(path) else "other files"
                raise UserError(f"{path} holds {what}: choose another folder for the new run.")
        except (OSError, ValueError) as error:
            raise WriteError(path, error) from error
        lock = FolderLock(path)
        try:
            remove_numbers(path)
            (path / MOMENTS).mkdir(exist_ok=True)
            write_run_info(path / CONFIG, info)
        except OSError as error:
            lock.release()
            raise WriteError(path, error) from error
        except UserError:
            lock.release()
            raise
        return cls(path, info, lock)

    @classmethod
    def open(cls, path: str | Path, *, write: bool = True) -> RunFolder:
        """Open the folder of a run, to go on with it or only to look.

        Raises
        ------
        LockedError
            Another has it open for writing, and so would this.
        UserError
            It is not a run folder, or its settings cannot be read.
        """
        path = Path(path)
        if not is_run_folder(path):
            raise UserError(f"{path} is not the folder of a run: it has no {CONFIG}.")
        info = read_run_info(path / CONFIG)
        if not write:
            return cls(path, info, None)
        refuse_links_out(path)
        lock = FolderLock(path)
        for folder in (path, path / MOMENTS):
            remove_leftovers(folder)
        return cls(path, info, lock)

    def close(self) -> None:
        """Release the lock on the folder; harmless to repeat."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: Any
    ) -> None:
        self.close()

    def append_metrics(self, rows: Iterable[Mapping[str, float | None]]) -> None:
        """Add the numbers of some steps, each with at least the whole number ``step``.

        Raises
        ------
        WriteError
            They could not be written, and none of them is there.
        """
        self.check_in_place()
        self._metrics.append(rows)

    def metrics(self) -> dict[str, NDArray[np.float64]]:
        """Return all numbers written so far, as columns of equal length by name."""
        return self._metrics.read()

    def new_metrics(self) -> tuple[dict[str, NDArray[np.float64]], bool]:
        """Return what was added since the last call; see `RunMetrics.read_new`."""
        return self._metrics.read_new()

    def append_quality(self, rows: Iterable[Mapping[str, float | None]]) -> None:
        """Add measurements of the model, each with at least the whole number ``step``.

        Raises
        ------
        WriteError
            They could not be written, and none of them is there.
        """
        self.check_in_place()
        append_rows(self.path / QUALITY, rows)

    def quality(self) -> dict[str, NDArray[np.float64]]:
        """Return all measurements so far, as columns of equal length by name."""
        return read_metrics(self.path / QUALITY)

    def append_health(self, samples: Iterable[HealthSample]) -> None:
        """Add samples of how the game goes; see `ganview.files.health_log.append_samples`."""
        self.check_in_place()
        append_samples(self.path / HEALTH, samples)

    def health(self) -> list[HealthSample]:
        """Return all samples so far of how the game goes, in order of steps."""
        return read_samples(self.path / HEALTH)

    def new_health(self) -> tuple[list[HealthSample], bool]:
        """Return what was added since the last call; see `read_new_samples`."""
        return read_new_samples(self._health_read)

    def save_checkpoint(self, tensors: Mapping[str, Tensor], values: Document) -> None:
        """Replace the checkpoint.

        Parameters
        ----------
        values : dict
            Plain JSON values, among them ``step``.

        Raises
        ------
        WriteError
            It could not be written; the last checkpoint is still there.
        """
        self.check_in_place()
        write_checkpoint(self.path / CHECKPOINT, tensors, values, self.info)
        self._written[CHECKPOINT] = values.get("step")

    def check_in_place(self) -> None:
        """Make sure that the folder is still the one that was opened for writing.

        Raises
        ------
        WriteError
            It is gone, or another has its place.
        """
        if self._lock is not None:
            self._lock.check_in_place()

    def load_checkpoint(self, step: int | None = None) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Return tensors and values of the checkpoint, or of the state kept after a step.

        Raises
        ------
        UserError
            There is none, or it is damaged.
        """
        path = self.path / CHECKPOINT
        if step is not None and not (self.has_checkpoint() and self.checkpoint_step() == step):
            kept = dict(self.kept.files("state")).get(step)
            if kept is None:
                raise UserError(f"The run in {self.path} has not kept all of step {step:,}.")
            path = kept
        return read_checkpoint(self._existing(path))

    def forget_after(self, step: int) -> None:
        """Remove numbers and frames of later steps: the run goes on from ``step``."""
        self.check_in_place()
        self._metrics.forget_after(step)
        for log in (QUALITY, HEALTH):
            forget_rows(self.path / log, step)
        self.kept.forget_after(step)

    def take_past(self, run: RunFolder, step: int) -> None:
        """Take over numbers and moments of another run until a step, which this one goes on from.

        Raises
        ------
        UserError
            They can't be read or written.
        """
        self.check_in_place()
        self._metrics.copy_until(run._metrics, step)
        for log in (QUALITY, HEALTH):
            copy_rows(run.path / log, self.path / log, step)
        self.kept.take(run.kept, step)

    def changes_since_checkpoint(self) -> tuple[str, ...]:
        """Return a sentence for each thing that differs from when the checkpoint was written."""
        return changes_since(read_description(self._existing(self.path / CHECKPOINT))[2], self.info)

    def checkpoint_step(self) -> int:
        """Return the step to go on from.

        Raises
        ------
        UserError
            There is none, or what is there is damaged.
        """
        return int(read_description(self._existing(self.path / CHECKPOINT))[1]["step"])

    def is_slowed(self) -> bool:
        """Tell whether its learning rate was lowered at a divergence, as its checkpoint says."""
        try:
            scale = read_description(self.path / CHECKPOINT)[1].get("rate_scale")
        except UserError:
            return False  # there is none, or it can't be read
        return isinstance(scale, (int, float)) and scale < 1

    def state_steps(self) -> list[int]:
        """Return the steps of which the whole state is kept, in order; the checkpoint's, too."""
        steps = {step for step, _ in self.kept.files("state")}
        if self.has_checkpoint():
            steps.add(self.checkpoint_step())
        return sorted(steps)

    def _existing(self, path: Path) -> Path:
        if not path.exists():
            raise UserError(f"The run in {self.path} has no checkpoint to go on from.")
        return path

    def has_checkpoint(self) -> bool:
        """Return whether there is something to go on from."""
        return (self.path / CHECKPOINT).is_file()

    def save_model(self, model: Model) -> None:
        """Replace the run's model file.

        Raises
        ------
        WriteError
            It could not be written; the last one is still there.
        """
        self.check_in_place()
        save_model(self.path / MODEL, model)
        self._written[MODEL] = model.info.get("step")

    def save_moment(self, moment: Moment) -> None:
        """Keep a moment of the run; its state if it is long after the last, or if it has a name.

        Raises
        ------
        WriteError
            It could not be written.
        """
        self.check_in_place()
        step, state = moment.step, moment.state
        if state is not None and (moment.name or self.kept.is_state_due(step)):
            if self._written.get(CHECKPOINT) == step:
                link_or_copy(self.path / CHECKPOINT, self.kept.state_path(step))
            else:
                write_checkpoint(self.kept.state_path(step), *state, self.info)
        written = moment.model is not None and self._written.get(MODEL) == step
        self.kept.add(moment, self.path / MODEL if written else None)

    def show_moment(self, moment: Moment) -> None:
        """Write the newest sample grid, until the next; see `Moments.show`.

        Raises
        ------
        WriteError
            It could not be written.
        """
        self.check_in_place()
        self.kept.show(moment)

    def mark(self, mark: Mark) -> None:
        """Note a notable point of the run.

        Raises
        ------
        WriteError
            It could not be written.
        """
        self.check_in_place()
        self.kept.mark(mark)

    def moments(self) -> tuple[MomentInfo, ...]:
        """Return what is kept of the run's past, in order of steps."""
        return self.kept.infos

    def samples(self) -> list[tuple[int, Path]]:
        """Return the sample grids that were kept, as (step, file) in order."""
        return self.kept.files("samples")


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
