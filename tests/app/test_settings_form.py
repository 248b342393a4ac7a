from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from ganview.app.controllers.run_settings import RunSettings
from ganview.app.controllers.settings import Settings
from ganview.app.window.settings_form import SettingsForm
from ganview.errors import UserError
from ganview.gan.config import SETTINGS, TrainConfig
from ganview.gan.presets import PRESETS


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "window.json")


@pytest.fixture
def chosen(settings: Settings) -> RunSettings:
    return RunSettings(settings)


@pytest.fixture
def form(qtbot: QtBot, chosen: RunSettings) -> SettingsForm:
    result = SettingsForm(chosen)
    qtbot.addWidget(result)
    result.show()
    return result


def pixels_of(widget: QWidget) -> NDArray[np.uint8]:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8)
    return rows.reshape(image.height(), image.width(), 4)[..., :3]


def enter(qtbot: QtBot, line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def test_changes_are_what_differs_and_are_remembered(
    chosen: RunSettings, settings: Settings, tmp_path: Path
) -> None:
    chosen.set("gamma", 0.5)
    chosen.set("batch_size", 128)
    chosen.set("batch_size", PRESETS["default"].config.batch_size)
    chosen.set("seed", 7)
    assert chosen.changes == {"gamma": 0.5}
    assert chosen.config == TrainConfig(gamma=0.5, seed=7)
    settings.save()
    again = RunSettings(Settings(tmp_path / "window.json"))
    assert again.config == chosen.config
    again.use_preset("dcgan")
    assert again.config == PRESETS["dcgan"].config.with_(seed=7)


def test_what_is_not_legal_changes_nothing(chosen: RunSettings, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(chosen.changed), pytest.raises(UserError, match="between"):
        chosen.set("gamma", 1e6)
    assert chosen.changes == {}


@pytest.mark.parametrize("text", ['{"gamma": 1e9, "nothing": 3, "beta1": 0.25}', "[", "[1]", ""])
def test_remembered_nonsense_is_dropped(text: str, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "window.json")
    settings.changes = text
    assert RunSettings(settings).changes == ({"beta1": 0.25} if "beta1" in text else {})


def test_every_setting_is_in_the_form(form: SettingsForm) -> None:
    assert list(form.rows) != []
    assert set(form.rows) == {spec.name for spec in fields(TrainConfig)}
    for spec in fields(TrainConfig):
        editor = form.rows[spec.name].editor
        assert editor.accessibleName() == SETTINGS[spec.name].label
        assert SETTINGS[spec.name].help in editor.toolTip()
        assert editor.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_each_kind_of_field_changes_its_setting(
    form: SettingsForm, chosen: RunSettings, qtbot: QtBot
) -> None:
    objective, size = form.rows["objective"].editor, form.rows["batch_size"].editor
    assert isinstance(objective, QComboBox)
    assert isinstance(size, QSpinBox)
    objective.setCurrentText("hinge")
    size.setValue(32)
    labels = form.rows["conditional"].editor
    assert isinstance(labels, QCheckBox)
    labels.click()
    rate = form.rows["learning_rate"].editor
    assert isinstance(rate, QLineEdit)
    enter(qtbot, rate, "3e-4")
    assert chosen.changes == {
        "objective": "hinge",
        "batch_size": 32,
        "conditional": False,
        "learning_rate": 3e-4,
    }
    assert form.rows["learning_rate"].marked
    assert not form.rows["gamma"].marked
    form.rows["learning_rate"].back.click()
    assert "learning_rate" not in chosen.changes
    assert rate.text() == "0.001"
    form.undo.click()
    assert chosen.changes == {}
    assert size.value() == 16
    assert not form.undo.isEnabled()


@pytest.mark.parametrize("text", ["7", "much"])
def test_a_wrong_number_is_said_and_put_back(
    form: SettingsForm, chosen: RunSettings, qtbot: QtBot, text: str
) -> None:
    rate = form.rows["learning_rate"].editor
    assert isinstance(rate, QLineEdit)
    enter(qtbot, rate, text)
    assert form.said.startswith("Learning rate (learning_rate) must be")
    assert rate.text() == "0.001"
    assert chosen.changes == {}


def test_a_preset_fills_the_form(form: SettingsForm, chosen: RunSettings) -> None:
    chosen.set("gamma", 0.5)
    form.preset.setCurrentIndex(form.preset.findData("classic"))
    form.preset.activated.emit(form.preset.currentIndex())
    assert chosen.config == PRESETS["classic"].config
    rate, architecture = form.rows["learning_rate"].editor, form.rows["architecture"].editor
    assert isinstance(rate, QLineEdit)
    assert isinstance(architecture, QComboBox)
    assert rate.text() == "0.0002"
    assert architecture.currentText() == "mlp"
    assert not any(row.marked for row in form.rows.values())


def test_a_setting_without_effect_says_so(form: SettingsForm, chosen: RunSettings) -> None:
    assert not form.rows["clusters"].editor.isEnabled()
    assert "labels" in form.rows["clusters"].editor.toolTip()
    chosen.set("conditional", False)
    assert form.rows["clusters"].editor.isEnabled()
    chosen.set("objective", "bce")
    assert not form.rows["gamma"].editor.isEnabled()
    chosen.set("objective", "bce-r1")
    assert form.rows["gamma"].editor.isEnabled()


def test_a_critic_without_its_penalty_is_warned_of(
    form: SettingsForm, chosen: RunSettings, qtbot: QtBot
) -> None:
    chosen.set("objective", "wgan-gp")
    enter(qtbot, form.rows["gamma"].editor, "0")
    assert "Wasserstein" in form.said


def test_a_device_that_is_not_there_cannot_be_chosen(qtbot: QtBot, chosen: RunSettings) -> None:
    from ganview.gan.device import absent_devices

    form = SettingsForm(chosen)
    qtbot.addWidget(form)
    box = form.rows["device"].editor
    for name in absent_devices():
        assert not box.model().item(box.findData(name)).isEnabled()
    assert box.model().item(box.findData("cpu")).isEnabled()


def test_rows_are_alike_and_texts_begin_at_one_place(form: SettingsForm) -> None:
    grids = form.findChildren(QGridLayout)
    heights = {grid.cellRect(line, 1).height() for grid in grids for line in (1, 2, 3, 4)}
    assert len(heights) == 1
    begins = set()
    for kind, choose in ((QLineEdit, "gamma"), (QSpinBox, "batch_size"), (QComboBox, "objective")):
        editor = form.rows[choose].editor
        assert isinstance(editor, kind)
        dark = np.abs(pixels_of(editor)[:, 3:40].astype(int) - 255).max(axis=(0, 2)) > 100
        begins.add(int(dark.argmax()))
    assert max(begins) - min(begins) <= 2, "letters have bearings of their own"
    for info in SETTINGS.values():
        assert info.label != info.group, "a heading that its first row repeats says nothing"
