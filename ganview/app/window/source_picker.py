"""Which generator the explorer draws with."""

from __future__ import annotations

from ganview.app.controllers.app_model import AppModel
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.text import name_text, set_tooltip


class SourcePicker(ComboBox):
    """The models at hand: the one that ships or was opened, and the network in training."""

    def __init__(self, app_model: AppModel) -> None:
        super().__init__()
        self._app_model = app_model
        self.setAccessibleName("Generator to explore")
        set_tooltip(
            self,
            "The generator that the explorer uses. The network in training is followed live.",
        )
        self.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaximumWidth(240)
        self.activated.connect(self._choose)
        app_model.sources_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the present choices."""
        self.clear()
        app_model = self._app_model
        for source in app_model.sources:
            self.addItem(name_text(source.label), source.key)
        self.setCurrentIndex(self.findData(app_model.source))
        self.setEnabled(self.count() > 1)
        self.setVisible(self.count() > 0)

    def _choose(self, index: int) -> None:
        self._app_model.choose(self.itemData(index))
