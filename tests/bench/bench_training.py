"""How good the digits are after a minute of training with the default preset.

``python tests/bench/bench_training.py [--seconds 60] [--seeds 1]``. Time is the wall time of
training alone; evaluation stands outside it. The classifier that reads the digits, and the judge
behind the distance, had no part in training. The thread count is measured as the window does.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from typing import Any

import torch

from ganview.data.digits import load_digits
from ganview.files.judge_file import shipped_bench
from ganview.gan.config import DEFAULT_PRESET, PRESETS
from ganview.gan.metrics.report import Labelled, evaluate
from ganview.gan.trainer import Trainer
from ganview.runtime import threads
from ganview.runtime.memory import keep_memory

SAMPLES = 5000


def choose_threads(preset: str) -> None:
    """Let torch use as many threads as a run of the window would, measured on a spare trainer."""
    train = load_digits("train")
    config = PRESETS[preset].config
    trial = Trainer(config, train.images, train.labels, train.class_names)
    threads.fastest(trial.step, threads.usable_processors())


def measure(preset: str, seed: int, marks: list[float]) -> list[dict[str, float]]:
    """Train one seed and return what the report says at each mark, in seconds of training."""
    train, test = load_digits("train"), load_digits("test")
    bench = shipped_bench()
    config = PRESETS[preset].config.with_(seed=seed)
    trainer = Trainer(config, train.images, train.labels, train.class_names)
    wall = cpu = 0.0
    rows = []
    for mark in marks:
        while wall < mark:
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
                "seconds": round(wall, 1),
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
    return rows


def main() -> None:
    keep_memory()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default=DEFAULT_PRESET, choices=PRESETS)
    parser.add_argument("--seconds", type=float, nargs="+", default=[10, 30, 60], metavar="S")
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    marks = sorted(options.seconds)
    threads.prepare_thread(1)
    choose_threads(options.preset)
    seeds = [measure(options.preset, seed, marks) for seed in range(options.seeds)]
    found: dict[str, Any] = {
        "preset": options.preset,
        "threads": torch.get_num_threads(),
        "samples": SAMPLES,
        "seeds": options.seeds,
    }
    for index, mark in enumerate(marks):
        rows = [rows[index] for rows in seeds]
        found[f"at_{mark:g}_s"] = {
            key: statistics.median(row[key] for row in rows) for key in rows[0]
        }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
