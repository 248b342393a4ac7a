"""What goes into the thread of a run, and what comes out of it."""

from __future__ import annotations

import queue
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ganview.gan.players import Players
from ganview.gan.step_trace import Pinned, StepTrace
from ganview.runtime.health_record import HealthRecord
from ganview.runtime.history import History
from ganview.runtime.mailbox import Latest
from ganview.runtime.messages import Snapshot, StopAt
from ganview.runtime.quality_record import QualityRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganview.data.dataset import Dataset
    from ganview.gan.config import TrainConfig
    from ganview.gan.metrics.quality import Quality
    from ganview.gan.model import Model
    from ganview.gan.trainer import Trainer
    from ganview.runtime.distributed import RunStore


@dataclass(frozen=True)
class Resume:
    """Train, or go on: also past a stop condition that is reached, and after a failure."""


@dataclass(frozen=True)
class Pause:
    """Finish the step, save, and wait."""


@dataclass(frozen=True)
class Step:
    """Do some steps that update these players, then wait."""

    players: Players = Players.BOTH
    count: int = 1


@dataclass(frozen=True, eq=False)
class Trace:
    """From now on trace the last of each `Step`, and a step of training now and then; or stop it.

    Noise that is pinned is followed beside each batch.
    """

    on: bool
    pinned: Pinned | None = None


@dataclass(frozen=True)
class SetStop:
    """Change when the run is finished; None to train until paused."""

    stop: StopAt | None


@dataclass(frozen=True)
class KeepMoment:
    """Keep a moment for ever, under a name: one that was kept, or None for the present step."""

    name: str
    step: int | None = None


@dataclass(frozen=True)
class Stop:
    """Finish the step, save, and end the thread; what is sent later is not obeyed."""


@dataclass(frozen=True)
class RunOptions:
    """How a run is trained, whatever it learns."""

    rows: int = 8  # samples of each class in the grid
    # The run folder to save in: every ``checkpoint_interval`` seconds, and at pause, end, stop and
    # error. A write that fails never stops training; ``unsaved`` of the snapshots says so, that of
    # the last one, too. The run closes the folder.
    store: RunStore | None = None
    # Go on from the checkpoint in ``store``, bit for bit. With ``config.threads`` 0 it begins with
    # the recorded thread count.
    resume: bool = False
    # Seconds between two snapshots, at least; longer where a snapshot costs more than a small part
    # of training (`ganview.runtime.snapshot_publisher.SHARE`).
    snapshot_interval: float = 0.2
    stop: StopAt | None = None  # when the run is finished
    # Seconds of training between two checkpoints, which is the most that a power cut costs; the
    # first comes after 3 already.
    checkpoint_interval: float = 30.0
    # ``(config, dataset) -> Trainer``, called in the thread.
    make_trainer: Callable[[TrainConfig, Dataset], Trainer] | None = None
    model: Model | None = None  # begin with its weights in place of fresh ones
    # Whether quality is measured along the way (`ganview.runtime.quality_monitor`).
    measures: bool = False
    # Thread count to begin with if ``config.threads`` is 0; 0 measures which is fastest.
    threads: int = 0

    def build_trainer(self, config: TrainConfig, dataset: Dataset) -> Trainer:
        """Return a trainer with the weights to begin with, which never sees what is held out."""
        from ganview.gan.trainer import Trainer
        from ganview.gan.warm_start import load_weights

        data = dataset.divided(config.hold_out)[0]
        if self.make_trainer is not None:
            trainer = self.make_trainer(config, data)
        else:
            trainer = Trainer(config, data.images, data.labels, data.class_names)
        if self.model is not None:
            load_weights(trainer, self.model)
        return trainer


Command = Resume | Pause | Step | Trace | SetStop | KeepMoment | Stop


@dataclass(frozen=True)
class QualityFound:
    """From the monitor's thread: a measurement, or the sentence why there will be no more."""

    found: Quality | str


@dataclass(frozen=True)
class SavingChanged:
    """From the writer's thread: saving fails, works again, or has kept a new moment."""


@dataclass(frozen=True)
class Channels:
    """The ways in and out of one run's thread; they belong to that run for ever."""

    # Commands and what other threads found, obeyed in turn between two steps.
    inbox: queue.SimpleQueue[Command | QualityFound | SavingChanged] = field(
        default_factory=queue.SimpleQueue
    )
    # At every change of state, and at intervals while training; the newest wins.
    snapshots: Latest[Snapshot] = field(default_factory=Latest)
    # While they are asked for by `Trace`; the newest wins.
    traces: Latest[StepTrace] = field(default_factory=Latest)
    history: History = field(default_factory=History)  # the numbers of every step
    quality: QualityRecord = field(default_factory=QualityRecord)  # what was measured of its models
    health: HealthRecord = field(default_factory=HealthRecord)  # of the training, now and then
