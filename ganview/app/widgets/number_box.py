"""Boxes for numbers: one for σ that opens on a row, one for whole numbers."""

from __future__ import annotations

from math import isfinite

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QSpinBox, QWidget

from ganview.app.latent_point import BOUND
from ganview.app.theme import HAIR, font
from ganview.app.widgets.latent_rows import MINUS, sigma_text
from ganview.app.widgets.text import set_tooltip


class NumberBox(QLineEdit):
    """The number box of a row, in σ; takes a comma or a true minus as well."""

    value_typed = Signal(float)  # the number, each time the text is one

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxLength(8)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFont(font("number"))
        self.setStyleSheet("QLineEdit { padding: 0 2px; min-height: 0; border-radius: 4px; }")
        self.textEdited.connect(lambda _text: self._tell())

    def show_value(self, value: float) -> None:
        """Show a number, chosen whole so that typing replaces it."""
        self.setText(sigma_text(value))
        self.selectAll()

    def begin_with(self, text: str) -> None:
        """Go on from the first character that was typed on the row."""
        self.setText(text)
        self._tell()

    def value(self) -> float | None:
        """Return the number in the box, held to ±10, or None when it isn't one."""
        try:
            value = float(self.text().replace(",", ".").replace(MINUS, "-"))
        except ValueError:
            return None
        return min(max(value, -BOUND), BOUND) if isfinite(value) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 0.05, Qt.Key.Key_Down: -0.05}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        value = self.value() or 0.0
        self.show_value(round(value + step, 2))
        self._tell()

    def _tell(self) -> None:
        value = self.value()
        if value is not None:
            self.value_typed.emit(value)


class SpinBox(QSpinBox):
    """A QSpinBox whose text keeps its distance from the border; the wheel turns it only with focus.

    A style sheet's padding doesn't reach the line edit inside, its text margins do.

    Parameters
    ----------
    value
        The first; without it the smallest, or 0.
    name, tip
        What it is called aloud, and its tooltip.
    """

    def __init__(
        self,
        low: int,
        high: int,
        *,
        value: int = 0,
        name: str = "",
        tip: str = "",
        prefix: str = "",
        suffix: str = "",
    ) -> None:
        super().__init__()
        self.setRange(low, high)
        self.setValue(value)
        self.setAccessibleName(name)
        set_tooltip(self, tip)
        self.setPrefix(prefix)
        self.setSuffix(suffix)
        self.lineEdit().setTextMargins(HAIR + 3, 0, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()  # a page that scrolls under the pointer must not turn it
