"""What is worked on, as values: no window, no threads."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ganview.app.controllers.app_model import AppModel
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from ganview.runtime.messages import RunState, SampleGrid, Snapshot
from ganview.runtime.opening import Opened, open_file
from ganview.runtime.run_view import FolderRun, moments_of
from tests.app.explorer_bench import tiny_model

GRID = SampleGrid(np.zeros((1, 1, 28, 28), np.uint8), np.zeros((1, 8), np.float32))


def run(folder: Path | None = None) -> Any:
    return SimpleNamespace(folder=folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run that kept one moment."""
    with RunFolder.create(tmp_path / "run", TrainConfig()) as files:
        model = tiny_model()
        model.info["step"] = 3
        files.append_metrics([{"step": 1, "loss_d": 0.5}, {"step": 2, "loss_d": 0.25}])
        files.save_model(model)
        files.save_moment(3, 0.5, None, model)
    return tmp_path / "run"


def test_a_moment_of_a_run_is_still_of_that_run(folder: Path) -> None:
    app_model = AppModel()
    moment = moments_of(folder)[0][1]
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
    app_model.open(Opened(tiny_model(), "another"))
    assert app_model.run is None


def test_the_run_that_trains_stays_in_focus(folder: Path) -> None:
    app_model, live = AppModel(), run(Path("live"))
    app_model.begin(live)
    app_model.open(open_file(folder), FolderRun(folder))
    assert app_model.run is live
    assert app_model.run_folder == Path("live")
    assert app_model.explored_run == folder


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
    app_model.explore(live=False)
    app_model.follow(Snapshot(RunState.TRAINING, samples=GRID, model=second))
    assert told == [first, opened.model]
    app_model.explore(live=True)
    assert told[-1] is second


def test_samples_of_a_model_that_was_left_are_not_shown() -> None:
    app_model, shown = AppModel(), []
    app_model.samples_changed.connect(shown.append)
    first, second = Opened(tiny_model(), "first"), Opened(tiny_model(), "second")
    app_model.open(first)
    app_model.open(second)
    app_model.show_samples(first, GRID)
    assert shown == []
    app_model.show_samples(second, GRID)
    assert shown == [GRID]
    assert app_model.samples_model is second.model


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
