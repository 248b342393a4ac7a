"""The explorer's small widgets: the class picker, the ψ slider, the flow of buttons."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ganview.app.widgets.class_picker import ANY, ClassPicker, PickerRoom
from ganview.app.widgets.flow_layout import FlowLayout
from ganview.app.widgets.value_slider import ValueSlider


def _checked(picker: ClassPicker) -> list[str]:
    return [button.text() for button in picker.findChildren(QPushButton) if button.isChecked()]


def test_the_picker_asks_and_shows_only_what_it_is_told(qtbot: QtBot) -> None:
    picker = ClassPicker("0123456789")
    qtbot.addWidget(picker)
    asked: list[int] = []
    picker.chosen.connect(asked.append)
    buttons = picker.findChildren(QPushButton)
    assert [button.text() for button in buttons] == [*"0123456789", "any"]
    buttons[7].click()
    buttons[10].click()
    assert asked == [7, ANY]
    picker.show_choice(3)
    buttons[3].click()
    assert _checked(picker) == ["3"]
    picker.show_choice(ANY)
    assert _checked(picker) == ["any"]
    picker.show_choice(None)
    assert _checked(picker) == []


def test_arrow_keys_go_along_the_classes(qtbot: QtBot) -> None:
    picker = ClassPicker(("cat", "dog"))
    qtbot.addWidget(picker)
    picker.show()
    asked: list[int] = []
    picker.chosen.connect(asked.append)
    buttons = picker.findChildren(QPushButton)
    buttons[0].setFocus()
    QTest.keyClick(buttons[0], Qt.Key.Key_Right)
    QTest.keyClick(buttons[1], Qt.Key.Key_Right)
    QTest.keyClick(buttons[2], Qt.Key.Key_Right)
    assert asked == [1, ANY, 0]


def test_without_classes_there_is_no_picker(qtbot: QtBot) -> None:
    place = QWidget()
    qtbot.addWidget(place)
    picker = ClassPicker("01")
    picker.setParent(place)
    place.show()
    assert picker.isVisible()
    picker.set_names(())
    assert not picker.isVisible()
    picker.set_names("abc")
    assert picker.isVisible()
    assert picker.layout().count() == 4


def test_every_button_of_the_picker_has_a_name_and_a_tooltip(qtbot: QtBot) -> None:
    picker = ClassPicker("0123456789")
    qtbot.addWidget(picker)
    for button in picker.findChildren(QPushButton):
        assert button.accessibleName()
        assert "y" in button.toolTip()


def test_a_line_that_is_full_goes_on_below(qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    flow = FlowLayout(4, box)
    for _ in range(6):
        tile = QWidget()
        tile.setFixedSize(50, 20)
        flow.addWidget(tile)
    assert flow.heightForWidth(320) == 20
    assert flow.heightForWidth(161) == 44
    assert flow.heightForWidth(10) == 6 * 20 + 5 * 4


@pytest.fixture
def slider(qtbot: QtBot) -> ValueSlider:
    slider = ValueSlider(0.0, 1.5, rest=1.0)
    qtbot.addWidget(slider)
    slider.resize(214, 24)
    slider.show()
    return slider


def test_a_value_slider_begins_at_rest_and_shows_what_it_is_told(slider: ValueSlider) -> None:
    moves: list[float] = []
    slider.moved.connect(lambda value, _gesture: moves.append(value))
    assert slider.number() == pytest.approx(1.0)
    slider.set_number(0.73)
    assert slider.number() == pytest.approx(0.73)
    assert moves == []


def test_keys_move_a_value_slider_fine_and_coarse_and_home_to_rest(slider: ValueSlider) -> None:
    QTest.keyClick(slider, Qt.Key.Key_Left)
    assert slider.number() == pytest.approx(0.95)
    QTest.keyClick(slider, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert slider.number() == pytest.approx(0.45)
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert slider.number() == pytest.approx(1.0)


def test_one_drag_of_a_value_slider_is_one_gesture(slider: ValueSlider) -> None:
    gestures: list[object] = []
    slider.moved.connect(lambda _value, gesture: gestures.append(gesture))
    middle = slider.rect().center()
    for start in (20, 30):
        QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=middle - middle + middle)
        QTest.mouseMove(slider, middle)
        QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=middle)
        slider.set_number(start / 100)
    assert slider.number() == pytest.approx(0.3)
    assert len(set(map(id, gestures))) == 2
    QTest.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=middle)
    assert slider.number() == pytest.approx(1.0)


def test_two_hundred_classes_take_three_lines_with_the_choice_in_view(qtbot: QtBot) -> None:
    picker = ClassPicker([f"c{number}" for number in range(200)])
    room = PickerRoom(picker)
    qtbot.addWidget(room)
    room.resize(300, 500)
    room.show()
    for label in (150, 3):
        picker.show_choice(label)
        room.follow()
        assert picker.marked is not None
        shown = picker.marked.geometry().translated(picker.pos())
        assert room.viewport().rect().contains(shown)
    assert room.height() <= 3 * 34
    picker.set_names("ab")
    room.follow()
    assert room.height() == picker.heightForWidth(room.viewport().width())
