"""Mixing classes: the pad, the bars, and what a classifier reads."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ganview.app.explorer.mix_tab import MixTab, mixer
from ganview.app.latent_point import LatentSpace
from ganview.app.widgets.class_pad import ClassPad, nearest_point, places
from ganview.app.widgets.class_weight_bars import with_weight
from tests.app.explorer_bench import Hand, said, shown, tiny_model

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def test_the_pad_mixes_and_one_drag_is_one_step(hand: Hand, qtbot: QtBot) -> None:
    tab = MixTab(hand.context)
    shown(qtbot, tab)
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


def test_of_many_classes_some_are_named_and_those_that_are_mixed(qtbot: QtBot) -> None:
    pad = ClassPad(mixer)
    qtbot.addWidget(pad)
    pad.resize(240, 240)
    pad.set_names([f"c{number}" for number in range(10)])
    assert sorted(pad.named) == list(range(10))
    pad.set_names([f"c{number}" for number in range(200)])
    weights = np.zeros(200, np.float32)
    weights[[17, 101]] = 0.3, 0.7
    pad.show_weights(weights)
    assert pad.named[-2:] == [17, 101]
    assert len(pad.named) < 40
    pad.grab()
    pad.resize(104, 104)
    assert pad.named[-2:] == [17, 101]
    assert len(pad.named) < 10  # no name lies over another


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
    np.testing.assert_allclose(with_weight(weights, 0, 0.2), [0.2, 0.4, 0.4])
    np.testing.assert_allclose(
        with_weight(np.array([1, 0, 0], np.float32), 0, 0.5), [0.5, 0.25, 0.25]
    )
    np.testing.assert_allclose(with_weight(weights, 1, 7), [0, 1, 0])
    tab = MixTab(hand.context)
    shown(qtbot, tab)
    QTest.keyClick(tab.bars, Qt.Key.Key_Down)
    QTest.keyClick(tab.bars, Qt.Key.Key_Right)
    assert hand.state.place.weights[1] == pytest.approx(0.05)


def test_what_a_classifier_reads_is_said(hand: Hand, qtbot: QtBot) -> None:
    hand.model = tiny_model()
    tab = MixTab(hand.context)
    shown(qtbot, tab)
    reading = hand.ordered[-1]
    assert reading.name == "predicting the class"
    read = np.full(10, 0.001, np.float32)
    read[7] = 0.991
    reading.done(read)
    assert "surely a 7" in said(tab)
    hand.state.randomise()
    hand.draw()
    hand.ordered[-1].done(None)
    assert "No classifier has learned" in said(tab)


def test_without_classes_there_is_nothing_to_mix(qtbot: QtBot) -> None:
    hand = Hand(LatentSpace(4))
    tab = MixTab(hand.context)
    shown(qtbot, tab)
    assert not tab.pad.isVisible()
    assert said(tab)
