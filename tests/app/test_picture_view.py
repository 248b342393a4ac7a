from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from ganview.app.theme import Theme
from ganview.app.widgets.picture_view import PictureView


def view_of(qtbot: QtBot, pixels: np.ndarray, rows: int, columns: int, **options) -> PictureView:
    Theme.current().set_scheme("light")
    view = PictureView(rows, columns, **options)
    qtbot.addWidget(view)
    view.set_picture(pixels)
    view.resize(300, 200)
    view.show()
    return view


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width)).astype(np.uint8)


def test_every_pixel_becomes_a_square_of_its_own_grey(qtbot: QtBot) -> None:
    pixels = noise(20, 30)
    view = view_of(qtbot, pixels, 1, 1)
    assert view.zoom() == 10
    shown, corner = view.grab().toImage(), view.picture_rect().topLeft().toPoint()
    for row in range(20):
        for column in range(30):
            for inside in (QPoint(0, 0), QPoint(9, 9)):
                at = corner + QPoint(10 * column, 10 * row) + inside
                assert QColor(shown.pixel(at)).red() == pixels[row, column]


def test_colour_stays_in_order(qtbot: QtBot) -> None:
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[..., 0], pixels[..., 2] = 200, 50
    view = view_of(qtbot, pixels, 1, 1)
    centre = view.picture_rect().center().toPoint()
    assert QColor(view.grab().toImage().pixel(centre)).getRgb()[:3] == (200, 0, 50)


def test_tiles_keep_apart_and_whole(qtbot: QtBot) -> None:
    pixels = noise(40, 60)
    view = view_of(qtbot, pixels, 2, 3, gap=4)
    zoom = view.zoom()
    assert zoom == 4
    shown = view.grab().toImage()
    for tile in range(6):
        row, column = divmod(tile, 3)
        corner = view.tile_rect(tile).topLeft().toPoint()
        assert QColor(shown.pixel(corner)).red() == pixels[20 * row, 20 * column]
        last = corner + QPoint(20 * zoom - 1, 20 * zoom - 1)
        assert QColor(shown.pixel(last)).red() == pixels[20 * row + 19, 20 * column + 19]


def test_anything_but_bytes_is_refused(qtbot: QtBot) -> None:
    view = PictureView()
    qtbot.addWidget(view)
    with pytest.raises(ValueError, match="uint8"):
        view.set_picture(np.zeros((4, 4), np.float32))  # type: ignore[arg-type]


def test_the_pointer_is_told_from_tile_to_tile(qtbot: QtBot) -> None:
    view = view_of(qtbot, noise(40, 60), 2, 3, gap=4)
    hovered: list[int] = []
    view.tile_hovered.connect(hovered.append)
    for tile in (0, 4):
        qtbot.mouseMove(view, view.tile_rect(tile).center().toPoint())
    qtbot.mouseMove(view, QPoint(1, 1))
    assert hovered == [0, 4, -1]


def test_a_click_chooses_and_takes_the_keyboard_along(qtbot: QtBot) -> None:
    view = view_of(qtbot, noise(40, 60), 2, 3)
    with qtbot.waitSignal(view.tile_activated) as chosen:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.tile_rect(5).center().toPoint())
    assert chosen.args == [5]
    assert view.current == 5


def test_arrows_move_and_enter_chooses(qtbot: QtBot) -> None:
    view = view_of(qtbot, noise(40, 60), 2, 3)
    keys = [Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Left]
    places = []
    for key in keys:
        qtbot.keyClick(view, key)
        places.append(view.current)
    assert places == [1, 4, 4, 5, 4]
    with qtbot.waitSignal(view.tile_activated) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert chosen.args == [4]


def test_a_tile_is_described_to_a_screen_reader(qtbot: QtBot) -> None:
    view = view_of(qtbot, noise(40, 60), 2, 3)
    view.set_tile_text(lambda tile: f"tile number {tile}")
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.accessibleDescription() == "tile number 1"


def test_the_stamp_comes_back_once_painted(qtbot: QtBot) -> None:
    view = view_of(qtbot, noise(20, 30), 1, 1)
    with qtbot.waitSignal(view.painted) as painted:
        view.set_picture(noise(20, 30), stamp=7)
    assert painted.args == [7]


def test_without_a_picture_there_are_words(qtbot: QtBot) -> None:
    view = PictureView(2, 5, gap=2)
    qtbot.addWidget(view)
    view.set_placeholder("Nothing yet")
    view.resize(300, 200)
    assert view.tile_at(QPoint(150, 100)) == -1
    assert not view.grab().isNull()
