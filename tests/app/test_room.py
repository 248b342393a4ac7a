"""Nothing is cut: every label, button and picture of every page and tab, at each size of window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QPushButton,
    QScrollArea,
    QWidget,
)

from ganview.app.widgets.buttons import ActionButton
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.text import ElidedLabel

from .conftest import Stage
from .test_keyboard import views

SIZES = [(900, 600), (1280, 800), (1920, 1080), (3840, 2160)]


def cut(root: QWidget) -> list[str]:
    """Name the texts and pictures below a widget that have less room than they need."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible():
            continue
        what = f"{type(widget).__name__} {widget.accessibleName()}"
        if isinstance(widget, QLabel) and not isinstance(widget, ElidedLabel):
            if widget.text() and not fits(widget):
                found.append(f"{what} {widget.text()!r}")
        elif isinstance(widget, QPushButton) and not isinstance(widget, ActionButton):
            if widget.width() < widget.sizeHint().width():
                found.append(f"{what} {widget.text()!r}")
        elif isinstance(widget, PictureView) and widget.picture is not None:
            room = QRect(-1, -1, widget.width() + 2, widget.height() + 2)
            found += [] if room.contains(widget.picture_rect().toRect()) else [what]
        if isinstance(widget, QAbstractButton | QLabel) and not inside(widget):
            found.append(f"outside: {what}")
    return found


def fits(label: QLabel) -> bool:
    room = label.contentsRect()
    if label.wordWrap():
        return label.heightForWidth(label.width()) <= label.height() + 1
    return label.sizeHint().width() <= room.width() + 2 * max(0, label.indent()) + 2


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


@pytest.mark.timeout(400)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_is_cut(stage: Stage, size: tuple[int, int]) -> None:
    window = stage.window
    window.resize(*size)
    stage.open()
    stage.until(lambda: window.plots.plots is not None)
    window.resize(*size)
    QApplication.processEvents()
    assert (window.width(), window.height()) == size
    found = {}
    for view in views(stage):
        for _ in range(3):
            QApplication.processEvents()
        if names := cut(window.centralWidget()):
            found[view] = names
    assert found == {}
