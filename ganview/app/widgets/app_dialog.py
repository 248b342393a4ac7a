"""The base of the program's dialogs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from ganview.app.theme import LARGE, MEDIUM, font
from ganview.app.widgets.text import TextLabel


class AppDialog(QDialog):
    """A dialogue with a heading that is closed with Esc and never stops the program."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(LARGE, LARGE, LARGE, MEDIUM)
        self.column.setSpacing(MEDIUM)
        heading = TextLabel(title, "heading")
        heading.setFont(font("large"))
        self.column.addWidget(heading)

    def end(self) -> None:
        """Add the button that closes it."""
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        self.column.addWidget(buttons)
