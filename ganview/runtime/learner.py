"""What happens in a session's thread: orders obeyed, steps done, the run looked after."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganview.errors import UserError
from ganview.files.model_file import save_model
from ganview.gan.trainer import StepStats, Trainer
from ganview.runtime import gauge, health, threads
from ganview.runtime.checkpoints import Moment
from ganview.runtime.describe import describe
from ganview.runtime.gauge import Gauge
from ganview.runtime.keeping import Keeper
from ganview.runtime.messages import SessionState, StopAt
from ganview.runtime.pace import Pace
from ganview.runtime.showing import Show, Standing

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.gan.config import TrainConfig
    from ganview.gan.metrics.quality import Quality
    from ganview.gan.model import Model
    from ganview.runtime.checkpoints import RunStore, State
    from ganview.runtime.session import Session


@dataclass(frozen=True)
class Habits:
    """How a session works, whatever it learns; see `ganview.runtime.session.Session`."""

    rows: int = 8
    snapshot_interval: float = 0.2
    checkpoint_interval: float = 30.0
    make_trainer: Callable[[TrainConfig, Dataset], Trainer] | None = None
    measures: bool = False

    def trainer(self, config: TrainConfig, dataset: Dataset) -> Trainer:
        """Make the trainer of a run, which never sees what is held out."""
        dataset = dataset.divided(config.hold_out)[0]
        if self.make_trainer is not None:
            return self.make_trainer(config, dataset)
        return Trainer(config, dataset.images, dataset.labels, dataset.class_names)


class Learner:
    """The body of a session's thread. Nothing here is called from another one."""

    def __init__(
        self,
        session: Session,
        config: TrainConfig,
        dataset: Dataset,
        habits: Habits,
        run: RunStore | None,
        *,
        resume: bool,
        stop: StopAt | None,
    ) -> None:
        self._session = session
        self._dataset = dataset
        self._habits = habits
        self._stop = stop
        self._leaving = False
        self._resuming = resume
        self._generation = 0
        self._threads = config.threads  # 0 until measured
        self._clear(config, run)

    def _clear(self, config: TrainConfig, run: RunStore | None) -> None:
        """Be before the beginning of a run."""
        self._config = config
        self._run = run
        self._state = SessionState.IDLE
        self._failure: tuple[str, str] | None = None
        self._trainer: Trainer | None = None
        self._keeper: Keeper | None = None
        self._gauge: Gauge | None = None
        self._earned_from = 0.0  # processor seconds of this thread when the gauge was made
        self._pace = Pace()
        self._watch = threads.BusyWatch()
        self._rescued = False
        self._mid_step = False
        self._recent: deque[StepStats] = deque(maxlen=health.LONG)
        session, habits = self._session, self._habits
        self._show = Show(
            session.snapshots,
            session.models,
            habits.rows,
            habits.snapshot_interval,
            config.objective,
            self._dataset.shape,
        )

    # --- the thread ---------------------------------------------------------------------------

    def live(self) -> None:
        """Obey orders, and train in between, until told to stop."""
        threads.prepare_thread(self._threads or 1, give_way=True)
        try:
            self._guarded(self._begin)
            while not self._leaving:
                if self._state is SessionState.TRAINING and self._session.orders.empty():
                    self._guarded(self._advance)
                else:
                    self._guarded(self._obey)
        finally:
            self._leave_run()

    def _obey(self) -> None:
        """Wait for an order and obey it."""
        order = self._session.orders.get()
        order(self)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do some work; an error in it ends training, but not the thread."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - an error in a thread is a value
            self._fail(*describe(error, "training"))

    def _begin(self) -> None:
        """Build the networks, or take them from the checkpoint, and show what they draw."""
        trainer = self._habits.trainer(self._config, self._dataset)
        if self._resuming and self._run is not None:
            self._load(trainer, *self._run.load_checkpoint())
            self._session.history.load(self._run.metrics())
            self._session.quality.load(self._run.quality())
        if trainer.device.type != "cpu":
            self._threads = self._threads or 1
        if self._threads:
            threads.use_threads(self._threads)
        self._keeper = Keeper(
            self._run, self._habits.checkpoint_interval, self._pace.elapsed, self._writer_changed
        )
        self._keeper.keep(self._full_state(trainer), self._pace.elapsed)
        self._trainer = trainer
        if self._habits.measures:
            self._make_gauge()
        self._publish()
        self._keeper.film(*self._show.sample, self._pace.elapsed)

    def _make_gauge(self) -> None:
        """Have quality measured, if there is a judge for this data."""
        self._earned_from = time.thread_time()
        prepare = gauge.prepare_look(self._dataset, self._config.hold_out)
        if prepare is None:
            self._session.quality.be_silent(gauge.NO_JUDGE)
            return
        generation, orders = self._generation, self._session.orders

        def found(quality: Quality | str) -> None:  # in the gauge's thread
            orders.put(lambda learner: learner.take_quality(generation, quality))

        self._gauge = Gauge(prepare, found)

    def _load(self, trainer: Trainer, tensors: dict[str, Any], values: dict[str, Any]) -> None:
        """Stand where a checkpoint was made."""
        trainer.load_state(tensors, values)
        own = values.get("session", {})
        self._pace = Pace(float(own.get("elapsed", 0.0)))
        self._rescued = bool(own.get("rescued", False))
        # The recorded thread count, because another one would round differently from here on.
        self._threads = self._config.threads or int(own.get("threads", 0))
        self._state = SessionState.PAUSED

    def _advance(self) -> None:
        """Do one step of training, and what is due after it."""
        trainer, keeper = self._running()
        if self._is_finished():
            self._finish()
            return
        if not self._threads:
            self._measure_threads()
            return  # orders may have come meanwhile
        if not self._step(trainer, keeper):
            return
        elapsed = self._pace.elapsed
        if self._is_finished():
            self._finish()
        elif keeper.write_is_due(elapsed):
            self._save_run()
            self._publish(draw=False)  # it drew; where steps are slow nothing else is ever due
        elif keeper.keep_is_due(elapsed):
            keeper.keep(self._full_state(trainer), elapsed)
        if self._show.is_due():
            self._publish(whole=False)
            if self._show.all_rows_new:
                keeper.film(*self._show.sample, elapsed)
        automatic = not self._config.threads and trainer.device.type == "cpu"
        if automatic and self._watch.stepped(self._recent[-1].seconds):
            self._measure_threads()

    def _step(self, trainer: Trainer, keeper: Keeper) -> bool:
        """Do one step and note its numbers; False if the run diverged in it."""
        self._mid_step = True
        stats = trainer.step()
        self._mid_step = False
        self._pace.stepped(stats.seconds, self._config.batch_size)
        self._session.history.append(stats, self._pace.elapsed)
        keeper.count(stats, self._pace.elapsed)
        self._recent.append(stats)
        trouble = health.diverged(stats)
        if trouble is not None:
            self._go_back(trainer, trouble)
        return trouble is None

    # --- orders -------------------------------------------------------------------------------

    def resume(self) -> None:
        """Train."""
        if self._trainer is not None:
            if self._is_finished():
                self._stop = None
                self._show.say("Past its stop condition: trains until it is paused.")
            self._failure = None
            self._state = SessionState.TRAINING
        self._publish()

    def pause(self) -> None:
        """Wait."""
        if self._state is SessionState.TRAINING:
            self._state = SessionState.PAUSED
            self._publish(draw=False)  # at once; pictures and files take a moment
            self._save_run()
        self._publish()

    def step_once(self) -> None:
        """Do one step and wait."""
        if self._trainer is not None:
            trainer, keeper = self._running()
            if not self._threads:
                self._measure_threads()
            self._failure = None
            self._state = SessionState.PAUSED
            self._step(trainer, keeper)
        self._publish()

    def reset(
        self, config: TrainConfig | None, run: RunStore | None, *, resume: bool = False
    ) -> None:
        """Start again, or from the checkpoint of another run."""
        self._save_run()
        trouble = self._leave_run()
        config = config or self._config
        if not _same_work(config, self._config):
            self._threads = config.threads
        self._resuming = resume
        self._generation += 1
        self._clear(config, run)
        self._session.history.clear()
        self._session.quality.clear()
        if trouble:
            self._show.say(trouble)
        self._begin()

    def set_stop(self, stop: StopAt | None) -> None:
        """Change when the run is finished."""
        self._stop = stop
        if self._state is SessionState.FINISHED and not self._is_finished():
            self._state = SessionState.PAUSED
        self._publish()

    def save(self, path: Path, promise: Future[Path]) -> None:
        """Write a model file."""
        try:
            if self._trainer is None:
                raise UserError("There is no network to save yet.")
            save_model(path, self._model())
        except (UserError, OSError) as error:
            sentence = describe(error, f"saving {path.name}")[0]
            promise.set_exception(UserError(sentence))
            self._show.say(sentence)
        else:
            promise.set_result(path)
            self._show.say(f"Saved as {path.name}.")
        self._publish()

    def take_quality(self, generation: int, found: Quality | str) -> None:
        """Note what the gauge found of this run's model, or why it measures no more."""
        trainer, record = self._trainer, self._session.quality
        if generation != self._generation or trainer is None or self._keeper is None:
            return
        if isinstance(found, str):
            record.be_silent(found)
            self._show.say(found)
        elif record.newest < found.step <= trainer.step_count:  # else the run went back meanwhile
            assert self._gauge is not None
            record.append(found, self._gauge.interval / max(1, self._threads))
            seconds = self._session.history.seconds_at(found.step)
            self._keeper.count_quality(found.to_row(seconds))
        self._publish(draw=False)

    def stop(self) -> None:
        """Save and leave."""
        self._leaving = True
        self._state = SessionState.STOPPING
        self._publish(draw=False)  # at once; pictures and files take a moment
        self._save_run()
        trouble = self._leave_run()
        if trouble:
            self._show.say(trouble)
        self._publish()

    # --- the run ------------------------------------------------------------------------------

    def _running(self) -> tuple[Trainer, Keeper]:
        assert self._trainer is not None
        assert self._keeper is not None
        return self._trainer, self._keeper

    def _is_finished(self) -> bool:
        if self._stop is None or self._trainer is None:
            return False
        progress = self._stop.progress(self._trainer.step_count, self._pace.elapsed)
        return progress is not None and progress >= 1

    def _finish(self) -> None:
        self._state = SessionState.FINISHED
        self._save_run()
        self._publish()

    def _fail(self, sentence: str, details: str) -> None:
        """Give up training and say why."""
        self._state = SessionState.FAILED
        self._failure = (sentence, details)
        try:
            if self._mid_step:  # weights and moments may be half updated
                self._return_to_good_state()
            self._save_run()
        except Exception as error:  # noqa: BLE001 - the first error is the one to tell
            also = describe(error, "saving what there is")[1]
            self._failure = (sentence, f"{details}\nThen, saving what there is:\n{also}")
        self._publish(draw=False)

    def _return_to_good_state(self) -> bool:
        """Take trainer and history to the last state that is known to be good, if there is one."""
        trainer, keeper = self._running()
        self._mid_step = False
        self._recent.clear()
        found = keeper.go_back(trainer)
        if found:
            self._session.history.rewind(trainer.step_count)
            self._session.quality.rewind(trainer.step_count)
        return found

    def _go_back(self, trainer: Trainer, trouble: health.Trouble) -> None:
        """Return from a divergence to the last good state, more slowly; only once."""
        if not self._return_to_good_state() or self._rescued:
            self._rescued = False  # whoever goes on all the same gets another chance
            advice = "Reset with a lower learning rate or a larger γ."
            self._fail(f"{trouble.sentence} Going back once did not help. {advice}", "")
            return
        self._rescued = True
        trainer.scale_learning_rate(0.5)
        step = f"{trainer.step_count:,}"
        self._show.say(f"{trouble.sentence} Went back to step {step}, at half the learning rate.")
        self._publish()

    def _full_state(self, trainer: Trainer) -> State:
        """Return the trainer's state and what the session adds to it."""
        tensors, values = trainer.state()
        own = {"elapsed": self._pace.elapsed, "threads": self._threads, "rescued": self._rescued}
        return tensors, {**values, "session": own}

    def _save_run(self) -> None:
        """Have the present state written, if there is a run folder and something new."""
        trainer, keeper = self._trainer, self._keeper
        if trainer is not None and keeper is not None and not keeper.is_written(trainer):
            self._draw()
            moment = Moment(self._full_state(trainer), self._model(), self._show.sample)
            keeper.write(moment, self._pace.elapsed)

    def _leave_run(self) -> str:
        """Finish writing and let the run folder go; returns what went wrong, or nothing."""
        run, self._run = self._run, None
        if self._gauge is not None:
            self._gauge.close()
            self._gauge = None
        if self._keeper is not None:
            return self._keeper.close()
        if run is not None:
            run.close()
        return ""

    def _writer_changed(self) -> None:
        """In the writer's thread: have its trouble, or the end of it, shown."""
        self._session.orders.put(lambda learner: learner._publish(draw=False))

    def _model(self) -> Model:
        """Return a fresh copy of the averaged generator that knows where it comes from."""
        model = self._running()[0].model()
        model.info.update(
            seconds=round(self._pace.elapsed, 3),
            threads=self._threads,
            dataset=self._dataset.name,
            dataset_sha256=self._dataset.sha256,
        )
        return model

    def _measure_threads(self) -> None:
        """Choose the thread count on a trainer that is thrown away: the run itself sees nothing."""
        if not self._threads:
            self._show.say("Finding out how many processors to use…")
            self._publish(draw=False)
            self._show.say("")
        trial = self._habits.trainer(self._config, self._dataset)
        most, before = threads.usable_processors(), self._threads
        chosen = threads.fastest(trial.step, most, lambda: not self._session.orders.empty())
        self._threads = chosen
        self._watch.measured(chosen, most, changed=chosen != before)

    def _draw(self, *, whole: bool = True) -> None:
        if self._trainer is None or self._keeper is None:
            return
        model = self._show.draw(self._trainer, self._model, self._recent, whole=whole)
        if model is not None and self._gauge is not None and self._trainer.step_count:
            earned = (time.thread_time() - self._earned_from) * max(1, self._threads)
            resting = self._state is not SessionState.TRAINING
            self._gauge.offer(model, earned, resting=resting)

    def _publish(self, *, draw: bool = True, whole: bool = True) -> None:
        """Show where the run stands, with new pictures if the weights are new."""
        if draw:
            self._draw(whole=whole)
        standing = Standing(
            self._state, self._pace, self._stop, self._failure, self._generation, self._threads
        )
        trouble = self._keeper.trouble if self._keeper is not None else ""
        self._show.publish(standing, self._trainer, trouble)


def _same_work(old: TrainConfig, new: TrainConfig) -> bool:
    """Tell whether two configurations keep a processor busy in the same way."""
    names = ("threads", "architecture", "size", "batch_size", "objective", "device", "d_steps")
    return all(getattr(old, name) == getattr(new, name) for name in names)
