"""The time line of a real window, and alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from ganview.app.controllers.actions import Actions
from ganview.app.controllers.app_model import AppModel
from ganview.app.window.timeline import NO_MOMENTS, SPEEDS, Timeline
from ganview.runtime.history import History
from ganview.runtime.messages import RunState
from tests.app.conftest import Stage
from tests.app.controllers.test_moment_loader import PastRun


class LongRun(PastRun):
    """A run that has numbers, too."""

    def __init__(self) -> None:
        super().__init__()
        self.history = History()
        for step in range(1, 996):
            self.history.append_row((float(step), 64.0 * step, *[0.0] * 8))


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def timeline(window: QMainWindow) -> Timeline:
    timeline = Timeline(AppModel(window), Actions(window))
    window.setCentralWidget(timeline)
    return timeline


def begin(timeline: Timeline) -> AppModel:
    app_model = timeline.window().findChild(AppModel)
    app_model.begin(LongRun())  # type: ignore[arg-type]
    return app_model


def test_without_a_run_it_says_what_will_be_there(timeline: Timeline) -> None:
    assert timeline.text == NO_MOMENTS
    assert not timeline.track.isEnabled()


def test_it_says_which_moment_is_looked_at(timeline: Timeline) -> None:
    app_model = begin(timeline)
    assert len(timeline.track.ticks) == 100
    assert "995" in timeline.text
    app_model.set_cursor(505)
    assert timeline.text.startswith("step 500 of 995")
    assert timeline.track.value() == 50


def test_keys_and_commands_move_the_cursor(timeline: Timeline) -> None:
    app_model = begin(timeline)
    QTest.keyClick(timeline.track, Qt.Key.Key_Left)
    assert app_model.cursor == 990
    timeline.handlers["earlier"]()
    assert app_model.cursor == 980
    timeline.handlers["first_moment"]()
    timeline.handlers["earlier"]()
    assert app_model.cursor == 0
    timeline.handlers["live_edge"]()
    timeline.handlers["later"]()
    assert app_model.cursor is None


def test_keys_change_the_speed_within_its_bounds(timeline: Timeline) -> None:
    begin(timeline)
    found = []
    for key in (Qt.Key.Key_Minus, *[Qt.Key.Key_Plus] * 5, *[Qt.Key.Key_Minus] * 6):
        QTest.keyClick(timeline.track, key)
        found.append(timeline.speed)
    assert found[0] == SPEEDS[1]
    assert (max(found), found[-1]) == (SPEEDS[-1], SPEEDS[0])


def test_playing_ends_at_the_live_edge(timeline: Timeline, qtbot: QtBot) -> None:
    app_model = begin(timeline)
    app_model.set_cursor(970)
    timeline.handlers["play_moments"]()
    assert timeline.playing
    qtbot.waitUntil(lambda: not timeline.playing)
    assert app_model.cursor is None
    timeline.handlers["play_moments"]()
    assert app_model.cursor == 0, "from the beginning again"
    QTest.keyClick(timeline.track, Qt.Key.Key_Right)
    assert not timeline.playing, "a hand stops it"


def test_more_moments_leave_the_cursor_where_it_is(timeline: Timeline) -> None:
    app_model = begin(timeline)
    app_model.set_cursor(500)
    run = app_model.run
    assert isinstance(run, LongRun)
    run.steps = tuple(step for step in run.steps if step % 20 == 0)
    app_model.run_grew.emit()
    assert len(timeline.track.ticks) == 50
    assert timeline.track.value() == 25
    assert app_model.cursor == 500


def test_a_source_that_was_left_is_a_choice_away_with_its_place(stage: Stage) -> None:
    window, app_model = stage.window, stage.controller.app_model
    stage.open()
    built_in = app_model.source
    window.explorer.state.choose_class(4)
    place = window.explorer.state.place
    other = next(one for one in app_model.sources if "no classes" in one.label)
    app_model.choose(other.key)
    stage.until(lambda: app_model.source == other.key)
    assert app_model.model is not None
    assert app_model.model.spec.classes == 0
    assert not window.explorer.state.can_undo
    stage.until(lambda: window.samples.sheet is not None and not window.samples.sheet.class_names)
    app_model.choose(built_in)
    assert window.explorer.state.place is place
    assert window.explorer.state.can_undo


def test_a_saved_run_is_scrubbed_in_the_window(stage: Stage) -> None:
    window, app_model = stage.window, stage.controller.app_model
    stage.open()
    stage.until(lambda: window.plots.plots is not None)
    stage.trigger("train")
    stage.until(lambda: len(stage.controller.training.history or ()) > 8)
    stage.trigger("train")
    stage.until(lambda: stage.controller.training.state is RunState.PAUSED)
    # The checkpoint is kept: until then the newest samples are replaced by newer ones.
    stage.until(lambda: any(info.has_state for info in app_model.run.moments()[1:]))  # type: ignore[union-attr]
    stage.until(window.commands["first_moment"].isEnabled)  # told at the next look
    stage.trigger("first_moment")
    stage.until(lambda: app_model.samples_step == 0)
    last = stage.controller.training.last
    assert last is not None
    assert window.samples.sheet is not last.samples
    stage.until(lambda: app_model.model.info.get("step", 0) == 0)  # type: ignore[union-attr]
    window.explorer.picture_view.setFocus()
    QTest.keyClick(window.explorer.picture_view, Qt.Key.Key_Down)
    assert app_model.cursor
    QTest.keyClick(window.explorer.picture_view, Qt.Key.Key_PageUp)
    assert app_model.cursor == 0
    window.samples.view.setFocus()
    QTest.keyClick(window.samples.view, Qt.Key.Key_PageDown)
    assert app_model.cursor != 0
    stage.trigger("live_edge")
    last = stage.controller.training.last
    assert last is not None
    assert window.samples.sheet is last.samples
