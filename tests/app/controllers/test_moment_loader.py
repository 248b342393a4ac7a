"""What the cursor points at is read in a thread, the newest wish first, and shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ganview.app.controllers import moment_loader
from ganview.app.controllers.app_model import AppModel
from ganview.app.controllers.moment_loader import MomentLoader
from ganview.runtime.messages import RunState, SampleGrid, Snapshot
from ganview.runtime.opening import Opened
from tests.app.controllers.test_app_model import GRID, info
from tests.app.explorer_bench import Hand, tiny_model


@dataclass
class PastRun:
    """A run with a past that counts what is read of it."""

    steps: tuple[int, ...] = tuple(range(0, 1000, 10))
    folder: Path | None = None
    read: list[int] = field(default_factory=list)
    models: list[int] = field(default_factory=list)

    def moments(self) -> Any:
        return tuple(info(step) for step in self.steps)

    def samples_at(self, step: int) -> SampleGrid:
        self.read.append(step)
        return SampleGrid(np.full((1, 1, 28, 28), step % 256, np.uint8), GRID.z)

    def model_at(self, step: int) -> Any:
        self.models.append(step)
        model = tiny_model()
        model.info["step"] = step
        return model


class Bench:
    """A loader whose work is done by hand."""

    def __init__(self, *, trains: bool = True) -> None:
        self.app_model, self.hand, self.run = AppModel(), Hand(), PastRun()
        self.said: list[str] = []
        self.loader = MomentLoader(self.app_model, self.hand.run, self.said.append)
        self.shown: list[int | None] = []
        self.app_model.samples_changed.connect(
            lambda _grid: self.shown.append(self.app_model.samples_step)
        )
        if trains:
            self.app_model.begin(self.run)  # type: ignore[arg-type]
            self.app_model.follow(
                Snapshot(RunState.TRAINING, 999, samples=GRID, model=tiny_model())
            )
            self.shown.clear()

    def work(self, name: str = "") -> None:
        """Do what was ordered, of one name or all, with what follows from it."""
        while todo := [one for one in self.hand.ordered if name in one.name]:
            self.hand.ordered.remove(todo[0])
            todo[0].finish()

    def look_around(self) -> None:
        """Do what was ordered, have the explorer's picture painted, and do what follows."""
        self.work()
        self.app_model.picture_shown.emit(None)
        self.work()


def test_the_newest_moment_that_is_not_after_the_cursor_is_shown() -> None:
    bench = Bench()
    bench.app_model.set_cursor(57)
    bench.work()
    assert bench.shown == [50]
    assert bench.app_model.model is not None
    assert bench.app_model.model.info["step"] == 50


def test_of_wishes_that_came_meanwhile_the_newest_is_read() -> None:
    bench = Bench()
    for step in (500, 510, 520, 530):
        bench.app_model.set_cursor(step)
    bench.work("samples")
    assert bench.run.read == [500, 530]
    assert bench.shown == [500, 530]


def test_moments_around_are_shown_at_once() -> None:
    bench = Bench()
    bench.app_model.set_cursor(500)
    bench.look_around()
    bench.app_model.set_cursor(510)
    assert bench.shown[-1] == 510


def test_what_was_read_is_not_shown_when_the_hand_is_back_at_the_live_edge() -> None:
    bench = Bench()
    bench.app_model.set_cursor(500)
    bench.app_model.set_cursor(None)
    bench.work()
    assert bench.shown == [999]
    assert "step" not in bench.app_model.model.info  # type: ignore[union-attr]


def test_what_was_read_of_another_run_is_not_shown() -> None:
    bench = Bench()
    bench.app_model.set_cursor(500)
    bench.app_model.begin(PastRun(folder=Path("other")))  # type: ignore[arg-type]
    bench.work()
    assert bench.shown == []


def test_no_generator_is_read_while_another_is_explored() -> None:
    bench = Bench()
    bench.app_model.source = "another"
    bench.app_model.set_cursor(500)
    assert "model" not in " ".join(one.name for one in bench.hand.ordered)
    bench.app_model.explore_run()
    assert any("model" in one.name for one in bench.hand.ordered)


def test_a_run_that_is_only_read_shows_its_newest_moment_at_the_live_edge() -> None:
    bench = Bench(trains=False)
    bench.app_model.open(Opened(tiny_model(), "a run"), bench.run)  # type: ignore[arg-type]
    bench.work("samples")
    assert bench.shown == [990]


def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moment_loader, "CACHE_BYTES", 3 * 28 * 28)
    bench = Bench()
    bench.app_model.set_cursor(500)
    bench.look_around()
    bench.run.read.clear()
    bench.app_model.set_cursor(0)
    bench.look_around()
    bench.app_model.set_cursor(500)
    bench.look_around()
    assert 500 in bench.run.read


def test_generators_around_are_read_once_nothing_is_waited_for() -> None:
    bench = Bench()
    bench.app_model.set_cursor(500)
    bench.work("of a moment")
    assert bench.run.models == [500]
    assert not bench.hand.ordered, "the picture comes first"
    bench.look_around()
    assert sorted(bench.run.models) == [480, 490, 500, 510, 520]
    bench.app_model.set_cursor(510)
    assert bench.app_model.model is not None
    assert bench.app_model.model.info["step"] == 510


def test_what_is_waited_for_is_read_before_what_lies_ahead() -> None:
    bench = Bench()
    bench.app_model.set_cursor(500)
    bench.work("of a moment")
    bench.app_model.set_cursor(100)
    assert bench.hand.ordered[-1].name == "reading the model of a moment"
    bench.run.read.clear()
    bench.work("ahead")
    assert not bench.run.read
