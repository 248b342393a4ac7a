"""What colours mean: a small square of each, and words beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.theme import SMALL, font
from ganview.app.widgets.flow_layout import FlowLayout
from ganview.app.widgets.text import TextLabel

SIDE = 9  # of a square, in logical pixels


class _Entry(TextLabel):
    """Words behind a square; without a colour, words alone, which may take some lines."""

    def __init__(self, colour: str, words: str) -> None:
        super().__init__(words, "muted")
        self._colour = colour
        self.setFont(font("small"))
        self.setWordWrap(not colour)
        self.setIndent(SIDE + 5 if colour else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._colour:
            painter = QPainter(self)
            square = QRectF(0, (self.height() - SIDE) / 2, SIDE, SIDE)
            painter.fillRect(square, QColor(self._colour))
            painter.end()


class ColourKey(QWidget):
    """A line, or some lines, of entries."""

    def __init__(self) -> None:
        super().__init__()
        self._flow = FlowLayout(SMALL, self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._shown: list[tuple[str, str]] = []

    def show_entries(self, entries: Sequence[tuple[str, str]]) -> None:
        """Show (colour as ``#rrggbb`` or nothing, words) of each."""
        if list(entries) == self._shown:
            return
        self._shown = list(entries)
        self._flow.clear()
        for colour, words in entries:
            entry = _Entry(colour, words)
            entry.setParent(self)
            self._flow.addWidget(entry)
            entry.show()
        self.setAccessibleName(", ".join(words for _colour, words in entries))
        self.updateGeometry()
