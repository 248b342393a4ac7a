"""The button that says what the next run learns from, with a menu of other data."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QToolButton

from ganview.app.controllers.actions import Actions
from ganview.app.controllers.data_choice import DataChoice
from ganview.app.widgets.text import button_text, name_text, set_tooltip
from ganview.data.named_sets import NAMED_SETS
from ganview.data.source import DIGITS, DataSource


class DataPicker(QToolButton):
    """Names the chosen data; its menu offers the digits, recent choices, and the disk."""

    def __init__(self, choice: DataChoice, actions: Actions) -> None:
        super().__init__()
        self._choice, self._actions = choice, actions
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_tooltip(self, "What the next run learns from. A folder can be dropped on the window.")
        choice.changed.connect(self._show_chosen)
        self._show_chosen()

    def _show_chosen(self) -> None:
        title = name_text(self._choice.source.title)
        shown = title if len(title) <= 24 else f"{title[:23]}…"
        self.setText(button_text(f"{shown}…" if self._choice.is_reading else shown))
        self.setAccessibleName(f"Data of the next run: {title}")

    def _fill(self) -> None:
        self._menu.clear()
        self._menu.setToolTipsVisible(True)
        self._add(DIGITS, "60,000 handwritten digits, which ship with ganview")
        for one in NAMED_SETS.values():
            self._add(DataSource(one.name), f"{one.about}, fetched once. {one.licence}")
        if self._choice.recent:
            self._menu.addSection("Recently used")
        for source in self._choice.recent:
            self._add(source)
        self._menu.addSeparator()
        self._menu.addActions([self._actions["data_folder"], self._actions["data_file"]])

    def _add(self, source: DataSource, about: str = "") -> None:
        action = self._menu.addAction(button_text(name_text(source.title)))
        set_tooltip(action, about or name_text(source.name))
        action.setCheckable(True)
        action.setChecked(source.name == self._choice.source.name)
        action.triggered.connect(lambda: self._choice.choose(source))
