from __future__ import annotations

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
