"""The tabs of tools: mixing, neighbours, pins, map, check, compare, and the state as text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QSpinBox
from pytestqt.qtbot import QtBot

from ganview.app.engine import open_state
from ganview.app.explorer.check_tab import CheckTab, overlay
from ganview.app.explorer.compare_tab import CompareTab
from ganview.app.explorer.field import (
    cells,
    order,
    plane_of_dimensions,
    plane_of_directions,
    plane_of_pins,
    source,
)
from ganview.app.explorer.map_tab import BELIEF, COUNT, MapTab
from ganview.app.explorer.mix_tab import MixTab, mixer
from ganview.app.explorer.nearby_tab import NearbyTab
from ganview.app.explorer.pins_tab import PinsTab
from ganview.app.explorer.plane_controls import NUMBERS, PINS
from ganview.app.explorer.state_text import StateText, text_of
from ganview.app.explorer.tab import Context, Tab
from ganview.app.explorer.tint import belief_colours, class_colours, tinted
from ganview.app.explorer.training_set import Nearest
from ganview.app.place import Place, Space
from ganview.app.theme import LIGHT
from ganview.app.widgets.class_pad import ClassPad, nearest_point, places
from ganview.app.widgets.share_bars import with_share
from ganview.errors import UserError
from ganview.files.open_model import SHIPPED, open_model
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from tests.app.explorer_bench import Hand, tiny_model

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def _picture(hand: Hand) -> np.ndarray:
    return hand.model.sample(hand.state.z[None].copy(), np.array([0]))[0]


@pytest.fixture
def hand() -> Hand:
    hand = Hand()
    hand.draw()
    return hand


def _shown(qtbot: QtBot, tab: Tab) -> None:
    qtbot.addWidget(tab)
    tab.resize(600, 320)
    tab.show()
    tab.set_in_view(True)


# -- mixing -------------------------------------------------------------------------------------


def test_the_pad_mixes_and_one_drag_is_one_step(hand: Hand, qtbot: QtBot) -> None:
    tab = MixTab(hand.context)
    _shown(qtbot, tab)
    centre = tab.pad.rect().center()
    QTest.mousePress(tab.pad, LEFT, NONE, centre)
    QTest.mouseMove(tab.pad, centre + QPoint(20, 0))
    QTest.mouseMove(tab.pad, centre + QPoint(40, 0))
    QTest.mouseRelease(tab.pad, LEFT, NONE, centre + QPoint(40, 0))
    assert hand.state.place.mixed
    weights = hand.state.place.weights
    assert weights[[2, 3]].min() > weights[[7, 8]].max()
    hand.state.undo()
    assert not hand.state.place.mixed


def test_long_names_of_classes_stay_on_the_pad(qtbot: QtBot) -> None:
    pad = ClassPad(mixer)
    qtbot.addWidget(pad)
    pad.resize(240, 240)
    pad.set_names(("0", "squares", "a class with a long name", "c", "triangles"))
    boxes = []
    for index, (x, y) in enumerate(places(5)):
        name = pad._shown_name(index)
        boxes.append(pad._name_box(name, pad._on_screen(float(x), float(y))))
    assert pad._shown_name(1) == "squares"
    assert pad._shown_name(2).endswith("…")
    assert boxes[0].width() == boxes[0].height()
    assert all(box.left() >= 0 and box.right() <= pad.width() for box in boxes)
    assert min(box.width() for box in boxes[1:3]) > 2 * boxes[0].width()


def test_the_pad_finds_the_point_of_a_class_and_of_a_mixture() -> None:
    weights = np.zeros(10, np.float32)
    weights[0] = 1
    assert nearest_point(weights, mixer) == pytest.approx((0, -1))
    x, y = nearest_point(mixer(0.4, -0.3, 10), mixer)
    assert np.hypot(x - 0.4, y + 0.3) < 0.25


def test_bars_give_a_share_and_keep_the_others_in_proportion(hand: Hand, qtbot: QtBot) -> None:
    weights = np.array([0.5, 0.25, 0.25], np.float32)
    np.testing.assert_allclose(with_share(weights, 0, 0.2), [0.2, 0.4, 0.4])
    np.testing.assert_allclose(
        with_share(np.array([1, 0, 0], np.float32), 0, 0.5), [0.5, 0.25, 0.25]
    )
    np.testing.assert_allclose(with_share(weights, 1, 7), [0, 1, 0])
    tab = MixTab(hand.context)
    _shown(qtbot, tab)
    QTest.keyClick(tab.bars, Qt.Key.Key_Down)
    QTest.keyClick(tab.bars, Qt.Key.Key_Right)
    assert hand.state.place.weights[1] == pytest.approx(0.05)


def test_what_a_classifier_reads_is_said(hand: Hand, qtbot: QtBot) -> None:
    tab = MixTab(hand.context)
    _shown(qtbot, tab)
    reading = hand.ordered[-1]
    assert reading.name == "reading the digit"
    read = np.full(10, 0.001, np.float32)
    read[7] = 0.991
    reading.done(read)
    assert "surely a 7" in tab._verdict.text()
    tab._show_read(None)
    assert "digits only" in tab._verdict.text()


def test_without_classes_there_is_nothing_to_mix(qtbot: QtBot) -> None:
    hand = Hand(Space(4))
    tab = MixTab(hand.context)
    _shown(qtbot, tab)
    assert not tab.pad.isVisible()
    assert tab._none.isVisible()


# -- neighbours ---------------------------------------------------------------------------------


def test_nine_neighbours_and_a_click_goes_to_one(hand: Hand, qtbot: QtBot) -> None:
    tab = NearbyTab(hand.context)
    _shown(qtbot, tab)
    z, y = hand.on("map")[-1]
    assert z.shape == (9, 8)
    assert y is not None
    tab.take(hand.answer("map"))
    QTest.mouseClick(tab.strip, LEFT, NONE, tab.strip.tile_rect(4).center().toPoint())
    np.testing.assert_array_equal(hand.state.z, z[4])
    assert len(hand.on("map")) == 2


# -- pins ---------------------------------------------------------------------------------------


def test_pinning_going_back_and_the_sum(hand: Hand, qtbot: QtBot) -> None:
    tab = PinsTab(hand.context)
    _shown(qtbot, tab)
    places = []
    for label in (1, 2, 3):
        hand.state.randomise()
        hand.state.choose_class(label)
        hand.draw()
        hand.context.pin()
        places.append(hand.state.place)
    assert tab.strip.images is not None
    assert tab.strip.images.shape == (3, 28, 28)
    QTest.mouseClick(tab.strip, LEFT, NONE, tab.strip.tile_rect(0).center().toPoint())
    assert hand.state.place is places[0]
    z, _y = hand.on("foresight")[-1]
    tab._go.click()
    np.testing.assert_allclose(hand.state.z, z[0])
    assert hand.state.label == 1
    tab.strip.removal_asked.emit(1)
    assert [pin.name for pin in hand.context.pins] == ["A", "C"]
    assert tab._put_back.text() == "Put B back"
    tab._put_back.click()
    assert [pin.name for pin in hand.context.pins] == ["A", "B", "C"]
    assert tab._put_back.isHidden()


def test_a_pin_that_was_quicker_than_its_picture_gets_one(hand: Hand, qtbot: QtBot) -> None:
    tab = PinsTab(hand.context)
    _shown(qtbot, tab)
    hand.draw()
    hand.state.randomise()
    hand.context.pin()  # the picture of this place is still to come
    assert tab.strip.images is None
    tab.take(hand.answer("map"))
    assert tab.strip.images is not None
    asked = len(hand.on("map"))
    hand.draw()
    hand.context.pin()
    assert tab.strip.images.shape == (2, 28, 28)
    assert len(hand.on("map")) == asked  # there is nothing more to draw


def test_scrubbing_the_path_moves_the_state(hand: Hand, qtbot: QtBot) -> None:
    tab = PinsTab(hand.context)
    _shown(qtbot, tab)
    for label in (1, 2):
        hand.state.choose_class(label)
        hand.context.pin()
    tab._scrub(0.5, None)
    assert hand.state.place.weights[1] == pytest.approx(0.5)
    tab._play.click()
    assert tab.player.playing
    tab.set_in_view(False)
    assert not tab.player.playing


# -- map ----------------------------------------------------------------------------------------


def test_the_field_is_drawn_coarse_first_and_every_cell_once() -> None:
    for count in (4, 7, 20):
        sequence, strides = order(count)
        assert sorted(sequence.tolist()) == list(range(count * count))
        assert (np.diff(strides) <= 0).all()
        np.testing.assert_array_equal(source(count, count * count)[sequence], np.arange(count**2))
    assert (source(20, 16) >= 0).all()
    assert (source(20, 0) == -1).all()


def test_planes_go_through_the_place_and_back() -> None:
    z = np.random.default_rng(0).standard_normal(8).astype(np.float32)
    first, second = np.random.default_rng(1).standard_normal((2, 8)).astype(np.float32)
    for plane in (
        plane_of_dimensions(z, 2, 5, 3.0),
        plane_of_directions(z, first, second, 3.0, ("a", "b")),
        plane_of_pins([z, first, second], ("a", "b")),
    ):
        assert plane is not None
        np.testing.assert_allclose(plane.at(*plane.project(z)), z, atol=1e-4)
        x, y = plane.project(plane.at(0.3, -0.6))
        assert (x, y) == pytest.approx((0.3, -0.6), abs=1e-4)
    assert plane_of_directions(z, first, 2 * first, 3.0, ("a", "a")) is None
    assert plane_of_pins([z, 2 * z, 3 * z], ("a", "b")) is None
    assert cells(2).tolist() == [[-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [0.5, 0.5]]


def test_the_map_asks_for_a_field_and_a_click_goes_there(hand: Hand, qtbot: QtBot) -> None:
    tab = MapTab(hand.context)
    _shown(qtbot, tab)
    z, _y = hand.on("map")[-1]
    assert z.shape == (COUNT * COUNT, 8)
    assert len(np.unique(z[:, 0].round(4))) == COUNT
    tab.take(hand.answer("map"))
    area = tab.field.area()
    where = area.topLeft().toPoint() + QPoint(round(area.width() * 0.75), round(area.height() / 4))
    QTest.mouseClick(tab.field, LEFT, NONE, where)
    assert hand.state.z[0] == pytest.approx(1.5, abs=0.05)
    assert hand.state.z[1] == pytest.approx(1.5, abs=0.05)
    assert len(hand.on("map")) == 1
    assert not tab._later.isActive()


def test_moving_off_the_plane_draws_the_map_again_after_a_rest(hand: Hand, qtbot: QtBot) -> None:
    tab = MapTab(hand.context)
    _shown(qtbot, tab)
    hand.state.set_dimension(5, 2.0)
    hand.state.set_dimension(6, 2.0)
    assert len(hand.on("map")) == 1
    qtbot.waitUntil(lambda: len(hand.on("map")) == 2)


def test_the_pointer_is_a_probe(hand: Hand, qtbot: QtBot) -> None:
    tab = MapTab(hand.context)
    _shown(qtbot, tab)
    tab.field.probed.emit(0.5, 0.5)
    z, _y = hand.on("foresight")[-1]
    assert z[0, :2].tolist() == [1.5, -1.5]
    assert "z1 1.50 σ" in tab._where.text()
    QTest.keyClick(tab.field, Qt.Key.Key_Right)
    QTest.keyClick(tab.field, Qt.Key.Key_Return)
    assert hand.state.z[0] == pytest.approx(0.3)


def test_a_map_through_pins_says_that_it_needs_three(hand: Hand, qtbot: QtBot) -> None:
    tab = MapTab(hand.context)
    _shown(qtbot, tab)
    tab.controls.choose(PINS)
    assert "Pin three places" in tab._where.text()
    for _ in range(3):
        hand.state.randomise()
        hand.context.pin()
    tab._draw()
    assert tab._plane is not None
    # near the third pin, one is on the way towards it
    tab.field.probed.emit(*tab._plane.project(hand.context.pins[2].place.z))
    assert "towards C" in tab._where.text()
    assert "towards C −" not in tab._where.text()
    # controls that have nothing to choose leave their room to the others
    QApplication.processEvents()
    left, width = tab.controls.x(), tab.controls.width()
    tab.controls.choose(NUMBERS)
    QApplication.processEvents()
    assert (tab.controls.x(), tab.controls.width()) == (left, width)


def test_a_map_that_is_none_any_more_is_wiped(hand: Hand, qtbot: QtBot) -> None:
    tab = MapTab(hand.context)
    _shown(qtbot, tab)
    for _ in range(3):
        hand.state.randomise()
        hand.context.pin()
    tab.controls.choose(PINS)
    tab.take(hand.answer("map"))
    drawn = tab.field.grab().toImage()
    hand.context.pins.remove(0)
    hand.state.randomise()  # before the map has noticed
    qtbot.waitUntil(lambda: tab._plane is None)
    assert "Pin three places" in tab._where.text()
    assert tab.field.grab().toImage() != drawn
    assert tab._images is None


def test_belief_colours_the_map(hand: Hand, qtbot: QtBot) -> None:
    tab = MapTab(hand.context)
    _shown(qtbot, tab)
    tab._colour.setCurrentIndex(tab._colour.findData(BELIEF))
    tab._recolour()
    tab.take(hand.answer("map", beliefs=np.linspace(0, 1, COUNT * COUNT, dtype=np.float32)))
    assert tab._beliefs is not None
    colours = belief_colours(np.array([0, 0.5, 1], np.float32), LIGHT)
    assert np.ptp(colours[1]) < 0.01
    assert np.abs(colours[0] - colours[2]).max() > 0.3
    images = tinted(np.full((3, 4, 4), 255, np.uint8), colours)
    assert images.shape == (3, 4, 4, 3)
    assert len(np.unique(class_colours(10).round(2), axis=0)) == 10


# -- check, compare, text -----------------------------------------------------------------------


def test_the_critic_says_what_it_thinks_and_where_it_pushes(qtbot: QtBot) -> None:
    hand = Hand(model=tiny_model())
    hand.draw()
    tab = CheckTab(hand.context)
    _shown(qtbot, tab)
    assert [order.name for order in hand.ordered] == [
        "searching the training set",
        "asking the discriminator",
    ]
    hand.ordered[1].finish()
    assert "D believes" in tab._belief.text()
    assert tab.push.picture is not None
    assert tab.push.picture.shape == (28, 28, 3)
    hand.state.randomise()
    hand.draw()
    hand.ordered[-1].failed("This model was saved without its discriminator.", "")
    assert tab.push.picture is None


def test_a_model_of_another_kind_begins_with_nothing_found(qtbot: QtBot) -> None:
    hand = Hand(model=tiny_model())
    hand.draw()
    tab = CheckTab(hand.context)
    _shown(qtbot, tab)
    search, asking = hand.ordered[-2:]
    pictures = np.zeros((5, 28, 28), np.uint8)
    found = Nearest(
        pictures, np.linspace(0.1, 0.2, 5, dtype=np.float32), ("",) * 5, 0.1, 0.3, False
    )
    search.done(found)
    asking.finish()
    assert tab.nearest.images is not None
    hand.state.randomise()
    hand.draw()
    late = hand.ordered[-2]
    hand.state.adopt(Space(8, ("a", "b")))
    late.done(found)
    assert tab.nearest.images is None
    assert tab.push.picture is None
    assert "Looking" in tab._verdict.text()
    hand.ordered[-1].failed("It was told to end.", "")  # and so is the other half free again
    asked = len(hand.ordered)
    hand.draw()  # looked at at once, however shortly after the last look
    assert len(hand.ordered) > asked
    assert tab.nearest.images is None


def test_the_overlay_shows_lighter_and_darker_in_two_colours() -> None:
    push = np.zeros((2, 2), np.float32)
    push[0, 0], push[1, 1] = 1, -1
    shown = overlay(np.zeros((2, 2), np.uint8), push, LIGHT)
    assert tuple(shown[0, 0]) == LIGHT.actor("real").getRgb()[:3]
    assert tuple(shown[1, 1]) == LIGHT.actor("fake").getRgb()[:3]
    assert not shown[0, 1].any()


def test_two_models_draw_the_same_place(qtbot: QtBot, tmp_path: Path) -> None:
    hand = Hand(model=tiny_model())
    hand.draw()
    tab = CompareTab(hand.context)
    _shown(qtbot, tab)
    assert tab._hint.isVisible()
    tab.keep()
    hand.ordered[-1].finish()
    assert not tab._hint.isVisible()
    kept = tab.views[1].picture
    assert kept is not None
    np.testing.assert_array_equal(kept, _picture(hand))
    hand.model = tiny_model(1)
    hand.state.choose_class(4)
    hand.draw()
    hand.ordered[-1].finish()
    assert tab.strips[1].images is not None
    assert len(tab.strips[1].images) == 10
    assert abs(tab.views[1].x() - tab.width() / 2) < 20  # each has its half

    # a model of another kind is opened while the other one still draws
    hand.state.randomise()
    hand.draw()
    late = hand.ordered[-1]
    hand.state.adopt(Space(8, ("a", "b")))
    hand.draw()
    late.finish()
    assert "another kind" in tab._apart.text()
    assert tab.views[1].picture is None
    assert tab.strips[1].images is None


def test_the_map_begins_with_the_numbers_that_tell_most(hand: Hand, qtbot: QtBot) -> None:
    hand.context.telling[:] = [5, 2, 0]
    tab = MapTab(hand.context)
    _shown(qtbot, tab)
    assert tab._plane is not None
    assert tab._plane.names == ("z6", "z3")
    tab.controls.findChildren(QSpinBox)[1].setValue(8)  # from here on it is the person's choice
    hand.context.telling[:] = [1, 0]
    tab.activate()
    tab._draw()
    assert tab._plane.names == ("z6", "z8")


def test_any_moment_of_a_run_is_compared_with(qtbot: QtBot, tmp_path: Path) -> None:
    model, opened = tiny_model(), []
    with RunFolder.create(tmp_path / "run", TrainConfig()) as run:
        for step in (10, 20, 40):
            earlier = tiny_model(step)
            earlier.info.update(name="run", step=step)
            run.save_model(earlier)
    hand = Hand(model=model)
    hand.workshop = replace(
        hand.workshop, run_folder=lambda: tmp_path / "run", open_model=opened.append
    )
    hand.context = Context(hand.state, hand.desk, hand.workshop, hand.said.append)
    hand.draw()
    tab = CompareTab(hand.context)
    _shown(qtbot, tab)
    while hand.ordered:
        hand.ordered.pop(0).finish()
    assert tab._names[1].text() == "run, step 10"
    tab._moment.setFocus()
    tab._moment.set_number(0)
    tab._moment.setValue(10)  # the end of the timeline
    while hand.ordered:
        hand.ordered.pop(0).finish()
    assert tab._names[1].text() == "run, step 40"
    z, y = hand.state.place.effective_z(), np.array([0])
    np.testing.assert_array_equal(tab.views[1].picture, tiny_model(40).sample(z[None], y)[0])
    tab._explore.click()
    assert [path.stem for path in opened] == ["000000040"]
    assert tab._step.text() == "step 40"
    tab.keep()
    assert tab._step.text() == "none of them"  # of the run's moments is compared now


def test_a_state_goes_over_the_clipboard_and_back(qtbot: QtBot) -> None:
    hand = Hand(model=tiny_model())
    hand.state.mix([0, 1, 2, 0, 0, 0, 0, 0, 0, 0])
    hand.state.set_psi(0.75)
    StateText(hand.context).copy()
    hand.ordered[-1].finish()
    opened, place = open_state(QGuiApplication.clipboard().text(), hand.model)
    assert opened is None
    assert not hand.state.place.parts_unlike(place)
    QGuiApplication.clipboard().clear()


def test_the_two_models_that_ship_are_told_apart(hand: Hand) -> None:
    labels = []
    for name in SHIPPED:
        model = open_model(name)
        weights = np.zeros(model.spec.classes, np.float32)
        weights[:1] = 1
        place = Place(np.zeros(model.spec.z_dim, np.float32), weights)
        opened, _place = open_state(text_of(model, place), hand.model)
        assert opened is not None
        labels.append(opened.label)
    assert len(set(labels)) == len(labels) == 2


def test_a_place_of_a_generator_that_learned_on_comes_back(hand: Hand, tmp_path: Path) -> None:
    hand.model, run = tiny_model(), [tmp_path / "one"]
    workshop = replace(hand.workshop, live=lambda: True, run_folder=lambda: run[0])
    copier = StateText(Context(hand.state, hand.desk, workshop, hand.said.append))
    hand.state.mix([0, 1, 2, 0, 0, 0, 0, 0, 0, 0])
    copier.copy()
    hand.ordered[-1].finish()
    text = QGuiApplication.clipboard().text()
    hand.model = tiny_model(1)  # a step later
    assert copier.learned_on(f"{text[:50]}\n{text[50:]}")
    opened, place = open_state(text, hand.model, learned_on=True)
    assert opened is None
    assert not hand.state.place.parts_unlike(place)
    run[0] = tmp_path / "two"  # begun anew, it is another generator
    assert not copier.learned_on(text)
    assert not copier.learned_on("ganview:other")
    QGuiApplication.clipboard().clear()


def test_a_state_of_another_model_is_refused_in_a_sentence() -> None:
    hand, other = Hand(model=tiny_model()), tiny_model(1)
    with pytest.raises(UserError, match="belongs to the model"):
        open_state(text_of(other, hand.state.place), hand.model)
    with pytest.raises(UserError, match="not a ganview state"):
        open_state("hello", hand.model)


def test_a_map_in_a_narrow_window_leaves_its_controls_room(hand: Hand, qtbot: QtBot) -> None:
    tab = MapTab(hand.context)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(tab)
    qtbot.addWidget(area)
    area.resize(460, 400)
    area.show()
    tab.set_in_view(True)
    qtbot.waitUntil(lambda: area.horizontalScrollBar().maximum() == 0)
    narrow = tab.field.width()
    area.resize(900, 400)
    qtbot.waitUntil(lambda: tab.field.width() > narrow)
    area.resize(460, 400)
    qtbot.waitUntil(lambda: area.horizontalScrollBar().maximum() == 0)
