"""The past of a run that trains here, seen from this process and through its folder."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ganview.data.dataset import Dataset
from ganview.errors import UserError
from ganview.files.model_file import save_model
from ganview.files.moment_info import Moment, MomentInfo
from ganview.files.png import write_png
from ganview.files.run_folder import RunFolder
from ganview.files.run_summary import summarise_run
from ganview.gan.metrics.quality import Quality
from ganview.gan.players import Players
from ganview.gan.trainer import StepStats, Trainer
from ganview.runtime import quality_monitor
from ganview.runtime.channels import Channels, KeepMoment, Pause, Resume, RunOptions, Step
from ganview.runtime.local_run import LocalRun
from ganview.runtime.messages import RunState, StopAt
from ganview.runtime.notable import (
    is_best,
    is_first_recognised,
    marks_of_divergence,
    marks_of_quality,
)
from ganview.runtime.quality_watch import QualityWatch
from ganview.runtime.run_saver import RunSaver
from ganview.runtime.run_view import FolderRun
from ganview.runtime.sample_grid import GridSampler

from .conftest import SMALL, trainer_for

LONG = 60.0


def wait_until(there: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONG
    while not there():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.01)


def train(path: Path, digits: Dataset, steps: int = 30) -> LocalRun:
    store = RunFolder.create(path / "run", SMALL, data_sha256=digits.sha256)
    return LocalRun(SMALL, digits, RunOptions(rows=2, store=store, stop=StopAt(steps=steps)))


def finish(run: LocalRun) -> None:
    run.send(Resume())
    while (snapshot := run.snapshots.wait(LONG)) is not None:
        assert snapshot.error is None
        if snapshot.state is RunState.FINISHED:
            return
    raise AssertionError("the run did not finish")


def test_a_run_knows_its_past_while_it_trains(tmp_path: Path, digits: Dataset) -> None:
    with train(tmp_path, digits) as run:
        wait_until(lambda: any(info.has_model for info in run.moments()))
        assert [(info.step, info.has_samples) for info in run.moments()] == [(0, True)]
        finish(run)
        wait_until(lambda: run.moments()[-1].has_state)
        # while this one has it open; its index comes after the files
        wait_until(lambda: FolderRun(tmp_path / "run").moments() == run.moments())
        other = FolderRun(tmp_path / "run")
        assert run.moments()[-1].step == 30
        one, same, model = run.samples_at(30), other.samples_at(99), other.model_at(99)
        drawn = GridSampler(model.spec, 2).draw(model)
        np.testing.assert_array_equal(one.images, drawn.images)
        np.testing.assert_array_equal(same.images, drawn.images)
        assert one.beliefs is not None
        assert drawn.beliefs is not None
        np.testing.assert_allclose(one.beliefs, drawn.beliefs, atol=1e-4)
        assert one.objective == SMALL.objective


def test_the_health_of_the_game_is_kept_and_handed_on(tmp_path: Path, digits: Dataset) -> None:
    with train(tmp_path, digits, steps=3) as run:
        finish(run)
        run.send(Step(Players.D, 2))
        wait_until(lambda: [it.step for it in run.health.samples()] == [1, 5])
        run.send(Pause())
    first, last = FolderRun(tmp_path / "run").health.samples()
    assert first.layers["G"]
    assert last.layers["G"] == {}
    assert last.layers["D"]
    store = RunFolder.open(tmp_path / "run")
    with LocalRun(SMALL, digits, RunOptions(rows=2, store=store, resume=True)) as run:
        wait_until(lambda: len(run.health) == 2)


def test_the_first_samples_are_of_the_untrained_network(tmp_path: Path, digits: Dataset) -> None:
    with train(tmp_path, digits) as run:
        finish(run)
    untrained = GridSampler(trainer_for(SMALL, digits).spec, 2)
    first = FolderRun(tmp_path / "run").samples_at(0)
    drawn = untrained.draw(trainer_for(SMALL, digits).model())
    np.testing.assert_array_equal(first.images, drawn.images)


def test_a_moment_kept_by_hand_has_a_name_and_everything(tmp_path: Path, digits: Dataset) -> None:
    with train(tmp_path, digits) as run:
        run.send(Resume())
        wait_until(lambda: len(run.history) > 3)
        run.send(Pause())
        run.send(KeepMoment("still a blur"))
        named: list[MomentInfo] = []

        def is_named() -> bool:
            named[:] = [info for info in run.moments() if info.name and info.has_state]
            return bool(named)

        wait_until(is_named)
        finish(run)
    (info,) = [info for info in FolderRun(tmp_path / "run").moments() if info.name]
    assert info.step == named[0].step
    assert info.name == "still a blur"
    assert info.has_samples
    assert info.has_model
    assert info.has_state


def test_a_run_without_a_folder_has_no_past(digits: Dataset) -> None:
    with LocalRun(SMALL, digits, RunOptions(rows=2)) as run:
        assert run.moments() == ()
        with pytest.raises(UserError, match="no folder"):
            run.samples_at(5)


def test_a_divergence_is_marked_where_the_run_went_back_to(tmp_path: Path, digits: Dataset) -> None:
    class Diverging(Trainer):
        went_wrong = False

        def step(self, *given: Any) -> StepStats:
            stats = super().step(*given)
            if stats.step == 20 and not type(self).went_wrong:
                type(self).went_wrong = True
                return stats._replace(loss_g=float("nan"))
            return stats

    store = RunFolder.create(tmp_path / "run", SMALL)
    with LocalRun(
        SMALL,
        digits,
        RunOptions(
            rows=2,
            store=store,
            stop=StopAt(steps=30),
            make_trainer=lambda config, data: Diverging(
                config, data.images, data.labels, data.class_names
            ),
        ),
    ) as run:
        finish(run)
    (mark,) = FolderRun(tmp_path / "run").moments()[0].marks
    assert (mark.kind, mark.step) == ("divergence", 0)
    assert "step 20" in mark.note


def test_a_divergence_for_good_is_marked_too_and_its_step_sampled(
    tmp_path: Path, digits: Dataset
) -> None:
    wild = SMALL.with_(
        objective="wgan-gp", gamma=0.0, gamma_end=0.0, learning_rate=0.1, warmup_images=0
    )
    store = RunFolder.create(tmp_path / "run", wild)
    with LocalRun(wild, digits, RunOptions(rows=2, store=store)) as run:
        run.send(Resume())
        while (snapshot := run.snapshots.wait(LONG)) is not None:
            if snapshot.state is RunState.FAILED:
                break
    run = FolderRun(tmp_path / "run")
    last = run.history.last()
    assert last is not None
    marks = [mark for info in run.moments() for mark in info.marks]
    assert [mark.kind for mark in marks] == ["divergence", "divergence"]
    assert marks[1].step == last["step"]
    assert run.health.samples()[-1].step == last["step"]
    assert summarise_run(tmp_path / "run").state == "failed"


def columns_of(seconds: list[float]) -> dict[str, np.ndarray]:
    step = np.arange(1.0, len(seconds) + 1)
    losses = {name: np.full(len(step), 0.7) for name in ("loss_d", "loss_g")}
    gone = {"grad_norm_d": np.full(len(step), np.nan)}  # of a version that noted none
    return {"step": step, "seconds": np.array(seconds)} | losses | gone


def test_a_divergence_is_marked_afterwards_where_seconds_are_missing_or_a_cost_is() -> None:
    seconds = [0.02 * step for step in range(1, 31)] + [3.0 + 0.02 * step for step in range(31, 61)]
    assert marks_of_divergence(columns_of(seconds), slowed=False) == []
    (mark,) = marks_of_divergence(columns_of(seconds), slowed=True)
    assert (mark.kind, mark.step) == ("divergence", 30)
    steady = columns_of([0.02 * step for step in range(1, 61)])
    assert marks_of_divergence(steady, slowed=True) == []
    for wild in (np.nan, 1e9):
        steady["loss_g"][-1] = wild
        (mark,) = marks_of_divergence(steady, slowed=True)
        assert mark.step == 60
    assert marks_of_divergence(columns_of([]), slowed=True) == []


def test_an_older_run_that_went_back_is_marked_when_it_is_opened(tmp_path: Path) -> None:
    with RunFolder.create(tmp_path / "run", SMALL) as folder:
        folder.append_metrics(
            {"step": step, "seconds": step / 50 + 4 * (step > 20), "loss_d": 0.5, "loss_g": 0.9}
            for step in range(1, 41)
        )
        folder.save_checkpoint({}, {"step": 40, "rate_scale": 0.5})
        for step in (10, 20, 30):
            folder.save_moment(Moment(step, 1.0, np.zeros((28, 28), np.uint8), None))
    run = FolderRun(tmp_path / "run")
    run.find_marks()
    assert {info.step: [mark.kind for mark in info.marks] for info in run.moments()} == {
        10: [],
        20: ["divergence"],
        30: [],
    }


def test_a_run_paused_or_finished_where_it_was_saved_last_says_so(
    tmp_path: Path, digits: Dataset
) -> None:
    store = RunFolder.create(tmp_path / "run", SMALL)
    # each step is saved while training, and then again as what it came to
    options = RunOptions(rows=2, store=store, stop=StopAt(steps=4), checkpoint_interval=0.0)
    with LocalRun(SMALL, digits, options) as run:
        finish(run)
        wait_until(lambda: summarise_run(tmp_path / "run").rests == "finished")
    assert summarise_run(tmp_path / "run").state == "finished"


class Monitor:
    """Measures nothing, and is always ready for more."""

    interval = 1.0

    def submit(self, *_: object, resting: bool) -> bool:
        return resting


def look(step: int, frechet: float, accuracy: float, judge: str = "08567f50") -> Quality:
    return Quality(16 * step, step, frechet, 1.0, accuracy, 0.98, 0.5, 1000, judge)


def test_the_classes_are_recognised_once() -> None:
    looks = [look(10, 90.0, 0.3), look(20, 40.0, 0.85), look(30, 12.0, 0.95)]
    found = [is_first_recognised(it, looks) for it in looks]
    assert found == [False, True, False]
    assert not is_first_recognised(look(1, 9.0, float("nan")), [])


def test_a_past_without_marks_is_marked_by_what_was_measured() -> None:
    looks = [
        look(10, 1.0, 0.3, "another"),
        look(20, 40.0, 0.85),
        look(30, 12.0, 0.95),
        look(40, 13.0, 0.95),
    ]
    marks = {mark.kind: mark.step for mark in marks_of_quality(looks)}
    assert marks == {"first digits": 20, "best": 30}
    assert marks_of_quality([]) == []
    assert marks_of_quality([look(10, float("nan"), float("nan"))]) == []


def test_the_best_is_kept_with_its_model_and_marked(
    tmp_path: Path, digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways, store = Channels(), RunFolder.create(tmp_path / "run", SMALL)
    saver = RunSaver(store, 30.0, 0.0)
    monkeypatch.setattr(quality_monitor, "evaluator_factory", lambda *_: None)
    watch = QualityWatch(ways, saver, digits, 0)
    watch._monitor = Monitor()  # type: ignore[assignment]
    model = trainer_for(SMALL, digits).model()
    for step, frechet in ((10, 9.0), (20, 5.0), (30, 7.0)):
        moment = Moment(step, step / 10, np.zeros((2, 2), np.uint8), model)
        watch.submit(moment, 1, resting=True)
        watch.take(look(step, frechet, 0.9), 40, 1)
    assert saver.close() == ""
    infos = FolderRun(tmp_path / "run").moments()
    assert [info.step for info in infos] == [10, 20]
    assert all(info.has_model for info in infos)
    marks = {mark.kind: mark.step for info in infos for mark in info.marks}
    assert marks == {"first digits": 10, "best": 20}


@pytest.mark.parametrize(
    ("distance", "judge", "best"),
    [(11.0, "08567f50", True), (13.0, "08567f50", False), (13.0, "another", True)],
)
def test_only_looks_that_compare_decide_what_is_best(
    distance: float, judge: str, best: bool
) -> None:
    assert is_best(look(50, distance, 0.9, judge), [look(30, 12.0, 0.95)]) is best
    assert not is_best(look(50, float("nan"), 0.9), [])


def test_samples_from_before_the_first_model_are_read(tmp_path: Path, digits: Dataset) -> None:
    model = trainer_for(SMALL, digits).model()
    grid = GridSampler(model.spec, 2).draw(model)
    with RunFolder.create(tmp_path / "run", SMALL) as folder:
        folder.save_moment(Moment(1, 0.1, grid.atlas, None))
        folder.save_moment(Moment(2, 0.2, grid.atlas, model))
    read = FolderRun(tmp_path / "run").samples_at(1)
    np.testing.assert_array_equal(read.images, grid.images)
    assert read.beliefs is None


def test_who_follows_sees_samples_that_are_not_kept(
    tmp_path: Path, digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ganview.runtime.run_saver.MOMENT_SECONDS", 1e6)
    monkeypatch.setattr("ganview.runtime.run_saver.FLUSH_SECONDS", 0.01)
    store = RunFolder.create(tmp_path / "run", SMALL)
    with LocalRun(
        SMALL,
        digits,
        RunOptions(rows=2, store=store, snapshot_interval=0.01, checkpoint_interval=1e6),
    ) as run:
        run.send(Resume())
        follower = FolderRun(tmp_path / "run")
        seen: dict[int, float] = {}

        def look() -> bool:
            follower.refresh()
            newest = follower.moments()[-1:]
            seen.update((info.step, info.seconds) for info in newest)
            return len(seen) > 3 and any(seen.values())  # seconds are those of the numbers

        wait_until(look)
        assert len(follower.history) >= max(seen) - 1
        assert len(follower.moments()) <= 3  # the first, and the one that is only shown


def test_a_run_of_an_older_version_is_scrubbed(tmp_path: Path, digits: Dataset) -> None:
    trainer = trainer_for(SMALL, digits)
    grids = {}
    with RunFolder.create(tmp_path / "run", SMALL) as folder:
        folder.append_metrics([{"step": step, "seconds": step / 10} for step in range(1, 31)])
        for name in ("samples", "snapshots"):
            (folder.path / name).mkdir()
        for step, name in ((5, "snapshots"), (10, "snapshots"), (30, "samples")):
            trainer.step()
            model = trainer.model()
            model.info["step"] = step
            grids[step] = GridSampler(model.spec, 2).draw(model)
            write_png(folder.path / name / f"{step:09d}.png", grids[step].atlas)
        generator = folder.path / "moments" / "000000010.safetensors"
        save_model(generator, model, discriminator=False)
        save_model(folder.path / "model.safetensors", model)
    run = FolderRun(tmp_path / "run")
    assert [info.step for info in run.moments()] == [5, 10, 30]
    for step, asked in ((5, 9), (10, 29), (30, 99)):
        np.testing.assert_array_equal(run.samples_at(asked).images, grids[step].images)
    assert run.model_at(15).discriminator is None


def test_a_run_of_an_older_version_is_marked_where_it_collapsed_and_nothing_is_written(
    tmp_path: Path, digits: Dataset
) -> None:
    model = trainer_for(SMALL, digits).model()
    pictures = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
    columns = GridSampler(model.spec, 2).columns

    def atlas(tiles: np.ndarray) -> np.ndarray:
        return tiles.reshape(2, columns, 28, 28).swapaxes(1, 2).reshape(56, -1)

    with RunFolder.create(tmp_path / "run", SMALL) as folder:
        folder.append_metrics(
            {"step": step, "images_seen": 3000 * step, "seconds": step / 10}
            for step in range(1, 31)
        )
        folder.append_quality([look(20, 9.0, 0.9).to_row()])
        (folder.path / "samples").mkdir()
        for step, tiles in ((10, pictures), (20, pictures[[0] * 20]), (30, pictures[[0] * 20])):
            write_png(folder.path / "samples" / f"{step:09d}.png", atlas(tiles))
        save_model(folder.path / "model.safetensors", model)
    run = FolderRun(tmp_path / "run")
    assert [mark for info in run.moments() for mark in info.marks] == []
    run.find_marks()
    marks = {(mark.kind, info.step) for info in run.moments() for mark in info.marks}
    assert marks == {("first digits", 20), ("best", 20), ("collapse", 20)}
    assert not (tmp_path / "run" / "moments" / "index.json").exists()


def test_a_run_in_a_folder_knows_whether_another_goes_on_with_it(tmp_path: Path) -> None:
    with RunFolder.create(tmp_path / "run", SMALL) as folder:
        run = FolderRun(tmp_path / "run")
        held = run.status
        folder.append_metrics([{"step": 1}])
        run.refresh()
        trains = run.status
    (tmp_path / "run" / "checkpoint.safetensors").touch()
    run.refresh()
    (tmp_path / "run" / ".lock").write_text(f"process 1 on {socket.gethostname()}")
    saved = run.status
    run.refresh()
    assert len({held, trains, saved, run.status}) == 4
