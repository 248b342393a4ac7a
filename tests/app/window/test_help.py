"""First steps, glossary and presenter mode."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QMenuBar,
    QPushButton,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

import ganview
from ganview.app.pages import run_differences
from ganview.app.pages.class_table import ClassTable
from ganview.app.pages.run_differences import results
from ganview.app.pages.run_table import RunTableModel
from ganview.app.plots.plots import Plots
from ganview.app.widgets import setting_row
from ganview.app.widgets.legend import Legend
from ganview.app.window.first_steps import FirstSteps
from ganview.app.window.glossary_dialog import GlossaryDialog
from ganview.gan.config import SETTINGS
from ganview.glossary import GLOSSARY, explain, glossary_table
from tests.app.conftest import Stage


def pointed_at(window: QWidget, tip: QPoint) -> str:
    """Return what is written on the button, tab or menu just above or below a place."""
    for dy in (-9, 9):
        place = tip + QPoint(0, dy)
        child = window.childAt(place)
        if isinstance(child, QAbstractButton):
            return child.text()
        if isinstance(child, QTabBar):
            return child.tabText(child.tabAt(child.mapFrom(window, place)))
        if isinstance(child, QMenuBar):
            return child.actionAt(child.mapFrom(window, place)).text().replace("&", "")
    return ""


def test_six_hints_are_shown_once_and_lie_within_the_window(stage: Stage) -> None:
    window = stage.window
    window.show()
    assert not stage.settings.knows_first_steps
    window.view.show_first_steps()
    steps, seen, tips = window.findChild(FirstSteps), [], []
    while not stage.settings.knows_first_steps:
        seen.append(steps.accessibleName())
        assert window.rect().contains(steps.geometry())
        assert steps.geometry().adjusted(-1, -1, 1, 1).contains(steps.tip)
        tips.append(steps.tip)
        next(it for it in steps.findChildren(QPushButton) if it.text() in ("Next", "Done")).click()
    assert len(set(seen)) == 6
    assert {"Train", "Draw", "Help"} <= {pointed_at(window, tip) for tip in tips}


def test_the_hints_take_no_focus(stage: Stage) -> None:
    stage.window.show()
    held = QApplication.focusWidget()
    stage.window.view.show_first_steps()
    assert QApplication.focusWidget() is held


def test_the_hints_are_read_and_left_by_keyboard(stage: Stage) -> None:
    window = stage.window
    window.show()
    window.activateWindow()
    stage.until(window.isActiveWindow)
    stage.trigger("first_steps")
    steps = window.findChild(FirstSteps)
    first = steps.accessibleName()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert steps.accessibleName() != first
    window.training_bar.train_button.setFocus()  # from anywhere
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not steps.isVisible()
    assert stage.settings.knows_first_steps


def test_the_presenter_leaves_the_page_alone_in_large_type_and_brings_all_back(
    stage: Stage,
) -> None:
    window = stage.window
    window.show()
    usual = QApplication.font().pointSizeF()
    height = window.training_bar.train_button.fontMetrics().height()
    stage.trigger("presenter")
    assert QApplication.font().pointSizeF() > 1.3 * usual
    train = window.training_bar.train_button
    assert train.fontMetrics().height() > 1.2 * height
    assert window.pages.isVisible()
    assert not window.explorer.isVisible()
    assert not window.plots.isVisible()
    window.activateWindow()
    stage.until(lambda: QApplication.activeWindow() is window)
    QTest.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert window.pages.currentIndex() == 2
    back = window.pages.cornerWidget()
    assert back.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not back.isVisible()
    assert QApplication.font().pointSizeF() == pytest.approx(usual)
    assert train.fontMetrics().height() == height
    assert window.explorer.isVisible()
    assert window.plots.isVisible()


def test_presenting_twice_leaves_each_part_as_high_as_it_was(stage: Stage) -> None:
    window = stage.window
    stage.open()
    bar = window.statusBar()
    height = bar.height()
    for _ in range(2):
        stage.trigger("presenter")
        for label in bar.findChildren(QLabel):
            label.setText("changed")
        QTest.qWait(50)
        stage.trigger("presenter")
        QTest.qWait(50)
        stage.until(lambda: bar.height() == height, 5000)


def test_a_window_that_closes_while_presenting_leaves_the_type_as_it_was(stage: Stage) -> None:
    usual = QApplication.font().pointSizeF()
    stage.window.show()
    stage.trigger("presenter")
    stage.close()
    assert QApplication.font().pointSizeF() == pytest.approx(usual)


def test_the_glossary_finds_a_term(qtbot: QtBot) -> None:
    dialog = GlossaryDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.search.setText("collapse")
    found = [entry.term for entry, widgets in dialog.rows if widgets[0].isVisible()]
    assert "collapse" in found
    assert len(found) < 4


def test_every_term_is_explained_in_one_sentence() -> None:
    assert len({entry.term for entry in GLOSSARY}) == len(GLOSSARY) > 30
    for entry in GLOSSARY:
        assert entry.sentence.endswith("."), entry.term
        assert len(entry.sentence) < 140, entry.term
        assert entry.sentence in explain(entry.term)


def test_the_document_has_the_same_words() -> None:
    document = Path(ganview.__file__).parents[1] / "docs" / "glossary.md"
    assert glossary_table() in document.read_text(encoding="utf-8")


def test_curves_heads_and_settings_are_explained_by_the_glossary(qtbot: QtBot) -> None:
    plots = Plots()
    for card in plots.cards:
        qtbot.addWidget(card)
        assert card.findChild(Legend).toolTip()
    assert plots.losses.findChild(Legend).toolTip().startswith(explain("discriminator"))
    assert set(setting_row.TERMS) <= set(SETTINGS)
    for term in setting_row.TERMS.values():
        assert explain(term)


def test_every_head_of_every_table_is_explained(stage: Stage) -> None:
    horizontal, tip = Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole
    for model in (RunTableModel(), ClassTable(stage.window, lambda _row, _name: True)):
        for section in range(model.columnCount()):
            assert model.headerData(section, horizontal, tip), section
    assert {"Data", *(label for label, _ in results([]))} <= set(run_differences.ABOUT)
    assert {info.label for info in SETTINGS.values()} <= set(run_differences.ABOUT)


def test_what_is_said_of_the_picture_is_explained(stage: Stage) -> None:
    stage.open()
    labels = {it.text(): it for it in stage.window.findChildren(QLabel) if it.isVisible()}
    stage.window.grab()  # a label that is cut says so once it is painted
    for begins in ("p(x|y=", "Diversity", "residual"):
        label = next(it for text, it in labels.items() if text.startswith(begins))
        assert label.toolTip(), begins
