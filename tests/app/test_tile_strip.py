"""Tiles in a strip: how large, which one, in which order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ganview.app.widgets.tile_strip import TileStrip, best_grid

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@given(
    count=st.integers(1, 60),
    height=st.integers(8, 64),
    width=st.integers(8, 64),
    room=st.tuples(st.integers(20, 900), st.integers(20, 900)),
)
def test_the_chosen_grid_fits_unless_nothing_does(
    count: int, height: int, width: int, room: tuple[int, int]
) -> None:
    columns, zoom = best_grid(count, (height, width), room, caption=15, gap=2, maximum=4)
    rows = -(-count // columns)
    assert 1 <= columns <= count
    assert 1 <= zoom <= 4
    if zoom > 1:
        assert columns * width * zoom + (columns - 1) * 2 <= room[1]
        assert rows * (height * zoom + 15) + (rows - 1) * 2 <= room[0]


def test_ten_digits_stand_in_one_line_when_there_is_room_and_in_two_when_not() -> None:
    assert best_grid(10, (28, 28), (80, 600), caption=15, gap=2, maximum=4) == (10, 2)
    assert best_grid(10, (28, 28), (150, 360), caption=15, gap=2, maximum=4) == (5, 2)


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
