"""What stands where there is nothing yet: a drawing, a sentence on how to begin, and a button."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ganview.app.icons import pixmap
from ganview.app.theme import SMALL, Theme
from ganview.app.widgets.layouts import column_layout
from ganview.app.widgets.text import TextLabel

SIDE = 72  # of the drawing, in logical pixels


class EmptyState(QWidget):
    """A large drawing over a sentence, in the middle of the room there is.

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
        self._drawing = drawing
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
        self._tint()

    def _tint(self) -> None:
        colour = Theme.current().tokens.muted
        self._picture.setPixmap(pixmap(self._drawing, colour, SIDE, self.devicePixelRatioF()))
