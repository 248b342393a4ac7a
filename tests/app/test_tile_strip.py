"""Tiles in a strip: which one, in which order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ganview.app.theme import font
from ganview.app.widgets.tile_strip import TileStrip
from ganview.app.widgets.tile_widget import cut_apart

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def strip(qtbot: QtBot) -> TileStrip:
    strip = TileStrip(movable=True)
    qtbot.addWidget(strip)
    strip.resize(300, 50)
    strip.set_captions(["a", "b", "c"])
    strip.set_images(np.zeros((3, 28, 28), np.uint8))
    strip.show()
    return strip


def _middle(strip: TileStrip, index: int) -> QPoint:
    return strip.tile_rect(index).center().toPoint()


def test_a_click_and_enter_activate_a_tile(strip: TileStrip) -> None:
    chosen: list[int] = []
    strip.tile_activated.connect(chosen.append)
    QTest.mouseClick(strip, LEFT, NONE, _middle(strip, 2))
    QTest.keyClick(strip, Qt.Key.Key_Left)
    QTest.keyClick(strip, Qt.Key.Key_Return)
    assert chosen == [2, 1]


def test_dragging_a_tile_asks_for_another_order(strip: TileStrip) -> None:
    moves: list[tuple[int, int]] = []
    strip.moved.connect(lambda source, target: moves.append((source, target)))
    QTest.mousePress(strip, LEFT, NONE, _middle(strip, 0))
    QTest.mouseMove(strip, _middle(strip, 1))
    QTest.mouseMove(strip, _middle(strip, 2))
    QTest.mouseRelease(strip, LEFT, NONE, _middle(strip, 2))
    QTest.keyClick(strip, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert moves == [(0, 2), (0, 1)]


def test_delete_asks_to_remove(strip: TileStrip) -> None:
    removed: list[int] = []
    strip.removal_asked.connect(removed.append)
    QTest.keyClick(strip, Qt.Key.Key_End)
    QTest.keyClick(strip, Qt.Key.Key_Delete)
    assert removed == [2]


def test_beside_the_tiles_there_is_none(strip: TileStrip) -> None:
    assert strip.tile_at(QPointF(290, 20)) == -1
    assert strip.tile_at(QPointF(-3, 20)) == -1
    assert strip.tile_at(QPointF(_middle(strip, 1))) == 1
    strip.set_images(None)
    assert strip.tile_at(QPointF(5, 20)) == -1
    QTest.keyClick(strip, Qt.Key.Key_Right)


def test_a_tile_says_what_it_is(strip: TileStrip) -> None:
    strip.set_tile_text(lambda index: f"pin {index}")
    QTest.keyClick(strip, Qt.Key.Key_Right)
    assert strip.accessibleDescription() == "pin 1"


def test_a_tooltip_is_the_tile_s_own(strip: TileStrip, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(
        "ganview.app.widgets.text.QToolTip.showText",
        lambda _where, text, _widget, _area: shown.append(text),
    )
    strip.set_tile_text(lambda index: f"pin {index}")
    for where in (_middle(strip, 1), QPoint(290, 20)):
        QApplication.sendEvent(strip, QHelpEvent(QEvent.Type.ToolTip, where, where))
    assert shown == ["pin 1"]


def test_the_keyboard_asks_for_the_menu_of_a_tile(strip: TileStrip) -> None:
    asked: list[int] = []
    strip.menu_asked.connect(lambda index, _where: asked.append(index))
    QTest.keyClick(strip, Qt.Key.Key_Right)
    QTest.keyClick(strip, Qt.Key.Key_F10)
    assert asked == []
    QTest.keyClick(strip, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    for reason in (QContextMenuEvent.Reason.Keyboard, QContextMenuEvent.Reason.Mouse):
        where = _middle(strip, 2)
        QApplication.sendEvent(strip, QContextMenuEvent(reason, where, strip.mapToGlobal(where)))
    assert asked == [1, 1, 2]


def test_captions_keep_apart(qtbot: QtBot) -> None:
    strip = TileStrip(gap=2, maximum=1)
    qtbot.addWidget(strip)
    strip.resize(400, 60)
    strip.set_images(np.zeros((8, 28, 28), np.uint8))
    strip.set_captions(["c000", "c001", "mmmm", "illness", "hippopotamus", "MMMM", "l", "c002"])
    picture = strip.grab().toImage()
    bottom = int(strip.tile_rect(0).top())
    for left, right in pairwise(map(strip.tile_rect, range(8))):
        between = range(int(left.right()) - 1, int(right.left()) + 1)
        seen = {picture.pixel(x, y) for x in between for y in range(bottom)}
        assert len(seen) == 1, "nothing is written there"


def test_captions_that_begin_alike_are_cut_at_their_beginning(qapp: QApplication) -> None:
    metrics = QFontMetrics(font("small"))
    width = metrics.horizontalAdvance("…gn 12")
    alike = cut_apart([(f"sign {number}", width) for number in range(10, 13)], metrics)
    assert [text[-2:] for text in alike] == ["10", "11", "12"]
    others = cut_apart([(name, width) for name in ("Activities", "Symbols", "all")], metrics)
    assert [text[:2] for text in others] == ["Ac", "Sy", "al"]
