"""A small button that is only a drawing, tinted with the theme and named for everyone."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from ganview.app.icons import icon
from ganview.app.theme import Theme


class IconButton(QToolButton):
    """A drawing of `ganview.app.icons` to press.

    Parameters
    ----------
    drawing
        Name of the drawing.
    name
        What it is called aloud.
    tip
        One sentence: what it does.
    parent
        The parent widget.
    """

    def __init__(self, drawing: str, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setIconSize(QSize(18, 18))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.toggled.connect(self._tint)
        Theme.current().changed.connect(self._tint)
        self._tint()

    def set_drawing(self, drawing: str) -> None:
        """Exchange the drawing."""
        if drawing != self._drawing:
            self._drawing = drawing
            self._tint()

    def _tint(self) -> None:
        tokens = Theme.current().tokens
        colour = tokens.on_accent if self.isChecked() else tokens.text
        self.setIcon(icon(self._drawing, colour, tokens.disabled))
