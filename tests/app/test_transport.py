from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QMainWindow, QProgressBar, QSpinBox
from pytestqt.qtbot import QtBot

from ganview.app.controllers.actions import Actions, Need
from ganview.app.controllers.settings import Settings
from ganview.app.window.training_bar import TrainingBar
from ganview.app.window.training_state import HERE, training_state
from ganview.gan.presets import PRESETS
from ganview.runtime.messages import RunState, Snapshot, StopAt


class Bench:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        self.settings = Settings(folder / "window.json")
        self.actions = Actions(self.window)
        self.actions.offer(~Need.NOTHING)
        self.training_bar = TrainingBar(self.actions, self.settings, QLabel("a run"))
        self.window.setCentralWidget(self.training_bar)
        self.window.show()

    def box(self, kind: type, name: str):
        return next(w for w in self.training_bar.findChildren(kind) if w.accessibleName() == name)

    def texts(self) -> str:
        return " ".join(label.text() for label in self.training_bar.findChildren(QLabel))


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(qtbot, tmp_path)


def snapshot(**changes: object) -> Snapshot:
    values: dict[str, object] = {
        "state": RunState.TRAINING,
        "step": 1240,
        "images_seen": 79360,
        "elapsed": 32.4,
        "images_per_second": 2310.0,
        "progress": 0.25,
        "remaining": 70.0,
    }
    return Snapshot(**{**values, **changes})  # type: ignore[arg-type]


def test_figures_are_readable_text(bench: Bench) -> None:
    bench.training_bar.show_snapshot(snapshot())
    for figure in ("step 1,240", "2,310 images/s", "0:32", "1 min left"):
        assert figure in bench.texts()
    assert bench.box(QProgressBar, "Part of the training that is done").value() == 250


def test_a_finished_run_says_so(bench: Bench) -> None:
    bench.training_bar.show_snapshot(snapshot(state=RunState.FINISHED, progress=1.0, remaining=0.0))
    assert "finished" in bench.texts()
    assert "images/s" not in bench.texts()


@pytest.mark.parametrize("state", RunState)
def test_the_train_button_says_what_a_press_would_do(bench: Bench, state: RunState) -> None:
    bench.training_bar.show_state(training_state(state))
    assert bench.actions["train"].text() == HERE[state].text
    assert HERE[state].tip in bench.actions["train"].toolTip()


def test_a_finished_run_is_offered_a_further_limit(bench: Bench) -> None:
    bench.settings.stop_kind, bench.settings.stop_steps = "steps", 600
    bench.training_bar.restore_stop()
    done = snapshot(state=RunState.FINISHED, step=600, progress=1.0)
    further = bench.training_bar.further
    bench.training_bar.show_state(training_state(RunState.FINISHED, further=further))
    assert bench.actions["train"].text() == "Go on +600 steps"
    bench.training_bar.extend_stop(done)
    assert bench.training_bar.stop == StopAt(steps=1200)
    bench.training_bar.restore_stop()
    assert bench.training_bar.stop == StopAt(steps=600)


def test_the_next_run_is_marked_where_it_differs_from_the_running_one(bench: Bench) -> None:
    bar = bench.training_bar
    bar.show_running(bar.config)
    assert "not this one" not in bench.texts()
    bar.run_settings.set("gamma", 0.5)
    assert "not this one" in bench.texts()


def test_the_stop_condition_is_minutes_steps_or_none(bench: Bench, qtbot: QtBot) -> None:
    kind, count = bench.box(QComboBox, "Stop condition"), bench.box(QSpinBox, "Stop after")
    changes: list[StopAt | None] = []
    bench.training_bar.stop_changed.connect(lambda: changes.append(bench.training_bar.stop))
    kind.setCurrentIndex(kind.findData("steps"))
    count.setValue(500)
    kind.setCurrentIndex(kind.findData("minutes"))
    count.setValue(3)
    kind.setCurrentIndex(kind.findData("never"))
    assert changes[-5:] == [
        StopAt(steps=20_000),
        StopAt(steps=500),
        StopAt(seconds=1200.0),
        StopAt(seconds=180.0),
        None,
    ]
    assert count.isHidden()


def test_preset_and_seed_are_remembered(bench: Bench, tmp_path: Path, qtbot: QtBot) -> None:
    run_settings = bench.training_bar.run_settings
    with qtbot.waitSignals([bench.training_bar.recipe_changed] * 2):
        bench.box(QComboBox, "Preset").setCurrentIndex(2)
        run_settings.set("seed", 17)
    bench.settings.save()
    again = Settings(tmp_path / "window.json")
    assert again.preset == run_settings.preset == list(PRESETS)[2]
    assert again.seed == run_settings.seed == 17


def test_a_press_is_the_action(bench: Bench, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QPushButton

    with qtbot.waitSignal(bench.actions.triggered) as triggered:
        qtbot.mouseClick(bench.box(QPushButton, "Step"), Qt.MouseButton.LeftButton)
    assert triggered.args == ["step"]


def test_changed_settings_are_counted(bench: Bench) -> None:
    bench.training_bar.run_settings.set("gamma", 0.5)
    bench.training_bar.run_settings.set("beta1", 0.5)
    from PySide6.QtWidgets import QToolButton

    assert bench.box(QToolButton, "Settings, 2 changed").text() == "2 changed"
    bench.box(QComboBox, "Preset").setCurrentIndex(1)
    assert bench.box(QToolButton, "Settings").text() == ""
    assert bench.training_bar.run_settings.changes == {}
