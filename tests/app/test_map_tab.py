"""The map: a field of pictures on a plane through the noise."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QScrollArea, QSpinBox
from pytestqt.qtbot import QtBot

from ganview.app.explorer.colouring import belief_colours, class_hues, tinted
from ganview.app.explorer.latent_plane import (
    cell_centres,
    drawing_order,
    plane_of_dimensions,
    plane_of_directions,
    plane_of_pins,
    shown_images,
)
from ganview.app.explorer.map_tab import BELIEF, COUNT, FEW, MapTab
from ganview.app.explorer.plane_controls import NUMBERS, PINS
from ganview.app.latent_point import Floats, LatentPoint
from ganview.export.palette import LIGHT
from tests.app.explorer_bench import Hand, said, shown

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def test_the_field_is_drawn_coarse_first_and_every_cell_once() -> None:
    for count in (4, 7, 20):
        sequence, strides = drawing_order(count)
        assert sorted(sequence.tolist()) == list(range(count * count))
        assert (np.diff(strides) <= 0).all()
        np.testing.assert_array_equal(
            shown_images(count, count * count)[sequence], np.arange(count**2)
        )
    assert (shown_images(20, 16) >= 0).all()
    assert (shown_images(20, 0) == -1).all()


def pinned(*noises: Floats) -> list[LatentPoint]:
    """Return places of classes 0, 1, 2 … with these noises, each of a ψ of its own."""
    weights = np.eye(3, dtype=np.float32)
    return [LatentPoint(z, weights[k], psi=0.5 + 0.25 * k) for k, z in enumerate(noises)]


def test_planes_go_through_the_place_and_back() -> None:
    z = np.random.default_rng(0).standard_normal(8).astype(np.float32)
    first, second = np.random.default_rng(1).standard_normal((2, 8)).astype(np.float32)
    for plane in (
        plane_of_dimensions(z, 2, 5, 3.0),
        plane_of_directions(z, first, second, 3.0, ("a", "b")),
        plane_of_pins(pinned(z, first, second), ("a", "b")),
    ):
        assert plane is not None
        np.testing.assert_allclose(plane.at(*plane.project(z)), z, atol=1e-4)
        x, y = plane.project(plane.at(0.3, -0.6))
        assert (x, y) == pytest.approx((0.3, -0.6), abs=1e-4)
    assert plane_of_directions(z, first, 2 * first, 3.0, ("a", "a")) is None
    assert plane_of_pins(pinned(z, 2 * z, 3 * z), ("a", "b")) is None
    assert cell_centres(2).tolist() == [[-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [0.5, 0.5]]


def test_a_plane_through_pins_has_their_classes_and_diversities_at_them() -> None:
    pins = pinned(*np.random.default_rng(2).standard_normal((3, 8)).astype(np.float32))
    plane = plane_of_pins(pins, ("a", "b"))
    assert plane is not None
    corners = np.array([plane.project(pin.z) for pin in pins], np.float32)
    weights, psi = plane.kinds(corners, pins[0])
    np.testing.assert_allclose(weights, np.eye(3), atol=1e-5)
    np.testing.assert_allclose(psi, [0.5, 0.75, 1.0], atol=1e-5)
    middle, _ = plane.kinds(corners.mean(axis=0)[None], pins[0])
    np.testing.assert_allclose(middle, np.full((1, 3), 1 / 3), atol=1e-5)
    everywhere, factors = plane.kinds(cell_centres(9), pins[0])
    np.testing.assert_allclose(everywhere.sum(axis=1), 1, atol=1e-5)
    assert everywhere.min() >= 0
    assert factors.min() >= 0.5
    assert factors.max() <= 1.0
    again = plane.place_at(*corners[1], pins[0])
    np.testing.assert_allclose(again.z, pins[1].z, atol=1e-4)
    assert (again.label, again.psi) == (1, pytest.approx(0.75))


def test_the_map_asks_for_a_field_and_a_click_goes_there(hand: Hand, qtbot: QtBot) -> None:
    tab = MapTab(hand.context)
    shown(qtbot, tab)
    z, _y = hand.on("thumbnails")[-1]
    assert z.shape == (FEW * FEW, 8)
    assert len(np.unique(z[:, 0].round(4))) == FEW
    tab.take(hand.answer("thumbnails"))
    area = tab.field.area()
    where = area.topLeft().toPoint() + QPoint(round(area.width() * 0.75), round(area.height() / 4))
    QTest.mouseClick(tab.field, LEFT, NONE, where)
    assert hand.state.z[0] == pytest.approx(1.5, abs=0.05)
    assert hand.state.z[1] == pytest.approx(1.5, abs=0.05)
    assert len(hand.on("thumbnails")) == 1
    assert not any(timer.isActive() for timer in tab.findChildren(QTimer))  # none is due


def test_moving_off_the_plane_draws_the_map_again_after_a_rest(hand: Hand, qtbot: QtBot) -> None:
    tab = MapTab(hand.context)
    shown(qtbot, tab)
    hand.state.set_dimension(5, 2.0)
    hand.state.set_dimension(6, 2.0)
    assert len(hand.on("thumbnails")) == 1
    qtbot.waitUntil(lambda: len(hand.on("thumbnails")) == 2)


def test_the_pointer_is_a_probe(hand: Hand, qtbot: QtBot) -> None:
    tab = MapTab(hand.context)
    shown(qtbot, tab)
    tab.field.probed.emit(0.5, 0.5)
    z, _y = hand.on("preview")[-1]
    assert z[0, :2].tolist() == [1.5, -1.5]
    assert "z1 1.50 σ" in said(tab)
    QTest.keyClick(tab.field, Qt.Key.Key_Right)
    QTest.keyClick(tab.field, Qt.Key.Key_Return)
    assert hand.state.z[0] == pytest.approx(0.3)


def test_a_map_through_pins_says_that_it_needs_three(hand: Hand, qtbot: QtBot) -> None:
    tab = MapTab(hand.context)
    shown(qtbot, tab)
    tab.controls.choose(PINS)
    assert "Pin three places" in said(tab)
    for label in (4, 7, 1):
        hand.state.choose_class(label)
        hand.state.randomise()
        hand.context.pin()
    qtbot.waitUntil(lambda: "Pin three places" not in said(tab))
    plane = plane_of_pins([pin.place for pin in hand.context.pins], ("B", "C"))
    assert plane is not None
    # near the third pin, one is on the way towards it
    tab.field.probed.emit(*plane.project(hand.context.pins[2].place.z))
    assert "towards C" in said(tab)
    assert "towards C −" not in said(tab)
    # each pin's picture is the one that it was pinned at, in its own class
    _z, y = hand.on("thumbnails")[-1]
    assert y is not None
    assert len(np.unique(y.round(3), axis=0)) > 10
    hand.state.choose_class(9)
    assert not any(timer.isActive() for timer in tab.findChildren(QTimer))  # it is of the pins
    tab.field.chosen.emit(*plane.project(hand.context.pins[0].place.z), object())
    assert hand.state.place.label == hand.context.pins[0].place.label
    # controls that have nothing to choose leave their room to the others
    QApplication.processEvents()
    left, width = tab.controls.x(), tab.controls.width()
    tab.controls.choose(NUMBERS)
    QApplication.processEvents()
    assert (tab.controls.x(), tab.controls.width()) == (left, width)


def test_a_map_that_is_none_any_more_is_wiped(hand: Hand, qtbot: QtBot) -> None:
    tab = MapTab(hand.context)
    shown(qtbot, tab)
    for _ in range(3):
        hand.state.randomise()
        hand.context.pin()
    tab.controls.choose(PINS)
    tab.take(hand.answer("thumbnails"))
    drawn = tab.field.grab().toImage()
    hand.context.pins.remove(0)
    hand.state.randomise()  # before the map has noticed
    qtbot.waitUntil(lambda: "Pin three places" in said(tab))
    assert tab.field.grab().toImage() != drawn


def test_belief_colours_the_map(hand: Hand, qtbot: QtBot) -> None:
    tab = MapTab(hand.context)
    shown(qtbot, tab)
    tab.take(hand.answer("thumbnails"))
    plain = tab.field.grab().toImage()
    colour = next(it for it in tab.findChildren(QComboBox) if it.findData(BELIEF) >= 0)
    colour.setCurrentIndex(colour.findData(BELIEF))
    colour.activated.emit(colour.currentIndex())
    tab.take(hand.answer("thumbnails", beliefs=np.linspace(0, 1, FEW * FEW, dtype=np.float32)))
    assert tab.field.grab().toImage() != plain
    colours = belief_colours(np.array([0, 0.5, 1], np.float32), LIGHT)
    assert np.ptp(colours[1]) < 0.01
    assert np.abs(colours[0] - colours[2]).max() > 0.3
    images = tinted(np.full((3, 4, 4), 255, np.uint8), colours)
    assert images.shape == (3, 4, 4, 3)
    assert len(np.unique(class_hues(10).round(2), axis=0)) == 10


def numbers_of(tab: MapTab) -> str:
    """Return the two numbers that the map is told to be of."""
    tab.field.probed.emit(0.5, 0.5)
    first, second = said(tab).splitlines()[-2:]
    return f"{first.split()[0]} {second.split()[0]}"


def test_the_map_begins_with_the_numbers_that_tell_most(hand: Hand, qtbot: QtBot) -> None:
    hand.context.findings.set_dims_by_effect([5, 2, 0])
    tab = MapTab(hand.context)
    shown(qtbot, tab)
    assert numbers_of(tab) == "z6 z3"
    tab.controls.findChildren(QSpinBox)[1].setValue(8)  # from here on it is the person's choice
    hand.context.findings.set_dims_by_effect([1, 0])
    tab.activate()
    assert numbers_of(tab) == "z6 z8"


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
    qtbot.waitUntil(lambda: len(hand.on("thumbnails")[-1][0]) == COUNT * COUNT)  # there is room
    area.resize(460, 400)
    qtbot.waitUntil(lambda: area.horizontalScrollBar().maximum() == 0)
