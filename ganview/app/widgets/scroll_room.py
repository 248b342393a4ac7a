"""Lets a page scroll where the window is too small for it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget


class ScrollRoom(QScrollArea):
    """Lets a widget be scrolled, instead of widening the window for it."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        # What is in it has the keyboard, and scrolls into view when it gets it: a stop at the page
        # itself would be one that nothing shows.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(inside)
        self.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
