from __future__ import annotations

import re
from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QMainWindow
from pytestqt.qtbot import QtBot

from ganview.app.controllers.actions import ACTIONS, MENUS, Actions, Need
from ganview.app.icons import NAMES, svg
from ganview.app.theme import Theme
from ganview.app.window.dialogs import ShortcutDialog


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    result = QMainWindow()
    qtbot.addWidget(result)
    return result


def test_each_is_declared_once_and_told_in_a_sentence() -> None:
    assert not [name for name, count in Counter(s.name for s in ACTIONS).items() if count > 1]
    for spec in ACTIONS:
        assert spec.menu in MENUS
        assert spec.tip.endswith("."), spec.name
        assert not spec.icon or spec.icon in NAMES


def test_no_shortcut_is_alt_and_a_letter_which_menus_take() -> None:
    keys = [spec.shortcut for spec in ACTIONS]
    assert not [each for each in keys if re.fullmatch(r"Alt\+(Shift\+)?\w", each)]


def test_no_shortcut_means_two_things() -> None:
    keys = [QKeySequence(spec.shortcut).toString() for spec in ACTIONS if spec.shortcut]
    assert all(keys)
    assert not [key for key, count in Counter(keys).items() if count > 1]


def test_no_mnemonic_means_two_things_in_a_menu() -> None:
    for menu in MENUS:
        letters = [
            spec.text[spec.text.index("&") + 1].lower()
            for spec in ACTIONS
            if spec.menu == menu and "&" in spec.text
        ]
        assert not [letter for letter, count in Counter(letters).items() if count > 1], menu


def test_menus_hold_every_action(window: QMainWindow) -> None:
    actions = Actions(window)
    actions.fill(window.menuBar())
    found = {
        action.objectName()
        for menu in window.menuBar().actions()
        for action in menu.menu().actions()
        if not action.isSeparator()
    }
    assert found == {spec.name for spec in ACTIONS}


def test_only_what_can_be_done_is_offered(window: QMainWindow) -> None:
    actions = Actions(window)
    actions.offer(Need.NOTHING)
    assert not actions["save"].isEnabled()
    assert actions["quit"].isEnabled()
    actions.offer(Need.ENGINE | Need.MODEL)
    assert actions["save"].isEnabled()
    assert not actions["step"].isEnabled()


def test_a_name_can_change_without_the_drawing(window: QMainWindow) -> None:
    actions = Actions(window)
    actions.set_look("train", "Go on", "play", "Go on from here.")
    assert actions["train"].text() == "Go on"
    assert "Go on from here." in actions["train"].toolTip()
    actions.set_look("train", "Pause", "pause", "Pause.")
    assert actions.icon_name("train") == "pause"


def test_the_sheet_shows_every_shortcut(window: QMainWindow, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QLabel

    actions = Actions(window)
    sheet = ShortcutDialog(actions.sheet(), window)
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    native = QKeySequence.SequenceFormat.NativeText
    for spec in ACTIONS:
        if spec.shortcut:
            assert QKeySequence(spec.shortcut).toString(native) in shown


def test_the_columns_of_the_sheet_are_about_as_long(window: QMainWindow) -> None:
    sheet = ShortcutDialog(Actions(window).sheet(), window)
    lengths = [grid.rowCount() for grid in sheet.findChildren(QGridLayout)]
    assert len(lengths) == 2
    assert abs(lengths[0] - lengths[1]) <= 8  # groups stay whole


@pytest.mark.parametrize("name", NAMES)
def test_icons_are_drawn_in_the_colour_asked_for(qapp: object, name: str) -> None:
    from ganview.app.icons import pixmap

    assert b"{c}" not in svg(name, "#ff0000")
    image = pixmap(name, "#ff0000", 24).toImage()
    colours = [image.pixelColor(x, y) for x in range(24) for y in range(24)]
    solid = [colour for colour in colours if colour.alpha() > 250]
    assert solid
    assert all(colour.red() > 200 and colour.green() < 60 for colour in solid)


def test_icons_follow_the_theme(window: QMainWindow) -> None:
    theme = Theme.current()
    theme.set_scheme("light")
    actions = Actions(window)
    actions.fill(window.menuBar())
    menu = window.menuBar().actions()[0].menu()
    assert actions["open"].icon().isNull()  # not yet seen
    menu.aboutToShow.emit()
    before = actions["open"].icon().pixmap(20, 20).toImage()
    theme.set_scheme("dark")
    menu.aboutToShow.emit()
    assert actions["open"].icon().pixmap(20, 20).toImage() != before
    theme.set_scheme("light")
