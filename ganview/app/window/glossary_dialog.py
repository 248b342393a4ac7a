"""Help ▸ Glossary: every term of the window, with a field that finds one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from ganview.app.theme import MEDIUM, SMALL
from ganview.app.widgets.app_dialog import AppDialog
from ganview.app.widgets.layouts import fill_layout, scroll_area
from ganview.app.widgets.text import TextLabel
from ganview.glossary import GLOSSARY, Entry

SENTENCE_WIDTH = 380


class GlossaryDialog(AppDialog):
    """All terms in alphabetical order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Glossary", parent)
        self.search = QLineEdit(placeholderText="Find a term", clearButtonEnabled=True)
        self.search.setAccessibleName("Find a term")
        self.search.textChanged.connect(self._show_matches)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setHorizontalSpacing(MEDIUM)
        grid.setVerticalSpacing(SMALL)
        self.rows: list[tuple[Entry, list[QWidget]]] = []
        for line, entry in enumerate(sorted(GLOSSARY, key=lambda entry: entry.term.lower())):
            widgets: list[QWidget] = [
                TextLabel(f"{entry.term} {entry.symbol}".strip(), "heading"),
                TextLabel(entry.sentence),
                TextLabel(entry.where, "muted"),
            ]
            for column, widget in enumerate(widgets):
                grid.addWidget(widget, line, column, Qt.AlignmentFlag.AlignTop)
                if isinstance(widget, TextLabel) and column:
                    widget.setWordWrap(True)
            widgets[1].setMinimumWidth(SENTENCE_WIDTH)
            self.rows.append((entry, widgets))
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(self.rows), 1)
        area = scroll_area(inside)
        fill_layout(self.column, self.search, (area, 1))
        self.end()
        self.resize(self.sizeHint().width(), 560)

    def _show_matches(self, text: str) -> None:
        wanted = text.strip().lower()
        for entry, widgets in self.rows:
            found = wanted in f"{entry.term} {entry.symbol} {entry.sentence}".lower()
            for widget in widgets:
                widget.setVisible(found)
