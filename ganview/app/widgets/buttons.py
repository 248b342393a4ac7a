"""Buttons tinted with the theme: a small drawing, and a push button of an action."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton

from ganview.app.icons import icon
from ganview.app.theme import Theme
from ganview.app.widgets.text import set_tooltip


class IconButton(QToolButton):
    """A drawing of `ganview.app.icons` to press.

    Parameters
    ----------
    name
        What it is called aloud.
    tip
        One sentence: what it does.
    """

    def __init__(
        self, drawing: str, name: str, tip: str, do: Callable[..., object] | None = None
    ) -> None:
        super().__init__()
        if do is not None:
            self.clicked.connect(do)
        self._drawing = drawing
        self.setAccessibleName(name)
        set_tooltip(self, tip)
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


def push_button(
    text: str = "",
    tip: str = "",
    do: Callable[..., object] | SignalInstance | None = None,
    *,
    name: str = "",
) -> QPushButton:
    """Make a button with a tooltip that does something; ``name`` is said aloud for its text."""
    button = QPushButton(text)
    set_tooltip(button, tip)
    button.setAccessibleName(name)
    if do is not None:
        button.clicked.connect(do)
    return button


class ActionButton(QPushButton):
    """Mirrors `action`; a `primary` one is filled with the accent colour.

    Parameters
    ----------
    drawing
        Gives the name of the icon, which is tinted here because a filled button needs other ink;
        empty for none.
    """

    def __init__(self, action: QAction, drawing: str = "", *, primary: bool = False) -> None:
        super().__init__()
        self._action, self._drawing = action, drawing
        self._compact = False
        self.setProperty("primary", primary)
        self.setIconSize(QSize(18, 18))
        # A click leaves the focus where it was; Tab still reaches it.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._mirror)
        Theme.current().changed.connect(self._tint)
        self._mirror()
        self._tint()

    def set_drawing(self, drawing: str) -> None:
        """Exchange the icon."""
        if drawing != self._drawing:
            self._drawing = drawing
            self._tint()

    def set_compact(self, compact: bool) -> None:
        """Show the drawing alone, or the name beside it."""
        if compact is not self._compact:
            self._compact = compact
            self._mirror()

    def minimumSizeHint(self) -> QSize:
        """Return the room of the drawing alone, so that a window can be made narrow."""
        whole = self.sizeHint()
        if not self._drawing:
            return whole
        text = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(whole.width() - text, whole.height())

    def _mirror(self) -> None:
        name = self._action.text().replace("&", "")
        self.setText("" if self._compact else name)
        set_tooltip(self, self._action.toolTip())
        self.setEnabled(self._action.isEnabled())
        self.setAccessibleName(name)

    def _tint(self) -> None:
        if not self._drawing:
            return
        tokens = Theme.current().tokens
        colour = tokens.on_accent if self.property("primary") else tokens.text
        self.setIcon(icon(self._drawing, colour, tokens.disabled))
