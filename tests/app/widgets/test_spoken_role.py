from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ganview.app.plots.axes import FramedPlot
from ganview.app.widgets.ink_pad import InkPad
from ganview.app.widgets.spoken_role import tell_roles
from ganview.app.widgets.tile_strip import TileStrip


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (TileStrip, QAccessible.Role.Graphic),
        (InkPad, QAccessible.Role.Canvas),
        (FramedPlot, QAccessible.Role.Chart),
        (QPushButton, QAccessible.Role.Button),
    ],
)
def test_a_painted_widget_is_a_picture_to_a_screen_reader(
    qtbot: QtBot, kind: type[QWidget], role: QAccessible.Role
) -> None:
    tell_roles()
    widget = kind()
    qtbot.addWidget(widget)
    widget.setAccessibleName("what it shows")
    described = QAccessible.queryAccessibleInterface(widget)
    assert described.role() == role
    assert described.text(QAccessible.Text.Name) == "what it shows"
