"""What a frame costs the window's thread while it trains, with every page and tab open in turn.

``python -m tests.bench.bench_frames [--seconds 4]``. A frame is a sixtieth of a second; its cost is
the processor time of the window's thread in it, so that a shared machine tells the same.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.bench_window import EVENT_SECONDS, Stage


def frames(stage: Stage, seconds: float) -> dict[str, float]:
    """Let the window live; return milliseconds of its thread's time in a frame."""
    from PySide6.QtCore import Qt, QTimer

    costs: list[float] = []
    before = time.thread_time()

    def note() -> None:
        nonlocal before
        now = time.thread_time()
        costs.append(1000 * (now - before))
        before = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(note)
    timer.start(round(1000 * EVENT_SECONDS))
    stage.pump(seconds)
    timer.stop()
    return {
        "median_ms": float(np.median(costs)),
        "p99_ms": float(np.percentile(costs, 99)),
        "worst_ms": max(costs),
        "frames": len(costs),
    }


def all_views(seconds: float) -> dict[str, Any]:
    """Train, and look at each page and each tab for some seconds, once it is built."""
    from ganview.app.pages.pages import PAGES
    from ganview.runtime.messages import RunState

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        window, controller = stage.window, stage.controller
        window.resize(1280, 800)
        window.first_painted.connect(lambda: controller.start())
        window.show()
        stage.until(lambda: window.explorer.pictures is not None)
        window.commands["train"].trigger()
        stage.until(lambda: controller.training.state is RunState.TRAINING)
        stage.pump(2)
        for entry in PAGES:
            window.pages.open(entry.name)
            stage.pump(1)
            found[entry.title] = frames(stage, seconds)
        window.pages.open(PAGES[0].name)
        tabs = window.explorer.tabs
        for index in range(tabs.count()):
            tabs.setCurrentIndex(index)
            stage.pump(1)
            found[tabs.tabText(index)] = frames(stage, seconds)
        closed: list[bool] = []
        controller.closed.connect(lambda: closed.append(True))
        window.close()
        stage.until(lambda: bool(closed))
    found["worst p99_ms"] = max(view["p99_ms"] for view in found.values())
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    print(json.dumps(all_views(parser.parse_args().seconds), indent=2))


if __name__ == "__main__":
    main()
