"""The real window for a long time, over and over, and while it exports."""

from __future__ import annotations

import gc
import math
import os
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QApplication, QTabBar
from pytestqt.qtbot import QtBot

from ganview.app.controllers.app_controller import AppController
from ganview.app.controllers.settings import Settings
from ganview.app.exports.picture_sheet import Tiles
from ganview.app.window.main_window import MainWindow
from ganview.runtime.memory import give_back_memory, keep_memory
from ganview.runtime.messages import RunState
from tests.bench.bench_window import resident_megabytes
from tests.soak.conftest import size

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3 * 3600)]
FRAME_MS = 16
PATIENCE = 600_000  # ms
MOST_SLOPE = 1.0  # MB in ten minutes
MOST_P99 = 33.0  # ms
THOROUGH = 5
MOST_KB_A_CYCLE = 100


@pytest.fixture(autouse=True, scope="module")
def as_the_program_does() -> None:
    """Hold memory as the program holds it: `ganview.cli.entry` calls this first."""
    keep_memory()


class Open:
    """A window, and a heart that beats once a frame and notes how late it is."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        settings = Settings(folder / "window.json")
        settings.stop_kind, settings.folder = "never", str(folder)
        self.controller = AppController(runs=folder / "runs")
        self.window = MainWindow(settings, self.controller)
        self.errors: list[str] = []
        self.controller.failed.connect(lambda sentence, _details: self.errors.append(sentence))
        self.frames: list[float] = []
        self.beat: Callable[[int], object] = lambda _number: None
        self._numbers, self._last = count(), 0.0
        self._closed: list[bool] = []
        self.controller.closed.connect(lambda: self._closed.append(True))
        self._heart = QTimer(self.window)
        self._heart.setTimerType(Qt.TimerType.PreciseTimer)
        self._heart.timeout.connect(self._note_frame)
        self.window.show()
        self.controller.start()
        self.until(lambda: self.window.explorer.pictures is not None)

    def _note_frame(self) -> None:
        now = time.perf_counter()
        self.frames.append(1000 * (now - self._last))
        self._last = now
        self.beat(next(self._numbers))

    def start_heart(self) -> None:
        """Begin to note frames."""
        self.until(lambda: self.window.plots.plots is not None)
        self.until(lambda: not self.controller.bridge.busy)
        self.frames.clear()
        self._last = time.perf_counter()
        self._heart.start(FRAME_MS)

    def until(self, condition: Callable[[], bool]) -> None:
        """Let the window live until something is so."""
        self.qtbot.waitUntil(condition, timeout=PATIENCE)

    def live(self, seconds: float) -> None:
        """Let the window live for a while."""
        self.qtbot.wait(round(1000 * seconds))

    def open_tabs(self) -> None:
        """Open one tab of the explorer after the other, and let each do its work."""
        for bar in self.window.explorer.findChildren(QTabBar):
            for index in range(bar.count()):
                bar.setCurrentIndex(index)
                self.live(0.1)
        self.until(lambda: not self.controller.bridge.busy)

    def train(self) -> None:
        """Begin to train, and wait for the first steps."""
        training = self.controller.training
        self.window.commands["train"].trigger()
        self.until(lambda: training.state is RunState.TRAINING and training.last.step > 5)

    def close(self) -> None:
        """Close it and let go of it."""
        self._heart.stop()
        self.window.close()
        self.until(lambda: bool(self._closed))
        self.window.deleteLater()
        self.controller.deleteLater()


def export(live: Open, tiles: Tiles | None, path: Path, zoom: int) -> None:
    """Fill in the dialog of a picture, and press its button."""
    assert tiles is not None
    dialog = live.window.files.export_dialog(tiles)
    dialog.open()
    dialog.file.setText(str(path))
    dialog.zoom.setValue(zoom)
    dialog.start()


def percentile(values: list[float], share: float) -> float:
    """Return the value that so many do not exceed."""
    return round(float(np.percentile(values, 100 * share)), 1) if values else 0.0


def standing() -> dict[str, float]:
    """Return what must stay as it is: threads, files and memory."""
    return {
        "threads": threading.active_count(),
        "system_threads": len(os.listdir("/proc/self/task")),  # noqa: PTH208 - no Paths needed
        "files": len(os.listdir("/proc/self/fd")),  # noqa: PTH208
        "memory_mb": round(resident_megabytes(), 2),
    }


def slope(samples: list[tuple[float, float]]) -> float:
    """Return MB in ten minutes, of (seconds, MB) after the first third."""
    late = np.array(samples[len(samples) // 3 :])
    return float(np.polyfit(late[:, 0], late[:, 1], 1)[0]) * 600


def median_slope(values: list[float]) -> float:
    """Return the median of the slopes of all pairs (Theil, 1950; Sen, 1968).

    One step of the heap, which comes once and stays, is no growth from cycle to cycle.
    """
    first, second = np.triu_indices(len(values), 1)
    heights = np.array(values)
    return float(np.median((heights[second] - heights[first]) / (second - first)))


def test_an_hour_of_training(qtbot: QtBot, tmp_path: Path, figures: dict[str, Any]) -> None:
    """SOAK_MINUTES sets how long; memory is judged from half an hour on."""
    minutes = size("MINUTES", 60)
    live = Open(qtbot, tmp_path)
    state = live.window.explorer.state
    live.beat = lambda number: state.set_dimension(number // 500 % 64, 2 * math.sin(number / 30))
    try:
        live.start_heart()
        live.train()
        live.live(5)
        began, first, exports = time.monotonic(), standing(), 0
        memory: list[tuple[float, float]] = []
        levels: list[float] = []
        by_minute: list[float] = []
        live.frames.clear()
        while (elapsed := time.monotonic() - began) < 60 * minutes:
            live.live(5)
            memory.append((elapsed, resident_megabytes()))
            if elapsed >= 60 * exports:
                if exports == 1:
                    first = standing()  # by now every pool has its threads
                for name, tiles in (
                    ("picture", live.window.files.picture()),
                    ("strip", live.window.files.strip()),
                    ("grid", live.window.files.grid()),
                ):
                    export(live, tiles, tmp_path / f"{exports}-{name}.png", 4)
                levels.append(percentile(live.frames, 0.99))
                by_minute.append(round(memory[-1][1], 1))
                live.frames.clear()
                exports += 1
        live.until(lambda: not live.controller.bridge.busy)
        live.live(1)
        history, step = live.controller.training.history, live.controller.training.last.step
        figures |= {
            "minutes": minutes,
            "exports": 3 * exports,
            "steps": step,
            "steps_missing": step - len(history),
            "memory_slope_mb_in_10_min": round(slope(memory), 2),
            "memory_mb_by_minute": by_minute,
            "frame_p99_ms_by_minute": levels[1:],
            "first": first,
            "last": standing(),
            "errors": live.errors,
        }
    finally:
        live.close()
    assert live.errors == []
    assert len(list(tmp_path.glob("*.png"))) == 3 * exports
    assert figures["steps_missing"] <= 0
    # an export that was being written in the first minute has files open, too
    for name in ("threads", "files"):
        assert figures["last"][name] <= first[name], name
    if minutes >= 30:
        assert figures["memory_slope_mb_in_10_min"] < MOST_SLOPE
        middle = sorted(levels[1:])[len(levels) // 2]
        assert max(levels[-5:]) < 2 * middle + 5, "frame times stay level"


def test_open_and_close(qtbot: QtBot, tmp_path: Path, figures: dict[str, Any]) -> None:
    """Window and models, again and again: what a third of them leaves, the last leaves too.

    Every `THOROUGH`th trains, too, and opens all tabs of the explorer.
    """
    cycles, began = size("CYCLES", 200), time.monotonic()
    after: list[dict[str, float]] = []
    for number in range(cycles):
        live = Open(qtbot, tmp_path)
        live.controller.opening.open(Path("weights/digits-unconditional.safetensors").resolve())
        live.until(lambda live=live: live.controller.app_model.model.spec.classes == 0)
        if number % THOROUGH == 0:
            live.open_tabs()
            live.train()
        live.close()
        del live
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        QPixmapCache.clear()  # has a limit of its own, 10 MB, and grows up to it
        give_back_memory()  # what is free is not left behind
        timers = [thing for thing in gc.get_objects() if type(thing) is QTimer]
        after.append(
            {
                **standing(),
                "widgets": len(QApplication.allWidgets()),
                "timers": sum(timer.isActive() for timer in timers),
                "windows": sum(type(thing) is MainWindow for thing in gc.get_objects()),
            }
        )
        del timers
        late = [row["memory_mb"] for row in after[cycles // 3 :]]
        early = after[min(cycles // 3, len(after) - 1)]  # by now every pool has its threads
        figures |= {"cycles": len(after), "early": early, "last": after[-1]}
        figures["seconds"] = round(time.monotonic() - began)
        for name in ("memory_mb", "files"):
            figures[f"{name}_by_cycle"] = [round(row[name]) for row in after]
        if len(late) > 1:
            figures["memory_kb_a_cycle"] = round(1024 * median_slope(late))
    early, last = figures["early"], figures["last"]
    for name in ("threads", "files", "widgets", "timers", "windows"):
        assert last[name] <= early[name], name
    if cycles >= 100:
        assert figures["memory_kb_a_cycle"] < MOST_KB_A_CYCLE


def test_exports_while_training(qtbot: QtBot, tmp_path: Path, figures: dict[str, Any]) -> None:
    """SOAK_EXPORTS sheets one after another: no step is lost, no frame is late."""
    live, most = Open(qtbot, tmp_path), size("EXPORTS", 100)
    try:
        live.start_heart()
        live.train()
        live.live(2)
        live.frames.clear()
        for number in range(most):
            export(live, live.window.files.grid(), tmp_path / f"{number}.png", 4)
            live.until(lambda: not live.controller.bridge.busy)
        frames = live.frames.copy()
        live.window.commands["train"].trigger()
        training = live.controller.training
        live.until(lambda: training.state is RunState.PAUSED)
        steps = training.history.view()["step"]
        figures |= {
            "exports": most,
            "steps": len(steps),
            "steps_missing": int(steps[-1]) - len(steps),
            "frames": len(frames),
            "frame_p50_ms": percentile(frames, 0.5),
            "frame_p99_ms": percentile(frames, 0.99),
            "frame_worst_ms": percentile(frames, 1.0),
        }
    finally:
        live.close()
    assert live.errors == []
    assert len(list(tmp_path.glob("*.png"))) == most
    assert figures["steps_missing"] == 0
    assert figures["frame_p99_ms"] < MOST_P99
