"""Which generator the explorer draws with."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox

from ganview.app.controllers.laboratory import Laboratory
from ganview.app.widgets.text import name_text, set_tooltip


class SourcePicker(QComboBox):
    """The models at hand: the one that ships or was opened, and the network in training."""

    def __init__(self, laboratory: Laboratory) -> None:
        super().__init__()
        self._laboratory = laboratory
        self.setAccessibleName("Generator to explore")
        set_tooltip(
            self,
            "Which generator the explorer draws with. The network in training is followed live.",
        )
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaximumWidth(240)
        self.activated.connect(self._choose)
        laboratory.sources_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the present choices."""
        self.clear()
        for choice in self._laboratory.choices:
            self.addItem(name_text(choice.label), choice.source)
            if choice.source is self._laboratory.source:
                self.setCurrentIndex(self.count() - 1)
        self.setEnabled(self.count() > 1)
        self.setVisible(self.count() > 0)

    def _choose(self, index: int) -> None:
        self._laboratory.choose(self.itemData(index))
