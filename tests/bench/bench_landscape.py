"""The landscape: what its map is worth, whether rarity reads true, and how long it all takes.

``python tests/bench/bench_landscape.py [--data FILE] [--anew]``. All of it runs on one core. Rarity
is checked on halves of the training digits, and on the test digits, which other people wrote; they
lie in their file writer by writer, so that what chance does is also told by drawing blocks of them.
``--anew`` trains a judge on half of the training digits, for a minute: whether a judge knows the
pictures that it ranks should not matter. With ``--data`` the landscape of other data is made and
timed.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import torch
from PySide6.QtWidgets import QApplication

from ganview.app.widgets.landscape_view import LandscapeView
from ganview.data.digits import load_digits
from ganview.data.source import DataSource
from ganview.export.palette import LIGHT
from ganview.files.landscape_file import shipped_landscape
from ganview.files.open_model import open_model, shipped_model
from ganview.gan.explore.landscape import SEED
from ganview.gan.explore.rarity import Calibration, Rarity, check_calibration, check_halves
from ganview.gan.explore.survey import REFERENCES, survey_unknown
from ganview.gan.metrics.classifier import in_chunks, train_classifier
from ganview.runtime.landscape_panes import Showing, compose_panes
from ganview.runtime.landscapes import Ground, count_in_numbers, ground_of, look_at, position_of

BLOCK, REDRAWN = 200, 300  # digits that are drawn together, and how often all are


def calibration() -> dict[str, Any]:
    """Return the largest gaps between the said and the true share of each class, in points."""
    landscape = shipped_landscape()
    assert landscape is not None
    train, test = load_digits("train"), load_digits("test")
    assert train.labels is not None
    assert test.labels is not None
    features = in_chunks(landscape.judge.features, train.images)
    halves = check_halves(features, train.labels, 10, references=REFERENCES, seed=SEED)
    features = in_chunks(landscape.judge.features, test.images)
    ranks = landscape.rarity.ranks(features, test.labels)
    return {
        "other_half_of_training_digits": told_of(halves),
        "test_digits": told_of(check_calibration(ranks, test.labels, 10))
        | {"by_chance_of_writers": round(100 * chance_of_blocks(ranks, test.labels), 2)},
    }


def told_of(found: Calibration | None) -> dict[str, Any]:
    """Return a calibration in points."""
    assert found is not None
    return {
        "largest_gap_points": [round(100 * gap, 2) for gap in found.gaps],
        "by_chance_alone": round(100 * found.chance, 2),
        "in_the_rarest_tenth_percent": [round(100 * share, 2) for share in found.tenths],
    }


def chance_of_blocks(ranks: torch.Tensor, labels: torch.Tensor) -> float:
    """Return the mean of the largest gaps when blocks of digits are drawn again (a bootstrap).

    Digits of one person are alike: 1,000 of 250 writers tell less than 1,000 of as many.
    """
    random, levels = np.random.default_rng(0), np.arange(1, 10) / 10
    gaps = []
    for label in range(10):
        own = (labels == label).numpy()[:, None]
        rarer = (ranks.numpy()[:, None] > levels) & own
        sums, counts = (part.reshape(-1, BLOCK, part.shape[1]).sum(1) for part in (rarer, own))
        rows = random.integers(0, len(sums), (REDRAWN, len(sums)))
        drawn = sums[rows].sum(1) / counts[rows].sum(1)
        gaps.append(np.abs(drawn - sums.sum(0) / counts.sum()).max(1).mean())
    return float(np.mean(gaps))


def calibration_anew() -> dict[str, Any]:
    """Train a judge on half of the training digits, and hold its ranks against the other half."""
    train = load_digits("train")
    assert train.labels is not None
    order = torch.randperm(len(train), generator=torch.Generator().manual_seed(SEED))
    known, other = order.tensor_split(2)
    judge = train_classifier(train.images[known], train.labels[known], 10, "judge", epochs=4)
    features = in_chunks(judge.features, train.images)
    near, more = known[:REFERENCES], known[REFERENCES:]
    rarity = Rarity.from_pictures(
        features[near], train.labels[near], features[more], train.labels[more], 10
    )
    ranks = rarity.ranks(features[other], train.labels[other])
    return told_of(check_calibration(ranks, train.labels[other], 10))


def timed(work: Callable[[], Any], repeats: int) -> dict[str, float]:
    """Return median and 99th percentile in milliseconds, and the median of processor time."""
    wall, cpu = [], []
    for _ in range(repeats):
        began, used = time.perf_counter(), time.thread_time()
        work()
        wall.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.thread_time() - used))
    found = {
        "median": np.median(wall),
        "p99": np.percentile(wall, 99),
        "cpu": np.median(cpu),
        "cpu_p99": np.percentile(cpu, 99),
    }
    return {name: round(float(value), 2) for name, value in found.items()}


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="make the landscape of this data, too")
    parser.add_argument("--anew", action="store_true", help="check with a new judge, too")
    options = parser.parse_args()
    torch.set_num_threads(1)
    told: dict[str, Any] = {"calibration": calibration()}
    if options.anew:
        told["calibration_anew"] = calibration_anew()
    model = open_model(shipped_model("conditional"))
    began = time.perf_counter()
    ground = ground_of(model, load_digits)
    assert isinstance(ground, Ground)
    look = look_at(model, ground, pictures=250, psi=1, label=None)
    compose_panes(look, Showing(), LIGHT)
    told["first_landscape_s"] = round(time.perf_counter() - began, 3)
    told["worth"] = ground.landscape.worth.__dict__
    for count in (250, 1000):
        name = f"look_{count}_ms"
        told[name] = timed(
            lambda count=count: look_at(model, ground, pictures=count, psi=1, label=None), 5
        )
    picture = look.cloud.images[0]
    told["position_ms"] = timed(lambda: position_of(ground, picture, 3), 100)
    told["compose_ms"] = timed(lambda: compose_panes(look, Showing(), LIGHT), 10)
    told["numbers_ms"] = timed(lambda: count_in_numbers(look, None), 3)
    app = QApplication([])
    view = LandscapeView()
    view.resize(900, 620)
    view.show()
    app.processEvents()
    for mode in ("generated", "both"):
        view.set_panes(compose_panes(look, Showing(mode), LIGHT))

        def turn() -> None:
            view.look(view.camera.turned(0.1))
            view.repaint()

        turn()
        told[f"turn_{mode}_900x600_ms"] = timed(turn, 200)
    view.close()
    app.processEvents()
    if options.data is not None:
        data = DataSource(options.data).open()
        used = time.thread_time()
        made = survey_unknown(data.images, data.labels, data.class_names)
        told["other_data"] = {
            "pictures": len(data),
            "cpu_s": round(time.thread_time() - used, 1),
            "worth": made.worth.__dict__,
        }
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
