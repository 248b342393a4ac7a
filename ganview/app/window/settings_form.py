"""Every setting of a run in one small window, made from the declarations of `TrainConfig`."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from ganview.app.controllers.data_choice import DataChoice
from ganview.app.controllers.run_settings import SEED, RunSettings
from ganview.app.theme import LARGE, MEDIUM, SMALL
from ganview.app.widgets.app_dialog import AppDialog
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.layouts import column_layout, fill_layout, row_layout, scroll_area
from ganview.app.widgets.setting_row import SettingRow, heading, preset_box
from ganview.app.widgets.text import TextLabel, set_tooltip
from ganview.errors import UserError
from ganview.gan.config import SETTINGS
from ganview.gan.networks.build import AUTO, architecture_for
from ganview.gan.objectives import OBJECTIVES
from ganview.gan.presets import PRESETS

#: Which groups stand in which column; one that isn't named here comes last.
COLUMNS = (("Losses", "Networks", "Machine"), ("Training", "Data"))
COUNTS = "Changes take effect in the next run."


class SettingsForm(AppDialog):
    """A window beside the main one, which goes on; what is entered is kept at once.

    Parameters
    ----------
    data
        What the next run learns from: it decides what "auto" stands for.
    pickers
        Choices beside the settings, by what is written before them: data, weights.
    """

    new_run = Signal()  # the user wants a run with these settings now

    def __init__(
        self,
        settings: RunSettings,
        parent: QWidget | None = None,
        data: DataChoice | None = None,
        pickers: Mapping[str, QWidget] | None = None,
    ) -> None:
        super().__init__("Settings of the next run", parent)
        self.setAccessibleName("Settings of the next run")
        self._settings, self._data = settings, data
        self.rows: dict[str, SettingRow] = {}
        self.preset = self._make_preset()
        self._about = TextLabel("", "muted", wrap=True)
        self._said = TextLabel(COUNTS, "muted", wrap=True)
        self.undo = push_button("Undo all changes", "Restore all values of the preset.")
        self.undo.setAutoDefault(False)
        self.undo.clicked.connect(settings.undo_changes)
        self._lay_out(pickers or {})
        settings.changed.connect(self._show)
        if data is not None:
            data.changed.connect(self._show_effects)
        self._forbid_devices()
        self._show()

    # ---- making it -------------------------------------------------------------------------

    def _make_preset(self) -> QComboBox:
        box = preset_box()
        box.activated.connect(lambda: self._settings.use_preset(str(box.currentData())))
        return box

    def _lay_out(self, pickers: Mapping[str, QWidget]) -> None:
        chosen = QHBoxLayout()
        chosen.setSpacing(MEDIUM)
        for text, picker in pickers.items():
            label = TextLabel(text)
            label.setBuddy(picker)
            fill_layout(chosen, label, picker)
        chosen.addStretch(1)
        self.column.addLayout(chosen)
        top = row_layout(TextLabel("Preset"), self.preset, (self._about, 1), self.undo, gap=MEDIUM)
        self.column.addLayout(top)
        inside = QWidget()
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, SMALL, 0)
        columns.setSpacing(2 * LARGE)
        named = {group for column in COLUMNS for group in column}
        rest = {info.group for info in SETTINGS.values()} - named
        for number, groups in enumerate(COLUMNS):
            more = sorted(rest) if number == len(COLUMNS) - 1 else []
            columns.addLayout(self._column((*groups, *more)))
        area = scroll_area(inside)
        self.column.addWidget(area, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        begin = buttons.addButton("New run", QDialogButtonBox.ButtonRole.ActionRole)
        begin.setProperty("primary", True)
        begin.setAutoDefault(False)  # Enter in a field ends the entry, and begins nothing
        set_tooltip(begin, "Train a new network with these settings.")
        begin.clicked.connect(self.new_run)
        begin.clicked.connect(self.close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.close)
        bottom = row_layout((self._said, 1), buttons)
        self.column.addLayout(bottom)
        around = self.sizeHint().height() - area.sizeHint().height()
        wanted = inside.sizeHint().height() + around + SMALL
        room = self.screen().availableGeometry().height() - 4 * LARGE
        self.resize(self.sizeHint().width(), min(wanted, room))

    def _column(self, groups: tuple[str, ...]) -> QVBoxLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SMALL + 2)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        line = 0
        for group in groups:
            heading(group, grid, line)
            line += 1
            for info in SETTINGS.values():
                if info.group != group:
                    continue
                row = SettingRow(info, grid, line, self)
                row.edited.connect(self._edited)
                row.reset.connect(lambda name: self._edited(name, self._settings.usual(name)))
                self.rows[info.name] = row
                line += 1
        return column_layout(grid, 1)

    # ---- using it --------------------------------------------------------------------------

    def _edited(self, name: str, value: object) -> None:
        try:
            self._settings.set(name, value)
        except UserError as error:
            self._say(f"{error} It stays as it was.", wrong=True)
            self._show_row(name)
        else:
            self._say(COUNTS)
            self._show_row(name)
            self._show_effects()

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        self._said.setProperty("role", "error" if wrong else "muted")
        self._said.style().unpolish(self._said)
        self._said.style().polish(self._said)
        self._said.setText(sentence)
        self._said.setAccessibleName(sentence)

    @property
    def said(self) -> str:
        """The sentence at the bottom."""
        return self._said.text()

    def _show(self) -> None:
        settings = self._settings
        self.preset.setCurrentIndex(self.preset.findData(settings.preset))
        self._about.setText(PRESETS[settings.preset].description)
        self.undo.setEnabled(bool(settings.changes))
        for name in self.rows:
            self._show_row(name)
        self._show_effects()

    def _forbid_devices(self) -> None:
        """Mark the devices that are not there, once torch is loaded and can tell."""
        if "torch" in sys.modules:
            from ganview.gan.device import absent_devices

            for name in absent_devices():
                self.rows["device"].forbid(name, "This machine, or this build of torch, has none.")

    def _show_effects(self) -> None:
        """Say what "auto" stands for, which settings have no effect, and which don't fit."""
        value = self._settings.value
        dataset = None if self._data is None else self._data.dataset
        networks, augment, classes_are_sorted = "auto", "auto", False
        if dataset is not None:
            from ganview.gan.augment import Augmentation
            from ganview.gan.clusters import SORTED_CLASSES

            learned = len(dataset) - value("hold_out")
            on = Augmentation("auto", learned).is_on
            classes_are_sorted = learned in SORTED_CLASSES
            networks += f": {architecture_for(AUTO, dataset.shape)}"
            augment += ": on" if on else ": off"
        self.rows["architecture"].name_choice(AUTO, networks)
        self.rows["augment"].name_choice("auto", augment)
        penalty = OBJECTIVES[value("objective")].penalty
        unused = "This objective has no gradient penalty." if penalty == "none" else ""
        for name in ("gamma", "gamma_end"):
            self.rows[name].set_effective(unused)
        self.rows["clusters"].set_effective(
            "The labels are used, and need no pseudo-classes beside them: only 500 to 5,000 "
            "pictures are sorted further."
            if value("conditional") and not classes_are_sorted
            else ""
        )
        if penalty == "interpolated" and not value("gamma"):
            self._say("A Wasserstein critic needs its penalty: set γ above 0.", wrong=True)

    def _show_row(self, name: str) -> None:
        settings = self._settings
        changed = name != SEED and name in settings.changes
        self.rows[name].show_value(settings.value(name), settings.usual(name), changed=changed)
