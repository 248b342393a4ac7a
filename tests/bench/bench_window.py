"""The real window, offscreen: how soon it is there, how soon a slider paints, what it costs.

``python -m tests.bench.bench_window [--seconds 10] [--rounds 3]``. Each figure comes of a program
of its own, started anew. Steps a second with the window are held against those of the trainer
alone, in turns, because the machine may be shared.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

START_TIMEOUT = 120.0
EVENT_SECONDS = 1 / 60  # a hand on a slider, at the rate of a screen


def cold_start() -> dict[str, float]:
    """Start ``ganview`` and return seconds from the start of the process, then close it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "times.json"
        environment = os.environ | {
            "QT_QPA_PLATFORM": "offscreen",
            "GANVIEW_STARTUP_TIMES": str(path),
        }
        environment |= {"XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder}
        began = time.monotonic()
        program = subprocess.Popen([sys.executable, "-m", "ganview"], env=environment)
        try:
            while not path.exists() or not path.read_text():
                if time.monotonic() - began > START_TIMEOUT or program.poll() is not None:
                    raise RuntimeError("the window did not start")
                time.sleep(0.02)
            times = json.loads(path.read_text())
        finally:
            program.terminate()
            program.wait(30)
    return {name: times[name] - began for name in ("painted", "answering")}


def alone(seconds: float) -> float:
    """Return steps a second of a session without a window."""
    from ganview.data.digits import load_digits
    from ganview.gan.config import TrainConfig
    from ganview.runtime.channels import Resume, RunOptions
    from ganview.runtime.local_run import LocalRun
    from ganview.runtime.messages import RunState

    with LocalRun(TrainConfig(), load_digits(), RunOptions(snapshot_interval=1e9)) as session:
        session.send(Resume())
        while (last := session.snapshots.wait(60)) is not None:
            if last.state is RunState.TRAINING:
                break
        time.sleep(1)
        before, began = len(session.history), time.monotonic()
        time.sleep(seconds)
        return (len(session.history) - before) / (time.monotonic() - began)


def with_window(seconds: float) -> dict[str, Any]:
    """Train in the real window for a while untouched, then with a hand on a slider."""
    from ganview.runtime.thread_pools import limit_thread_pools

    limit_thread_pools()  # as the program does, before numpy is imported
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        return Stage(Path(folder)).play(seconds)


class Stage:
    """A window with a clock beside it."""

    def __init__(self, folder: Path) -> None:
        from ganview.app.controllers.app_controller import AppController
        from ganview.app.controllers.settings import Settings
        from ganview.app.window.main_window import MainWindow
        from ganview.app.window.startup import make_application

        self.app = make_application()
        settings = Settings(folder / "window.json")
        settings.stop_kind = "never"
        self.controller = AppController(runs=folder / "runs")
        self.waiting: dict[int, float] = {}
        self.latencies: list[float] = []
        self.moved = 0.0
        self._request = self.controller.bridge.request
        self.controller.bridge.request = self.request  # type: ignore[method-assign]
        self.window = MainWindow(settings, self.controller)
        self.window.explorer.painted.connect(self.painted)

    def request(self, lane: str, *arguments: Any, **named: Any) -> int:
        """Pass a request on and remember which event it comes of.

        New weights have the same place drawn again: that is no answer to a hand.
        """
        stamp = self._request(lane, *arguments, **named)
        if lane == "picture" and self.moved:
            self.waiting[stamp] = self.moved
            self.moved = 0.0
        return stamp

    def painted(self, stamp: int) -> None:
        """Note how long the newest event that this picture answers has waited."""
        now = time.perf_counter()
        answered = [key for key in self.waiting if key <= stamp]
        if answered:
            self.latencies.append(now - self.waiting[max(answered)])
        for key in answered:
            del self.waiting[key]

    def pump(self, seconds: float) -> None:
        """Let the window live."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(max(1, round(1000 * seconds)), loop.quit)
        loop.exec()

    def until(self, condition: Any, look: float = 0.02) -> None:
        """Wait for something, and look for it every so many seconds."""
        deadline = time.monotonic() + START_TIMEOUT
        while not condition():
            if time.monotonic() > deadline:
                raise RuntimeError("the window did not get as far as it should")
            self.pump(look)

    def drag(self, seconds: float) -> dict[str, float]:
        """Move a slider sixty times a second; returns milliseconds to the painted picture."""
        from math import sin

        from PySide6.QtTest import QTest

        explorer = self.window.explorer
        sliders, state = explorer.sliders.sliders, explorer.state
        parts = sliders.parts_of(3)
        assert parts is not None
        # A hand is on what it drags: what lies along another slider would be drawn anew each time.
        QTest.mouseMove(sliders.viewport(), parts.track.center())
        self.pump(0.3)
        self.waiting.clear()
        self.latencies.clear()
        began = time.perf_counter()
        events, alive, python, seen = 0, 0, 0, set[str]()
        while (now := time.perf_counter() - began) < seconds:
            self.moved = time.perf_counter()
            state.set_dimension(3, 2 * sin(3 * now), gesture=self)
            events += 1
            threads = [path.name for path in Path("/proc/self").glob("task/*")]  # Linux only
            alive, seen = max(alive, len(threads)), seen | set(threads)
            python = max(python, threading.active_count())
            # By the clock: a rest of a sixtieth after each would make them fewer than sixty.
            self.pump(began + events * EVENT_SECONDS - time.perf_counter())
        self.moved = 0.0
        self.pump(0.3)
        ordered = sorted(self.latencies)
        return {
            "events": events,
            "painted_a_second": len(ordered) / seconds,
            "median_ms": 1000 * statistics.median(ordered),
            "p99_ms": 1000 * ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))],
            "worst_ms": 1000 * ordered[-1],
            "threads_alive": alive,  # of the operating system, at most at once
            "threads_in_all": len(seen),
            "threads_of_python": python,  # at most at once
        }

    def play(self, seconds: float) -> dict[str, Any]:
        """Do it all."""
        from ganview.runtime.messages import RunState

        window, controller = self.window, self.controller
        window.resize(1280, 800)
        window.first_painted.connect(lambda: controller.start())
        window.show()
        self.until(lambda: window.explorer.pictures is not None)
        self.pump(1)
        idle = self.drag(seconds)
        window.commands["train"].trigger()
        training = controller.training
        self.until(lambda: training.state is RunState.TRAINING)
        self.pump(1)
        history = training.history
        assert history is not None
        before, began = len(history), time.monotonic()
        self.pump(seconds)
        steps = (len(history) - before) / (time.monotonic() - began)
        before, began = len(history), time.monotonic()
        training_drag = self.drag(seconds)
        steps_dragged = (len(history) - before) / (time.monotonic() - began)
        resident = resident_megabytes()
        closed: list[bool] = []
        controller.closed.connect(lambda: closed.append(True))
        window.close()
        self.until(lambda: bool(closed))
        return {
            "steps_a_second": steps,
            "steps_a_second_dragging": steps_dragged,
            "drag_idle": idle,
            "drag_training": training_drag,
            "resident_mb": resident,
            "threads_left": threading.active_count() - 1,
        }


def resident_megabytes() -> float:
    """Return this process's resident memory now."""
    try:
        text = Path("/proc/self/statm").read_text(encoding="ascii")
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def child(part: str, seconds: float) -> Any:
    """Measure one part in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.bench_window", "--part", part]
    done = subprocess.run(
        [*command, "--seconds", str(seconds)], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--part", choices=("alone", "window"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part == "alone":
        print(json.dumps(alone(options.seconds)))
        return
    if options.part == "window":
        print(json.dumps(with_window(options.seconds)))
        return
    starts = [cold_start() for _ in range(options.rounds)]
    pairs = [
        (child("alone", options.seconds), child("window", options.seconds))
        for _ in range(options.rounds)
    ]
    windows = [window for _, window in pairs]

    def median(*path: str) -> float:
        values = []
        for window in windows:
            value = window
            for key in path:
                value = value[key]
            values.append(value)
        return statistics.median(values)

    found = {
        "rounds": options.rounds,
        "start_painted_s": statistics.median(start["painted"] for start in starts),
        "start_answering_s": statistics.median(start["answering"] for start in starts),
        "steps_window_over_alone": statistics.median(
            window["steps_a_second"] / steps for steps, window in pairs
        ),
        "steps_a_second": median("steps_a_second"),
        "resident_mb_training": median("resident_mb"),
    }
    for when in ("idle", "training"):
        for key in ("p99_ms", "median_ms", "painted_a_second"):
            found[f"drag_{when}_{key}"] = median(f"drag_{when}", key)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
