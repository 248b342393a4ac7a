"""A run in a folder that another process writes is followed while it is in focus."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from ganview.app.controllers.app_model import AppModel
from ganview.app.controllers.run_follower import RunFollower
from ganview.files.moment_info import Moment
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from ganview.runtime.opening import open_with_run
from tests.app.explorer_bench import Hand, tiny_model

ATLAS = np.zeros((8 * 28, 10 * 28), np.uint8)


def keep(files: RunFolder, step: int) -> None:
    model = tiny_model(step)
    model.info["step"] = step
    files.append_metrics([{"step": step, "loss_d": 0.5}])
    files.save_model(model)
    files.save_moment(Moment(step, step / 10, ATLAS, model))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with RunFolder.create(tmp_path / "run", TrainConfig()) as files:
        keep(files, 3)
    return tmp_path / "run"


def test_what_another_process_writes_is_shown(folder: Path, qtbot: QtBot) -> None:
    app_model, hand = AppModel(), Hand()
    follower = RunFollower(app_model, hand.run, hand.said.append)
    opened, run = open_with_run(folder, folder.parent)
    app_model.open(opened, run)
    explored: list[int] = []
    app_model.explored_changed.connect(lambda: explored.append(app_model.model.info["step"]))  # type: ignore[union-attr]

    follower.look()
    hand.ordered.pop().finish()
    assert explored == []

    with RunFolder.open(folder) as files:
        keep(files, 9)
    with qtbot.waitSignal(app_model.run_grew):
        follower.look()
        hand.ordered.pop().finish()
    assert app_model.run is run
    assert [info.step for info in run.moments()] == [3, 9]  # type: ignore[union-attr]
    assert len(run.history) == 2  # type: ignore[union-attr]
    assert explored == [9]
    follower.stop()


def test_a_run_that_was_left_is_not_followed(folder: Path) -> None:
    app_model, hand = AppModel(), Hand()
    follower = RunFollower(app_model, hand.run, hand.said.append)
    follower.look()
    assert hand.ordered == []
    opened, run = open_with_run(folder, folder.parent)
    app_model.open(opened, run)
    follower.look()
    follower.look()
    assert len(hand.ordered) == 1
    follower.stop()


def test_a_folder_that_is_away_is_told_once(folder: Path) -> None:
    app_model, hand = AppModel(), Hand()
    follower = RunFollower(app_model, hand.run, hand.said.append)
    app_model.open(*open_with_run(folder, folder.parent))
    for _ in range(2):
        follower.look()
        hand.ordered.pop().failed("It is away.", "")
    assert hand.said == ["It is away."]
    follower.look()
    hand.ordered.pop().finish()
    follower.look()
    hand.ordered.pop().failed("It is away.", "")
    assert len(hand.said) == 2
    follower.stop()
