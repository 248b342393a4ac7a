from __future__ import annotations

import errno
import threading
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.files.run_folder import RunFolder
from ganview.gan.trainer import StepStats
from ganview.gan.trainer_state import state_of
from ganview.runtime.run_saver import FIRST_SECONDS, MEMORY_SECONDS, Moment, RunSaver

from .conftest import SMALL, model_for, trainer_for

SAMPLE = (np.zeros((28, 28), np.uint8), 0)


class Store:
    """Remembers what is written; can be full, and can be made to wait."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.models: list[object] = []
        self.rows: list[float | None] = []
        self.film: list[int] = []
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

    def save_sample(self, atlas: object, step: int) -> None: ...

    def save_snapshot(self, atlas: object, step: int) -> None:
        self.film.append(step)

    def load_checkpoint(self) -> tuple[dict, dict]:
        raise NotImplementedError

    def metrics(self) -> dict:
        return {}

    def close(self) -> None: ...


def numbers(step: int) -> StepStats:
    return StepStats(step, 8 * step, *[1.0] * (len(StepStats._fields) - 2))


def moment(step: int) -> Moment:
    return Moment(({}, {"step": step}), f"model {step}", SAMPLE)  # type: ignore[arg-type]


def test_the_film_is_written_with_the_next_state_and_not_twice():
    store = Store()
    saver = RunSaver(store, 30.0, 0.0)
    for step in (0, 3):
        saver.add_frame(SAMPLE[0], step, step)
    saver.write(moment(5), 5.0)
    assert saver.close() == ""
    assert store.film == [0, 3]


def test_everything_is_there_after_closing():
    store = Store()
    saver = RunSaver(store, 30.0, 0.0)
    saver.add_row(numbers(1), 1.0)
    saver.write(moment(1), 1.0)
    saver.add_row(numbers(2), 2.0)
    assert saver.close() == ""
    assert store.steps == [1]
    assert store.models == ["model 1"]
    assert store.rows == [1, 2]


def test_writing_holds_nobody_up_and_the_newest_moment_wins():
    store = Store()
    saver = RunSaver(store, 30.0, 0.0)
    store.go_on.clear()
    saver.write(moment(1), 1.0)
    assert store.begun.acquire(timeout=30)
    for step in (2, 3, 4):
        saver.add_row(numbers(step), step)
        saver.write(moment(step), step)
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
        saver.write(moment(1), 1.0)
        assert told.acquire(timeout=30)
        assert "No space left on device" in saver.trouble
        store.full = False
        saver.write(moment(2), 2.0)
        assert told.acquire(timeout=30)
        assert saver.trouble == ""
        assert saver.close() == ""
    assert store.steps == [2]
    assert store.rows == [1]


def test_a_write_is_tried_again_without_being_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ganview.runtime.run_saver.RETRY_SECONDS", 0.01)
    store = Store()
    told = threading.Semaphore(0)
    with closing(RunSaver(store, 30.0, 0.0, told.release)) as saver:
        store.full = True
        saver.write(moment(1), 1.0)
        assert told.acquire(timeout=30)
        store.full = False
        assert told.acquire(timeout=30)
        assert store.steps == [1]


def test_what_could_not_be_written_in_the_end_is_told():
    store = Store()
    store.full = True
    saver = RunSaver(store, 30.0, 0.0)
    saver.write(moment(1), 1.0)
    assert "No space left" in saver.close()


def test_a_state_that_is_not_finite_is_never_kept_nor_written(digits: Dataset):
    store = Store()
    trainer = trainer_for(SMALL, digits)
    with closing(RunSaver(store, 30.0, 0.0, lambda: None)) as saver:
        assert saver.remember(state_of(trainer), 0.0)
        trainer.step()
        tensors, values = state_of(trainer)
        next(t for t in tensors.values() if t.is_floating_point())[0] = torch.nan
        saver.write(Moment((tensors, values), trainer.model(), SAMPLE), 1.0)
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
        saver.write(moment(1), first)
        assert not saver.is_write_due(first + 29.9)
        assert saver.is_write_due(first + 30)
        assert not saver.is_remember_due(first + 1)
    assert not RunSaver(None, 30.0, 0.0, lambda: None).is_write_due(1e9)


def test_the_film_of_a_run_takes_a_picture_less_and_less_often():
    store = Store()
    saver = RunSaver(store, 30.0, 0.0, lambda: None)
    for second in range(36000):
        saver.add_frame(SAMPLE[0], second, float(second) / 10)
    saver.write(moment(36000), 3600.0)
    assert saver.close() == ""
    assert store.film[:4] == [0, 3, 7, 11]
    assert len(store.film) < 120
    gaps = np.diff(store.film)
    assert (np.diff(gaps) >= -1).all()


def test_what_was_given_up_is_nowhere(tmp_path: Path, digits: Dataset) -> None:
    trainer = trainer_for(SMALL, digits)
    folder = RunFolder.create(tmp_path / "run", SMALL)
    saver = RunSaver(folder, 30.0, 0.0)
    for _ in range(2):
        saver.add_row(trainer.step(), float(trainer.step_count))
    saver.write(Moment(state_of(trainer), trainer.model(), SAMPLE), 2.0)
    while not folder.samples():
        time.sleep(0.01)  # these numbers are on the disk
    for _ in range(4):
        step = saver.add_row(trainer.step(), float(trainer.step_count)) or trainer.step_count
        saver.add_frame(SAMPLE[0], step, 100.0 * step)
    assert saver.restore(trainer)
    saver.add_row(trainer.step(), 3.0)
    saver.add_frame(SAMPLE[0], 3, 3.0)
    saver.write(Moment(state_of(trainer), trainer.model(), SAMPLE), 3.0)
    assert saver.close() == ""
    with RunFolder.open(tmp_path / "run") as reopened:
        assert reopened.metrics()["step"].tolist() == [1, 2, 3]
        assert [step for step, _ in reopened.snapshots()] == [3]


def test_a_future_that_was_written_already_is_taken_back(tmp_path: Path, digits: Dataset) -> None:
    trainer = trainer_for(SMALL, digits)
    with RunFolder.create(tmp_path / "run", SMALL) as folder:
        saver = RunSaver(folder, 30.0, 0.0)
        saver.remember(state_of(trainer), 0.0)
        folder.append_metrics([{"step": 1.0}, {"step": 2.0}])
        folder.save_snapshot(SAMPLE[0], 2)
        assert saver.restore(trainer)
        assert saver.close() == ""
        assert len(folder.metrics().get("step", ())) == 0
        assert folder.snapshots() == []


def test_a_real_run_folder_takes_it(tmp_path: Path, digits: Dataset):
    trainer = trainer_for(SMALL, digits)
    stats = trainer.step()._replace(loss_g=float("nan"))
    saver = RunSaver(RunFolder.create(tmp_path / "run", SMALL), 30.0, 0.0, lambda: None)
    saver.add_row(stats, 2.5)
    saver.write(Moment(state_of(trainer), model_for(digits), SAMPLE), 2.5)
    assert saver.is_written(trainer.step_count)
    assert saver.close() == ""
    with RunFolder.open(tmp_path / "run") as run:
        tensors, values = run.load_checkpoint()
        assert values["step"] == 1
        assert all(torch.equal(tensors[key], value) for key, value in state_of(trainer)[0].items())
        assert run.metrics()["seconds"].tolist() == [2.5]
        assert np.isnan(run.metrics()["loss_g"]).all()
        assert len(run.samples()) == 1
