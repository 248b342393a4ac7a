"""What happens in the thread of a run: commands obeyed, steps done, the run looked after."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from ganview.data.dataset import Dataset
from ganview.files.moment_info import Mark, State
from ganview.gan.config import TrainConfig
from ganview.gan.metrics.quality import Quality
from ganview.gan.model import Model, ModelSpec
from ganview.gan.trainer import StepStats, Trainer
from ganview.gan.trainer_state import load_state, settings_for, state_of
from ganview.runtime import channels, health, threads
from ganview.runtime.channels import Channels, RunOptions
from ganview.runtime.distributed import RunStore
from ganview.runtime.error_text import describe_error
from ganview.runtime.messages import RunState, StopAt
from ganview.runtime.quality_watch import QualityWatch
from ganview.runtime.run_saver import RunSaver
from ganview.runtime.snapshot_publisher import SnapshotPublisher
from ganview.runtime.stepper import Stepper
from ganview.runtime.thread_tuner import ThreadTuner
from ganview.runtime.throughput import Throughput


class TrainingLoop:
    """The body of a run's thread. Nothing here is called from another one.

    The store in the options belongs to the loop, which closes it.
    """

    def __init__(
        self, channels: Channels, config: TrainConfig, dataset: Dataset, options: RunOptions
    ) -> None:
        self._channels = channels
        self._config, self._dataset, self._options = config, dataset, options
        self._stop = options.stop
        self._state = RunState.IDLE
        self._failure: tuple[str, str] | None = None
        self._leaving = self._rescued = False
        self._trainer: Trainer | None = None  # until it is built
        self._mid_step = False  # weights and moments may be half updated
        self._stepper = Stepper(channels.traces)
        self._throughput = Throughput()
        self._recent: deque[StepStats] = deque(maxlen=health.LONG)  # to find trouble in
        self._tuner = ThreadTuner(config, options.threads)
        self._watch: QualityWatch | None = None
        self._collapsed = False
        self._publisher = SnapshotPublisher(
            channels.snapshots, options.rows, options.snapshot_interval, config.objective
        )
        self._saver = RunSaver(None, options.checkpoint_interval, 0.0)  # until there is a trainer

    def run(self) -> None:
        """Obey commands, and train in between, until told to stop."""
        try:
            threads.prepare_thread(self._tuner.count or 1, give_way=True)
            self._guard(self._begin)
            while not self._leaving:
                if self._state is RunState.TRAINING and self._channels.inbox.empty():
                    self._guard(self._advance)
                else:
                    self._guard(self._obey)
        finally:
            self._close()

    def _guard(self, work: Callable[[], None]) -> None:
        """Do some work; an error in it ends training, but not the thread."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - an error in a thread is a value
            self._fail(*describe_error(error, "training"))

    def _begin(self) -> None:
        """Build the networks, or take them from the checkpoint, and show what they draw."""
        store, config, recorded = self._options.store, self._config, None
        if store is not None and self._options.resume:
            tensors, values = store.load_checkpoint()
            config = settings_for(ModelSpec.from_dict(values["spec"]), config)
            trainer = self._options.build_trainer(config, self._dataset)
            load_state(trainer, tensors, values)
            recorded = self._go_on(trainer, store, values)
            self._state = RunState.PAUSED
        else:
            trainer = self._options.build_trainer(config, self._dataset)
        self._tuner.begin(trainer, recorded)
        elapsed, interval = self._throughput.elapsed, self._options.checkpoint_interval
        put = self._channels.inbox.put
        self._saver = RunSaver(store, interval, elapsed, lambda: put(channels.SavingChanged()))
        self._trainer = trainer
        self._saver.remember(self._run_state(trainer), elapsed)
        if self._options.measures:
            hold_out = self._config.hold_out
            self._watch = QualityWatch(self._channels, self._saver, self._dataset, hold_out)
        self._publish()
        self._keep_moment()

    def _go_on(self, trainer: Trainer, store: RunStore, values: dict[str, Any]) -> int:
        """Stand where a checkpoint was made; returns the thread count of then."""
        store.forget_after(trainer.step_count)
        own = values.get("run", {})
        self._throughput = Throughput(float(own.get("elapsed", 0.0)))
        self._rescued = bool(own.get("rescued", False))
        self._channels.history.load(store.metrics())
        self._channels.quality.load(store.quality())
        self._channels.health.load(store.health())
        return int(own.get("threads", 0))

    def _close(self) -> None:
        if self._watch is not None:
            self._watch.close()
        if self._trainer is None and self._options.store is not None:
            self._options.store.close()
        self._saver.close()

    # --- steps --------------------------------------------------------------------------------

    def _advance(self) -> None:
        """Do one step of training, and what is due after it."""
        trainer = self._trainer
        assert trainer is not None  # nothing trains before it is built
        counted = self._stepper.counts
        if not counted and self._has_finished(trainer):
            self._rest(RunState.FINISHED)
            return
        if not self._tuner.count:
            self._choose_threads()
            return  # commands may have come meanwhile
        if not self._step(trainer):
            return
        elapsed, saver = self._throughput.elapsed, self._saver
        if counted and not self._stepper.counts:
            self._rest(RunState.PAUSED)
        elif not counted and self._has_finished(trainer):
            self._rest(RunState.FINISHED)
        elif saver.is_write_due(elapsed):
            self._save()
            self._publish(draw=False)  # it drew; where steps are slow nothing else is ever due
        elif saver.is_remember_due(elapsed):
            saver.remember(self._run_state(trainer), elapsed)
        if self._publisher.is_due():
            self._publish(whole=False)
            self._keep_moment()

    def _step(self, trainer: Trainer) -> bool:
        """Do one step and note its numbers; False if the run diverged in it."""
        self._mid_step = True
        stats, sample = self._stepper.step(trainer, self._throughput.elapsed)
        self._mid_step = False
        self._throughput.stepped(stats.step_seconds, self._config.batch_size)
        elapsed = self._throughput.elapsed
        self._channels.history.append(stats, elapsed)
        self._saver.add_row(stats, elapsed)
        if sample is not None:
            self._channels.health.append(sample)
            self._saver.add_health(sample)
        self._recent.append(stats)
        self._tuner.stepped(stats.step_seconds)
        if (finding := health.find_divergence(stats)) is not None:
            self._rescue(trainer, finding)
        return finding is None

    def _has_finished(self, trainer: Trainer) -> bool:
        """Tell whether the stop condition is met."""
        stop = self._stop or StopAt()
        return (stop.progress(trainer.step_count, self._throughput.elapsed) or 0) >= 1

    def _choose_threads(self) -> None:
        self._publisher.say("Choosing the fastest thread count…")
        self._publish(draw=False)
        self._publisher.say("")
        trial = self._config.with_(clusters=0)  # to find them takes longer than the trial itself
        self._tuner.measure(
            lambda: self._options.build_trainer(trial, self._dataset),
            lambda: not self._channels.inbox.empty(),
        )

    def _rest(self, state: RunState) -> None:
        self._state = state
        self._save()
        self._publish()

    def _fail(self, sentence: str, details: str) -> None:
        """Give up training and say why."""
        self._state = RunState.FAILED
        self._failure = (sentence, details)
        try:
            if self._trainer is not None and self._mid_step and self._restore(self._trainer):
                self._forget_later(self._trainer)
            self._save()
        except Exception as error:  # noqa: BLE001 - the first error is the one to tell
            also = describe_error(error, "saving what there is")[1]
            self._failure = (sentence, f"{details}\nThen, saving what there is:\n{also}")
        self._publish(draw=False)

    def _rescue(self, trainer: Trainer, finding: health.Finding) -> None:
        """Go on more slowly from before a divergence, or give up the second time: curves stay."""
        step = trainer.step_count
        if not self._restore(trainer) or self._rescued:
            self._publisher.find(finding)
            self._saver.add_mark(Mark(step, "divergence", finding.sentence))
            self._rescued = False  # a user who goes on all the same gets another chance
            advice = "Begin a new run with a lower learning rate or a larger γ."
            self._fail(f"{finding.sentence} Going back once did not help. {advice}", "")
            return
        self._rescued = True
        self._forget_later(trainer)
        trainer.scale_learning_rate(0.5)
        back = f"Went back to step {trainer.step_count:,}, at half the learning rate."
        self._publisher.say(f"{finding.sentence} {back}")
        self._saver.add_mark(Mark(trainer.step_count, "divergence", f"{finding.sentence} {back}"))
        self._publish()

    def _restore(self, trainer: Trainer) -> bool:
        """Return to the last state that is known to be good; False if there is none."""
        self._mid_step = False
        self._recent.clear()
        return self._saver.restore(trainer)

    def _forget_later(self, trainer: Trainer) -> None:
        """Forget what is after the trainer's step, if anything is: the run goes on from there."""
        last = self._channels.history.last()
        if last is None or last["step"] <= trainer.step_count:
            return
        for record in (self._channels.history, self._channels.quality, self._channels.health):
            record.rewind(trainer.step_count)
        self._saver.forget_after(trainer.step_count)
        self._stepper.look_again()

    # --- commands -----------------------------------------------------------------------------

    def _obey(self) -> None:
        """Wait for a command and obey it; before there is a trainer there is little to do."""
        command = self._channels.inbox.get()
        match command:
            case channels.Stop():
                self._leave()
            case channels.SetStop(stop):
                self._set_stop(stop)
            case channels.Trace():
                self._stepper.follow(command)
            case channels.SavingChanged():
                self._publish(draw=False)
            case _ if self._trainer is None:
                self._publish()
            case channels.Resume():
                self._resume(self._trainer)
            case channels.Pause() if self._state is RunState.TRAINING:
                self._stepper.forget()
                self._state = RunState.PAUSED
                self._publish(draw=False)  # at once; pictures and files take a moment
                self._rest(RunState.PAUSED)
            case channels.Step():
                self._begin_steps(self._trainer, command)
            case channels.KeepMoment(name, None):
                self._keep_named(self._trainer, name)
            case channels.KeepMoment(name, int(step)):
                self._saver.name_moment(step, self._channels.history.seconds_at(step), name)
            case channels.QualityFound(found):
                self._take_quality(self._trainer, found)
            case _:  # a pause while nothing trains
                self._publish()

    def _resume(self, trainer: Trainer) -> None:
        if self._has_finished(trainer):
            self._stop = None
            self._publisher.say(
                "The stop condition was already reached; training continues until you pause."
            )
        self._stepper.forget()
        self._forget_later(trainer)
        self._failure, self._state = None, RunState.TRAINING
        self._publish()

    def _begin_steps(self, trainer: Trainer, asked: channels.Step) -> None:
        """Do a step; where more were asked for, the others follow as training does."""
        if not self._tuner.count:
            self._choose_threads()
        self._forget_later(trainer)
        self._failure, self._state = None, RunState.PAUSED
        self._stepper.ask(asked)
        if self._step(trainer) and self._stepper.counts:
            self._state = RunState.TRAINING
        self._publish()

    def _set_stop(self, stop: StopAt | None) -> None:
        self._stop = stop
        finished = self._state is RunState.FINISHED
        if finished and self._trainer is not None and not self._has_finished(self._trainer):
            self._state = RunState.PAUSED
        self._publish()

    def _leave(self) -> None:
        self._leaving = True
        before, self._state = self._state, RunState.STOPPING
        self._publish(draw=False)  # at once; pictures and files take a moment
        self._save(before)
        self._close()
        self._publish()

    # --- quality ------------------------------------------------------------------------------

    def _take_quality(self, trainer: Trainer, found: Quality | str) -> None:
        """Note a measurement, unless the run went back meanwhile; or why there are no more."""
        if isinstance(found, str):
            self._channels.quality.mark_unavailable(found)
            self._publisher.say(found)
        elif self._watch is not None:
            self._watch.take(found, trainer.step_count, self._tuner.count)
        self._publish(draw=False)

    # --- what is shown and kept ---------------------------------------------------------------

    def _model(self, trainer: Trainer) -> Model:
        """Return a fresh copy of the averaged generator that knows where it comes from."""
        model = trainer.model()
        model.info.update(
            name=self._saver.name,
            seconds=round(self._throughput.elapsed, 3),
            threads=self._tuner.count,
            dataset=self._dataset.name,
            dataset_sha256=self._dataset.sha256,
            reading=self._dataset.reading.options,  # for pictures that are looked for
        )
        return model

    def _run_state(self, trainer: Trainer, rests: RunState | None = None) -> State:
        """Return the trainer's state and what this loop adds to it."""
        tensors, values = state_of(trainer)
        own = {"elapsed": self._throughput.elapsed, "threads": self._tuner.count}
        how = {"rescued": self._rescued, "state": (rests or self._state).value}
        return tensors, {**values, "run": {**own, **how}}

    def _save(self, rests: RunState | None = None) -> None:
        """Have the present state written, if there is a run folder and something new."""
        trainer, rests = self._trainer, rests or self._state
        if trainer is not None and not self._saver.is_written(trainer.step_count, rests.value):
            self._draw()
            state = self._run_state(trainer, rests)
            self._saver.write(self._publisher.moment(self._throughput.elapsed, state))

    def _keep_moment(self) -> None:
        """Keep what was drawn last, or have it there for a second, if it is time to."""
        elapsed = self._throughput.elapsed
        if self._publisher.all_rows_new and self._saver.is_moment_due(elapsed):
            self._saver.add_moment(self._publisher.moment(elapsed))
        elif self._saver.is_showing_due(elapsed):
            self._saver.show(self._publisher.moment(elapsed))

    def _mark_collapse(self, step: int) -> None:
        """Note where collapse begins."""
        found = next((it for it in self._publisher.findings if it.kind in health.COLLAPSES), None)
        if found is not None and not self._collapsed:
            self._saver.add_mark(Mark(step, "collapse", found.sentence))
        self._collapsed = found is not None

    def _keep_named(self, trainer: Trainer, name: str) -> None:
        """Keep this very step for ever, with all that a continuation needs."""
        self._draw()
        state, elapsed = self._run_state(trainer), self._throughput.elapsed
        self._saver.add_moment(self._publisher.moment(elapsed, state, name))
        self._publish()

    def _draw(self, *, whole: bool = True) -> None:
        trainer = self._trainer
        if trainer is not None:
            model = self._publisher.draw(
                trainer, lambda: self._model(trainer), self._recent, whole=whole
            )
            if model is not None:
                self._mark_collapse(trainer.step_count)
                if self._watch is not None:
                    moment = self._publisher.moment(self._throughput.elapsed)
                    resting = self._state is not RunState.TRAINING
                    self._watch.submit(moment, self._tuner.count, resting=resting)

    def _publish(self, *, draw: bool = True, whole: bool = True) -> None:
        """Show where the run stands, with new pictures if the weights are new."""
        if draw:
            self._draw(whole=whole)
        self._publisher.publish(
            self._state,
            self._trainer,
            self._throughput,
            self._stop,
            failure=self._failure,
            unsaved=self._saver.trouble,
            threads=self._tuner.count,
        )
