"""The track of moments under mouse, wheel and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ganview.app.widgets.time_track import LEAP, Tick, TimeTrack

COUNT = 40


@pytest.fixture
def track(qtbot: QtBot) -> TimeTrack:
    track = TimeTrack()
    qtbot.addWidget(track)
    track.resize(600, 30)
    track.show_ticks([Tick(f"step {step}") for step in range(COUNT)], COUNT, "now")
    return track


def test_keys_go_from_moment_to_moment(track: TimeTrack) -> None:
    went: list[int] = []
    track.moved.connect(went.append)
    for key in (
        Qt.Key.Key_Left,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_Home,
        Qt.Key.Key_Left,  # there is nothing before
        Qt.Key.Key_Right,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_End,
    ):
        QTest.keyClick(track, key)
    assert went == [COUNT - 1, COUNT - 1 - LEAP, 0, 1, 1 + LEAP, LEAP, 1 + LEAP, COUNT]


def test_space_asks_for_play_and_moves_nothing(track: TimeTrack, qtbot: QtBot) -> None:
    with qtbot.waitSignal(track.play_asked), qtbot.assertNotEmitted(track.moved):
        QTest.keyClick(track, Qt.Key.Key_Space)


def test_a_drag_goes_to_the_moment_under_the_pointer(track: TimeTrack) -> None:
    went: list[int] = []
    track.moved.connect(went.append)

    def at(index: int) -> QPoint:
        return QPoint(round(track.position_of(index)), 20)

    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=at(7))
    QTest.mouseMove(track, at(8))
    QTest.mouseMove(track, at(20) + QPoint(2, 0))
    QTest.mouseMove(track, QPoint(5000, 0))
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton, pos=QPoint(5000, 0))
    QTest.mouseMove(track, at(3))
    assert went == [7, 8, 20, COUNT]


def test_a_reader_hears_the_moment(track: TimeTrack) -> None:
    assert track.accessibleDescription() == "now"
    QTest.keyClick(track, Qt.Key.Key_Home)
    assert track.accessibleDescription() == "step 0"


def test_more_moments_move_no_cursor_and_give_no_signal(track: TimeTrack, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(track.moved):
        track.show_ticks([Tick("a"), Tick("b")], 1, "now")
    assert track.value() == 1
    assert track.accessibleDescription() == "b"


def test_without_moments_there_is_only_now(track: TimeTrack) -> None:
    track.show_ticks([], 0, "now")
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=QPoint(300, 20))
    assert track.value() == track.maximum() == 0
