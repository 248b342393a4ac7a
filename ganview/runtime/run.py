"""One run of a session: its trainer and clock, its numbers, and what is kept of it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganview.gan.trainer import StepStats, Trainer
from ganview.gan.trainer_state import load_state, state_of
from ganview.gan.warm_start import load_weights
from ganview.runtime import health, quality_monitor
from ganview.runtime.checkpoints import Moment
from ganview.runtime.quality_monitor import QualityMonitor
from ganview.runtime.run_saver import RunSaver
from ganview.runtime.throughput import Throughput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ganview.data.dataset import Dataset
    from ganview.gan.config import TrainConfig
    from ganview.gan.metrics.quality import Quality
    from ganview.gan.model import Model
    from ganview.runtime.checkpoints import RunStore, State
    from ganview.runtime.messages import StopAt
    from ganview.runtime.processors import Processors
    from ganview.runtime.session import Session

    Sample = tuple[NDArray[np.uint8], int]


@dataclass(frozen=True)
class SessionOptions:
    """How a session works, whatever it learns; see `ganview.runtime.session.Session`."""

    rows: int = 8
    snapshot_interval: float = 0.2
    checkpoint_interval: float = 30.0
    make_trainer: Callable[[TrainConfig, Dataset], Trainer] | None = None
    model: Model | None = None
    measures: bool = False

    def trainer(self, config: TrainConfig, dataset: Dataset) -> Trainer:
        """Make the trainer of a run, which never sees what is held out."""
        dataset = dataset.divided(config.hold_out)[0]
        if self.make_trainer is not None:
            trainer = self.make_trainer(config, dataset)
        else:
            trainer = Trainer(config, dataset.images, dataset.labels, dataset.class_names)
        if self.model is not None:
            load_weights(trainer, self.model)
        return trainer


class Run:
    """A run from its first step, or from its checkpoint, as far as it has come.

    Parameters
    ----------
    session : Session
        Where its numbers go.
    config : TrainConfig
        Its settings.
    dataset : Dataset
        What is learned.
    habits : Habits
        How its session works.
    processors : Processors
        How many of them it uses.
    store : RunStore or None
        Its folder, which belongs to the run once it is made; an error leaves it to the caller.
    resume : bool
        Go on from the checkpoint in ``store``.
    changed : callable
        Called from another thread when `trouble` has changed.

    Attributes
    ----------
    trainer : Trainer
        What learns.
    keeper : Keeper
        What is kept of it.
    pace : Pace
        How long it has trained, and how quickly it does.
    recent : deque of StepStats
        The newest numbers, to find trouble in.
    is_mid_step : bool
        Whether a step began and did not end: weights and moments may be half updated.
    """

    def __init__(
        self,
        session: Session,
        config: TrainConfig,
        dataset: Dataset,
        habits: SessionOptions,
        processors: Processors,
        store: RunStore | None,
        *,
        resume: bool,
        changed: Callable[[], None],
    ) -> None:
        self.trainer = habits.trainer(config, dataset)
        self.pace = Throughput()
        self.recent: deque[StepStats] = deque(maxlen=health.LONG)
        self.is_mid_step = False
        self._history, self._quality = session.history, session.quality
        self._config, self._dataset = config, dataset
        self._processors = processors
        self._rescued = False
        self._gauge: QualityMonitor | None = None
        self._earned_from = 0.0  # processor seconds of this thread when the gauge was made
        recorded = self._load(store) if resume and store is not None else None
        processors.begin(self.trainer, recorded)
        self.keeper = RunSaver(store, habits.checkpoint_interval, self.pace.elapsed, changed)

    def _load(self, store: RunStore) -> int:
        """Stand where a checkpoint was made; returns the thread count of then."""
        tensors, values = store.load_checkpoint()
        load_state(self.trainer, tensors, values)
        own = values.get("session", {})
        self.pace = Throughput(float(own.get("elapsed", 0.0)))
        self._rescued = bool(own.get("rescued", False))
        self._history.load(store.metrics())
        self._quality.load(store.quality())
        return int(own.get("threads", 0))

    # --- steps --------------------------------------------------------------------------------

    def step(self) -> health.Finding | None:
        """Do one step and note its numbers; returns what is wrong if the run diverged in it."""
        self.is_mid_step = True
        stats = self.trainer.step()
        self.is_mid_step = False
        self.pace.stepped(stats.seconds, self._config.batch_size)
        self._history.append(stats, self.pace.elapsed)
        self.keeper.count(stats, self.pace.elapsed)
        self.recent.append(stats)
        return health.find_divergence(stats)

    def has_reached(self, stop: StopAt | None) -> bool:
        """Tell whether a stop condition is met."""
        if stop is None:
            return False
        progress = stop.progress(self.trainer.step_count, self.pace.elapsed)
        return progress is not None and progress >= 1

    def restore_good_state(self) -> bool:
        """Return to the last state that is known to be good; False if there is none."""
        self.is_mid_step = False
        self.recent.clear()
        found = self.keeper.restore_good_state(self.trainer)
        if found:
            self._history.rewind(self.trainer.step_count)
            self._quality.rewind(self.trainer.step_count)
        return found

    def rescue(self) -> bool:
        """Return from a divergence to the last good state, more slowly; False the second time."""
        if not self.restore_good_state() or self._rescued:
            self._rescued = False  # whoever goes on all the same gets another chance
            return False
        self._rescued = True
        self.trainer.scale_learning_rate(0.5)
        return True

    # --- what is kept -------------------------------------------------------------------------

    def model(self) -> Model:
        """Return a fresh copy of the averaged generator that knows where it comes from."""
        model = self.trainer.model()
        model.info.update(
            seconds=round(self.pace.elapsed, 3),
            threads=self._processors.count,
            dataset=self._dataset.name,
            dataset_sha256=self._dataset.sha256,
        )
        return model

    def keep(self) -> None:
        """Keep the present state in memory, to go back to."""
        self.keeper.keep(self._state(), self.pace.elapsed)

    def write(self, sample: Sample) -> None:
        """Have the present state written in the run folder, with its samples and their step."""
        self.keeper.write(Moment(self._state(), self.model(), sample), self.pace.elapsed)

    def _state(self) -> State:
        """Return the trainer's state and what the session adds to it."""
        tensors, values = state_of(self.trainer)
        own = {
            "elapsed": self.pace.elapsed,
            "threads": self._processors.count,
            "rescued": self._rescued,
        }
        return tensors, {**values, "session": own}

    def close(self) -> str:
        """Finish writing and let the folder go; returns what went wrong, or nothing."""
        if self._gauge is not None:
            self._gauge.close()
        return self.keeper.close()

    # --- its quality --------------------------------------------------------------------------

    def measure_quality(self, found: Callable[[Quality | str], None]) -> None:
        """Have quality measured from now on, if there is a judge for this data.

        ``found`` is called in another thread, as `QualityMonitor` says.
        """
        self._earned_from = time.thread_time()
        prepare = quality_monitor.evaluator_factory(self._dataset, self._config.hold_out)
        if prepare is None:
            self._quality.mark_unavailable(quality_monitor.NO_EVALUATOR)
        else:
            self._gauge = QualityMonitor(prepare, found)

    def offer(self, model: Model, *, resting: bool) -> None:
        """Have a model of this run measured if it is time; ``resting`` while nothing is trained."""
        if self._gauge is not None and self.trainer.step_count:
            threads = max(1, self._processors.count)
            earned = (time.thread_time() - self._earned_from) * threads
            if self._gauge.offer(model, earned, resting=resting):
                self._quality.expect(self.trainer.step_count)

    def note_quality(self, found: Quality) -> None:
        """Note what was found of a model of this run, unless the run went back meanwhile."""
        if self._quality.newest < found.step <= self.trainer.step_count:
            assert self._gauge is not None
            self._quality.append(found, self._gauge.interval / max(1, self._processors.count))
            seconds = self._history.seconds_at(found.step)
            self.keeper.count_quality(found.to_row(seconds))
