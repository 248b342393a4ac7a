"""What a session shows: its samples, what is wrong with them, and how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ganview.runtime import health, sample_grid
from ganview.runtime.messages import SessionState, Snapshot, StopAt
from ganview.runtime.throughput import Throughput, TimeBudget

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganview.gan.model import Model
    from ganview.gan.trainer import StepStats, Trainer
    from ganview.runtime.mailbox import Latest

SHARE = 0.02  # part of the time that snapshots may take
LONGEST_SECONDS = 2.0  # between two snapshots, whatever they cost: somebody is watching
JUDGING_SECONDS = 0.5  # between two looks at the pictures for collapse
NOTE_SECONDS = 15.0  # for which a note about something done stays


@dataclass(frozen=True)
class RunStatus:
    """Where a run stands, as far as it is no picture."""

    state: SessionState
    pace: Throughput
    stop: StopAt | None
    failure: tuple[str, str] | None
    generation: int
    threads: int


class SnapshotPublisher:
    """Draws the grid of a run when its weights are new, and publishes snapshots.

    Parameters
    ----------
    snapshots, models : Latest
        Where to publish.
    rows : int
        Samples of each class.
    interval : float
        Seconds between two snapshots while training, at least.
    objective : str
        Name of the objective, to judge its numbers by.
    image_shape : tuple of int
        (C, H, W) of the data, for the time before there is a network.
    """

    def __init__(
        self,
        snapshots: Latest[Snapshot],
        models: Latest[Model],
        rows: int,
        interval: float,
        objective: str,
        image_shape: tuple[int, int, int],
    ) -> None:
        self._snapshots = snapshots
        self._models = models
        self._rows = rows
        self._objective = objective
        self._grid: sample_grid.GridNoise | None = None
        self._drawn = sample_grid.empty_grid(rows, sample_grid.COLUMNS, image_shape)
        self._drawn_step = -1
        self._is_whole = False
        self._turn = 0
        self._model_version = 0
        self._in_numbers: health.Finding | None = None
        self._in_pictures: health.Finding | None = None
        self._note, self._note_until = "", 0.0
        self._due = TimeBudget(interval, SHARE, LONGEST_SECONDS)
        self._judging = TimeBudget(JUDGING_SECONDS, SHARE)

    def is_due(self) -> bool:
        """Tell whether training can afford another snapshot."""
        return self._due.due(time.perf_counter())

    @property
    def all_rows_new(self) -> bool:
        """Whether each row was drawn anew since this was last so."""
        return self._is_whole or self._turn % sample_grid.BANDS == 0

    @property
    def sample(self) -> tuple[NDArray[np.uint8], int]:
        """The grid as it was drawn last, and at which step."""
        return self._drawn.atlas, max(self._drawn_step, 0)

    def say(self, sentence: str) -> None:
        """Have a note about something done shown for a while."""
        self._note, self._note_until = sentence, time.perf_counter() + NOTE_SECONDS

    def draw(
        self,
        trainer: Trainer,
        model: Callable[[], Model],
        recent: Collection[StepStats],
        *,
        whole: bool,
    ) -> Model | None:
        """Draw with a fresh model if the weights are new, look for trouble, return that model.

        While training goes on the rows of the grid take turns, so that it stays alive for a small
        part of what a ``whole`` one costs.
        """
        fresh = trainer.step_count != self._drawn_step
        if not fresh and (self._is_whole or not whole):
            return None
        began = time.perf_counter()
        if self._grid is None:
            self._grid, whole = sample_grid.GridNoise(trainer.spec, self._rows), True
        learned = model()
        if whole:
            self._drawn = self._grid.draw(learned)
        else:
            self._turn += 1
            self._drawn = self._grid.redraw_rows(learned, self._drawn, self._turn)
        self._is_whole = whole
        self._drawn_step = trainer.step_count
        self._model_version = self._models.put(learned)
        self._look_for_trouble(trainer, recent)
        now = time.perf_counter()
        self._due.done(now, None if whole else now - began)
        return learned

    def _look_for_trouble(self, trainer: Trainer, recent: Collection[StepStats]) -> None:
        self._in_numbers = health.examine_losses(recent, self._objective)
        began = time.perf_counter()
        if self._judging.due(began):
            names = trainer.spec.class_names
            tiles, seen = self._drawn.tiles, trainer.images_seen
            self._in_pictures = health.examine_samples(tiles, seen, names)
            now = time.perf_counter()
            self._judging.done(now, now - began)

    def _notes(self) -> str:
        found = [trouble.sentence for trouble in (self._in_pictures, self._in_numbers) if trouble]
        note = self._note if time.perf_counter() < self._note_until else ""
        return " ".join(part for part in (*found, note) if part)

    def publish(self, standing: RunStatus, trainer: Trainer | None, unsaved: str) -> None:
        """Put a snapshot of now where the window will find it."""
        step = trainer.step_count if trainer is not None else 0
        pace, stop, drawn = standing.pace, standing.stop or StopAt(), self._drawn
        error, details = standing.failure or (None, None)
        rows, cols, height, width = drawn.tiles.shape[:4]
        noise = np.zeros((0, 0), np.float32) if self._grid is None else self._grid.z
        snapshot = Snapshot(
            state=standing.state,
            step=step,
            images_seen=trainer.images_seen if trainer is not None else 0,
            elapsed=pace.elapsed,
            images_per_second=pace.images_per_second,
            progress=stop.progress(step, pace.elapsed),
            remaining=stop.remaining(step, pace.elapsed, pace.steps_per_second),
            atlas=drawn.atlas,
            tile=(height, width),
            rows=rows,
            cols=cols,
            beliefs=drawn.beliefs,
            grid_z=noise,
            grid_y=None if self._grid is None else self._grid.y,
            note=self._notes(),
            unsaved=unsaved,
            error=error,
            details=details,
            version=self._snapshots.sequence + 1,
            generation=standing.generation,
            threads=standing.threads,
            model_version=self._model_version,
        )
        self._snapshots.put(snapshot)
