from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialog

from ganview.app.theme import Theme
from ganview.app.window.dialogs import AboutDialog, ShortcutDialog
from ganview.export.palette import DARK, LIGHT
from tests.app.conftest import Stage


def test_the_scheme_is_chosen_and_remembered(stage: Stage) -> None:
    for scheme, tokens in (("dark", DARK), ("light", LIGHT)):
        stage.trigger(scheme)
        assert Theme.current().tokens is tokens
        assert stage.settings.scheme == scheme
        assert stage.window.commands[scheme].isChecked()


def test_the_axis_is_chosen_and_remembered(stage: Stage) -> None:
    stage.window.plots.fill()
    stage.trigger("axis_images")
    assert stage.settings.plot_axis == "images"
    assert stage.window.commands["axis_images"].isChecked()
    assert not stage.window.commands["axis_steps"].isChecked()


@pytest.mark.parametrize(("name", "kind"), [("shortcuts", ShortcutDialog), ("about", AboutDialog)])
def test_small_windows_stop_nothing(stage: Stage, name: str, kind: type[QDialog]) -> None:
    stage.window.show()
    stage.trigger(name)
    sheet = stage.window.findChild(kind)
    assert sheet.isVisible()
    assert not sheet.isModal()
    sheet.close()


def test_full_screen_and_back(stage: Stage) -> None:
    stage.window.show()
    stage.trigger("full_screen")
    assert stage.window.isFullScreen()
    stage.trigger("full_screen")
    assert not stage.window.isFullScreen()


def test_the_look_of_the_plots_is_chosen_and_remembered(stage: Stage) -> None:
    stage.window.plots.fill()
    for name in ("plot_log", "plot_smooth"):
        assert not stage.window.commands[name].isChecked()
        stage.trigger(name)
    assert (stage.settings.plot_log, stage.settings.plot_smooth) == (1, 1)
    assert all(curve.log and curve.smooth for curve in stage.window.plots.plots.losses.curves)
    stage.trigger("plot_log")
    assert not any(curve.log for curve in stage.window.plots.plots.losses.curves)
