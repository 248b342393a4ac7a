from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from ganview.data.dataset import Dataset
from ganview.data.digits import load_digits
from ganview.errors import UserError
from ganview.files.run_folder import RunFolder
from ganview.gan.metrics.online import Cancelled
from ganview.gan.metrics.quality import Quality, from_columns
from ganview.gan.model import Model
from ganview.gan.trainer import Trainer
from ganview.runtime import quality_monitor
from ganview.runtime.channels import Resume, RunOptions, Step
from ganview.runtime.local_run import LocalRun
from ganview.runtime.messages import StopAt
from ganview.runtime.quality_monitor import FIRST, SHARE, QualityMonitor, evaluator_factory
from ganview.runtime.quality_record import QualityRecord
from tests.files.test_own_evaluators import shapes

from .conftest import SMALL, model_for

JUDGE = "08567f50"


def look_at(model: Model, step: int | None = None) -> Quality:
    step = model.info["step"] if step is None else step
    return Quality(8 * step, step, 9.0 / (1 + step), 0.5, 0.9, 0.99, 0.7, 1000, JUDGE)


class Bench:
    """A monitor whose looks end when told, each after a second of its own clock."""

    def __init__(self) -> None:
        self.found: list[Quality | str] = []
        self.news = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)
        self.error: Exception | None = None
        self.now = 0.0
        self.monitor = QualityMonitor(self._prepare, self._take, lambda: self.now)

    def _prepare(self, stopped):
        def look(model: Model, stopped) -> Quality:
            self.begun.release()
            while not self.go_on.acquire(timeout=0.01):
                if stopped():
                    raise Cancelled
            if self.error is not None:
                raise self.error
            self.now += 1.0
            return look_at(model)

        return look

    def _take(self, found: Quality | str) -> None:
        self.found.append(found)
        self.news.release()

    def finish_a_look(self) -> None:
        self.go_on.release()
        assert self.news.acquire(timeout=60)


@pytest.fixture
def bench():
    result = Bench()
    yield result
    result.monitor.close()


def test_a_look_is_earned_by_training(bench: Bench, digits: Dataset) -> None:
    model, offer = model_for(digits), bench.monitor.submit
    assert not offer(model, FIRST / 2, resting=False)
    assert offer(model, FIRST, resting=False)
    bench.finish_a_look()
    assert bench.monitor.interval == pytest.approx(1 / SHARE)
    assert not offer(model, 0.9 / SHARE, resting=False)  # a second was spent
    assert offer(model, 1.01 / SHARE, resting=False)
    bench.finish_a_look()
    assert len(bench.found) == 2


def test_a_run_that_rests_is_looked_at_at_once(bench: Bench, digits: Dataset) -> None:
    model = model_for(digits)
    assert not bench.monitor.submit(model, FIRST / 2, resting=True)
    assert bench.monitor.submit(model, FIRST, resting=False)
    assert bench.begun.acquire(timeout=60)
    assert not bench.monitor.submit(model, 1000.0, resting=False)  # busy: one at a time
    assert bench.monitor.submit(model, FIRST, resting=True)
    bench.finish_a_look()
    bench.finish_a_look()


def test_closing_gives_a_look_up(bench: Bench, digits: Dataset) -> None:
    model = model_for(digits)
    assert bench.monitor.submit(model, FIRST, resting=True)
    bench.monitor.close()
    assert bench.found == []
    assert not bench.monitor.submit(model, 1000.0, resting=True)


def test_an_error_is_a_sentence_and_the_end(bench: Bench, digits: Dataset) -> None:
    bench.error = UserError("The judge is damaged.")
    assert bench.monitor.submit(model_for(digits), FIRST, resting=True)
    bench.finish_a_look()
    assert bench.found == ["The judge is damaged."]
    assert not bench.monitor.submit(model_for(digits), 1000.0, resting=True)


def test_other_data_is_measured_by_a_judge_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganview.files.own_evaluators.epochs_for", lambda _count: 1)
    data, said = shapes(1000), list[str]()
    look = evaluator_factory(data, 0, said.append)(lambda: False)
    assert "trained: 100 %" in said[-1]
    trainer = Trainer(SMALL, data.images, data.labels, data.class_names)
    found = look(trainer.model(), lambda: False)
    assert found.frechet > found.frechet_real > 0
    assert (found.samples, 0 <= found.accuracy <= 1) == (125, True)


def test_data_of_few_pictures_is_not_measured(digits: Dataset) -> None:
    with pytest.raises(UserError, match="say little"):
        evaluator_factory(digits, 0)
    assert evaluator_factory(load_digits(), 0) is not None


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every dataset has a judge, which thinks ever better of what it sees."""
    monkeypatch.setattr(quality_monitor, "FIRST", 0.0)
    monkeypatch.setattr(
        quality_monitor,
        "evaluator_factory",
        lambda *_: lambda _stopped: lambda model, _stopped: look_at(model),
    )


def wait_for_look(session: LocalRun, step: int) -> None:
    while session.quality.newest < step:
        session.snapshots.wait(1)
    assert session.quality.is_complete(0)


def run_to(steps: int, digits: Dataset, folder: RunFolder, *, resume: bool = False) -> list[int]:
    with LocalRun(
        SMALL,
        digits,
        RunOptions(store=folder, stop=StopAt(steps=steps), measures=True, resume=resume),
    ) as session:
        session.send(Resume())
        wait_for_look(session, steps)
        return [look.step for look in session.quality.looks()]


def test_what_was_measured_is_kept_with_the_run(
    digits: Dataset, tmp_path: Path, measured: None
) -> None:
    path = tmp_path / "run"
    assert run_to(3, digits, RunFolder.create(path, SMALL))[-1] == 3
    row = json.loads((path / "quality.jsonl").read_text().splitlines()[-1])
    assert row["step"] == 3
    assert row[f"judge-FD@{JUDGE}"] == 9 / 4
    assert row["seconds"] > 0
    steps = run_to(5, digits, RunFolder.open(path), resume=True)
    assert steps[-1] == 5
    assert 3 in steps
    with RunFolder.open(path) as folder:
        looks = from_columns(folder.quality())
    assert [look.step for look in looks] == steps
    assert looks[-1] == Quality(40, 5, 1.5, 0.5, 0.9, 0.99, 0.7, 1000, JUDGE)


def test_data_without_a_judge_is_said(digits: Dataset) -> None:
    with LocalRun(SMALL, digits, RunOptions(measures=True)) as session:
        session.send(Step())
        while not session.quality.silence:
            session.snapshots.wait(1)
        assert session.quality.is_complete(0)
        assert "distances say little" in session.quality.silence


def test_going_back_takes_looks_away() -> None:
    record = QualityRecord()
    for step in (10, 20, 30):
        record.append(Quality(step, step, 1.0, 0.5, 0.9, 0.99, 0.7, 1000, JUDGE), 5.0)
    before = record.looks()
    record.rewind(20)
    assert [look.step for look in record.looks()] == [10, 20]
    assert record.looks() is not before
