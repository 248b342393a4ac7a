from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from ganview.app.pages.class_table import GAP, MARGIN, PICTURES, ClassTable, WholePictures
from ganview.data.scan import ClassScan

WIDTH = 40  # of a picture of 20 × 28 pixels as it is shown


@pytest.mark.parametrize(
    ("room", "shown"),
    [(10, 1), (WIDTH, 1), (2 * WIDTH + GAP - 1, 1), (2 * WIDTH + GAP, 2), (900, 8)],
)
def test_pictures_are_whole(qtbot: QtBot, room: int, shown: int) -> None:
    owner = QObject()
    table = ClassTable(owner, lambda _row, _name: True)
    table.show_classes((ClassScan("cat", 9, 0, np.full((8, 28, 20, 3), 255, np.uint8)),))
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, room + 2 * MARGIN, 90)
    WholePictures(table).initStyleOption(option, table.index(0, PICTURES))
    assert option.decorationSize.width() == shown * (WIDTH + GAP) - GAP
    strip = table.strip(0, room).toImage()
    white = [strip.pixelColor(x, 20).alpha() for x in range(strip.width())]
    assert white.count(255) == shown * WIDTH
