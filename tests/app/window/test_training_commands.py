from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from ganview.app.pages.trouble_banner import TroubleBanner
from ganview.gan.config import TrainConfig
from ganview.runtime.messages import RunState, StopAt
from tests.app.conftest import Stage

pytestmark = pytest.mark.timeout(400)

WILD = TrainConfig(
    objective="wgan-gp",
    architecture="mlp",
    size="small",
    gamma=0.0,
    gamma_end=0.0,
    learning_rate=0.1,
    warmup_images=0,
)


def finish(stage: Stage, steps: int) -> Path:
    """Train to the end of a short run; returns its folder."""
    training = stage.controller.training
    stage.settings.stop_kind, stage.settings.stop_steps = "steps", steps
    stage.window.training_bar.restore_stop()
    stage.open()
    stage.trigger("train")
    stage.until(lambda: training.state is RunState.FINISHED)
    assert training.last.step == steps
    return training.folder


def test_a_finished_run_goes_on_to_a_further_limit(stage: Stage) -> None:
    finish(stage, 4)
    training = stage.controller.training
    stage.trigger("train")
    stage.until(lambda: training.state is RunState.FINISHED and training.last.step > 4)
    assert training.last.step == 8
    assert stage.window.training_bar.stop == StopAt(steps=8)


def test_a_new_run_trains_and_the_old_one_can_be_had_back(stage: Stage) -> None:
    folder = finish(stage, 4)
    training, window = stage.controller.training, stage.window
    stage.trigger("new_run")
    stage.until(lambda: training.folder not in (None, folder))
    stage.until(lambda: training.state is RunState.FINISHED)
    assert training.last.step == 4
    assert folder.name in window.message_bar.text
    button = next(
        it
        for it in window.message_bar.findChildren(QAbstractButton)
        if it.text() == "Go on with it"
    )
    button.click()
    stage.until(lambda: training.folder == folder)
    stage.until(lambda: training.state is RunState.FINISHED)
    assert training.last.step == 8  # past its limit, it got a further one


def test_a_divergence_is_told_on_samples_alone_and_one_button_mends_it(stage: Stage) -> None:
    training, window = stage.controller.training, stage.window
    stage.open()
    window.training_bar.run_settings.use_config(WILD)
    stage.trigger("train")
    stage.until(lambda: training.state is RunState.FAILED)
    banner = window.findChild(TroubleBanner)
    assert banner is not None
    assert "diverged" in banner.text
    assert window.message_bar.text == ""
    assert len(training.history) > 0  # the curves stay
    diverged = training.folder
    banner.findChild(QAbstractButton).click()
    stage.until(lambda: training.folder != diverged and training.state is RunState.TRAINING)
    assert window.controller.app_model.run.config.learning_rate < WILD.learning_rate
    assert banner.text == ""
    stage.controller.opening.open(diverged)  # while the other one trains
    stage.until(lambda: "diverged" in banner.text)
    assert window.controller.app_model.run.config.learning_rate == WILD.learning_rate


def test_a_failure_is_told_no_longer_than_the_run_stands_still(stage: Stage) -> None:
    training, window = stage.controller.training, stage.window
    stage.open()
    window.pages.open("runs")
    window.training_bar.run_settings.use_config(WILD)
    stage.trigger("train")
    stage.until(lambda: training.state is RunState.FAILED)
    assert "diverged" in window.message_bar.text
    stage.trigger("step")
    stage.until(lambda: training.state is RunState.PAUSED)
    assert window.message_bar.text == ""


def test_the_subject_names_run_data_classes_and_preset(stage: Stage) -> None:
    assert stage.window.subject.text.startswith("None yet")
    folder = finish(stage, 2)
    stage.until(lambda: "10 classes" in stage.window.subject.text)
    for part in (folder.name, "digits", "Fastest first results"):
        assert part in stage.window.subject.text


def test_space_and_enter_belong_to_the_control_with_the_focus(stage: Stage) -> None:
    stage.open()
    window, triggered = stage.window, []
    window.activateWindow()
    window.commands.triggered.connect(triggered.append)
    button = next(
        it for it in window.explorer.findChildren(QAbstractButton) if it.text() == "Random"
    )
    button.setFocus()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return):
        QTest.keyClick(button, key)
    assert triggered == ["random", "random"]
    assert stage.controller.training.state is RunState.IDLE


def test_space_trains_where_nothing_has_the_focus(stage: Stage) -> None:
    stage.open()
    triggered = []
    stage.window.commands.triggered.connect(triggered.append)
    stage.window.panels.setFocus()
    QTest.keyClick(stage.window.panels, Qt.Key.Key_Space)
    assert triggered == ["train"]
