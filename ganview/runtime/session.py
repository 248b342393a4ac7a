"""The handle of a run that learns in its own thread; without torch until that thread begins."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.errors import UserError
from ganview.runtime.error_text import describe_error
from ganview.runtime.history import History
from ganview.runtime.mailbox import Latest
from ganview.runtime.messages import SessionState, Snapshot, StopAt
from ganview.runtime.quality_record import QualityRecord
from ganview.runtime.worker import Worker

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.gan.config import TrainConfig
    from ganview.gan.model import Model
    from ganview.gan.trainer import Trainer
    from ganview.runtime.checkpoints import RunStore
    from ganview.runtime.training_loop import TrainingLoop

    Order = Callable[[TrainingLoop], None]


class Session(Worker):
    """A run in its own thread: starts idle, with the samples of the untrained network.

    Every method may be called from any thread and returns at once; orders are obeyed in turn,
    between two steps. What comes back is in ``snapshots`` and ``models``, where the newest wins,
    and in ``history``, which has every step. Whoever makes a session calls `stop` and `join`
    before letting it go, or uses it in a ``with`` statement.

    Parameters
    ----------
    config : TrainConfig
        Settings of the run.
    dataset : Dataset
        What to learn.
    rows : int
        Samples of each class in the grid.
    run : RunStore, optional
        The run folder to save in: every ``checkpoint_interval`` seconds, and at pause, end, stop
        and error. A write that fails never stops training; the note says so. The session closes
        the folder when it leaves it.
    resume : bool
        Go on from the checkpoint in ``run``, bit for bit. With ``config.threads`` 0 the recorded
        thread count is taken, and kept.
    snapshot_interval : float
        Seconds between two snapshots, at least; longer where a snapshot costs more than a small
        part of training (`ganview.runtime.snapshot_publisher.SHARE`).
    stop : StopAt, optional
        When the run is finished.
    checkpoint_interval : float
        Seconds of training between two checkpoints, which is the most that a power cut costs; the
        first comes after 3 already.
    make_trainer : callable, optional
        ``(config, dataset) -> Trainer``, called in the thread.
    model : Model, optional
        Begin with its weights in place of fresh ones.
    measures : bool
        Whether quality is measured along the way (`ganview.runtime.quality_monitor`).

    Attributes
    ----------
    snapshots : Latest of Snapshot
        At every change of state, and at intervals while training.
    models : Latest of Model
        The averaged generator with D, a fresh copy with each snapshot that shows new weights.
    history : History
        The numbers of every step of the present run.
    quality : QualityRecord
        What was measured of its models.
    """

    def __init__(
        self,
        config: TrainConfig,
        dataset: Dataset,
        *,
        rows: int = 8,
        run: RunStore | None = None,
        resume: bool = False,
        snapshot_interval: float = 0.2,
        stop: StopAt | None = None,
        checkpoint_interval: float = 30.0,
        make_trainer: Callable[[TrainConfig, Dataset], Trainer] | None = None,
        model: Model | None = None,
        measures: bool = False,
    ) -> None:
        self.snapshots: Latest[Snapshot] = Latest()
        self.models: Latest[Model] = Latest()
        self.history = History()
        self.quality = QualityRecord()
        self.orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._ended = False
        self._promises: list[Future[Path]] = []

        def live() -> None:
            try:
                from ganview.runtime.run import SessionOptions
                from ganview.runtime.training_loop import TrainingLoop

                habits = SessionOptions(
                    rows, snapshot_interval, checkpoint_interval, make_trainer, model, measures
                )
                TrainingLoop(self, config, dataset, habits, run, resume=resume, stop=stop).live()
            except Exception as error:  # noqa: BLE001 - an error in a thread is a value
                sentence, details = describe_error(error, "training")
                self.snapshots.put(Snapshot.nothing(SessionState.FAILED, sentence, details))
            finally:
                self._end()

        self._thread = threading.Thread(target=live, name="ganview-trainer")
        self._thread.start()

    def resume(self) -> None:
        """Train, or go on: also past a stop condition that is reached, and after a failure."""
        self._order(lambda learner: learner.resume())

    def pause(self) -> None:
        """Finish the step, save, and wait."""
        self._order(lambda learner: learner.pause())

    def step_once(self) -> None:
        """Do a single step, then wait."""
        self._order(lambda learner: learner.step_once())

    def reset(
        self,
        config: TrainConfig | None = None,
        run: RunStore | None = None,
        *,
        resume: bool = False,
    ) -> None:
        """Wait idle at the initial weights: the same as before, unless ``config`` is a new one.

        What was learned is saved in the run folder of before, which is left behind; ``run`` is the
        one for what comes, and with ``resume`` what comes begins at its checkpoint.
        """
        self._order(lambda learner: learner.reset(config, run, resume=resume))

    def set_stop(self, stop: StopAt | None) -> None:
        """Change when the run is finished; None to train until paused."""
        self._order(lambda learner: learner.set_stop(stop))

    def save(self, path: str | Path) -> Future[Path]:
        """Write the averaged generator, with D, to a model file.

        The future has the path, or the `UserError` that says what went wrong; the note has either,
        too.
        """
        promise: Future[Path] = Future()
        with self._lock:
            self._promises = [kept for kept in self._promises if not kept.done()] + [promise]
        self._order(lambda learner: learner.save(Path(path), promise))
        if self._ended:
            self._break_promises()
        return promise

    def stop(self) -> None:
        """Finish the step, save, and end the thread; orders that come later are not obeyed."""
        self._order(lambda learner: learner.stop())

    def _order(self, order: Order) -> None:
        self.orders.put(order)

    def _end(self) -> None:
        self._ended = True
        self._break_promises()

    def _break_promises(self) -> None:
        """Answer whoever still waits for a file that nobody will write."""
        with self._lock:
            for promise in self._promises:
                if not promise.done():
                    promise.set_exception(UserError("This run has ended and can't be saved now."))
            self._promises.clear()
