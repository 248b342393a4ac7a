"""Which generator the explorer draws with."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy

from ganview.app.controllers.app_model import AppModel
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.text import name_text, set_tooltip

WIDEST = 260  # pixels
LETTERS = 10  # that there is room for at least


class SourcePicker(ComboBox):
    """The network in training, runs, opened and built-in models."""

    def __init__(self, app_model: AppModel) -> None:
        super().__init__()
        self._app_model = app_model
        self.setAccessibleName("Generator to explore")
        set_tooltip(
            self, "The generator that the explorer uses. The network in training is followed live."
        )
        # It takes the room that is left: more would cost the samples a whole zoom.
        self.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(LETTERS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(WIDEST)
        self.view().setMinimumWidth(WIDEST)  # names are whole in the list
        self.activated.connect(self._choose)
        app_model.sources_changed.connect(self.refresh)
        app_model.cursor_changed.connect(self._name_moment)
        app_model.explored_changed.connect(self._name_moment)
        self.refresh()

    def refresh(self) -> None:
        """Show the present choices."""
        self.clear()
        app_model = self._app_model
        group = ""
        for source in app_model.sources:
            if group and source.group != group:
                self.insertSeparator(self.count())
            group = source.group
            self.addItem(name_text(source.label), source.key)
        self.setCurrentIndex(self.findData(app_model.source))
        self._name_moment()
        self.setEnabled(self.count() > 1)
        self.setVisible(self.count() > 0)

    def _name_moment(self) -> None:
        """Say at which step the run is explored, while that is in its past."""
        app_model, index = self._app_model, self.currentIndex()
        labels = {source.key: name_text(source.label) for source in app_model.sources}
        label = labels.get(app_model.source, "")
        model = app_model.model
        if app_model.follows_run and app_model.cursor is not None and model is not None:
            label = f"Step {model.info.get('step', 0):,}  ·  {label}"
        if index >= 0 and self.itemText(index) != label:
            self.setItemText(index, label)

    def _choose(self, index: int) -> None:
        self._app_model.choose(self.itemData(index))
        self.refresh()  # what has to be opened first is not explored yet
