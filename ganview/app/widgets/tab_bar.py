"""A bar of tabs that the keyboard reaches as one stop."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QTabBar, QToolButton


class TabBar(QTabBar):
    """A QTabBar; the arrow keys turn it, so that its scroll buttons need no focus.

    Parameters
    ----------
    name
        What it is called aloud, where a system does not call it by its tab in view.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        for button in self.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_tight(self, tight: bool) -> None:
        """Leave less room around the names, or as much as usual."""
        if bool(self.property("tight")) is not tight:
            self.setProperty("tight", tight)
            self.style().unpolish(self)
            self.style().polish(self)
            QApplication.sendEvent(
                self, QEvent(QEvent.Type.StyleChange)
            )  # the tabs are placed anew
