"""A titled panel: the unit that the window is laid out in."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from ganview.app.theme import MEDIUM, SMALL
from ganview.app.widgets.text import TextLabel

HEADER_HEIGHT = 28  # with or without controls, so that neighbouring headings stand in line


class Panel(QFrame):
    """A frame with a heading, room beside the heading for small controls, and a body.

    One without a title has no heading either, and nothing may be put beside it.
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setAccessibleName(title)
        self.header = QHBoxLayout()  # layout beside the title; widgets added to it sit at the right
        self.body = QVBoxLayout(self)  # layout below, for the panel's contents
        self.body.setContentsMargins(MEDIUM, SMALL + 2, MEDIUM, SMALL + 2)
        self.body.setSpacing(SMALL)
        if title:
            self._make_header(title)

    def _make_header(self, title: str) -> None:
        self._title = TextLabel(title, "heading", size="heading")
        self._subtitle = TextLabel("", "muted", size="small")
        self.header.setSpacing(SMALL)
        self.header.addWidget(self._title)
        self.header.addStrut(HEADER_HEIGHT)
        self.header.addWidget(self._subtitle, 1)
        self.body.addLayout(self.header)

    def set_title(self, title: str, subtitle: str = "") -> None:
        """Exchange the heading and the quieter words beside it."""
        if title != self._title.text():
            self._title.setText(title)
            self.setAccessibleName(title)
        if subtitle != self._subtitle.text():
            self._subtitle.setText(subtitle)
