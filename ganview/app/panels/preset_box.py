"""The box that the presets are chosen from."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from ganview.gan.presets import PRESETS


def preset_box() -> QComboBox:
    """Return a box with all presets: labels, what each is for as tooltips, names as data."""
    box = QComboBox()
    box.setAccessibleName("Preset")
    for name, preset in PRESETS.items():
        box.addItem(preset.label, name)
        box.setItemData(box.count() - 1, preset.description, Qt.ItemDataRole.ToolTipRole)
    return box
