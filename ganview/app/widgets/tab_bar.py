"""A bar of tabs that the keyboard reaches as one stop."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar, QToolButton


class TabBar(QTabBar):
    """A QTabBar; the arrow keys turn it, so that its scroll buttons need no focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setUsesScrollButtons(True)
        for button in self.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
