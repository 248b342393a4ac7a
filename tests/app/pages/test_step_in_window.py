"""The page Step in the real window, with a real run."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ganview.app.pages.step.page import StepPage
from ganview.gan.players import Players
from ganview.runtime.messages import RunState


def test_steps_of_each_player_are_traced_in_one_run(stage) -> None:
    stage.open()
    pages, training = stage.window.pages, stage.controller.training
    pages.open("step")
    page = pages.page
    assert isinstance(page, StepPage)
    stage.until(page.bar.isVisible)
    pages.tabBar().setFocus()
    for expected in (page.bar, page.flow.back):  # built late, and yet next
        QTest.keyClick(stage.window.focusWidget(), Qt.Key.Key_Tab)
        assert stage.window.focusWidget() is expected
    page.flow.player.speed = 0.0
    page.flow.steps["step_d"].click()
    stage.until(lambda: page.flow.trace is not None)
    assert page.flow.trace.players is Players.D
    assert training.folder is not None
    page.flow.count.setValue(3)
    page.flow.pin.click()
    page.flow.steps["step_g"].click()
    stage.until(lambda: page.flow.trace.step == 4)
    assert page.flow.trace.players is Players.G
    assert page.flow.trace.is_pinned
    stage.until(lambda: training.state is RunState.PAUSED and training.last.step == 4)
    pages.open("samples")
    stage.trigger("step")
    stage.until(lambda: training.last.step == 5)
    assert page.flow.trace.step == 4  # out of view nothing is followed
    assert stage.errors == []
