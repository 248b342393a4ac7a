from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ganview.app.motion import Motion
from ganview.app.pages.step.beat_player import KEPT
from ganview.app.pages.step.beats import BEATS, LAST
from ganview.app.pages.step.flow_parts import PARTS
from ganview.app.pages.step.page import VIEWS, StepPage
from ganview.app.plots.plots_row import TITLES
from ganview.gan.objectives import OBJECTIVES
from ganview.gan.players import Players
from ganview.runtime.channels import Step, Trace
from ganview.runtime.messages import RunState

from .step_traces import FakeTraining, context_for, trace_of

NARROWEST = 398  # pixels of a page beside a scroll bar, in a window 900 pixels wide


@pytest.fixture
def training() -> FakeTraining:
    return FakeTraining()


@pytest.fixture
def shown(qtbot: QtBot, training: FakeTraining):
    made = context_for(training, explored=lambda: (np.ones(6, np.float32), 1))
    made.page = StepPage(made.context)
    qtbot.addWidget(made.page)
    made.page.resize(640, 460)
    made.page.show()
    made.page.refresh()
    return made


def test_traces_are_asked_for_while_the_page_is_in_view(shown) -> None:
    assert [command.on for command in shown.asked.sent] == [True]
    shown.page.hide()
    assert shown.asked.sent[-1].on is False


def test_why_no_step_can_be_taken_is_said_by_the_buttons(shown) -> None:
    button = shown.page.flow.steps["step_d"]
    tip = button.toolTip()
    shown.page.flow.offer(resting=False)
    assert "pause" in button.toolTip()
    shown.page.flow.offer(resting=True)
    assert button.toolTip() == tip


def test_no_beat_is_on_show_before_there_is_a_step(shown, training: FakeTraining) -> None:
    assert not shown.page.flow.bar.isEnabled()
    training.traced.emit(trace_of())
    assert shown.page.flow.bar.isEnabled()


def test_no_view_scrolls_sideways_in_the_narrowest_window(shown, training: FakeTraining) -> None:
    training.traced.emit(trace_of())
    shown.page.flow.offer_whole(1_234_567)
    for view in VIEWS:
        shown.page.open_view(view.name)
        assert shown.page.minimumSizeHint().width() <= NARROWEST


def test_a_new_run_is_asked_again_and_shows_nothing_of_the_one_before(
    shown, training: FakeTraining
) -> None:
    training.traced.emit(trace_of())
    training.began.emit(None)
    assert shown.page.flow.trace is None
    assert isinstance(shown.asked.sent[-1], Trace)
    assert shown.asked.sent[-1].on


def test_a_step_plays_its_beats_and_can_be_gone_through(
    shown, training: FakeTraining, qtbot: QtBot
) -> None:
    flow = shown.page.flow
    flow.player.speed = 50.0
    training.traced.emit(trace_of())
    assert flow.player.playing
    assert flow.view.beat == 0
    qtbot.waitUntil(lambda: flow.view.beat == LAST and not flow.player.playing)
    QTest.keyClick(flow.bar, Qt.Key.Key_Left)
    assert flow.view.beat == LAST - 1
    QTest.keyClick(flow.bar, Qt.Key.Key_Home)
    assert flow.view.beat == 0


@pytest.fixture
def _still(qapp) -> Iterator[None]:
    Motion.current().set_choice("still")
    yield
    Motion.current().set_choice("system")


@pytest.mark.usefixtures("_still")
def test_where_nothing_is_to_move_beats_jump_without_a_pulse(
    shown, training: FakeTraining, qtbot: QtBot
) -> None:
    player, pulses = shown.page.flow.player, set()
    player.speed = 10.0
    player.changed.connect(lambda: pulses.add(player.pulse))
    training.traced.emit(trace_of())
    qtbot.waitUntil(lambda: player.beat == LAST and not player.playing)
    assert pulses == {1.0}


def test_back_over_the_first_beat_is_the_step_before(shown, training: FakeTraining) -> None:
    flow = shown.page.flow
    flow.player.speed = 0.0
    first, second = trace_of(), trace_of(seed=1)
    for trace in (first, second):
        training.traced.emit(trace)
    flow.player.go_to(0)
    flow.back.click()
    assert (flow.trace, flow.view.beat) == (first, LAST)
    flow.forward.click()
    assert (flow.trace, flow.view.beat) == (second, 0)


def test_while_training_the_newest_is_shown_unless_somebody_looks_back(
    shown, training: FakeTraining
) -> None:
    flow, trace = shown.page.flow, trace_of()
    training.state = RunState.TRAINING
    for step in range(1, KEPT + 3):
        training.traced.emit(replace(trace, step=step))
    assert flow.trace.step == KEPT + 2
    assert not flow.player.playing
    flow.player.go_to(3)
    training.traced.emit(replace(trace, step=99))
    assert (flow.trace.step, flow.view.beat) == (KEPT + 2, 3)


@pytest.mark.parametrize(
    ("name", "players"),
    [("step_d", Players.D), ("step_g", Players.G), ("step", Players.BOTH)],
)
def test_steps_are_asked_for_by_player_and_number(shown, name: str, players: Players) -> None:
    flow = shown.page.flow
    flow.steps[name].click()
    assert shown.asked.triggered == [name]
    flow.count.setValue(7)
    flow.steps[name].click()
    assert shown.asked.sent[-1] == Step(players, 7)


def test_no_step_is_offered_while_the_run_trains(shown, training: FakeTraining) -> None:
    training.state = RunState.TRAINING
    training.changed.emit(None)
    assert not shown.page.flow.steps["step"].isEnabled()


def test_the_explorers_point_is_followed_once_it_is_asked_for(shown) -> None:
    shown.page.flow.pin.click()
    pinned = shown.asked.sent[-1].pinned
    assert pinned.y == 1
    assert np.array_equal(pinned.z, np.ones(6))


def test_parts_are_reached_by_keyboard_and_lead_to_where_they_are_touched(
    shown, training: FakeTraining
) -> None:
    training.traced.emit(trace_of())
    view = shown.page.flow.view
    seen = set()
    for _ in PARTS:
        QTest.keyClick(view, Qt.Key.Key_Down)
        seen.add(view.accessibleDescription())
    assert len(seen) == len(PARTS)
    QTest.keyClick(view, Qt.Key.Key_Down)  # around to the first: z
    QTest.keyClick(view, Qt.Key.Key_Return)
    z, y = shown.asked.explored[0]
    trace = shown.page.flow.trace
    assert np.array_equal(z, trace.z[0])
    assert y == trace.y[0]


def test_every_part_leads_somewhere(shown, training: FakeTraining) -> None:
    training.traced.emit(trace_of())
    for part in PARTS:
        before = str(shown.asked), shown.page.bar.currentIndex()
        shown.page.flow.view.chosen.emit(part)
        assert (str(shown.asked), shown.page.bar.currentIndex()) != before, part
        shown.page.open_view("flow")
    assert set(shown.asked.plots) == {"D's belief", "Losses"}
    assert set(shown.asked.plots) <= set(TITLES)


def test_a_click_on_the_real_picture_leads_to_the_data(shown, qtbot: QtBot) -> None:
    view = shown.page.flow.view
    where = view.part_rect("x").center().toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert shown.asked.pages == ["data"]


@pytest.mark.parametrize("size", [(420, 300), (640, 420), (1000, 800)])
@pytest.mark.parametrize("image", [(28, 28), (64, 48)])
def test_no_part_leaves_the_flow_or_covers_another(size, image) -> None:
    from PySide6.QtCore import QRectF, QSizeF

    from ganview.app.pages.step.flow_parts import lay_out_flow

    parts = lay_out_flow(QSizeF(*size), image, 15, 1.0)
    whole = QRectF(0, 0, *size).adjusted(-1, -1, 1, 1)
    if size != (420, 300) and not (image == (64, 48) and size == (640, 420)):
        assert all(whole.contains(box) for box in parts.values())
    names = list(parts)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            common = parts[one] & parts[other]
            assert common.width() <= 1 or common.height() <= 1, (one, other)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("players", [Players.D, Players.G, Players.BOTH])
def test_every_beat_of_every_objective_is_told_and_painted(
    shown, training: FakeTraining, objective: str, players: Players
) -> None:
    conditional = objective != "bce"
    trace = trace_of(players, objective=objective, conditional=conditional)
    training.traced.emit(trace)
    view = shown.page.flow.view
    for index, beat in enumerate(BEATS):
        shown.page.flow.player.go_to(index)
        assert beat.tell(trace, 0).endswith(".")
        assert not view.grab().isNull()


def test_a_row_of_the_batch_is_chosen(shown, training: FakeTraining, qtbot: QtBot) -> None:
    flow = shown.page.flow
    training.traced.emit(trace_of())
    where = flow.rows.tile_rect(2).center().toPoint()
    qtbot.mouseClick(flow.rows, Qt.MouseButton.LeftButton, pos=where)
    assert flow.row == 2


def test_the_numbers_of_a_layer_are_told_on_it(shown, training: FakeTraining) -> None:
    training.traced.emit(trace_of())
    view = shown.page.flow.view
    box = view.part_rect("layers_g")
    assert view.part_at(box.center()) == "layers_g"
    assert view.part_at(QPoint(-5, -5).toPointF()) == ""


def test_a_part_is_told_until_the_next_beat(shown, training: FakeTraining) -> None:
    flow, trace = shown.page.flow, trace_of()
    training.traced.emit(trace)
    flow.player.go_to(0)
    said = flow.sentence
    flow.view.pointed.emit("z")
    assert flow.sentence == flow.view.describe("z")
    flow.player.go_to(1)
    assert flow.sentence == BEATS[1].tell(trace, 0) != said
