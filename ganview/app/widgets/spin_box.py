"""A box for whole numbers, as the style sheet wants it."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox, QWidget

from ganview.app.theme import HAIR


class SpinBox(QSpinBox):
    """A QSpinBox whose text keeps its distance from the border.

    A style sheet's padding doesn't reach the line edit inside, its text margins do.
    """

    def __init__(self, low: int, high: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.lineEdit().setTextMargins(HAIR + 1, 0, 0, 0)
