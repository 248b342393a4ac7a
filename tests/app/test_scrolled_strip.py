"""A strip is whole where its tiles fit, and can be scrolled to the last of them otherwise."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ganview.app.widgets.scrolled_strip import ScrolledStrip
from ganview.app.widgets.tile_strip import TileStrip


def _room(qtbot: QtBot, count: int) -> tuple[ScrolledStrip, TileStrip]:
    strip = TileStrip()
    room = ScrolledStrip(strip)
    qtbot.addWidget(room)
    strip.set_images(np.zeros((count, 32, 40), np.uint8))
    strip.set_captions([str(index) for index in range(count)])
    room.resize(300, 80)
    room.show()
    room.fit(count)
    return room, strip


def test_few_tiles_take_the_room_that_there_is(qtbot: QtBot) -> None:
    room, strip = _room(qtbot, 5)
    qtbot.waitUntil(lambda: strip.height() == room.viewport().height())
    assert room.verticalScrollBar().maximum() == 0


def test_the_last_of_many_classes_is_come_to_by_wheel_and_by_key(qtbot: QtBot) -> None:
    room, strip = _room(qtbot, 23)
    qtbot.waitUntil(lambda: room.verticalScrollBar().maximum() > 0)
    assert strip.height() >= strip.tile_rect(22).bottom()
    QTest.keyClick(strip, Qt.Key.Key_End)
    assert strip.current == 22
    assert room.verticalScrollBar().value() == room.verticalScrollBar().maximum()
    room.resize(300, 400)
    qtbot.waitUntil(lambda: room.verticalScrollBar().maximum() == 0)
