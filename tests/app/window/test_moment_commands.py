"""A moment is kept under a name, and a new run goes on from it."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ganview.app.window.moment_dialogs import BranchDialog, KeepDialog
from ganview.gan.config import TrainConfig
from ganview.runtime.messages import RunState
from tests.app.conftest import Stage


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


def press(dialog: BranchDialog | KeepDialog) -> None:
    """Press the button that does it."""
    next(it for it in dialog.findChildren(QPushButton) if it.isDefault()).click()


def test_a_moment_needs_a_name(parent: QWidget) -> None:
    dialog = KeepDialog(1700, "", parent)
    names: list[str] = []
    dialog.chosen.connect(names.append)
    press(dialog)
    assert names == []
    QTest.keyClicks(dialog.name, "first threes")
    press(dialog)
    assert names == ["first threes"]


@pytest.mark.parametrize("other", [False, True])
def test_a_branch_takes_over_what_it_can_change(parent: QWidget, other: bool) -> None:
    config = TrainConfig()
    following = config.with_(batch_size=32, z_dim=16, seed=7)
    dialog = BranchDialog(1700, True, config, following, parent)
    chosen: list[dict[str, object]] = []
    dialog.chosen.connect(chosen.append)
    dialog.changed.setChecked(other)
    press(dialog)
    assert chosen == [{"batch_size": 32} if other else {}]


def test_without_other_settings_there_is_no_choice(parent: QWidget) -> None:
    config = TrainConfig()
    dialog = BranchDialog(0, False, config, config.with_(z_dim=16), parent)
    assert dialog.as_it_was.isChecked()
    assert not dialog.changed.isEnabled()


def test_keep_scrub_and_go_on_from_there(stage: Stage) -> None:
    window, app_model, training = (
        stage.window,
        stage.controller.app_model,
        stage.controller.training,
    )
    stage.open()
    assert not window.commands["branch"].isEnabled()
    stage.trigger("train")
    stage.until(lambda: len(training.history or ()) > 5)
    stage.trigger("train")
    stage.until(lambda: training.state is RunState.PAUSED)
    parent, run = training.folder, app_model.run
    assert parent is not None
    assert run is not None
    stage.until(lambda: any(info.has_state for info in run.moments()))

    window.moments.keep("  my   favourite ", None)
    stage.until(lambda: "my favourite" in [info.name for info in run.moments()])
    kept = next(info for info in run.moments() if info.name)
    app_model.set_cursor(kept.step)
    assert "my favourite" in window.timeline.text
    first = run.moments()[0].step
    window.moments.keep("the beginning", first)
    stage.until(lambda: run.moments()[0].name == "the beginning")

    stage.trigger("branch")
    dialog = window.findChild(BranchDialog)
    assert dialog is not None
    press(dialog)
    stage.until(lambda: app_model.run is not run)
    stage.until(lambda: training.last is not None and training.last.step > kept.step)
    stage.trigger("train")
    assert training.folder != parent
    assert app_model.cursor is None
    assert parent.name in [source.label for source in app_model.sources]
    assert stage.errors == [] or "bit for bit" in stage.errors[0]
