"""How good the digits are after a minute of training with the default preset.

``python tests/bench/bench_training.py [--seconds 60] [--seeds 1] [--clock wall]``. Time is the wall
time of training alone; evaluation stands outside it. On a machine that others use, ``--clock cpu``
counts processor seconds over threads instead: what the clock would show if nobody else were there.
The classifier that reads the digits, and the judge behind the distance, had no part in training.
The thread count is measured as the window does, unless ``--threads`` says it.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import time
from typing import Any

import torch

from ganview.data.digits import load_digits
from ganview.files.evaluators import shipped_evaluators
from ganview.gan.metrics.report import Labelled, evaluate
from ganview.gan.presets import DEFAULT_PRESET, PRESETS
from ganview.gan.trainer import Trainer
from ganview.runtime import threads
from ganview.runtime.memory import keep_memory

SAMPLES = 5000
# A run with less than this at its end counts as collapsed: half the digits unreadable, or less than
# half of the real variety covered.
READABLE, COVERED = 0.5, 0.5


def choose_threads(preset: str) -> None:
    """Let torch use as many threads as a run of the window would, measured on a spare trainer."""
    train = load_digits("train")
    config = PRESETS[preset].config
    trial = Trainer(config, train.images, train.labels, train.class_names)
    threads.fastest(trial.step, threads.usable_processors())


def measure(preset: str, seed: int, marks: list[float], clock: str) -> list[dict[str, float]]:
    """Train one seed and return what the report says at each mark, in seconds of training."""
    processors = torch.get_num_threads()
    train, test = load_digits("train"), load_digits("test")
    bench = shipped_evaluators()
    config = PRESETS[preset].config.with_(seed=seed)
    trainer = Trainer(config, train.images, train.labels, train.class_names)
    wall = cpu = 0.0
    rows = []
    for mark in marks:
        while (wall if clock == "wall" else cpu / processors) < mark:
            began, used = time.perf_counter(), time.process_time()
            trainer.step()
            wall += time.perf_counter() - began
            cpu += time.process_time() - used
        report = evaluate(
            trainer.model(),
            *bench,
            Labelled(train.images, train.labels),
            Labelled(test.images, test.labels),
            samples=SAMPLES,
        )
        figures = report.figures
        rows.append(
            {
                "wall_seconds": round(wall, 1),
                "cpu_seconds": round(cpu, 1),
                "images": trainer.images_seen,
                "images_per_second": round(trainer.images_seen / wall),
                "read_as_asked": figures["accuracy"].value,
                "worst_class": figures["worst"].value,
                "judge_fd": figures["frechet"].value,
                "judge_fd_over_real": figures["frechet"].value / figures["frechet"].real,
                "recall_over_real": figures["recall"].value / figures["recall"].real,
                "coverage_over_real": figures["coverage"].value / figures["coverage"].real,
            }
        )
        print(json.dumps({"seed": seed, "mark": mark, **rows[-1]}), file=sys.stderr, flush=True)
    return rows


def failed(row: dict[str, float]) -> bool:
    """Tell whether a run has collapsed or diverged."""
    finite = math.isfinite(row["judge_fd"])
    return not (finite and row["read_as_asked"] > READABLE and row["coverage_over_real"] > COVERED)


def main() -> None:
    keep_memory()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default=DEFAULT_PRESET, choices=PRESETS)
    parser.add_argument("--seconds", type=float, nargs="+", default=[10, 30, 60], metavar="S")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--threads", type=int, default=0, help="0: measured")
    options = parser.parse_args()
    marks = sorted(options.seconds)
    threads.prepare_thread(options.threads or 1)
    if not options.threads:
        choose_threads(options.preset)
    seeds = [measure(options.preset, seed, marks, options.clock) for seed in range(options.seeds)]
    found: dict[str, Any] = {
        "preset": options.preset,
        "threads": torch.get_num_threads(),
        "samples": SAMPLES,
        "seeds": options.seeds,
        "clock": options.clock,
        "collapsed_or_diverged": sum(failed(rows[-1]) for rows in seeds),
    }
    for index, mark in enumerate(marks):
        rows = [rows[index] for rows in seeds]
        found[f"at_{mark:g}_s"] = {
            key: statistics.median(row[key] for row in rows) for key in rows[0]
        }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
