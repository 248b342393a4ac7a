"""The menu of the failure lab: the pairs that it can train."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from ganview.app.controllers.failure_lab import LabController
from ganview.app.widgets.text import button_text, set_tooltip
from ganview.runtime.failure_pairs import PAIRS


class LabMenu(QMenu):
    """One entry for each pair, and one for the open lab."""

    chosen = Signal(str)  # the name of a pair; empty for the lab that is open

    def __init__(self, lab: LabController, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        for pair in PAIRS.values():
            action = self.addAction(button_text(f"{pair.title}: {pair.second}"))
            set_tooltip(action, pair.look)
            action.triggered.connect(lambda _=False, name=pair.name: self.chosen.emit(name))
        self.addSeparator()
        again = self.addAction("Show the lab again")
        again.triggered.connect(lambda: self.chosen.emit(""))
        self.aboutToShow.connect(lambda: again.setEnabled(lab.lab is not None))
