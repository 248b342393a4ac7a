"""Nothing is cut: every label, button and picture of every page and tab, at each size of window."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QRect
from PySide6.QtGui import QFontMetrics, QFontMetricsF
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)

from ganview.app.explorer.draw_tab import DrawTab
from ganview.app.explorer.map_tab import MapTab
from ganview.app.explorer.mix_tab import MixTab
from ganview.app.widgets.class_pad import ClassPad
from ganview.app.widgets.ink_pad import InkPad
from ganview.app.widgets.map_view import MapView
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.text import ElidedLabel
from ganview.files.model_file import save_model
from tests.app.explorer_bench import tiny_model

from .conftest import Stage
from .test_keyboard import views

SIZES = [(900, 600), (1280, 800), (1920, 1080), (3840, 2160)]
DENSE = 3  # of them that there are on a dense screen


def cut(root: QWidget) -> list[str]:
    """Name the texts and pictures below a widget that have less room than they need."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible():
            continue
        what = f"{type(widget).__name__} {widget.accessibleName()}"
        found += [f"{what} {text!r}" for text in cut_texts(widget)]
        if isinstance(widget, PictureView) and widget.picture is not None:
            room = QRect(-1, -1, widget.width() + 2, widget.height() + 2)
            found += [] if room.contains(widget.picture_rect().toRect()) else [what]
        if isinstance(widget, QAbstractButton | QLabel) and not inside(widget):
            found.append(f"outside: {what}")
    return found


def cut_texts(widget: QWidget) -> list[str]:
    """Return the texts of a widget for which it has too little room."""
    metrics, text = widget.fontMetrics(), ""
    if isinstance(widget, ElidedLabel):
        return [widget.shown] if widget.shown not in widget.texts else []
    if isinstance(widget, QTabBar):
        return hidden_tabs(widget)
    if isinstance(widget, QLabel):
        text = "" if fits(widget) else widget.text()
    elif isinstance(widget, QPushButton):
        text = "" if widget.width() >= widget.sizeHint().width() else widget.text()
    elif isinstance(widget, QComboBox):
        text = "" if shows(widget) else widget.currentText()
    elif isinstance(widget, QLineEdit):
        text = widget.text() or widget.placeholderText()
        text = text if metrics.horizontalAdvance(text) > widget.width() - 4 else ""
    return [text] if text else []


def shows(box: QComboBox) -> bool:
    """Tell whether a box has room for the text of its entry."""
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    style, part = box.style(), QStyle.SubControl.SC_ComboBoxEditField
    field = style.subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, box)
    icon = 0 if option.currentIcon.isNull() else box.iconSize().width() + 4
    return box.fontMetrics().horizontalAdvance(box.currentText()) + icon <= field.width()


def hidden_tabs(bar: QTabBar) -> list[str]:
    """Name the tabs that are not whole in view."""
    return [
        bar.tabText(index)
        for index in range(bar.count())
        if bar.isTabVisible(index) and not bar.rect().contains(bar.tabRect(index))
    ]


def fits(label: QLabel) -> bool:
    room = label.contentsRect()
    if label.wordWrap():
        return label.heightForWidth(label.width()) <= label.height() + 1
    return label.sizeHint().width() <= room.width() + 2 * max(0, label.indent()) + 2


def sideways(root: QWidget) -> list[str]:
    """Name the areas that have to be scrolled to the side."""
    return [
        f"{type(area).__name__} {area.accessibleName()}"
        for area in root.findChildren(QAbstractScrollArea)
        if area.isVisible() and area.horizontalScrollBar().maximum() > 0
    ]


def inside(widget: QWidget) -> bool:
    """Tell whether a widget lies within the window, or within what can be scrolled to it."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            return True
        parent = parent.parentWidget()
    window = widget.window()
    return window.rect().contains(
        QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
    )


@pytest.fixture
def shortened(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Collect (text, what is left of it) of what is painted by hand and cut."""
    found: set[tuple[str, str]] = set()
    for kind in (QFontMetrics, QFontMetricsF):
        monkeypatch.setattr(kind, "elidedText", recording(kind.elidedText, found))
    return found


def recording(cutting: Callable[..., str], found: set[tuple[str, str]]) -> Callable[..., str]:
    def cut_text(metrics: object, text: str, *rest: object) -> str:
        short = cutting(metrics, text, *rest)
        asker = sys._getframe(1).f_code.co_filename
        if short != text and not asker.endswith("widgets/text.py"):  # labels are asked themselves
            found.add((text, short))
        return short

    return cut_text


@pytest.mark.timeout(900)
@pytest.mark.parametrize("trained", [False, True], ids=["idle", "finished"])
def test_nothing_is_cut(stage: Stage, shortened: set[tuple[str, str]], *, trained: bool) -> None:
    window = stage.window
    stage.open()
    stage.until(lambda: window.plots.plots is not None)
    if trained:
        stage.train()
    found = {}
    sizes = SIZES if window.devicePixelRatioF() == 1 else SIZES[:DENSE]
    for view in views(stage):
        for size in sizes:
            window.resize(*size)
            for _ in range(3):
                QApplication.processEvents()
            for _ in range(3):  # what a thread told last may still wait for its room
                QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
            shortened.clear()
            window.grab()
            names = cut(window.centralWidget())
            names += [f"painted {text!r} as {short!r}" for text, short in shortened]
            names += [f"scrolls sideways: {name}" for name in sideways(window.centralWidget())]
            if (window.width(), window.height()) != size:
                names.append(f"the window is {window.width()} x {window.height()}")
            if names:
                found[f"{view} {size[0]}x{size[1]}"] = names
    assert found == {}, "\n".join(
        f"{view}: {name}" for view, names in found.items() for name in names
    )


@pytest.mark.timeout(300)
@pytest.mark.parametrize("classes", [10, 26, 200])
def test_what_is_dragged_on_is_whole_in_a_small_window(
    stage: Stage, tmp_path: Path, classes: int
) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, tiny_model(names=[f"c{label}" for label in range(classes)]))
    stage.window.resize(*SIZES[0])
    stage.open(str(path))
    explorer = stage.window.explorer
    stage.until(lambda: whole(explorer.picture_view) and explorer.picture_view.height() % 28 == 0)
    assert explorer.strip_view.visibleRegion().contains(
        explorer.strip_view.tile_rect(0).toAlignedRect()
    )
    surfaces = {MixTab: ClassPad, MapTab: MapView, DrawTab: InkPad}
    for tab, surface in surfaces.items():
        page = explorer.tabs.open(tab)
        stage.until(page.isVisible)
        stage.until(lambda page=page, surface=surface: whole(page.findChild(surface)))


@pytest.mark.parametrize("size", SIZES[1:3])
def test_all_of_the_drawing_tab_is_in_view(stage: Stage, size: tuple[int, int]) -> None:
    stage.window.resize(*size)
    stage.open()
    page = stage.window.explorer.tabs.open(DrawTab)
    buttons = page.findChildren(QPushButton)
    stage.until(lambda: all(whole(button) for button in buttons if button.isVisibleTo(page)))


def whole(widget: QWidget) -> bool:
    """Tell whether nothing of a widget is scrolled out of view."""
    return widget.isVisible() and widget.visibleRegion().boundingRect() == widget.rect()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_nothing_is_cut_on_a_dense_screen(scale: str) -> None:
    """The desktop's scale holds for a process."""
    test = f"{__file__}::{test_nothing_is_cut.__name__}"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    scaled = {**os.environ, "QT_SCALE_FACTOR": scale}
    done = subprocess.run(command, capture_output=True, text=True, env=scaled, check=False)
    assert done.returncode == 0, done.stdout
