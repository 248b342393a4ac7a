"""ganview's default against two scripts that people copy, at equal CPU seconds, by the same judge.

``python tests/bench/bench_references.py [--cpu-seconds 20 60 100] [--seeds 3] [--plot F.svg]``.
The three take turns, a few steps each, so that a busy machine slows all alike. One thread each,
unless ``--threads`` says more: threads that wait for each other on a busy machine spin, and the
clock would count that.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ganview.data.digits import load_digits
from ganview.export.plot import Line, plot_svg
from ganview.files.atomic import write_bytes
from ganview.files.evaluators import Evaluators, shipped_evaluators
from ganview.gan.config import TrainConfig
from ganview.gan.metrics.classifier import in_chunks, predict_labels
from ganview.gan.metrics.frechet import GaussianFit, fit_gaussian, frechet_distance
from ganview.gan.metrics.report import draw_in_proportion
from ganview.gan.trainer import Trainer
from ganview.runtime import threads
from ganview.runtime.memory import keep_memory
from tests.bench.references import Reference

SAMPLES = 5000
NAMES = ("ganview", "mlp", "dcgan")
PLOT = Path("build", "references.svg")


class Contestant:
    """A trainer with its own clock of CPU seconds."""

    def __init__(self, name: str, images: Tensor, labels: Tensor, seed: int) -> None:
        self.cpu = 0.0
        self.name = name
        names = tuple("0123456789")
        self.run: Trainer | Reference = (
            Trainer(TrainConfig(seed=seed), images, labels, names)
            if name == "ganview"
            else Reference(name, images, labels, seed)
        )

    def turn(self) -> None:
        """Take a step and pay for it."""
        began = time.process_time()
        self.run.step()
        self.cpu += time.process_time() - began

    def score(self, evaluators: Evaluators, test: GaussianFit, floor: float) -> dict[str, float]:
        """Let judge and classifier look at samples."""
        asked = torch.arange(SAMPLES) % 10
        if isinstance(self.run, Trainer):
            drawn = draw_in_proportion(self.run.model(), SAMPLES, 7)
            assert drawn.labels is not None
            images, asked = drawn.images, drawn.labels
        else:
            images = self.run.sample(asked)
        distance = frechet_distance(
            fit_gaussian(in_chunks(evaluators.judge.features, images)), test
        )
        right = (predict_labels(evaluators.classifier, images) == asked).double().mean()
        return {
            "read_as_asked": float(right),
            "judge_fd": distance,
            "judge_fd_over_real": distance / floor,
            "images": self.run.images_seen,
        }


def compete(seed: int, marks: list[float]) -> dict[str, list[dict[str, float]]]:
    """Train all three on one seed; returns a row a contestant and mark."""
    train, test = load_digits("train"), load_digits("test")
    assert train.labels is not None
    evaluators = shipped_evaluators()
    of_test = fit_gaussian(in_chunks(evaluators.judge.features, test.images))
    few = train.images[:SAMPLES]
    floor = frechet_distance(fit_gaussian(in_chunks(evaluators.judge.features, few)), of_test)
    contestants = [Contestant(name, train.images, train.labels, seed) for name in NAMES]
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in NAMES}
    for mark in marks:
        while behind := [c for c in contestants if c.cpu < mark]:
            min(behind, key=lambda contestant: contestant.cpu).turn()
        for contestant in contestants:
            rows[contestant.name].append(contestant.score(evaluators, of_test, floor))
        print(f"seed {seed}, {mark:g} CPU s", file=sys.stderr, flush=True)
    return rows


def plot(path: Path, marks: list[float], found: dict[str, Any]) -> None:
    """Draw distance against CPU seconds, with the floor that real pictures give."""
    lines = [
        Line(
            name,
            np.array(marks),
            np.array([found[name][f"{mark:g}"]["judge_fd_over_real"] for mark in marks]),
            colour,
            dashed=name != "ganview",
        )
        for name, colour in zip(NAMES, ("#9a5b00", "#6d28a8", "#1d58c7"), strict=True)
    ]
    title = "judge-FD over that of real digits, less is better"
    text = plot_svg(
        lines, "CPU seconds", title=title, limits=(0.8, 2000), marks=[(1, "real digits")], log=True
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, text.encode())


def main() -> None:
    keep_memory()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cpu-seconds", type=float, nargs="+", default=[20, 60, 100], metavar="S")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--plot", type=Path, default=PLOT, metavar="F.svg")
    options = parser.parse_args()
    threads.prepare_thread(options.threads)
    marks = sorted(options.cpu_seconds)
    seeds = [compete(seed, marks) for seed in range(options.seeds)]
    found: dict[str, Any] = {"seeds": options.seeds, "samples": SAMPLES}
    for name in NAMES:
        found[name] = {
            f"{mark:g}": {
                key: statistics.median(rows[name][at][key] for rows in seeds)
                for key in seeds[0][name][at]
            }
            for at, mark in enumerate(marks)
        }
    plot(options.plot, marks, found)
    found["plot"] = str(options.plot)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
