"""The list of runs, six long runs over each other, and two runs in the failure lab.

``python tests/bench/bench_runs.py [--runs 500] [--steps 1000000] [--lab-steps 150] [--rounds 3]``.
The lab and one run alone, with as many threads as are fastest, take turns, so that a busy machine
slows them alike; their steps a second are of whole runs, saved and measured as in the window.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import numpy as np
from PySide6.QtWidgets import QApplication

from ganview.app.plots.run_overlay import MEASURES, RunColumns, RunOverlay
from ganview.data.digits import load_digits
from ganview.gan.config import TrainConfig
from ganview.runtime.channels import Resume, RunOptions
from ganview.runtime.failure_lab import FailureLab
from ganview.runtime.failure_pairs import PAIRS
from ganview.runtime.history import COLUMNS, History
from ganview.runtime.local_run import LocalRun
from ganview.runtime.messages import RunState, StopAt
from ganview.runtime.quality_record import QualityRecord
from ganview.runtime.run_list import list_runs
from ganview.runtime.run_setup import set_up_new_run
from tests.runtime.run_maker import make_run


def time_list(count: int, folder: Path) -> dict[str, float]:
    """List so many runs, once from the disk and once more."""
    for number in range(count):
        make_run(folder / f"{number:04d}", TrainConfig(seed=number), steps=50)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        assert len(list_runs(folder)) == count
        times.append(time.perf_counter() - began)
    return {"list_runs": count, "list_s": round(statistics.median(times), 3)}


def time_overlay(steps: int) -> dict[str, float]:
    """Draw the losses of six runs again and again, each with one step more."""
    app = QApplication([])
    rng, step = np.random.default_rng(0), np.arange(1.0, steps + 1)
    runs = []
    for _ in range(6):
        history = History()
        columns = {name: rng.normal(1, 0.3, steps) for name in COLUMNS}
        history.load(columns | {"step": step, "images_seen": 16 * step, "seconds": step / 70})
        runs.append(SimpleNamespace(history=history, quality=QualityRecord()))
    began = time.perf_counter()
    columns = [RunColumns(run) for run in runs]
    reading = time.perf_counter() - began
    overlay = RunOverlay()
    overlay.resize(900, 400)
    overlay.show()
    overlay.show_runs(columns)
    overlay.choose(MEASURES[0], "step")
    app.processEvents()
    frames, cpu = [], []
    for number in range(60):
        for run in runs:
            run.history.append_row((steps + 1 + number, 0, 0, *[1.0] * 7))
        began, worked = time.perf_counter(), time.process_time()
        assert overlay.follow()
        app.processEvents()  # it is painted
        frames.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.process_time() - worked))
    overlay.close()
    return {
        "overlay_runs": 6,
        "overlay_steps": steps,
        "overlay_reading_s": round(reading, 3),
        "overlay_frame_ms_median": round(statistics.median(frames), 2),
        "overlay_frame_cpu_ms_median": round(statistics.median(cpu), 2),
        "overlay_frame_ms_p95": round(sorted(frames)[57], 2),
    }


def wait_until_done(runs: list[LocalRun]) -> None:
    """Wait until all have done their steps."""
    left = set(runs)
    while left:
        for run in list(left):
            snapshot = run.snapshots.wait(0.02)
            if snapshot is not None and snapshot.state in (RunState.FINISHED, RunState.FAILED):
                left.discard(run)


def time_lab(steps: int, rounds: int, folder: Path) -> dict[str, float]:
    """Return steps a second of two runs of one cost in the lab, together, and of one alone."""
    digits = load_digits()
    pair = replace(PAIRS["no-penalty"], changes={"seed": 1})  # two alike, so that steps cost alike
    together, alone, cpu_together, cpu_alone = [], [], [], []
    for number in range(rounds):
        lab = FailureLab(pair, folder / f"lab{number}", steps=steps, dataset=digits)
        began, worked = time.perf_counter(), time.process_time()
        lab.resume()
        wait_until_done([one.run for one in lab.runs])
        together.append(2 * steps / (time.perf_counter() - began))
        cpu_together.append((time.process_time() - worked) / (2 * steps))
        lab.stop()
        lab.join()
        setup = set_up_new_run(pair.base, dataset=digits).with_folder(folder / f"alone{number}")
        run = LocalRun(
            setup.config,
            digits,
            RunOptions(store=setup.folder, stop=StopAt(2 * steps), measures=True),
        )
        with run:
            began, worked = time.perf_counter(), time.process_time()
            run.send(Resume())
            wait_until_done([run])
            alone.append(2 * steps / (time.perf_counter() - began))
            cpu_alone.append((time.process_time() - worked) / (2 * steps))
    shares = [a / b for a, b in zip(together, alone, strict=True)]
    return {
        "lab_steps_per_s": round(statistics.median(together), 1),
        "alone_steps_per_s": round(statistics.median(alone), 1),
        "lab_over_alone": round(statistics.median(shares), 3),
        "lab_cpu_ms_per_step": round(1000 * statistics.median(cpu_together), 2),
        "alone_cpu_ms_per_step": round(1000 * statistics.median(cpu_alone), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--steps", type=int, default=10**6)
    parser.add_argument("--lab-steps", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = time_list(options.runs, folder / "runs")
        figures |= time_overlay(options.steps)
        figures |= time_lab(options.lab_steps, options.rounds, folder)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
