"""Whatever the Tab key stops at can be seen to have the focus."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from ganview.app.theme import Scheme, Theme

from .conftest import Stage

#: Pixels that must change, in a channel by so much of 255.
MARK, CLEARLY = 20, 40


def picture(widget: QWidget) -> NDArray[np.int16]:
    """Return what a widget looks like in its window, (H, W, 3)."""
    window = widget.window()
    where = QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
    image = window.grab(where.intersected(window.rect())).toImage()
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return pixels[..., :3].astype(np.int16)


def unlike(one: NDArray[np.int16], other: NDArray[np.int16]) -> int:
    """Count the pixels that differ clearly."""
    return int((np.abs(one - other).max(axis=2) > CLEARLY).sum())


def stops(root: QWidget) -> list[QWidget]:
    """Return the widgets that the Tab key stops at."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_stop_of_the_tab_key_shows(stage: Stage, scheme: Scheme) -> None:
    stage.open()
    theme = Theme.current()
    before = theme.scheme
    theme.set_scheme(scheme)
    try:
        unseen = [name for root in pages(stage) for name in unmarked(stage, root)]
    finally:
        theme.set_scheme(before)
    assert unseen == []


def pages(stage: Stage):
    """Yield the window, then each tab page of the explorer, in view."""
    explorer = stage.window.explorer
    yield stage.window.centralWidget()
    for index in range(1, explorer.tabs.count()):
        explorer.tabs.setCurrentIndex(index)
        yield explorer.tabs.currentWidget()


def unmarked(stage: Stage, root: QWidget) -> list[str]:
    """Return the stops below a widget that look the same with the focus and without."""
    found = []
    for widget in stops(root):
        held = QApplication.focusWidget()
        if held is not None:
            held.clearFocus()
        without = picture(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if widget.hasFocus() and unlike(without, picture(widget)) < MARK:
            found.append(f"{type(widget).__name__} {widget.accessibleName()}")
    return found
