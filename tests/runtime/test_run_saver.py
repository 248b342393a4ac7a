from __future__ import annotations

import errno
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.files.moment_info import Mark, Moment
from ganview.files.run_folder import RunFolder
from ganview.gan.trainer import StepStats, Trainer
from ganview.gan.trainer_state import state_of
from ganview.runtime.run_saver import FIRST_SECONDS, MEMORY_SECONDS, MOST_WAITING, RunSaver

from .conftest import SMALL, model_for, trainer_for

SAMPLES = np.zeros((28, 28), np.uint8)


class Store:
    """Remembers what is written; can be full, and can be made to wait."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.models: list[object] = []
        self.rows: list[float | None] = []
        self.moments: list[int] = []
        self.with_models: list[int] = []
        self.shown: list[int] = []
        self.marks: list[Mark] = []
        self.full = False
        self.go_on = threading.Event()
        self.go_on.set()
        self.begun = threading.Semaphore(0)

    def save_checkpoint(self, tensors: dict, values: dict) -> None:
        self.begun.release()
        self.go_on.wait(30)
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device", "checkpoint.safetensors")
        self.steps.append(values["step"])

    def append_metrics(self, rows: list[dict[str, float | None]]) -> None:
        self.rows += [row["step"] for row in rows]

    def save_model(self, model: object) -> None:
        self.models.append(model)

    def show_moment(self, moment: Moment) -> None:
        self.shown.append(moment.step)

    def save_moment(self, moment: Moment) -> None:
        self.moments.append(moment.step)
        if moment.model is not None:
            self.with_models.append(moment.step)

    def mark(self, mark: Mark) -> None:
        self.marks.append(mark)

    def load_checkpoint(self) -> tuple[dict, dict]:
        raise NotImplementedError

    def metrics(self) -> dict:
        return {}

    def close(self) -> None: ...


def numbers(step: int) -> StepStats:
    return StepStats(step, 8 * step, *[1.0] * (len(StepStats._fields) - 2))


def moment(step: int, seconds: float | None = None) -> Moment:
    seconds = float(step) if seconds is None else seconds
    model: Any = f"model {step}"
    return Moment(step, seconds, SAMPLES, model, ({}, {"step": step}))


def glance(step: int, seconds: float) -> Moment:
    return Moment(step, seconds, SAMPLES, None)


def whole(trainer: Trainer, seconds: float) -> Moment:
    return Moment(trainer.step_count, seconds, SAMPLES, trainer.model(), state_of(trainer))


def test_moments_are_kept_once_and_a_checkpoint_is_one():
    store = Store()
    saver = RunSaver(store, 30.0, 0.0)
    for step in (0, 3):
        saver.add_moment(glance(step, step))
    saver.write(moment(5))
    assert saver.close() == ""
    assert store.moments == [0, 3, 5]


def test_models_go_with_moments_that_are_far_apart():
    store = Store()
    saver = RunSaver(store, 30.0, 0.0)
    for step in (0, 1, 2, 10, 13, 14, 17, 18):
        saver.add_moment(moment(step))
    assert saver.close() == ""
    assert store.moments == [0, 1, 2, 10, 13, 14, 17, 18]
    assert store.with_models == [0, 2, 10, 14, 18]


def test_the_newest_samples_are_shown_and_the_best_are_marked():
    store = Store()
    store.go_on.clear()
    saver = RunSaver(store, 30.0, 0.0)
    saver.write(moment(1))
    assert store.begun.acquire(timeout=30)
    for step in (2, 3, 4):
        assert saver.is_showing_due(float(step))
        saver.show(glance(step, float(step)))
        assert not saver.is_showing_due(step + 0.9)
    saver.add_best(moment(3))
    store.go_on.set()
    assert saver.close() == ""
    assert store.shown == [4]
    assert store.moments == [1, 3]
    assert store.marks == [Mark(3, "best")]


def test_numbers_and_moments_are_written_without_a_checkpoint(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ganview.runtime.run_saver.FLUSH_SECONDS", 0.01)
    store = Store()
    with closing(RunSaver(store, 30.0, 0.0)) as saver:
        saver.add_row(numbers(1), 1.0)
        saver.add_moment(glance(1, 1.0))
        deadline = time.monotonic() + 30
        while not (store.rows and store.moments) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert (store.rows, store.moments, store.steps) == ([1], [1], [])


def test_of_moments_that_no_disk_takes_only_the_newest_wait():
    store = Store()
    store.full = True
    with closing(RunSaver(store, 30.0, 0.0)) as saver:
        saver.write(moment(1))
        assert store.begun.acquire(timeout=30)
        for step in range(2, 3 * MOST_WAITING):
            saver.add_moment(glance(step, step))
        store.full = False
    assert len(store.moments) <= MOST_WAITING + 1
    assert store.moments[-1] == 1 or 3 * MOST_WAITING - 1 in store.moments


def test_everything_is_there_after_closing():
    store = Store()
    saver = RunSaver(store, 30.0, 0.0)
    saver.add_row(numbers(1), 1.0)
    saver.write(moment(1))
    saver.add_row(numbers(2), 2.0)
    assert saver.close() == ""
    assert store.steps == [1]
    assert store.models == ["model 1"]
    assert store.rows == [1, 2]


def test_writing_holds_nobody_up_and_the_newest_moment_wins():
    store = Store()
    saver = RunSaver(store, 30.0, 0.0)
    store.go_on.clear()
    saver.write(moment(1))
    assert store.begun.acquire(timeout=30)
    for step in (2, 3, 4):
        saver.add_row(numbers(step), step)
        saver.write(moment(step))
    store.go_on.set()
    saver.close()
    assert store.steps == [1, 4]
    assert store.rows == [2, 3, 4]


def test_a_full_disk_is_told_and_tried_again():
    store = Store()
    told = threading.Semaphore(0)
    with closing(RunSaver(store, 30.0, 0.0, told.release)) as saver:
        store.full = True
        saver.add_row(numbers(1), 1.0)
        saver.write(moment(1))
        assert told.acquire(timeout=30)
        assert "No space left on device" in saver.trouble
        store.full = False
        saver.write(moment(2))
        assert told.acquire(timeout=30)
        assert saver.trouble == ""
        assert saver.close() == ""
    assert store.steps == [2]
    assert store.rows == [1]


def test_who_shows_the_past_is_told_of_a_moment_that_was_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ganview.runtime.run_saver.FLUSH_SECONDS", 0.01)
    store, told = Store(), threading.Semaphore(0)
    with closing(RunSaver(store, 30.0, 0.0, told.release)) as saver:
        saver.add_moment(glance(1, 1.0))
        assert told.acquire(timeout=30)
        assert store.moments == [1]


def test_a_write_is_tried_again_without_being_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ganview.runtime.run_saver.RETRY_SECONDS", 0.01)
    store = Store()
    told = threading.Semaphore(0)
    with closing(RunSaver(store, 30.0, 0.0, told.release)) as saver:
        store.full = True
        saver.write(moment(1))
        assert told.acquire(timeout=30)
        store.full = False
        assert told.acquire(timeout=30)
        assert store.steps == [1]


def test_what_could_not_be_written_in_the_end_is_told():
    store = Store()
    store.full = True
    saver = RunSaver(store, 30.0, 0.0)
    saver.write(moment(1))
    assert "No space left" in saver.close()


def test_a_state_that_is_not_finite_is_never_kept_nor_written(digits: Dataset):
    store = Store()
    trainer = trainer_for(SMALL, digits)
    with closing(RunSaver(store, 30.0, 0.0, lambda: None)) as saver:
        assert saver.remember(state_of(trainer), 0.0)
        trainer.step()
        tensors, values = state_of(trainer)
        next(t for t in tensors.values() if t.is_floating_point())[0] = torch.nan
        saver.write(Moment(1, 1.0, SAMPLES, trainer.model(), (tensors, values)))
        assert saver.restore(trainer)
        assert trainer.step_count == 0
    assert store.steps == []


def test_keeping_is_due_after_a_while(digits: Dataset):
    with closing(RunSaver(Store(), 30.0, 100.0, lambda: None)) as saver:
        soon = 100 + MEMORY_SECONDS
        assert not saver.is_remember_due(soon - 0.1)
        assert saver.is_remember_due(soon)
        first = 100 + FIRST_SECONDS
        assert not saver.is_write_due(first - 0.1)
        assert saver.is_write_due(first)
        saver.write(moment(1, first))
        assert not saver.is_write_due(first + 29.9)
        assert saver.is_write_due(first + 30)
        assert not saver.is_remember_due(first + 1)
    assert not RunSaver(None, 30.0, 0.0, lambda: None).is_write_due(1e9)


def test_moments_are_due_less_and_less_often():
    due = []
    with closing(RunSaver(Store(), 30.0, 0.0, lambda: None)) as saver:
        for tenth in range(36000):
            if saver.is_moment_due(tenth / 10):
                due.append(tenth)
                saver.add_moment(glance(tenth, tenth / 10))
    assert due[:4] == [0, 3, 7, 11]
    assert len(due) < 300
    assert (np.diff(due, 2) >= -1).all()


def test_what_was_given_up_is_nowhere(tmp_path: Path, digits: Dataset) -> None:
    trainer = trainer_for(SMALL, digits)
    folder = RunFolder.create(tmp_path / "run", SMALL)
    saver = RunSaver(folder, 30.0, 0.0)
    for _ in range(2):
        saver.add_row(trainer.step(), float(trainer.step_count))
    saver.write(whole(trainer, 2.0))
    while not folder.samples():
        time.sleep(0.01)  # these numbers are on the disk
    for _ in range(4):
        step = saver.add_row(trainer.step(), float(trainer.step_count)) or trainer.step_count
        saver.add_moment(glance(step, 100.0 * step))
    assert saver.restore(trainer)
    saver.forget_after(trainer.step_count)
    saver.add_row(trainer.step(), 3.0)
    saver.add_moment(glance(3, 3.0))
    saver.write(whole(trainer, 3.0))
    assert saver.close() == ""
    with RunFolder.open(tmp_path / "run") as reopened:
        assert reopened.metrics()["step"].tolist() == [1, 2, 3]
        assert [step for step, _ in reopened.samples()] == [2, 3]


def test_a_future_that_was_written_already_is_taken_back(tmp_path: Path, digits: Dataset) -> None:
    trainer = trainer_for(SMALL, digits)
    with RunFolder.create(tmp_path / "run", SMALL) as folder:
        saver = RunSaver(folder, 30.0, 0.0)
        saver.remember(state_of(trainer), 0.0)
        folder.append_metrics([{"step": 1.0}, {"step": 2.0}])
        folder.save_moment(Moment(2, 2.0, SAMPLES, None))
        assert saver.restore(trainer)
        saver.forget_after(trainer.step_count)
        assert saver.close() == ""
        assert len(folder.metrics().get("step", ())) == 0
        assert folder.moments() == ()


def test_a_real_run_folder_takes_it(tmp_path: Path, digits: Dataset):
    trainer = trainer_for(SMALL, digits)
    stats = trainer.step()._replace(loss_g=float("nan"))
    saver = RunSaver(RunFolder.create(tmp_path / "run", SMALL), 30.0, 0.0, lambda: None)
    saver.add_row(stats, 2.5)
    saver.write(Moment(1, 2.5, SAMPLES, model_for(digits), state_of(trainer)))
    assert saver.is_written(trainer.step_count, "")
    assert saver.close() == ""
    with RunFolder.open(tmp_path / "run") as run:
        tensors, values = run.load_checkpoint()
        assert values["step"] == 1
        assert all(torch.equal(tensors[key], value) for key, value in state_of(trainer)[0].items())
        assert run.metrics()["seconds"].tolist() == [2.5]
        assert np.isnan(run.metrics()["loss_g"]).all()
        assert len(run.samples()) == 1
