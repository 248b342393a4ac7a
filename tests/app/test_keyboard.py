"""Whatever can be pressed, Tab reaches, and Space, Enter or the arrow keys press."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QKeyEvent, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QToolButton,
    QWidget,
)

from ganview.app.pages.pages import PAGES
from ganview.app.widgets.class_picker import ClassPicker

from .conftest import Stage

MOST = 400  # stops of a window, which no walk should exceed


def begin(stage: Stage) -> None:
    """Show a window with all that a run brings, once it has ended."""
    stage.open()
    stage.until(lambda: stage.window.plots.plots is not None)
    stage.train()


def views(stage: Stage):
    """Yield the names of the pages and tabs, each in view."""
    window = stage.window
    for entry in PAGES:
        window.pages.open(entry.name)
        stage.until(lambda: shown(window.pages.page))
        yield entry.name
    window.pages.open(PAGES[0].name)
    tabs = window.explorer.tabs
    for index in range(tabs.count()):
        tabs.setCurrentIndex(index)
        stage.until(lambda: shown(tabs.active))
        yield tabs.tabText(index)


def shown(page: QWidget) -> bool:
    """Tell whether a page is on the screen: what is built at its first look is shown by events."""
    return page.isVisible() and bool(page.findChildren(QWidget))


def walk(stage: Stage) -> list[QWidget]:
    """Return the widgets that Tab goes through, from one back to it."""
    stage.window.activateWindow()
    stage.window.panels.setFocus()
    return stops_of(stage.window)


def stops_of(window: QWidget) -> list[QWidget]:
    """Return the widgets of a window or dialogue that Tab goes through."""
    stops: list[QWidget] = []
    for _ in range(MOST):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        held = QApplication.focusWidget()
        if held is None or held in stops:
            break
        stops.append(held)
    return stops


def controls(root: QWidget) -> list[QWidget]:
    """Return what can be operated now."""
    kinds = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractSlider, QTabBar)
    return [
        widget
        for widget in root.findChildren(QWidget)
        if isinstance(widget, kinds)
        and not isinstance(widget, QScrollBar)
        and widget.isVisible()
        and widget.isEnabled()
        and not in_another(widget)
    ]


def in_another(widget: QWidget) -> bool:
    """Tell whether a widget is part of a control that has the focus for it."""
    parent = widget.parentWidget()
    if isinstance(parent, ClassPicker):
        return widget.focusPolicy() == Qt.FocusPolicy.ClickFocus  # the arrow keys go there
    return isinstance(parent, QComboBox | QAbstractSpinBox | QTabBar)


def named(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return f"{type(widget).__name__} {widget.accessibleName() or text}".strip()


@pytest.mark.timeout(400)
def test_tab_reaches_every_control_of_every_page_and_tab_and_each_is_told(stage: Stage) -> None:
    begin(stage)
    faults: set[str] = set()
    roles: dict[str, set[QAccessible.Role]] = {"choice": set(), "switch": set(), "tab": set()}
    for view in views(stage):
        stops = walk(stage)
        assert len(stops) > 15, "the walk ended too early"
        missed = (it for it in controls(stage.window.panels) if it not in stops)
        faults |= {f"{view}: {named(control)} is not reached" for control in missed}
        faults |= {f"{view}: a {type(it).__name__} has no name" for it in stops if not said(it)}
        note_roles(stage.window, roles)
    assert faults == set()
    assert roles["choice"] == {QAccessible.Role.RadioButton}
    assert roles["tab"] == {QAccessible.Role.PageTab}
    assert roles["switch"] <= {QAccessible.Role.CheckBox, QAccessible.Role.ButtonMenu}


def said(control: QWidget) -> str:
    """Return the name that a screen reader says of a control, "" where it says none.

    Qt calls a box by its entry: its own name must be said as well. A bar is called by its tab.
    """
    told = QAccessible.queryAccessibleInterface(control)
    name = told.text(QAccessible.Text.Name)
    if isinstance(control, QTabBar):
        return name
    labels = [
        label.text(QAccessible.Text.Name)
        for label, _ in told.relations(QAccessible.RelationFlag.Label)
    ]
    own = control.accessibleName() or next(iter(labels), name)
    heard = (name, told.text(QAccessible.Text.Description), *labels)
    return own if any(own in text for text in heard) else ""


def note_roles(window: QWidget, roles: dict[str, set[QAccessible.Role]]) -> None:
    """Note what choices, switches and tabs are to a screen reader, which knows their state."""
    for button in window.findChildren(QAbstractButton):
        if button.isVisible() and button.isCheckable():
            told = QAccessible.queryAccessibleInterface(button)
            assert bool(told.state().checked) is button.isChecked()
            choice = isinstance(button.parentWidget(), ClassPicker) or button.autoExclusive()
            roles["choice" if choice else "switch"].add(told.role())
    for bar in window.findChildren(QTabBar):
        told = QAccessible.queryAccessibleInterface(bar)
        roles["tab"] |= {told.child(index).role() for index in range(bar.count())}


@pytest.mark.timeout(400)
def test_space_presses_every_button_and_nothing_else(stage: Stage) -> None:
    begin(stage)
    window, triggered, deaf = stage.window, [], set()
    window.commands.triggered.connect(triggered.append)
    for view in views(stage):
        for button in controls(stage.window.panels):
            if not isinstance(button, QAbstractButton) or not button.isVisible():
                continue
            button.setFocus()
            button.blockSignals(True)  # what it does is tested elsewhere
            QApplication.sendEvent(
                button,
                QKeyEvent(
                    QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " "
                ),
            )
            menu = isinstance(button, QToolButton) and button.menu() is not None
            if not (button.isDown() or menu):
                deaf.add(f"{view}: {named(button)}")
            button.setDown(False)
            button.blockSignals(False)
    assert deaf == set()
    assert triggered == []


@pytest.mark.timeout(400)
def test_enter_presses_every_button(stage: Stage) -> None:
    begin(stage)
    stage.window.activateWindow()
    deaf = set()
    for view in views(stage):
        for button in controls(stage.window.panels):
            if not isinstance(button, QAbstractButton) or not button.isVisible():
                continue
            button.setFocus()
            checked = button.isChecked()
            button.blockSignals(True)  # what it does is tested elsewhere
            enter = QKeyEvent(
                QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier
            )
            if not QApplication.sendEvent(button, enter) or not enter.isAccepted():
                deaf.add(f"{view}: {named(button)}")
            button.setChecked(checked)
            button.setDown(False)
            button.blockSignals(False)
    assert deaf == set()


#: What a control that is no button may answer to.
ANSWERED = (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_A)


@pytest.mark.timeout(400)
def test_every_stop_answers_to_a_key(stage: Stage) -> None:
    begin(stage)
    deaf = set()
    for view in views(stage):
        for stop in walk(stage):
            if isinstance(stop, QAbstractButton):
                continue
            stop.blockSignals(True)
            tab = stop.currentIndex() if isinstance(stop, QTabBar) else -1
            keys = stop.findChildren(QShortcut)  # of its own: of the picture, one moment further
            if not keys and not any(answers(stop, key) for key in ANSWERED):
                deaf.add(f"{view}: {named(stop)}")
            if isinstance(stop, QTabBar):
                stop.setCurrentIndex(tab)  # that of the page, which was not told
            stop.blockSignals(False)
    assert deaf == set()


def answers(widget: QWidget, key: Qt.Key) -> bool:
    """Tell whether a widget takes a key for itself."""
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    return QApplication.sendEvent(widget, event) and event.isAccepted()


#: Commands that open a dialogue.
DIALOGUES = (
    *("settings", "glossary", "shortcuts", "about", "branch", "keep_moment"),
    *("export_picture", "export_samples", "export_animation", "export_losses", "export_report"),
)


@pytest.mark.timeout(400)
def test_every_control_of_a_dialogue_has_a_name_is_reached_and_is_pressed(stage: Stage) -> None:
    begin(stage)
    faults = set()
    for name in DIALOGUES:
        stage.trigger(name)
        stage.until(lambda: any(it.isVisible() for it in stage.window.findChildren(QDialog)))
        dialogue = next(it for it in stage.window.findChildren(QDialog) if it.isVisible())
        dialogue.activateWindow()
        stage.until(dialogue.isActiveWindow)
        stops = stops_of(dialogue)
        for control in controls(dialogue):
            if control not in stops:
                faults.add(f"{name}: {named(control)} is not reached")
            if not said(control):
                faults.add(f"{name}: {type(control).__name__} has no name")
            if isinstance(control, QAbstractButton):
                control.setFocus()
                control.blockSignals(True)  # what it does is tested elsewhere
                QTest.keyPress(control, Qt.Key.Key_Space)
                menu = isinstance(control, QToolButton) and control.menu() is not None
                if not (control.isDown() or menu):
                    faults.add(f"{name}: {named(control)} is not pressed")
                control.setDown(False)
                control.blockSignals(False)
        dialogue.close()
    assert faults == set()


def test_tab_goes_as_one_reads(stage: Stage) -> None:
    begin(stage)
    names = [named(stop) for stop in stops_of(stage.window)]
    for earlier, later in (
        ("Data of the next run: digits", "Preset"),
        ("Generator to explore", "Random"),
    ):
        at = [index for index, name in enumerate(names) if earlier in name]
        assert at[0] + 1 == next(index for index, name in enumerate(names) if later in name)
