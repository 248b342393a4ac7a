"""What is worked on, as values: no window, no threads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ganview.app.controllers.app_model import AppModel, model_key, run_key
from ganview.files.moment_info import Moment, MomentInfo
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from ganview.runtime.messages import RunState, SampleGrid, Snapshot
from ganview.runtime.opening import Opened, open_file
from ganview.runtime.run_view import FolderRun
from tests.app.explorer_bench import tiny_model

GRID = SampleGrid(np.zeros((1, 1, 28, 28), np.uint8), np.zeros((1, 8), np.float32))


@dataclass
class Run:
    """A run as far as the model asks it."""

    folder: Path | None = None
    kept: tuple[MomentInfo, ...] = ()

    def moments(self) -> tuple[MomentInfo, ...]:
        return self.kept


def run(folder: Path | None = None, *steps: int) -> Any:
    return Run(folder, tuple(info(step) for step in steps))


def info(step: int) -> MomentInfo:
    return MomentInfo(
        step=step,
        seconds=step / 100,
        has_samples=True,
        has_model=True,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run that kept one moment."""
    with RunFolder.create(tmp_path / "run", TrainConfig()) as files:
        model = tiny_model()
        model.info["step"] = 3
        files.append_metrics([{"step": 1, "loss_d": 0.5}, {"step": 2, "loss_d": 0.25}])
        files.save_model(model)
        files.save_moment(Moment(3, 0.5, None, model))
    return tmp_path / "run"


def test_a_moment_of_a_run_is_still_of_that_run(folder: Path) -> None:
    app_model = AppModel()
    moment = folder / "moments" / "000000003.safetensors"
    app_model.open(open_file(moment))
    assert app_model.explored_run == app_model.run_folder == folder


def test_a_run_in_a_folder_is_a_run_like_another(folder: Path) -> None:
    app_model, opened = AppModel(), open_file(folder)
    app_model.open(opened, FolderRun(folder))
    assert app_model.run is not None
    assert app_model.run.history.view()["loss_d"].tolist() == [0.5, 0.25]
    assert len(app_model.run.quality) == 0
    with RunFolder.open(folder) as files:  # another process goes on with it
        files.append_metrics([{"step": 3, "loss_d": 0.125}])
    assert isinstance(app_model.run, FolderRun)
    app_model.run.refresh()
    assert len(app_model.run.history) == 3
    app_model.open(Opened(tiny_model(), "another"))  # the explorer's alone
    assert app_model.run.folder == folder
    assert not app_model.follows_run
    app_model.explore_run()
    assert app_model.model is opened.model


def test_another_run_comes_into_focus_while_one_trains(folder: Path) -> None:
    app_model, live, shown = AppModel(), run(Path("live")), []
    app_model.begin(live)
    app_model.follow(Snapshot(RunState.TRAINING, samples=GRID, model=tiny_model()))
    app_model.samples_changed.connect(shown.append)
    app_model.open(open_file(folder), FolderRun(folder))
    assert app_model.run is not None
    assert app_model.run.folder == app_model.run_folder == app_model.explored_run == folder
    app_model.follow(Snapshot(RunState.TRAINING, samples=GRID, model=tiny_model()))
    assert shown == []
    assert app_model.trained is live
    assert app_model.choose(run_key(live))
    assert app_model.run is live
    assert shown == [GRID]


def test_the_explorer_follows_a_run_once_it_has_a_generator() -> None:
    app_model, told = AppModel(), []
    opened = Opened(tiny_model(), "the one that ships")
    app_model.open(opened)
    app_model.explored_changed.connect(lambda: told.append(app_model.model))
    app_model.begin(run())
    assert app_model.model is None
    first, second = tiny_model(1), tiny_model(2)
    app_model.follow(Snapshot(RunState.IDLE))
    assert told == []
    app_model.follow(Snapshot(RunState.IDLE, samples=GRID, model=first))
    app_model.follow(Snapshot(RunState.TRAINING, samples=GRID, model=first))
    assert told == [first]
    app_model.choose(model_key(opened))
    app_model.follow(Snapshot(RunState.TRAINING, samples=GRID, model=second))
    assert told == [first, opened.model]
    app_model.explore_run()
    assert told[-1] is second


def test_the_cursor_tells_where_it_goes_and_another_run_begins_at_its_live_edge() -> None:
    app_model, told = AppModel(), []
    app_model.cursor_changed.connect(lambda: told.append(app_model.cursor))
    app_model.run_changed.connect(lambda: told.append("run"))
    app_model.begin(run())
    app_model.set_cursor(1700)
    app_model.set_cursor(1700)
    app_model.set_cursor(None)
    app_model.set_cursor(0)
    app_model.begin(run())
    assert told == ["run", 1700, None, 0, None, "run"]


def test_what_a_run_draws_now_is_not_shown_while_its_past_is_looked_at() -> None:
    app_model, shown, explored = AppModel(), [], []
    app_model.begin(run(None, 10, 20, 40))
    first, second, past = tiny_model(1), tiny_model(2), tiny_model(3)
    app_model.follow(Snapshot(RunState.TRAINING, 50, samples=GRID, model=first))
    app_model.samples_changed.connect(shown.append)
    app_model.explored_changed.connect(lambda: explored.append(app_model.model))
    app_model.set_cursor(39)
    assert app_model.moment == info(20)
    assert app_model.model is first  # until that of the moment is read
    app_model.show_moment_model(past)
    newest = replace(GRID)
    app_model.follow(Snapshot(RunState.TRAINING, 60, samples=newest, model=second))
    assert shown == []
    assert explored == [past]
    app_model.set_cursor(None)
    assert shown == [newest]
    assert app_model.samples_model is second
    assert app_model.samples_step == 60
    assert explored == [past, second]


def test_before_the_first_moment_there_is_none() -> None:
    app_model = AppModel()
    app_model.begin(run(None, 10))
    app_model.set_cursor(9)
    assert app_model.moment is None


def test_the_run_before_stays_a_source() -> None:
    app_model, first, second = AppModel(), run(Path("first")), run(Path("second"))
    app_model.begin(first)
    app_model.follow(Snapshot(RunState.TRAINING, samples=GRID, model=tiny_model()))
    app_model.begin(second)
    assert [source.key for source in app_model.sources] == [run_key(first)]
    app_model.follow(Snapshot(RunState.TRAINING, samples=GRID, model=tiny_model()))
    assert [source.key for source in app_model.sources] == [run_key(second), run_key(first)]
    assert not app_model.choose("a run of long ago")
    assert app_model.source == run_key(second)
