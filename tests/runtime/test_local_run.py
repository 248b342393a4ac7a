from __future__ import annotations

import errno
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ganview.data.dataset import Dataset
from ganview.errors import UserError
from ganview.files.model_file import load_model
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from ganview.gan.model import Model
from ganview.gan.players import Players
from ganview.gan.trainer import StepStats, Trainer
from ganview.gan.trainer_state import state_of
from ganview.runtime import health
from ganview.runtime.channels import Pause, Resume, RunOptions, SetStop, Step, Trace
from ganview.runtime.local_run import LocalRun
from ganview.runtime.messages import RunState, Snapshot, StopAt

from .conftest import SMALL, same_weights, trainer_for

LONG = 100.0  # seconds until a test that waits has failed
State = RunState


def until(session: LocalRun, wanted: Callable[[Snapshot], bool]) -> Snapshot:
    """Return the first snapshot that is as wanted, of those that are seen."""
    deadline = time.monotonic() + LONG
    while (snapshot := session.snapshots.wait(deadline - time.monotonic())) is not None:
        if wanted(snapshot):
            return snapshot
    raise AssertionError("the snapshot that was waited for did not come")


def reaches(session: LocalRun, state: RunState) -> Snapshot:
    return until(session, lambda snapshot: snapshot.state is state)


def model_of(snapshot: Snapshot) -> Model:
    assert snapshot.model is not None
    return snapshot.model


def trained(steps: int, digits: Dataset, config: TrainConfig = SMALL) -> Trainer:
    trainer = trainer_for(config, digits)
    for _ in range(steps):
        trainer.step()
    return trainer


class Faulty(Trainer):
    """A trainer in which a step goes wrong, as often as told."""

    at: int = 5
    times: int = 1
    fault: Callable[[StepStats], StepStats]

    def step(self, *given: Any) -> StepStats:
        stats = super().step(*given)
        if stats.step == self.at and type(self).times:
            type(self).times -= 1
            return type(self).fault(stats)
        return stats


def faulty(fault: Callable[[StepStats], StepStats], times: int) -> Callable[..., Trainer]:
    kind = type("FaultyTrainer", (Faulty,), {"fault": staticmethod(fault), "times": times})

    def make(config: TrainConfig, data: Dataset) -> Trainer:
        return kind(config, data.images, data.labels, data.class_names)  # type: ignore[no-any-return]

    return make


def broken(stats: StepStats) -> StepStats:
    raise RuntimeError(f"no step {stats.step} today")


def test_it_starts_idle_with_the_samples_of_the_untrained_network(digits: Dataset):
    with LocalRun(SMALL, digits, RunOptions(rows=3)) as session:
        snapshot = reaches(session, State.IDLE)
        assert (snapshot.step, snapshot.elapsed, snapshot.progress) == (0, 0.0, None)
        samples = snapshot.samples
        assert samples is not None
        assert samples.images.shape == (3, 10, 28, 28)
        assert samples.beliefs is not None
        assert samples.beliefs.shape == (3, 10)
        assert samples.z.shape == (3, 8)
        assert same_weights(model_of(snapshot).generator, trainer_for(SMALL, digits).ema)
        assert not samples.images.flags.writeable


def test_it_trains_to_its_stop_just_as_a_bare_trainer(
    digits: Dataset, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ganview.runtime.snapshot_publisher.SHARE", 1e9)  # a snapshot each step
    monkeypatch.setattr("ganview.runtime.run_saver.MEMORY_SECONDS", 0.01)
    monkeypatch.setattr(health, "LONG", 20)
    steps = health.LONG + 5
    with LocalRun(
        SMALL, digits, RunOptions(stop=StopAt(steps=steps), snapshot_interval=0)
    ) as session:
        session.send(Resume())
        snapshot = reaches(session, State.FINISHED)
        assert snapshot.step == steps
        assert snapshot.progress == 1.0
        assert snapshot.remaining == 0.0
        assert snapshot.images_per_second > 0
        assert snapshot.threads == 1
        bare = trained(steps, digits)
        model = model_of(snapshot)
        assert same_weights(model.generator, bare.ema)
        assert model.discriminator is not None
        assert same_weights(model.discriminator, bare.discriminator)
        assert model.info["step"] == steps
        assert model.info["dataset"] == "some digits"
        view = session.history.view()
        np.testing.assert_array_equal(view["step"], np.arange(1, steps + 1))
        assert view["seconds"][-1] == pytest.approx(snapshot.elapsed)
        assert (np.diff(view["seconds"]) > 0).all()


@pytest.mark.parametrize("architecture", ["residual", "dcgan"])
def test_snapshots_leave_the_networks_alone(
    digits: Dataset, monkeypatch: pytest.MonkeyPatch, architecture: str
):
    monkeypatch.setattr("ganview.runtime.snapshot_publisher.SHARE", 1e9)
    config = SMALL.with_(architecture=architecture, conditional=False)
    with LocalRun(
        config, digits, RunOptions(rows=1, stop=StopAt(steps=4), snapshot_interval=0)
    ) as session:
        session.send(Resume())
        model = model_of(reaches(session, State.FINISHED))
        assert model.discriminator is not None
        bare = trained(4, digits, config)
        assert same_weights(model.generator, bare.ema)
        assert same_weights(model.discriminator, bare.discriminator)  # batch statistics, too


def test_training_on_past_the_stop_is_possible(digits: Dataset):
    with LocalRun(SMALL, digits, RunOptions(stop=StopAt(steps=3))) as session:
        session.send(Resume())
        reaches(session, State.FINISHED)
        session.send(Resume())
        snapshot = until(session, lambda s: s.state is State.TRAINING and s.step > 3)
        assert snapshot.progress is None
        assert "stop condition" in snapshot.note
        session.send(SetStop(StopAt(steps=1)))
        reaches(session, State.FINISHED)
        session.send(SetStop(StopAt(steps=100_000)))
        assert reaches(session, State.PAUSED).progress is not None


@pytest.mark.skipif(not hasattr(time, "pthread_getcpuclockid"), reason="measures CPU time")
def test_a_paused_session_sleeps(digits: Dataset):
    with LocalRun(SMALL, digits) as session:
        session.send(Resume())
        until(session, lambda snapshot: snapshot.step > 0)
        session.send(Pause())
        step = reaches(session, State.PAUSED).step
        while session.snapshots.wait(0.5) is not None:
            pass  # the last pictures follow
        ident = next(it.ident for it in threading.enumerate() if it.name == "ganview-trainer")
        assert ident is not None
        clock = time.pthread_getcpuclockid(ident)
        before = time.clock_gettime(clock)
        assert session.snapshots.wait(0.3) is None
        assert time.clock_gettime(clock) - before < 0.05
        assert len(session.history) == step


def test_single_steps(digits: Dataset):
    with LocalRun(SMALL, digits) as session:
        session.send(Step())
        assert until(session, lambda s: s.step == 1).state is State.PAUSED
        session.send(Step())
        session.send(Step())
        snapshot = until(session, lambda s: s.step == 3)
        assert snapshot.state is State.PAUSED
        assert len(session.history) == 3
        assert same_weights(model_of(snapshot).generator, trained(3, digits).ema)


def test_stopping_while_training_ends_the_thread(digits: Dataset):
    session = LocalRun(SMALL, digits)
    session.send(Resume())
    until(session, lambda snapshot: snapshot.step > 0)
    session.stop()
    assert session.join(LONG)
    assert not session.alive
    last = reaches(session, State.STOPPING)
    assert last.step == len(session.history)
    session.send(Resume())  # nobody obeys any more, and nothing breaks


def test_an_error_is_told_and_the_session_lives_on(digits: Dataset):
    with LocalRun(SMALL, digits, RunOptions(make_trainer=faulty(broken, times=1))) as session:
        session.send(Resume())
        snapshot = reaches(session, State.FAILED)
        assert snapshot.error == "An error while training: RuntimeError: no step 5 today."
        assert snapshot.details is not None
        assert "Traceback" in snapshot.details
        assert snapshot.step == 0  # the last state that is known to be good
        session.send(Resume())
        assert until(session, lambda s: s.step > 5).error is None


def test_an_error_between_steps_loses_none(digits: Dataset, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise RuntimeError("no opinion")

    monkeypatch.setattr("ganview.runtime.health.find_divergence", refuse)
    with LocalRun(SMALL, digits) as session:
        session.send(Step())
        snapshot = reaches(session, State.FAILED)
        assert snapshot.step == 1
        assert len(session.history) == 1


def test_networks_that_can_not_be_built_are_told(digits: Dataset):
    def refuse(config: TrainConfig, dataset: Dataset) -> Trainer:
        raise UserError("The pictures are too large.")

    with LocalRun(SMALL, digits, RunOptions(make_trainer=refuse)) as session:
        snapshot = reaches(session, State.FAILED)
        assert snapshot.error == "The pictures are too large."
        assert snapshot.samples is None
        session.send(Resume())
        session.send(Step())
        session.send(Pause())
        session.send(SetStop(StopAt(steps=1)))


def test_a_divergence_goes_back_once_at_half_the_learning_rate(digits: Dataset):
    not_finite = faulty(lambda stats: stats._replace(loss_d=float("nan")), times=1)
    with LocalRun(SMALL, digits, RunOptions(make_trainer=not_finite)) as session:
        session.send(Resume())
        snapshot = until(session, lambda s: s.step > 5)
        assert "step 5" in snapshot.note
        assert "half the learning rate" in snapshot.note
        session.send(SetStop(StopAt(steps=1)))
        last = reaches(session, State.FINISHED)
        step = last.step
        slower = trainer_for(SMALL, digits)
        slower.scale_learning_rate(0.5)
        for _ in range(step):
            slower.step()
        assert same_weights(model_of(last).generator, slower.ema)
        view = session.history.view()
        np.testing.assert_array_equal(view["step"], np.arange(1, step + 1))
        assert np.isfinite(view["loss_d"]).all()


def test_a_second_divergence_is_the_end(digits: Dataset):
    exploding = faulty(lambda stats: stats._replace(loss_g=1e9), times=2)
    with LocalRun(SMALL, digits, RunOptions(make_trainer=exploding)) as session:
        session.send(Resume())
        snapshot = reaches(session, State.FAILED)
        assert snapshot.error is not None
        assert "diverged at step 5" in snapshot.error
        assert "new run" in snapshot.error
        assert snapshot.step == 0
        steps = session.history.view()["step"]
        assert steps.tolist() == [1, 2, 3, 4, 5]  # the curves stay
        session.send(SetStop(StopAt(steps=8)))  # after which new pictures are drawn
        assert [it.fatal for it in until(session, lambda s: s.progress == 0).findings] == [True]
        session.send(Step())
        until(session, lambda s: s.step == 1)
        assert session.history.view()["step"].tolist() == [1]


def test_trouble_in_the_pictures_is_noted(digits: Dataset, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ganview.runtime.health.WARM_UP_IMAGES", 0)
    monkeypatch.setattr("ganview.runtime.health.CONTRAST", 1.0)  # which no picture has
    with LocalRun(SMALL, digits) as session:
        assert "one flat shade" in until(session, lambda s: bool(s.note)).note


def test_threads_are_measured_on_a_trainer_that_is_thrown_away(
    digits: Dataset, monkeypatch: pytest.MonkeyPatch
):
    made: list[Trainer] = []

    def make(config: TrainConfig, dataset: Dataset) -> Trainer:
        made.append(trainer_for(config, dataset))
        return made[-1]

    monkeypatch.setattr("ganview.runtime.thread_tuner.usable_cores", lambda: 1)
    config = SMALL.with_(threads=0)
    with LocalRun(config, digits, RunOptions(make_trainer=make, stop=StopAt(steps=4))) as session:
        session.send(Resume())
        last = reaches(session, State.FINISHED)
        assert last.threads == 1
        assert made[1].step_count > 0
        assert same_weights(model_of(last).generator, trained(4, digits, config).ema)
    with LocalRun(config, digits, RunOptions(make_trainer=make, threads=last.threads)) as session:
        session.send(Step())
        until(session, lambda s: s.step == 1)
        assert len(made) == 3  # the same work: the same count


def test_a_run_is_kept_and_continues_bit_for_bit(digits: Dataset, tmp_path: Path):
    run = RunFolder.create(tmp_path / "run", SMALL)
    with LocalRun(SMALL, digits, RunOptions(store=run, stop=StopAt(steps=20))) as session:
        session.send(Resume())
        elapsed = reaches(session, State.FINISHED).elapsed
    run = RunFolder.open(tmp_path / "run")
    with LocalRun(SMALL, digits, RunOptions(store=run, resume=True)) as session:
        snapshot = reaches(session, State.PAUSED)
        assert snapshot.step == 20
        assert snapshot.elapsed == pytest.approx(elapsed)
        assert len(session.history) == 20
        session.send(SetStop(StopAt(steps=40)))
        session.send(Resume())
        assert reaches(session, State.FINISHED).elapsed > elapsed
    with RunFolder.open(tmp_path / "run", write=False) as run:
        tensors, values = run.load_checkpoint()
        steps = run.metrics()["step"]
    expected = state_of(trained(40, digits))[0]
    assert values["step"] == 40
    assert tensors.keys() == expected.keys()
    assert all(bool((tensors[key] == expected[key]).all()) for key in expected)
    np.testing.assert_array_equal(steps, np.arange(1, 41))
    assert load_model(tmp_path / "run" / "model.safetensors").info["step"] == 40


def test_pause_and_stop_save(digits: Dataset, tmp_path: Path):
    run = RunFolder.create(tmp_path / "run", SMALL)
    session = LocalRun(SMALL, digits, RunOptions(store=run))
    session.send(Resume())
    until(session, lambda snapshot: snapshot.step > 0)
    session.send(Pause())
    reaches(session, State.PAUSED)
    session.send(Step())
    session.stop()
    assert session.join(LONG)
    step = reaches(session, State.STOPPING).step
    with RunFolder.open(tmp_path / "run") as reopened:  # the lock is free
        assert reopened.load_checkpoint()[1]["step"] == step


def test_a_checkpoint_is_written_while_training(digits: Dataset, tmp_path: Path):
    run = RunFolder.create(tmp_path / "run", SMALL)
    with LocalRun(SMALL, digits, RunOptions(store=run, checkpoint_interval=0.3)) as session:
        session.send(Resume())
        until(session, lambda s: s.step > 0 and run.has_checkpoint())


def test_a_full_disk_does_not_stop_training(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "checkpoint.safetensors")

    run = RunFolder.create(tmp_path / "run", SMALL)
    save = run.save_checkpoint
    monkeypatch.setattr(run, "save_checkpoint", full)
    with LocalRun(SMALL, digits, RunOptions(store=run, checkpoint_interval=0.3)) as session:
        session.send(Resume())
        troubled = until(session, lambda s: "No space left" in s.unsaved)
        later = until(session, lambda s: s.step > troubled.step)
        assert later.state is State.TRAINING
        monkeypatch.setattr(run, "save_checkpoint", save)
        until(session, lambda s: s.step > later.step and not s.unsaved)
        assert run.has_checkpoint()


def test_the_last_snapshot_says_that_the_model_was_not_saved(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "model.safetensors")

    folder = RunFolder.create(tmp_path / "run", SMALL)
    monkeypatch.setattr(folder, "save_model", full)
    with LocalRun(SMALL, digits, RunOptions(store=folder)) as run:
        run.send(Step())
        until(run, lambda s: s.step == 1)
    last = run.snapshots.take()
    assert last is not None
    assert last.state is State.STOPPING
    assert "No space left on device" in last.unsaved


def test_a_run_without_checkpoint_can_not_be_resumed(digits: Dataset, tmp_path: Path):
    run = RunFolder.create(tmp_path / "run", SMALL)
    with LocalRun(SMALL, digits, RunOptions(store=run, resume=True)) as session:
        snapshot = reaches(session, State.FAILED)
        assert snapshot.error is not None
        assert "no checkpoint" in snapshot.error
        session.send(Resume())
    RunFolder.open(tmp_path / "run").close()


def test_an_import_that_fails_is_told(digits: Dataset, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ganview.runtime.training_loop", None)
    with LocalRun(SMALL, digits) as session:
        snapshot = reaches(session, State.FAILED)
        assert snapshot.error is not None
        assert session.join(LONG)


def test_data_without_labels(digits: Dataset):
    bare = replace(digits, labels=None, class_names=())
    with LocalRun(SMALL, bare, RunOptions(stop=StopAt(steps=2))) as session:
        session.send(Resume())
        snapshot = reaches(session, State.FINISHED)
        assert snapshot.samples is not None
        assert snapshot.samples.class_names == ()
        assert snapshot.samples.tile_z(7, 9).shape == (8,)


def test_what_is_held_out_is_never_learned(digits: Dataset):
    seen: list[int] = []

    def make(config: TrainConfig, data: Dataset) -> Trainer:
        seen.append(len(data))
        return trainer_for(config, data)

    with LocalRun(SMALL.with_(hold_out=100), digits, RunOptions(make_trainer=make)) as session:
        session.send(Step())
        reaches(session, State.PAUSED)
    assert set(seen) == {300}


def test_steps_of_one_player_by_number_and_then_a_rest(digits: Dataset):
    trainer = trained(0, digits)
    for _ in range(3):
        trainer.step(Players.D)
    trainer.step()
    with LocalRun(SMALL, digits, RunOptions(rows=1)) as session:
        session.send(Step(Players.D, 3))
        until(session, lambda s: s.step == 3 and s.state is State.PAUSED)
        session.send(Step())
        snapshot = until(session, lambda s: s.step == 4)
        assert same_weights(model_of(snapshot).generator, trainer.ema)


def test_training_again_ends_steps_of_one_player(digits: Dataset):
    with LocalRun(SMALL, digits, RunOptions(rows=1)) as session:
        session.send(Step(Players.G, 100_000))
        until(session, lambda s: s.step > 1)
        session.send(Pause())
        before = reaches(session, State.PAUSED)
        session.send(Resume())
        after = until(session, lambda s: s.step > before.step)
        first, last = model_of(before).discriminator, model_of(after).discriminator
        assert first is not None
        assert last is not None
        assert not same_weights(first, last)


def test_traces_come_while_they_are_asked_for(digits: Dataset):
    with LocalRun(SMALL, digits, RunOptions(rows=1)) as session:
        session.send(Step())
        session.send(Trace(on=True))
        session.send(Step(Players.G, 2))
        until(session, lambda s: s.step == 3 and s.state is State.PAUSED)
        trace = session.traces.take()
        assert trace is not None
        assert (trace.step, trace.players) == (3, Players.G)
        session.send(Resume())
        assert session.traces.wait(LONG) is not None
        session.send(Pause())
        session.send(Trace(on=False))
        session.send(Step())
        reaches(session, State.PAUSED)
        until(session, lambda s: s.state is State.PAUSED)
        while session.traces.take() is not None:
            pass
        session.send(Step())
        until(session, lambda s: s.state is State.PAUSED)
        assert session.traces.take() is None
