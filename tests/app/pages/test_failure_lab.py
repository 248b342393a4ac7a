from __future__ import annotations

from PySide6.QtWidgets import QTabBar

from ganview.app.pages.runs import RunsPage
from ganview.runtime import failure_pairs
from ganview.runtime.failure_pairs import FailurePair
from ganview.runtime.messages import RunState
from tests.app.conftest import Stage
from tests.runtime.conftest import SMALL

TINY = FailurePair("tiny", "Tiny", "one", "the other", "Look.", SMALL, {"gamma": 0.0})


def test_a_lab_trains_beside_a_run_that_rests_and_ends_with_the_window(
    stage: Stage, monkeypatch
) -> None:
    monkeypatch.setitem(failure_pairs.PAIRS, "tiny", TINY)
    stage.open()
    stage.trigger("train")
    stage.until(lambda: stage.controller.training.state is RunState.TRAINING)
    stage.window.pages.open("runs")
    page = stage.window.pages.page
    assert isinstance(page, RunsPage)
    lab = stage.controller.training.lab
    tabs = page.comparison.sides.findChild(QTabBar)
    tabs.setCurrentIndex(1)  # as it was left by a comparison before
    page.list.lab_asked.emit("tiny")
    stage.until(lambda: all(one is not None and one.step > 5 for one in lab.last))
    stage.until(lambda: stage.controller.training.state is RunState.PAUSED)
    look = page.comparison.words[0]
    assert look == "Look."
    assert tabs.tabText(tabs.currentIndex()) == "Samples"
    stage.until(lambda: page.comparison.words[1].startswith("One: "))
    stage.until(lambda: all(grid.picture is not None for grid in page.comparison.sides.pair.grids))
    lab.toggle()
    stage.until(lambda: not lab.trains)
    assert lab.alive
    stage.close()
    assert not lab.alive
    assert not stage.errors
