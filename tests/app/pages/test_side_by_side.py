from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMainWindow, QTabBar
from pytestqt.qtbot import QtBot

from ganview.app.controllers.app_model import AppModel
from ganview.app.controllers.bridge import Bridge
from ganview.app.pages.compared_run import ComparedRun
from ganview.app.pages.run_differences import DifferenceTable, differing_settings, results
from ganview.app.pages.side_by_side import SideBySide
from ganview.app.widgets.text import ElidedLabel
from ganview.files.open_model import shipped_model
from ganview.gan.config import TrainConfig
from ganview.runtime.run_view import FolderRun
from tests.runtime.run_maker import make_run


@pytest.fixture
def runs(tmp_path: Path) -> list[ComparedRun]:
    found = []
    for name, gamma, level in (("a", 0.3, 50), ("b", 2.0, 150), ("c", 2.0, 250)):
        path = make_run(tmp_path / name, TrainConfig(gamma=gamma), steps=20, level=level)
        (path / "model.safetensors").write_bytes(shipped_model("conditional").read_bytes())
        found.append(ComparedRun(name, FolderRun(path)))
    return found


@pytest.fixture
def sides(qtbot: QtBot) -> SideBySide:
    bridge = Bridge()
    bridge.start()
    model = AppModel()
    sides = SideBySide(bridge.run_job, model, pytest.fail)

    def end(_sides: object) -> None:
        sides.hide()
        bridge.cancel_jobs()
        qtbot.waitUntil(lambda: not bridge.busy)
        bridge.stop()

    qtbot.addWidget(sides, before_close_func=end)
    sides.resize(700, 700)
    sides.show()
    return sides


def test_settings_that_differ_and_results_stand_beside_each_other(
    runs: list[ComparedRun],
) -> None:
    assert differing_settings(runs) == [("Penalty γ", ["0.3", "2", "2"])]
    assert differing_settings(runs[1:]) == []
    older = replace(runs[0], missing=frozenset({"gamma"}))
    assert differing_settings([older, *runs[1:]]) == []
    table = dict(results(runs))
    assert table["Steps"] == ["20"] * 3
    assert table["judge-FD"] == ["12.50"] * 3


def test_the_table_is_copied_as_a_spreadsheet_takes_it(
    qtbot: QtBot, runs: list[ComparedRun]
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    table = DifferenceTable()
    window.setCentralWidget(table)
    QShortcut(QKeySequence("Ctrl+C"), window)  # as the window copies the explorer's picture
    table.show_runs(runs)
    window.show()
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, gamma, *_ = QGuiApplication.clipboard().text().splitlines()
    assert head.split("\t") == ["", "1 a", "2 b", "3 c"]
    assert gamma.split("\t") == ["Penalty γ", "0.3", "2", "2"]


def test_samples_of_two_runs_are_shown_at_one_step(
    sides: SideBySide, runs: list[ComparedRun], qtbot: QtBot
) -> None:
    sides.compare(runs)

    def levels() -> list[int]:
        return [-1 if g.picture is None else int(g.picture.max()) for g in sides.pair.grids]

    qtbot.waitUntil(lambda: levels() == [50, 150])
    qtbot.waitUntil(lambda: len(sides.overlay.runs) == 3)
    assert sides.step is None
    sides.app_model.run = runs[0].run  # in focus, so that the cursor is its own
    sides.app_model.set_cursor(3)
    assert sides.step == 3
    qtbot.waitUntil(lambda: levels() == [-1, -1])  # nothing was kept so early
    sides.app_model.set_cursor(None)
    qtbot.waitUntil(lambda: levels() == [50, 150])


def test_the_numbers_of_the_curves_are_named_and_every_tab_has_room(
    sides: SideBySide, runs: list[ComparedRun], qtbot: QtBot
) -> None:
    sides.compare(runs)
    sides.resize(612, 400)
    bar = sides.findChild(QTabBar)
    bar.setCurrentIndex(1)
    assert bar.rect().contains(bar.tabRect(bar.count() - 1))

    def said() -> list[str]:
        return [label.toolTip() or label.text() for label in sides.findChildren(QLabel)]

    assert any(all(part in text for part in ("1 a", "2 b", "3 c")) for text in said())
    below = next(it for it in sides.findChildren(ElidedLabel) if "1 a" in it.text())
    below.resize(below.fontMetrics().horizontalAdvance("solid: D  ·  dashed: G."), 20)
    assert below.shown == "solid: D  ·  dashed: G"  # the names stand above, too
    sides.overlay.pointed.emit("step 3")
    assert "step 3" in said()
    sides.overlay.pointed.emit("")
    assert "step 3" not in said()


def test_other_runs_are_compared_while_their_settings_are_on_show(
    sides: SideBySide, runs: list[ComparedRun]
) -> None:
    tabs = sides.findChildren(QTabBar)[0]
    tabs.setCurrentIndex(tabs.count() - 1)
    sides.compare(runs[:2])
    sides.compare(runs[1:])
    assert not any("dashed" in label.text() for label in sides.findChildren(QLabel))


def test_the_cursor_of_another_run_is_not_followed(
    sides: SideBySide, runs: list[ComparedRun]
) -> None:
    sides.compare(runs[:2])
    sides.app_model.run = runs[2].run
    sides.app_model.set_cursor(3)
    assert sides.step is None
