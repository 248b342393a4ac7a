from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ganview.app.pages.trouble_banner import TroubleBanner
from ganview.app.widgets.text import TextLabel
from ganview.gan.presets import PRESETS
from ganview.runtime.health import Finding, FindingKind
from tests.app.conftest import Stage

CONFIG = PRESETS["collapse"].config
COLLAPSE = (Finding(FindingKind.COLLAPSED, "The generator has collapsed."),)


def test_the_banner_names_finding_reason_and_remedy(qtbot: QtBot) -> None:
    banner = TroubleBanner()
    qtbot.addWidget(banner)
    banner.show_findings(COLLAPSE, CONFIG)
    assert "collapsed" in banner.text
    assert "3 times" in banner.text
    with qtbot.waitSignal(banner.mend_asked) as asked:
        banner.findChild(QPushButton).click()
    assert CONFIG.with_(**asked.args[0]).d_steps == 1
    banner.show_findings((), CONFIG)
    assert banner.text == ""


def test_a_remedy_begins_a_run_with_the_settings_of_this_one_but_for_it(stage: Stage) -> None:
    stage.open()
    window, training = stage.window, stage.controller.training
    window.training_bar.run_settings.use_config(CONFIG)
    stage.trigger("train")
    stage.until(lambda: training.last is not None and training.last.step > 0)
    titles = window.samples.findChildren(TextLabel)
    stage.until(lambda: "Live samples" in [it.text() for it in titles])
    model = stage.controller.app_model
    model.show_samples(model.samples, None)  # as those of the built-in model, before the first step
    assert "Live samples" not in [it.text() for it in titles]
    stage.trigger("train")  # pauses
    stage.until(lambda: "Samples" in [it.text() for it in titles])
    first = training.folder
    window.training_commands.mend_run({"d_steps": 1, "gamma": 1.0})
    stage.until(lambda: training.folder not in (None, first))
    run = stage.controller.app_model.run
    assert run is not None
    assert run.config == CONFIG.with_(d_steps=1, gamma=1.0)
    assert window.training_bar.run_settings.preset == "collapse"


def test_more_classes_than_have_room_are_counted_and_shown_in_turn(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ganview.runtime.sample_grid.MOST_COLUMNS", 4)
    stage.open()
    panel, state = stage.window.samples, stage.window.explorer.state
    stage.until(lambda: panel.sheet is not None)
    (button,) = (it for it in panel.findChildren(QPushButton) if "of 10" in it.text())
    for first in (0, 4, 6, 0):
        stage.until(lambda first=first: panel.sheet.first_class == first)
        assert button.text() == f"Classes {first + 1} to {first + 4} of 10 ›"
        panel.view.tile_activated.emit(1)
        assert state.place.label == first + 1
        button.click()
    assert stage.errors == []
