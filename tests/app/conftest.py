"""A real window on real threads, and an explorer without any."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ganview.app.controllers.app_controller import AppController
from ganview.app.controllers.settings import Settings
from ganview.app.exports.picture_sheet import Tiles
from ganview.app.motion import Motion
from ganview.app.window.main_window import MainWindow
from ganview.runtime.messages import RunState, StopAt
from tests.app.explorer_bench import Hand


@pytest.fixture(autouse=True)
def _nothing_moves(qapp: QApplication) -> None:
    """Let every picture be at its end at once: a test of motion asks for `moving`."""
    Motion.current().set_desktop_still(False)
    Motion.current().set_choice("still")


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no run try with how many threads it is fastest: that takes as long as a whole test."""
    monkeypatch.setattr("ganview.runtime.thread_tuner.usable_cores", lambda: 1)


@pytest.fixture
def moving(qapp: QApplication) -> Motion:
    """Return the switch of motion, switched on."""
    Motion.current().set_choice("system")
    return Motion.current()


class Stage:
    """A real window on real threads."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.settings = Settings(folder / "window.json")
        self.settings.folder = str(folder)
        self.controller = AppController(runs=folder / "runs")
        self.window = MainWindow(self.settings, self.controller)
        self.window.resize(1280, 800)  # the screen of these tests is smaller
        self.errors: list[str] = []
        self.said: list[str] = []
        self.closed: list[bool] = []
        self.controller.failed.connect(lambda sentence, _details: self.errors.append(sentence))
        self.controller.said.connect(self.said.append)
        self.controller.closed.connect(lambda: self.closed.append(True))
        qtbot.addWidget(self.window, before_close_func=lambda _window: self.close())

    def open(self, model: str | None = None) -> None:
        self.window.show()
        self.controller.start(model)
        self.until(lambda: self.window.explorer.pictures is not None)

    def train(self, steps: int = 12) -> None:
        """Train a run, which ends after some steps."""
        training = self.controller.training
        self.trigger("train")
        self.until(lambda: training.last is not None and training.last.step > 0)
        training.set_stop(StopAt(steps=training.last.step + steps))
        self.until(lambda: training.state is RunState.FINISHED)

    def trigger(self, name: str) -> None:
        assert self.window.commands[name].isEnabled(), name
        self.window.commands[name].trigger()

    def export(self, tiles: Tiles, path: Path, zoom: int) -> None:
        """Fill in the dialog of a picture, and press its button."""
        dialog = self.window.files.export_dialog(tiles)
        dialog.open()
        dialog.file.setText(str(path))
        dialog.zoom.setValue(zoom)
        dialog.start()

    def until(self, condition, timeout: int = 100_000) -> None:
        self.qtbot.waitUntil(condition, timeout=timeout)

    def close(self) -> None:
        if not self.closed:
            self.window.close()
            self.until(lambda: bool(self.closed))


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    # what no test of a window waits for would take two processors meanwhile
    found = "ganview.app.explorer.directions_tab.fit_named_directions"
    monkeypatch.setattr(found, lambda *_given: [])
    return Stage(qtbot, tmp_path)


@pytest.fixture
def hand() -> Hand:
    """Return an explorer whose questions the test answers, at its first place."""
    hand = Hand()
    hand.draw()
    return hand
