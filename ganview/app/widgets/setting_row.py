"""One setting in a form: its name, a field for it, and a way back to the preset's value."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QWidget,
)

from ganview.app.theme import SMALL
from ganview.app.widgets.buttons import IconButton
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.layouts import row_layout
from ganview.app.widgets.number_box import SpinBox
from ganview.app.widgets.text import TextLabel, set_item_tooltip, set_tooltip
from ganview.gan.config import SettingInfo
from ganview.gan.presets import PRESETS
from ganview.glossary import explain

#: Terms of the glossary that a setting is about.
TERMS = {
    "objective": "objective",
    "conditional": "class",
    "clusters": "pseudo-classes",
    "z_dim": "noise",
    "batch_size": "batch",
    "learning_rate": "learning rate",
    "d_lr_ratio": "discriminator",
    "gamma": "gradient penalty",
    "aux_weight_g": "classifier",
    "ema_half_life": "averaged generator",
    "seed": "seed",
}
FIELD_WIDTH, ROW = 168, 32  # of a field, and height of a row, in both columns


class SettingRow(QObject):
    """The widgets of one setting, made from its declaration."""

    edited = Signal(str, object)  # the user has entered a value
    reset = Signal(str)  # the user wants the preset's value back

    def __init__(self, info: SettingInfo, grid: QGridLayout, line: int, parent: QObject) -> None:
        super().__init__(parent)
        self.name = info.name
        self._tip = tip = _tip(info)
        self._label = TextLabel(info.label)
        set_tooltip(self._label, tip)
        self.editor = self._make_editor(info)
        self.editor.setAccessibleName(info.label)
        self.editor.setAccessibleDescription(info.help)
        set_tooltip(self.editor, tip)
        self._label.setBuddy(self.editor)
        unit = TextLabel(info.unit, "muted")
        self.back = IconButton(
            "undo", f"Take back {info.label}", "", lambda: self.reset.emit(self.name)
        )
        self.back.setProperty("flat", True)
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(policy)
        for column, widget in enumerate((self._label, self.editor, unit, self.back)):
            grid.addWidget(widget, line, column, Qt.AlignmentFlag.AlignVCenter)
        self.back.setMaximumHeight(ROW)
        grid.setRowMinimumHeight(line, ROW)

    def show_value(self, value: Any, usual: Any, *, changed: bool) -> None:
        """Show a value; a changed one is marked, and can be taken back to the usual one."""
        with QSignalBlocker(self.editor):
            if isinstance(self.editor, QComboBox):
                self.editor.setCurrentIndex(self.editor.findData(str(value)))
            elif isinstance(self.editor, QCheckBox):
                self.editor.setChecked(bool(value))
            elif isinstance(self.editor, SpinBox):
                self.editor.setValue(int(value))
            elif isinstance(self.editor, QLineEdit):
                self.editor.setText(f"{value:.6g}")
        self._label.setProperty("role", "heading" if changed else "")
        self._label.style().unpolish(self._label)
        self._label.style().polish(self._label)
        self.back.setVisible(changed)
        set_tooltip(self.back, f"Changed: the preset has {_shown(usual)}. Press to take that.")

    def set_effective(self, why_not: str) -> None:
        """Let it be edited, or say why its value has no effect."""
        self.editor.setEnabled(not why_not)
        set_tooltip(self.editor, f"{why_not} {self._tip}".strip())

    def forbid(self, choice: str, why: str) -> None:
        """Let one of the choices be read but not chosen."""
        if isinstance(self.editor, QComboBox):
            index = self.editor.findData(choice)
            model = self.editor.model()
            if index >= 0 and isinstance(model, QStandardItemModel):
                model.item(index).setEnabled(False)
                set_item_tooltip(self.editor, index, why)

    def name_choice(self, choice: str, text: str) -> None:
        """Call one of the choices by other words."""
        if isinstance(self.editor, QComboBox):
            self.editor.setItemText(self.editor.findData(choice), text)

    @property
    def marked(self) -> bool:
        """Whether the value is shown as one that was changed."""
        return not self.back.isHidden()

    def _make_editor(self, info: SettingInfo) -> QWidget:
        default = info.default
        editor: QWidget
        if info.choices:
            editor = box = ComboBox()
            for choice, about in info.choices.items():
                box.addItem(getattr(about, "label", choice), choice)
                set_item_tooltip(box, box.count() - 1, str(about))
            box.currentIndexChanged.connect(lambda: self._entered(box.currentData()))
        elif isinstance(default, bool):
            editor = tick = QCheckBox()
            tick.toggled.connect(self._entered)
        elif isinstance(default, int):
            editor = count = SpinBox(int(info.low or 0), int(info.high or 0))
            count.setGroupSeparatorShown(True)
            count.setKeyboardTracking(False)
            count.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
            count.valueChanged.connect(self._entered)
        else:
            editor = line = QLineEdit()
            line.editingFinished.connect(lambda: self._entered(_number(line.text())))
        if not isinstance(editor, QCheckBox):
            editor.setFixedWidth(FIELD_WIDTH)
        return editor

    def _entered(self, value: object) -> None:
        self.edited.emit(self.name, value)


def heading(text: str, grid: QGridLayout, line: int) -> None:
    """Put the heading of a group into a form."""
    row = row_layout(TextLabel(text, "heading"), margins=(0, SMALL if line else 0, 0, 0))
    grid.addLayout(row, line, 0, 1, 4)


def _number(text: str) -> float | str:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return text  # which the check refuses, and says what is wanted


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _tip(info: SettingInfo) -> str:
    term = f"\n{explain(TERMS[info.name])}" if info.name in TERMS else ""
    if info.low is None:
        return info.help + term
    unit = f" {info.unit}" if info.unit else ""
    return f"{info.help} ({_shown(info.low)} to {_shown(info.high)}{unit}){term}"


def preset_box() -> QComboBox:
    """Return a box with all presets: labels, what each is for as tooltips, names as data."""
    box = ComboBox()
    box.setAccessibleName("Preset")
    for name, preset in PRESETS.items():
        box.addItem(preset.label, name)
        set_item_tooltip(box, box.count() - 1, preset.description)
    return box
