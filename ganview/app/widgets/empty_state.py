"""What stands where there is nothing yet: a drawing, a sentence on how to begin, and a button."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ganview.app.icons import pixmap
from ganview.app.theme import SMALL, Theme
from ganview.app.widgets.layouts import column_layout
from ganview.app.widgets.text import TextLabel

SIDE, LEAST = 72, 32  # of the drawing, in logical pixels
WIDTH = 200  # of the words, before there is a layout


class EmptyState(QWidget):
    """A large drawing over a sentence, in the middle of the room there is.

    The drawing gives way where there is little room.

    Parameters
    ----------
    drawing
        Name in `ganview.app.icons`.
    sentence
        What will be here, and how to begin.
    button
        What begins it, below the sentence.
    """

    def __init__(self, drawing: str, sentence: str, button: QPushButton | None = None) -> None:
        super().__init__()
        self._drawing, self._button = drawing, button
        self._picture = TextLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)
        self.words = TextLabel(sentence, "muted", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        begin = () if button is None else ((button, 0, Qt.AlignmentFlag.AlignHCenter), 1)
        column_layout(
            *((self._picture, 1), (self.words, 0 if begin else 1), *begin),
            margins=(SMALL, SMALL, SMALL, SMALL),
            inside=self,
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        Theme.current().changed.connect(self._tint)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()  # its words may take fewer lines
        self._tint()

    def hasHeightForWidth(self) -> bool:
        return False  # it makes do with its least height, rather than be scrolled for

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._below + 3 * SMALL)

    @property
    def _below(self) -> int:
        """Height of all but the drawing."""
        words = self.words.heightForWidth(max(self.words.width(), WIDTH))
        return words + (self._button.sizeHint().height() + SMALL if self._button else 0)

    def _tint(self) -> None:
        room = self.height() - self._below - 4 * SMALL
        side, colour = min(SIDE, room), Theme.current().tokens.muted
        self._picture.setVisible(side >= LEAST)
        if side >= LEAST:
            self._picture.setPixmap(pixmap(self._drawing, colour, side, self.devicePixelRatioF()))
