"""The differences between compared runs: settings, progress and quality."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem

from ganview.app.formatting import duration, number_text, percent_text, setting_text
from ganview.app.theme import Theme
from ganview.app.widgets.text import name_text, set_tooltip
from ganview.gan.config import SETTINGS
from ganview.glossary import explain

if TYPE_CHECKING:
    from ganview.app.pages.compared_run import ComparedRun

NONE = "–"
#: What a row is about.
ABOUT = {info.label: info.help for info in SETTINGS.values()} | {
    "Data": "The pictures that the run learns from.",
    "Steps": explain("step"),
    "Images seen": "How many real pictures the steps took: a batch each.",
    "Time": "How long it has trained, without pauses.",
    "judge-FD": explain("judge-FD"),
    "Class accuracy": explain("class accuracy"),
    "Worst class": "The class accuracy of the class that is read rightly least often.",
}


class DifferenceTable(QTableWidget):
    """One column for each run, one row for each differing setting or result."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Settings that differ, and results")
        self.setAccessibleDescription("Copy (Ctrl+C) takes the whole table, for a spreadsheet.")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self._text = ""  # the whole table, cells between tabs
        self.setFrameShape(QTableWidget.Shape.NoFrame)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that copy from the window, which would copy the explorer's picture."""
        asked = QEvent.Type.ShortcutOverride
        if isinstance(event, QKeyEvent) and event.type() == asked and _copies(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the whole table, with its heads, as a spreadsheet takes it."""
        if _copies(event):
            QGuiApplication.clipboard().setText(self._text)
        else:
            super().keyPressEvent(event)

    def show_runs(self, runs: Sequence[ComparedRun]) -> None:
        """Fill the table."""
        rows = [*differing_settings(runs), *results(runs)]
        self.setRowCount(len(rows))
        self.setColumnCount(len(runs))
        hues = Theme.current().tokens.runs
        for column, one in enumerate(runs):
            heading = QTableWidgetItem(f"{column + 1}  {name_text(one.name)}")
            heading.setForeground(QColor(hues[column % len(hues)]))
            set_tooltip(heading, one.name)
            self.setHorizontalHeaderItem(column, heading)
        for row, (label, values) in enumerate(rows):
            head = QTableWidgetItem(label)
            set_tooltip(head, ABOUT.get(label, ""))
            self.setVerticalHeaderItem(row, head)
            for column, value in enumerate(values):
                self.setItem(row, column, QTableWidgetItem(value))
        self.resizeColumnsToContents()
        heads = ["", *(f"{column} {name_text(one.name)}" for column, one in enumerate(runs, 1))]
        lines = [heads, *([label, *values] for label, values in rows)]
        self._text = "\n".join("\t".join(line) for line in lines)


def _copies(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Copy)


def differing_settings(runs: Sequence[ComparedRun]) -> list[tuple[str, list[str]]]:
    """Return (label, the values of all runs) of the data and each setting that differs.

    A run that is older than a setting has none of its values, and so does not differ in it.
    """
    rows = [("Data", [name_text(one.run.data_name) for one in runs])]
    rows += [
        (
            info.label,
            [
                NONE if name in one.missing else setting_text(getattr(one.run.config, name))
                for one in runs
            ],
        )
        for name, info in SETTINGS.items()
    ]
    return [(label, values) for label, values in rows if len({*values} - {NONE}) > 1]


def results(runs: Sequence[ComparedRun]) -> list[tuple[str, list[str]]]:
    """Return (label, the values of all runs) of how far they got and how good they are."""
    last = [one.run.history.last() for one in runs]
    looks = [one.run.quality.looks()[-1:] for one in runs]
    return [
        ("Steps", ["–" if row is None else f"{row['step']:,.0f}" for row in last]),
        ("Images seen", ["–" if row is None else f"{row['images_seen']:,.0f}" for row in last]),
        ("Time", ["–" if row is None else duration(row["seconds"]) for row in last]),
        ("judge-FD", [number_text(look[0].frechet) if look else "–" for look in looks]),
        (
            "Class accuracy",
            [
                "–" if not look or isnan(look[0].accuracy) else percent_text(look[0].accuracy)
                for look in looks
            ],
        ),
        (
            "Worst class",
            [
                "–" if not look or isnan(look[0].worst) else percent_text(look[0].worst)
                for look in looks
            ],
        ),
    ]
