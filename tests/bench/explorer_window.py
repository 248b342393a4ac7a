"""The explorer's figures that take a window: preview of a slider, and a minute of dragging.

``python -m tests.bench.explorer_window [--seconds 60]``, called by ``bench_explorer.py``. The
window is offscreen; milliseconds are from the event to the painted pictures.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.bench_window import Stage

HOVERS = 100


def preview(stage: Stage) -> dict[str, float]:
    """Move the pointer from slider to slider; returns milliseconds to the pictures at −3 … +3 σ."""
    from PySide6.QtTest import QTest

    tab = stage.window.explorer.sliders
    shown: list[float] = []
    show = tab.preview.show_pictures

    def watched(*arguments: Any) -> None:
        show(*arguments)
        tab.preview.repaint()
        shown.append(time.perf_counter())

    tab.preview.show_pictures = watched  # type: ignore[method-assign]
    sliders, taken = tab.sliders, []
    rows = sliders.viewport().height() // sliders.sizeHintForRow(0)
    for hover in range(HOVERS):
        parts = sliders.parts_of((hover + 1) % rows)  # the first row's is there from the start
        assert parts is not None
        shown.clear()
        began = time.perf_counter()
        QTest.mouseMove(sliders.viewport(), parts.track.center())
        stage.until(lambda: bool(shown), look=0.001)
        taken.append(1000 * (shown[0] - began))
        stage.pump(0.1)  # a hand rests on what it looks at
    taken.sort()
    tab.preview.show_pictures = show  # type: ignore[method-assign]
    return {
        "median_ms": round(statistics.median(taken), 2),
        "p99_ms": round(taken[int(0.99 * (len(taken) - 1))], 2),
        "worst_ms": round(taken[-1], 2),
    }


def play(seconds: float) -> dict[str, Any]:
    """Measure on the model that ships, then on the network in training."""
    from ganview.runtime.messages import RunState
    from ganview.runtime.thread_pools import limit_thread_pools

    limit_thread_pools()  # as the program does, before numpy is imported
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        window, controller = stage.window, stage.controller
        loaded: list[bool] = []
        controller.loaded.connect(lambda: loaded.append(True))
        window.resize(1280, 800)
        window.first_painted.connect(lambda: controller.start())
        window.show()
        stage.until(lambda: bool(loaded))
        stage.pump(1)
        idle = preview(stage)
        window.commands["train"].trigger()
        stage.until(lambda: controller.training.state is RunState.TRAINING)
        stage.pump(2)
        training = preview(stage)
        dragged = stage.drag(seconds)
        closed: list[bool] = []
        controller.closed.connect(lambda: closed.append(True))
        window.close()
        stage.until(lambda: bool(closed))
    return {
        "foresight_idle": idle,
        "foresight_training": training,
        "drag_training": {"seconds": seconds, **{k: round(v, 2) for k, v in dragged.items()}},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    print(json.dumps(play(parser.parse_args().seconds)))


if __name__ == "__main__":
    main()
