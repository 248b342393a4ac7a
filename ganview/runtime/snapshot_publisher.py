"""Draws the samples of a run while it trains, finds trouble in them, and publishes snapshots."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from ganview.files.moment_info import Moment, State
from ganview.runtime import health
from ganview.runtime.messages import RunState, SampleGrid, Snapshot, StopAt
from ganview.runtime.sample_grid import BANDS, GridSampler
from ganview.runtime.throughput import Throughput, TimeBudget

if TYPE_CHECKING:
    from ganview.gan.model import Model
    from ganview.gan.trainer import StepStats, Trainer
    from ganview.runtime.mailbox import Latest

SHARE = 0.02  # part of the time that snapshots may take
LONGEST_SECONDS = 2.0  # between two snapshots, whatever they cost: somebody is watching
JUDGING_SECONDS = 0.5  # between two searches of the samples for collapse
NOTE_SECONDS = 15.0  # for which a note about something done stays


class SnapshotPublisher:
    """Draws the grid of a run when its weights are new, and publishes snapshots.

    Parameters
    ----------
    snapshots : Latest
        Where to publish.
    rows : int
        Samples of each class.
    interval : float
        Seconds between two snapshots while training, at least.
    objective : str
        Name of the objective, to judge its numbers by.

    Attributes
    ----------
    samples : SampleGrid or None
        What was drawn last.
    samples_step : int
        The step of that; -1 before.
    model : Model or None
        The model that drew it.
    """

    def __init__(
        self, snapshots: Latest[Snapshot], rows: int, interval: float, objective: str
    ) -> None:
        self.samples: SampleGrid | None = None
        self.samples_step = -1
        self._snapshots = snapshots
        self._rows = rows
        self._objective = objective
        self._sampler: GridSampler | None = None
        self.model: Model | None = None
        self._is_full_redraw = False
        self._turn = 0
        self._in_numbers: health.Finding | None = None
        self._in_samples: health.Finding | None = None
        self._note, self._note_until = "", 0.0
        self._budget = TimeBudget(interval, SHARE, LONGEST_SECONDS)
        self._judging = TimeBudget(JUDGING_SECONDS, SHARE)

    def is_due(self) -> bool:
        """Tell whether training can afford another snapshot."""
        return self._budget.due(time.perf_counter())

    @property
    def all_rows_new(self) -> bool:
        """Whether each row was drawn anew since this was last so."""
        return self._is_full_redraw or self._turn % BANDS == 0

    def say(self, sentence: str) -> None:
        """Have a note about something done shown for a while."""
        self._note, self._note_until = sentence, time.perf_counter() + NOTE_SECONDS

    def draw(
        self,
        trainer: Trainer,
        make_model: Callable[[], Model],
        recent: deque[StepStats],
        *,
        whole: bool,
    ) -> Model | None:
        """Draw with a fresh model if the weights are new, look for trouble, return that model.

        While training goes on the rows of the grid take turns, so that it stays alive for a small
        part of what a ``whole`` one costs.
        """
        fresh = trainer.step_count != self.samples_step
        if not fresh and (self._is_full_redraw or not whole):
            return None
        began = time.perf_counter()
        self.model = model = make_model()
        if self._sampler is None:
            self._sampler = GridSampler(trainer.spec, self._rows)
        if whole or self.samples is None:
            whole, self.samples = True, self._sampler.draw(model)
        else:
            self._turn += 1
            self.samples = self._sampler.redraw_rows(model, self.samples, self._turn)
        self._is_full_redraw = whole
        self.samples_step = trainer.step_count
        self._examine(self.samples, trainer, recent)
        now = time.perf_counter()
        self._budget.done(now, None if whole else now - began)
        return model

    def moment(self, elapsed: float, state: State | None = None, name: str = "") -> Moment:
        """Return what was drawn last as a moment to keep, ``elapsed`` seconds into training."""
        assert self.samples is not None  # it was drawn
        shown = self.samples
        return Moment(
            self.samples_step, elapsed, shown.atlas, self.model, state, name, shown.beliefs
        )

    def _examine(self, samples: SampleGrid, trainer: Trainer, recent: deque[StepStats]) -> None:
        if recent:  # after a divergence there are none, and what ended the run stays told
            self._in_numbers = health.examine_losses(recent, self._objective)
        began = time.perf_counter()
        if self._judging.due(began):
            self._in_samples = health.examine_samples(
                samples.images, trainer.images_seen, samples.class_names, self._in_samples
            )
            now = time.perf_counter()
            self._judging.done(now, now - began)

    def find(self, finding: health.Finding) -> None:
        """Report something that was found in the numbers, until they are looked at again."""
        self._in_numbers, self._note = finding, ""

    @property
    def findings(self) -> tuple[health.Finding, ...]:
        """What is wrong with the run by its newest numbers and samples."""
        return tuple(it for it in (self._in_samples, self._in_numbers) if it is not None)

    def _notes(self) -> str:
        note = self._note if time.perf_counter() < self._note_until else ""
        sentences = [finding.sentence for finding in self.findings]
        return " ".join(part for part in (*sentences, note) if part)

    def publish(
        self,
        state: RunState,
        trainer: Trainer | None,
        throughput: Throughput,
        stop: StopAt | None,
        *,
        failure: tuple[str, str] | None,
        unsaved: str,
        threads: int,
    ) -> None:
        """Put a snapshot of now, with the samples that were drawn last, into the channel."""
        step = trainer.step_count if trainer is not None else 0
        stop, elapsed = stop or StopAt(), throughput.elapsed
        error, details = failure or (None, None)
        snapshot = Snapshot(
            state=state,
            step=step,
            images_seen=trainer.images_seen if trainer is not None else 0,
            elapsed=elapsed,
            images_per_second=throughput.images_per_second,
            progress=stop.progress(step, elapsed),
            remaining=stop.remaining(step, elapsed, throughput.steps_per_second),
            samples=self.samples,
            model=self.model,
            note=self._notes(),
            findings=self.findings,
            unsaved=unsaved,
            error=error,
            details=details,
            threads=threads,
        )
        self._snapshots.put(snapshot)
