"""What happens in a session's thread: orders obeyed, steps done, the run looked after."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.errors import UserError
from ganview.files.model_file import save_model
from ganview.runtime import health, threads
from ganview.runtime.error_text import describe_error
from ganview.runtime.messages import SessionState, StopAt
from ganview.runtime.processors import Processors
from ganview.runtime.run import Run, SessionOptions
from ganview.runtime.snapshot_publisher import RunStatus, SnapshotPublisher
from ganview.runtime.throughput import Throughput

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.gan.config import TrainConfig
    from ganview.gan.metrics.quality import Quality
    from ganview.runtime.checkpoints import RunStore
    from ganview.runtime.session import Session


class TrainingLoop:
    """The body of a session's thread. Nothing here is called from another one."""

    def __init__(
        self,
        session: Session,
        config: TrainConfig,
        dataset: Dataset,
        habits: SessionOptions,
        store: RunStore | None,
        *,
        resume: bool,
        stop: StopAt | None,
    ) -> None:
        self._session = session
        self._dataset = dataset
        self._habits = habits
        self._stop = stop
        self._leaving = False
        self._generation = 0
        self._processors = Processors(config)
        self._clear(config, store, resume=resume)

    def _clear(self, config: TrainConfig, store: RunStore | None, *, resume: bool) -> None:
        """Be before the beginning of a run."""
        self._config = config
        self._store = store  # until there is a run, whose it is then
        self._resuming = resume
        self._run: Run | None = None
        self._state = SessionState.IDLE
        self._failure: tuple[str, str] | None = None
        session, habits = self._session, self._habits
        self._show = SnapshotPublisher(
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
        threads.prepare_thread(self._processors.count or 1, give_way=True)
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
            self._fail(*describe_error(error, "training"))

    def _begin(self) -> None:
        """Build the networks, or take them from the checkpoint, and show what they draw."""
        run = Run(
            self._session,
            self._config,
            self._dataset,
            self._habits,
            self._processors,
            self._store,
            resume=self._resuming,
            changed=self._writer_changed,
        )
        self._run = run
        if self._resuming and self._store is not None:
            self._state = SessionState.PAUSED
        self._store = None
        run.keep()
        if self._habits.measures:
            generation, orders = self._generation, self._session.orders

            def found(quality: Quality | str) -> None:  # in the gauge's thread
                orders.put(lambda learner: learner.take_quality(generation, quality))

            run.measure_quality(found)
        self._publish()
        run.keeper.film(*self._show.sample, run.pace.elapsed)

    def _advance(self) -> None:
        """Do one step of training, and what is due after it."""
        run = self._running()
        if run.has_reached(self._stop):
            self._finish()
            return
        if not self._processors.count:
            self._measure_processors()
            return  # orders may have come meanwhile
        if not self._step(run):
            return
        elapsed = run.pace.elapsed
        if run.has_reached(self._stop):
            self._finish()
        elif run.keeper.write_is_due(elapsed):
            self._save_run()
            self._publish(draw=False)  # it drew; where steps are slow nothing else is ever due
        elif run.keeper.keep_is_due(elapsed):
            run.keep()
        if self._show.is_due():
            self._publish(whole=False)
            if self._show.all_rows_new:
                run.keeper.film(*self._show.sample, elapsed)
        if self._processors.stepped(run.recent[-1].seconds):
            self._measure_processors()

    def _step(self, run: Run) -> bool:
        """Do one step; False if the run diverged in it."""
        trouble = run.step()
        if trouble is not None:
            self._rescue(run, trouble)
        return trouble is None

    def _measure_processors(self) -> None:
        if not self._processors.count:
            self._show.say("Finding out how many processors to use…")
            self._publish(draw=False)
            self._show.say("")
        self._processors.measure(
            lambda: self._habits.trainer(self._config, self._dataset),
            lambda: not self._session.orders.empty(),
        )

    # --- orders -------------------------------------------------------------------------------

    def resume(self) -> None:
        """Train."""
        if self._run is not None:
            if self._run.has_reached(self._stop):
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
        if self._run is not None:
            if not self._processors.count:
                self._measure_processors()
            self._failure = None
            self._state = SessionState.PAUSED
            self._step(self._run)
        self._publish()

    def reset(
        self, config: TrainConfig | None, store: RunStore | None, *, resume: bool = False
    ) -> None:
        """Start again, or from the checkpoint of another run."""
        self._save_run()
        trouble = self._leave_run()
        config = config or self._config
        self._processors.change_run(config)
        self._generation += 1
        self._clear(config, store, resume=resume)
        self._session.history.clear()
        self._session.quality.clear()
        if trouble:
            self._show.say(trouble)
        self._begin()

    def set_stop(self, stop: StopAt | None) -> None:
        """Change when the run is finished."""
        self._stop = stop
        if self._state is SessionState.FINISHED and not self._running().has_reached(stop):
            self._state = SessionState.PAUSED
        self._publish()

    def save(self, path: Path, promise: Future[Path]) -> None:
        """Write a model file."""
        try:
            if self._run is None:
                raise UserError("There is no network to save yet.")
            save_model(path, self._run.model())
        except (UserError, OSError) as error:
            sentence = describe_error(error, f"saving {path.name}")[0]
            promise.set_exception(UserError(sentence))
            self._show.say(sentence)
        else:
            promise.set_result(path)
            self._show.say(f"Saved as {path.name}.")
        self._publish()

    def take_quality(self, generation: int, found: Quality | str) -> None:
        """Note what was found of this run's model, or why it is measured no more."""
        if generation != self._generation or self._run is None:
            return
        if isinstance(found, str):
            self._session.quality.mark_unavailable(found)
            self._show.say(found)
        else:
            self._run.note_quality(found)
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

    def _running(self) -> Run:
        assert self._run is not None
        return self._run

    def _finish(self) -> None:
        self._state = SessionState.FINISHED
        self._save_run()
        self._publish()

    def _fail(self, sentence: str, details: str) -> None:
        """Give up training and say why."""
        self._state = SessionState.FAILED
        self._failure = (sentence, details)
        try:
            if self._run is not None and self._run.is_mid_step:
                self._run.restore_good_state()
            self._save_run()
        except Exception as error:  # noqa: BLE001 - the first error is the one to tell
            also = describe_error(error, "saving what there is")[1]
            self._failure = (sentence, f"{details}\nThen, saving what there is:\n{also}")
        self._publish(draw=False)

    def _rescue(self, run: Run, trouble: health.Finding) -> None:
        """Go on from before a divergence, or give up where that did not help."""
        if not run.rescue():
            advice = "Reset with a lower learning rate or a larger γ."
            self._fail(f"{trouble.sentence} Going back once did not help. {advice}", "")
            return
        step = f"{run.trainer.step_count:,}"
        self._show.say(f"{trouble.sentence} Went back to step {step}, at half the learning rate.")
        self._publish()

    def _save_run(self) -> None:
        """Have the present state written, if there is a run folder and something new."""
        run = self._run
        if run is not None and not run.keeper.is_written(run.trainer):
            self._draw()
            run.write(self._show.sample)

    def _leave_run(self) -> str:
        """Finish writing and let the run folder go; returns what went wrong, or nothing."""
        store, self._store = self._store, None
        if store is not None:
            store.close()
        return self._run.close() if self._run is not None else ""

    def _writer_changed(self) -> None:
        """In the writer's thread: have its trouble, or the end of it, shown."""
        self._session.orders.put(lambda learner: learner._publish(draw=False))

    def _draw(self, *, whole: bool = True) -> None:
        run = self._run
        if run is not None:
            model = self._show.draw(run.trainer, run.model, run.recent, whole=whole)
            if model is not None:
                run.offer(model, resting=self._state is not SessionState.TRAINING)

    def _publish(self, *, draw: bool = True, whole: bool = True) -> None:
        """Show where the run stands, with new pictures if the weights are new."""
        if draw:
            self._draw(whole=whole)
        run = self._run
        pace = run.pace if run is not None else Throughput()
        standing = RunStatus(
            self._state,
            pace,
            self._stop,
            self._failure,
            self._generation,
            self._processors.count,
        )
        trainer = run.trainer if run is not None else None
        self._show.publish(standing, trainer, run.keeper.trouble if run is not None else "")
