"""The landscape: what its map is worth, whether rarity reads true, and how long it all takes.

``python tests/bench/bench_landscape.py [--data FILE]``. All of it runs on one core. Rarity is
checked on the test digits, which neither the judge, the map nor the ranks were made of. With
``--data`` the landscape of other data is made and timed.
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
from ganview.gan.explore.rarity import check_calibration
from ganview.gan.explore.survey import survey_unknown
from ganview.gan.metrics.classifier import in_chunks
from ganview.runtime.landscape_panes import Showing, compose_panes
from ganview.runtime.landscapes import Ground, count_in_numbers, ground_of, look_at, position_of


def calibration() -> dict[str, Any]:
    """Return the largest gap between the said and the true share of each class, in points."""
    landscape = shipped_landscape()
    assert landscape is not None
    test = load_digits("test")
    features = in_chunks(landscape.judge.features, test.images)
    found = check_calibration(landscape.rarity.ranks(features, test.labels), test.labels, 10)
    assert found is not None
    return {
        "largest_gap_points": [round(100 * gap, 2) for gap in found.gaps],
        "by_chance_alone": round(100 * found.chance, 2),
        "in_the_rarest_tenth_percent": [round(100 * share, 2) for share in found.tenths],
    }


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
    options = parser.parse_args()
    torch.set_num_threads(1)
    told: dict[str, Any] = {"calibration": calibration()}
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
