"""What is kept of a run: in memory, to go back to when it diverges, and in its folder."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import torch

from ganview.files.moment_info import Mark, Moment, State
from ganview.gan.health_sample import HealthSample
from ganview.gan.trainer import StepStats, Trainer
from ganview.gan.trainer_state import load_state
from ganview.runtime.distributed import RunStore
from ganview.runtime.error_text import describe_error

MEMORY_SECONDS = 5.0  # of training between two states kept in memory
# Between two moments: growing, so that a run of an hour has some 270 and one of a week 530 before
# they are thinned, most of them from when most changes.
MOMENT_SECONDS, MOMENT_GROWTH = 0.3, 0.02
# Models are larger and rarer: some 45 in an hour beside those of checkpoints, and 90 in a week.
MODEL_SECONDS, MODEL_GROWTH = 2.0, 0.12
FLUSH_SECONDS = 1.0  # after which numbers and samples are in the folder, for those who follow
FIRST_SECONDS = 3.0  # of training before the first write: so soon there is something to go on from
RETRY_SECONDS = 10.0  # after a write that failed
MOST_WAITING = 20  # moments

Row = dict[str, float | None]  # the numbers of a step; None for what is not finite


@dataclass
class _Work:
    """What waits to be written."""

    restored_step: int | None = None
    checkpoint: Moment | None = None
    rows: list[Row] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    shown: Moment | None = None
    marks: list[Mark] = field(default_factory=list)
    quality: list[Row] = field(default_factory=list)
    health: list[HealthSample] = field(default_factory=list)

    def __bool__(self) -> bool:
        one = (self.checkpoint, self.restored_step, self.shown)
        return any(part is not None for part in one) or any(
            (self.rows, self.moments, self.marks, self.quality, self.health)
        )

    def forget_after(self, step: int) -> None:
        """Drop what is of later steps, and have the folder do so, too."""
        self.restored_step = step
        self.rows = [row for row in self.rows if (row["step"] or 0) <= step]
        self.quality = [row for row in self.quality if (row["step"] or 0) <= step]
        self.health = [sample for sample in self.health if sample.step <= step]
        self.moments = [moment for moment in self.moments if moment.step <= step]
        if self.shown is not None and self.shown.step > step:
            self.shown = None


class RunSaver:
    """Keeps the last good state of a run in memory, and writes the run to its folder.

    Writing is done in a thread, so that training need not wait for a disk. Of moments that wait,
    the newest is written; numbers wait until they are. A write that fails is tried again until it
    succeeds or the saver is closed; the earlier files stay.

    Parameters
    ----------
    store : RunStore or None
        The folder, which belongs to the saver from now on.
    interval : float
        Seconds of training between two writes; the first comes after 3 already.
    elapsed : float
        Seconds trained so far.
    changed : callable
        Called in the writer's thread when `trouble` has changed or a moment was kept.
    """

    def __init__(
        self,
        store: RunStore | None,
        interval: float,
        elapsed: float,
        changed: Callable[[], object] = lambda: None,
    ) -> None:
        self._store = store
        self._interval = interval
        self._changed = changed
        self._remembered_at = elapsed
        self._written_at = elapsed - max(0.0, interval - FIRST_SECONDS)
        self._written: tuple[int, str] | None = None  # step, and how the run came to rest
        self._next_moment_at = self._next_shown_at = -math.inf
        self._next_model_at = -math.inf
        self._good: State | None = None
        self._condition = threading.Condition()
        self._waiting = _Work()
        self._asked = self._closing = False
        # A sentence while the newest write has failed, or nothing; also after `close`.
        self.trouble = ""
        self._thread: threading.Thread | None = None
        if store is not None:
            self._thread = threading.Thread(
                target=self._write_until_closed, args=(store,), name="ganview-writer"
            )
            self._thread.start()

    @property
    def name(self) -> str:
        """What the run's folder is called; empty without one."""
        path = self._store.path if self._store is not None else None
        return path.name if path is not None else ""

    # --- in memory ----------------------------------------------------------------------------

    def is_remember_due(self, elapsed: float) -> bool:
        """Tell whether it is time to keep a state in memory."""
        return elapsed - self._remembered_at >= MEMORY_SECONDS

    def remember(self, state: State, elapsed: float) -> bool:
        """Keep a state in memory if all its numbers are finite; tells whether they were."""
        self._remembered_at = elapsed
        good = all(
            bool(torch.isfinite(tensor).all())
            for tensor in state[0].values()
            if tensor.is_floating_point()
        )
        if good:
            self._good = state
        return good

    def restore(self, trainer: Trainer) -> bool:
        """Take the trainer to the last good state; False if there is none."""
        if self._good is None:
            return False
        load_state(trainer, *self._good)
        return True

    def forget_after(self, step: int) -> None:
        """Forget what was noted of later steps, here and in the folder."""
        with self._condition:
            self._waiting.forget_after(step)
        self._next_moment_at = self._next_model_at = -math.inf

    # --- in the folder ------------------------------------------------------------------------

    def add_row(self, stats: StepStats, elapsed: float) -> None:
        """Note the numbers of a step, to be written soon."""
        if self._store is not None:
            numbers = {**stats._asdict(), "seconds": elapsed}
            del numbers["step_seconds"]
            if math.isnan(stats.augment_p):  # of a run without: no word of it in every row
                del numbers["augment_p"]
            row = {key: value if math.isfinite(value) else None for key, value in numbers.items()}
            with self._condition:
                self._waiting.rows.append(row)

    def is_moment_due(self, elapsed: float) -> bool:
        """Tell whether it is time to keep another moment."""
        return self._store is not None and elapsed >= self._next_moment_at

    def add_moment(self, moment: Moment) -> None:
        """Have a moment kept soon; its model only if the last was long before, or it has a name."""
        if self._store is not None:
            elapsed = moment.seconds
            self._next_moment_at = elapsed + MOMENT_SECONDS + MOMENT_GROWTH * elapsed
            if moment.name or elapsed >= self._next_model_at:
                self._next_model_at = elapsed + MODEL_SECONDS + MODEL_GROWTH * elapsed
            else:
                moment = replace(moment, model=None)
            self._append(moment)

    def add_best(self, moment: Moment) -> None:
        """Have the moment of the best quality so far kept, which may be some steps ago."""
        if self._store is not None:
            self._append(moment)
            self.add_mark(Mark(moment.step, "best"))

    def _append(self, moment: Moment) -> None:
        with self._condition:
            self._waiting.moments.append(moment)
            del self._waiting.moments[:-MOST_WAITING]  # the disk may be full for hours

    def is_showing_due(self, elapsed: float) -> bool:
        """Tell whether it is time to show samples again to those who follow the run."""
        return self._store is not None and elapsed >= self._next_shown_at

    def show(self, moment: Moment) -> None:
        """Write samples soon for those who follow the run; the next replace them."""
        if self._store is not None:
            self._next_shown_at = moment.seconds + FLUSH_SECONDS
            with self._condition:
                self._waiting.shown = moment

    def name_moment(self, step: int, seconds: float, name: str) -> None:
        """Have a moment that was kept, ``seconds`` into the run, named and so kept for ever."""
        if self._store is not None:
            with self._condition:
                self._waiting.moments.append(Moment(step, seconds, name=name))

    def add_mark(self, mark: Mark) -> None:
        """Note a notable point of the run."""
        if self._store is not None:
            with self._condition:
                self._waiting.marks.append(mark)

    def add_quality(self, row: Row) -> None:
        """Note a measurement of the model, to be written soon."""
        if self._store is not None:
            with self._condition:
                self._waiting.quality.append(row)

    def add_health(self, sample: HealthSample) -> None:
        """Note how the game goes, to be written soon."""
        if self._store is not None:
            with self._condition:
                self._waiting.health.append(sample)

    def is_write_due(self, elapsed: float) -> bool:
        """Tell whether it is time to write a state."""
        return self._store is not None and elapsed - self._written_at >= self._interval

    def is_written(self, step: int, rests: str) -> bool:
        """Tell whether there is nothing to write: no folder, or no step and no rest since."""
        return self._store is None or (step, rests) == self._written

    def write(self, moment: Moment) -> None:
        """Have a moment written at once as the checkpoint; one that is not finite never is."""
        self._written_at = moment.seconds
        assert moment.state is not None
        if self.remember(moment.state, moment.seconds) and self._store is not None:
            self._written = moment.step, moment.state[1].get("run", {}).get("state", "")
            with self._condition:
                self._waiting.checkpoint = moment
                self._asked = True
                self._condition.notify()

    def close(self) -> str:
        """Write what waits, once, end the thread, and let the folder go; returns `trouble`."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        if self._thread is not None:
            self._thread.join()
        if self._store is not None:
            self._store.close()
        return self.trouble

    # --- the thread ---------------------------------------------------------------------------

    def _write_until_closed(self, store: RunStore) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(
                    lambda: self._closing or self._asked,
                    RETRY_SECONDS if self.trouble else FLUSH_SECONDS,
                )
                self._asked = False
                work, self._waiting = self._waiting, _Work()
                closing = self._closing
            if work:
                self._attempt(store, work)
            if closing:
                return

    def _attempt(self, store: RunStore, work: _Work) -> None:
        trouble, kept = "", bool(work.moments or work.checkpoint)
        try:
            _write(store, work)
        except Exception as error:  # noqa: BLE001 - an error in a thread is a value
            trouble = describe_error(error, "saving the run")[0]
        with self._condition:
            if trouble:
                trouble += (
                    " Training since the last save is lost."
                    if self._closing
                    else " The latest training is still in memory; saving will be tried again."
                )
                self._put_back(work)
            changed, self.trouble = kept or trouble != self.trouble, trouble
        if changed:
            self._changed()

    def _put_back(self, work: _Work) -> None:
        """Let what was not written wait again, before what is newer."""
        newer = self._waiting
        if newer.restored_step is not None:
            work.forget_after(newer.restored_step)
        steps = (work.restored_step, newer.restored_step)
        newer.restored_step = min((step for step in steps if step is not None), default=None)
        newer.rows = work.rows + newer.rows
        newer.moments = work.moments + newer.moments
        newer.marks = work.marks + newer.marks
        newer.quality = work.quality + newer.quality
        newer.health = work.health + newer.health
        newer.checkpoint = newer.checkpoint or work.checkpoint
        newer.shown = newer.shown or work.shown


def _write(store: RunStore, work: _Work) -> None:
    """Write the numbers first: a reader forgets those that are newer than the checkpoint."""
    if work.restored_step is not None:
        store.forget_after(work.restored_step)
        work.restored_step = None
    if work.rows:
        store.append_metrics(work.rows)
        work.rows = []  # never twice
    if work.quality:
        store.append_quality(work.quality)
        work.quality = []
    if work.health:
        store.append_health(work.health)
        work.health = []
    checkpoint = work.checkpoint
    if checkpoint is not None and checkpoint.state is not None and checkpoint.model is not None:
        store.save_checkpoint(*checkpoint.state)
        store.save_model(checkpoint.model)
        work.moments.append(checkpoint)
        work.checkpoint = None
    while work.moments:
        store.save_moment(work.moments[0])
        work.moments.pop(0)
    if work.shown is not None:
        store.show_moment(work.shown)
        work.shown = None
    while work.marks:
        store.mark(work.marks[0])
        work.marks.pop(0)
