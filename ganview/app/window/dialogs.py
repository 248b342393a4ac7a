"""Dialogs: all shortcuts, about the program, finding a missing model."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from ganview import __version__
from ganview.app.theme import LARGE, SMALL
from ganview.app.widgets.app_dialog import AppDialog, ask_file
from ganview.app.widgets.layouts import column_layout, scroll_area
from ganview.app.widgets.text import TextLabel

MAC_KEYS = (("Ctrl+Shift+", "⇧⌘"), ("Ctrl+", "⌘"), ("Shift+", "⇧"), ("Alt+", "⌥"))
MOST = 0.8  # of the screen's height that the shortcut sheet may take; beyond, it scrolls

#: Keys that belong to a widget rather than to the window, for the sheet.
WIDGET_KEYS = (
    ("In the window", "Choose a page", "Ctrl+1 … Ctrl+5"),
    ("In the window", "Press the button with the focus", "Space  Enter"),
    ("In the window", "Train or pause, where nothing has the focus", "Space"),
    ("In a grid or strip", "Move between pictures", "← → ↑ ↓  Home  End"),
    ("In a grid or strip", "Explore the picture", "Enter"),
    ("On samples and the picture", "The same noise earlier, later", "Page Up,  Page Down"),
    ("On the time line", "From moment to moment, ten at once", "← →,  Page Up  Page Down"),
    ("On the time line", "First, newest, play", "Home,  End,  Space"),
    ("In the explorer", "Choose class 0 … 9", "Alt+0 … Alt+9"),
    ("In the explorer", "Choose a tab", "Ctrl+Shift+1 … Ctrl+Shift+9"),
    ("In the sliders", "Fine, coarse", "← →,  Shift+← →"),
    ("In the sliders", "Zero, mirror, lock", "Home,  M,  L"),
    ("In the sliders", "Type a number", "Enter  0 … 9  −"),
    ("In the sliders", "In the row with the focus", "Wheel"),
    ("In the sliders", "Between rows", "↑ ↓  Page Up  Page Down"),
    ("In the sliders", "First and last row", "Ctrl+Home  Ctrl+End"),
    ("On other sliders", "Fine, coarse, back to rest", "← →,  Shift+← →,  Home"),
    ("On the map and the mixing pad", "Move, to the middle, go there", "← → ↑ ↓  Home  Enter"),
    ("Beside the mixing pad", "Another class, its share", "↑ ↓,  ← →"),
    ("Among pins", "Move a pin, remove it", "Ctrl+← →,  Delete"),
    ("Among pins", "Rename a pin, and more", "Menu  Shift+F10"),
    ("On the drawing pad", "Undo a stroke, clear", "Backspace,  Delete"),
    ("In a plot", "Zoom the steps, pan", "Wheel,  drag"),
)


class ShortcutDialog(AppDialog):
    """All shortcuts, by menu.

    Parameters
    ----------
    rows
        (menu, text, shortcut, tip) of each action, in the order of the menus.
    """

    def __init__(
        self, rows: Iterable[tuple[str, str, str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__("Keyboard shortcuts", parent)
        told = [(menu, text, keys) for menu, text, keys, _ in rows if keys]
        groups: dict[str, list[tuple[str, str, str]]] = {}
        for row in (*told, *WIDGET_KEYS):  # a menu's actions need not be declared in one piece
            groups.setdefault(row[0], []).append(row)
        inside = QWidget()
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, SMALL, 0)
        columns.setSpacing(2 * LARGE)
        half = (sum(len(group) + 2 for group in groups.values()) + 1) // 2
        column: QGridLayout | None = None
        filled = 0
        for menu, group in groups.items():
            # Half a group may be over, so that the columns end as close together as they can.
            if column is None or filled + len(group) // 2 >= half:
                column, filled = self._new_column(columns), 0
            filled += self._add_group(column, menu, group)
        area = scroll_area(inside)
        self.column.addWidget(area, 1)
        self.end()
        around = self.sizeHint().height() - area.sizeHint().height()
        most = round(MOST * self.screen().availableGeometry().height())
        self.resize(self.sizeHint().width(), min(most, inside.sizeHint().height() + around))

    def _new_column(self, columns: QHBoxLayout) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(LARGE)
        grid.setVerticalSpacing(6)
        outer = column_layout(grid, 1)
        columns.addLayout(outer)
        return grid

    def _add_group(self, grid: QGridLayout, menu: str, rows: list[tuple[str, str, str]]) -> int:
        line = grid.rowCount()
        grid.addWidget(TextLabel(menu, "heading"), line, 0, 1, 2)
        for offset, (_, text, keys) in enumerate(rows, 1):
            grid.addWidget(TextLabel(text), line + offset, 0)
            grid.addWidget(TextLabel(native_keys(keys), "muted"), line + offset, 1)
        grid.setRowMinimumHeight(line + len(rows) + 1, SMALL)
        return len(rows) + 2


def native_keys(keys: str) -> str:
    """Return keys as the platform writes them: those that Qt calls Ctrl are ⌘ on macOS."""
    for key, sign in MAC_KEYS if sys.platform == "darwin" else ():
        keys = keys.replace(key, sign)
    return keys


class AboutDialog(AppDialog):
    """What this program is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(f"ganview {__version__}", parent)
        text = TextLabel(
            "A laboratory for generative adversarial networks. A generator G makes pictures from "
            "noise z, a discriminator D tells them from real ones, and each learns from the "
            "other. Watch them, then drag the noise to see what G has learned.\n\n"
            "Digits: the MNIST database of Y. LeCun, C. Cortes and C. Burges. Typeface, where the "
            "desktop has none: Inter by The Inter Project Authors, OFL 1.1. Made with PyTorch, Qt "
            "and pyqtgraph. MIT licence.",
            wrap=True,
        )
        text.setMinimumWidth(420)
        self.column.addWidget(text)
        self.end()


MODELS = "Model files (*.safetensors);;All files (*)"


class MissingModelDialog(AppDialog):
    """Offers to look for the model of a picture.

    Parameters
    ----------
    maker
        The model that it names, as a recipe says it.
    """

    found = Signal(object)  # a file that may be the model; whoever opens it checks

    def __init__(
        self, picture: str, maker: str, folder: str, parent: QWidget | None = None
    ) -> None:
        super().__init__("The model of this picture was not found", parent)
        self._folder = folder
        text = TextLabel(
            f"{picture} was drawn by {maker}. It is neither one of those that ship, nor "
            "the one in the explorer, nor among your runs. With its file, or the model file in "
            "the folder of its run, the same picture comes back.",
            wrap=True,
        )
        text.setMinimumWidth(420)
        self.column.addWidget(text)
        self.offer("Find it…", self._look)

    def _look(self) -> None:
        ask_file(self, "Find the model", self.choose, start=self._folder, kinds=MODELS)

    def choose(self, path: Path) -> None:
        """Take a file for the model."""
        self.found.emit(path)
        self.accept()
