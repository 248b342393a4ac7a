"""Menu, bar and shortcuts offer the same things, and none that has nothing to work on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton

from tests.app.conftest import Stage

pytestmark = pytest.mark.timeout(400)


def button(stage: Stage, name: str) -> QAbstractButton:
    found = stage.window.findChildren(QAbstractButton)
    return next(it for it in found if it.accessibleName() == name)


def test_undo_and_redo_are_offered_alike_in_menu_and_bar(stage: Stage) -> None:
    stage.open()
    commands, state = stage.window.commands, stage.window.explorer.state

    def offered() -> list[bool]:
        return [
            it.isEnabled()
            for it in (
                commands["undo"],
                button(stage, "Undo"),
                commands["redo"],
                button(stage, "Redo"),
            )
        ]

    state.set_dimension(0, 1.0)
    assert offered() == [True, True, False, False]
    state.undo()
    assert offered()[2:] == [True, True]


def test_exports_are_offered_once_there_is_something_to_export(stage: Stage) -> None:
    stage.open()
    window = stage.window
    for name in ("export_walk", "export_report", "export_losses", "export_quality"):
        assert not window.commands[name].isEnabled(), name
    stage.trigger("pin")
    stage.trigger("random")
    stage.trigger("pin")
    assert window.commands["export_walk"].isEnabled()
    stage.trigger("train")
    stage.until(lambda: window.commands["export_losses"].isEnabled())
    assert window.commands["export_report"].isEnabled()


def test_a_picture_that_was_copied_here_is_known_when_it_is_pasted(stage: Stage) -> None:
    stage.open()
    explorer = stage.window.explorer
    stage.until(lambda: explorer.pictures.place is explorer.state.place)
    place = explorer.state.place
    stage.trigger("copy")
    clipboard = QGuiApplication.clipboard()

    def formats() -> list[str]:
        data = clipboard.mimeData()
        return [] if data is None else data.formats()

    stage.until(lambda: "application/x-ganview-state" in formats())
    assert clipboard.mimeData().hasImage()
    stage.trigger("random")
    stage.trigger("paste")
    stage.until(lambda: np.allclose(explorer.state.place.z, place.z))
    assert explorer.state.place.label == place.label
    clipboard.clear()  # it is the whole process's


def test_what_was_exported_can_be_shown_in_its_folder(stage: Stage, tmp_path: Path) -> None:
    stage.open()
    window = stage.window
    tiles = window.files.picture()
    assert tiles is not None
    stage.export(tiles, tmp_path / "one.png", 2)
    stage.until(lambda: "one.png" in window.message_bar.text)
    shown = [it.text() for it in window.message_bar.findChildren(QAbstractButton) if it.isVisible()]
    assert "Show in folder" in shown
