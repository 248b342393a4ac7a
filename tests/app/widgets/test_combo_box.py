from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

import ganview.app
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.number_box import SpinBox


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    window.setCentralWidget(QWidget())
    QVBoxLayout(window.centralWidget())
    qtbot.addWidget(window)
    window.resize(300, 300)
    window.show()
    return window


def put(window: QMainWindow, *widgets: QWidget) -> None:
    for widget in widgets:
        window.centralWidget().layout().addWidget(widget)
    QApplication.processEvents()


def turn(widget: QWidget) -> None:
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_the_list_opens_below_the_box_each_time(window: QMainWindow) -> None:
    box = ComboBox()
    box.addItems([f"entry {number}" for number in range(5)])
    put(window, box)
    below = box.mapToGlobal(QPoint(0, box.height()))
    for chosen in (0, 3, 4):
        box.setCurrentIndex(chosen)
        box.showPopup()
        assert box.view().window().pos() == below
        box.hidePopup()


def test_the_wheel_turns_only_what_has_the_focus(window: QMainWindow) -> None:
    box, number, other = ComboBox(), SpinBox(0, 9), QLineEdit()
    box.addItems(["a", "b", "c"])
    put(window, box, number, other)
    window.activateWindow()
    other.setFocus()
    turn(box)
    turn(number)
    assert (box.currentIndex(), number.value()) == (0, 0)
    box.setFocus()
    turn(box)
    assert box.currentIndex() == 1
    number.setValue(5)
    number.setFocus()
    turn(number)
    assert number.value() == 4


def test_a_letter_finds_an_entry_and_triggers_no_shortcut(window: QMainWindow) -> None:
    box, triggered = ComboBox(), []
    box.addItems(["one", "rest"])
    put(window, box)
    action = QAction("Random", window)
    action.setShortcut("R")
    action.triggered.connect(lambda: triggered.append(True))
    window.addAction(action)
    window.activateWindow()
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_R)
    assert (box.currentText(), triggered) == ("rest", [])


def test_every_box_of_the_window_keeps_to_these_rules() -> None:
    root = Path(ganview.app.__file__).parent
    bare = [
        path.name
        for path in root.rglob("*.py")
        if re.search(r"\bQ(ComboBox|SpinBox|DoubleSpinBox)\(\)", path.read_text())
    ]
    assert bare == []


def test_all_entries_are_in_view_whichever_is_chosen(window: QMainWindow) -> None:
    box = ComboBox("Preset", entries=dict.fromkeys(range(5), "entry"))
    put(window, box)
    box.setCurrentIndex(4)
    box.showPopup()
    view = box.view()
    popup = view.window()
    popup.resize(popup.width(), popup.height() - 8)  # as Qt makes it for some style sheets
    for _ in range(2):
        QApplication.processEvents()
    places = [view.visualRect(view.model().index(row, 0)) for row in (0, 4)]
    box.hidePopup()
    assert places[0].top() == 0
    assert places[1].bottom() < view.viewport().height()
