"""What the explorer asks of the science: effects, neighbours, inversion, directions and maps.

``python tests/bench/bench_explorer.py [--model FILE] [--digits 200] [--starts 100] [--drag 60]``.
All of it but the window's part, which is a program of its own, runs on one core, as a background
job does beside training. Seconds are wall time; ``cpu_`` is the processor's own, which other
programs disturb less. The reader that says which class a picture shows had no part in fitting
anything.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ganview.data.digits import load_digits
from ganview.data.locate import weights_folder
from ganview.files.evaluators import shipped_evaluators
from ganview.files.open_model import open_model
from ganview.gan.explore.attribute_samples import Scorer, scorer_of
from ganview.gan.explore.direction_quality import assess_direction
from ganview.gan.explore.directions import principal_directions, sefa_directions
from ganview.gan.explore.effects import measure_effects
from ganview.gan.explore.inversion import invert
from ganview.gan.explore.measures import MEASURES
from ganview.gan.explore.named_directions import NamedDirection, named_directions
from ganview.gan.explore.nearest import NearestIndex
from ganview.gan.latent import draw_z, one_hot, plane
from ganview.gan.model import Model

REPEATS = 15


def timed(function: Callable[[], Any], repeats: int = REPEATS) -> dict[str, float]:
    """Return median and slowest seconds of some calls, and the median of processor seconds."""
    function()
    wall, cpu = [], []
    for _ in range(repeats):
        began, used = time.perf_counter(), time.process_time()
        function()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    return {
        "seconds": round(float(np.median(wall)), 4),
        "slowest": round(max(wall), 4),
        "cpu_seconds": round(float(np.median(cpu)), 4),
    }


def effects(model: Model) -> dict[str, float]:
    """Time the ordering of all dimensions, and compare it with a long measurement."""
    mix = one_hot(3, model.spec.classes) if model.spec.classes else None
    quick = measure_effects(model, mix)
    long = np.mean([measure_effects(model, mix, 256, seed) for seed in range(100, 106)], axis=0)
    order = [np.argsort(np.argsort(found)) for found in (quick, long)]
    return {
        "dimensions": model.spec.z_dim,
        **timed(lambda: measure_effects(model, mix)),
        "rank_correlation_with_long_run": round(float(np.corrcoef(*order)[0, 1]), 3),
    }


def nearest(images: np.ndarray, pictures: np.ndarray) -> dict[str, Any]:
    """Time the search among all training digits, and check it against a full one."""
    began = time.perf_counter()
    index = NearestIndex(images)
    built = time.perf_counter() - began
    exact = 0
    flat = images.reshape(len(images), -1)
    for picture in pictures[:20]:
        squares = ((flat.astype(np.float32) - picture.reshape(-1)) ** 2).mean(1)
        best = np.sqrt(np.sort(squares)[:5]) / 255
        exact += bool(np.allclose(index.query(picture).distances, best, atol=1e-5))
    turn = iter(list(pictures) * 2)
    return {
        "among": len(images),
        "index_seconds": round(built, 2),
        **timed(lambda: index.query(next(turn)), repeats=len(pictures)),
        "exact": f"{exact} of 20",
        "usual_distance": round(index.usual, 4),
    }


def inversion(
    model: Model, digits: np.ndarray, labels: np.ndarray, judge: Scorer, reader: Scorer
) -> dict[str, Any]:
    """Invert test digits: with the class asked for, with the judge's help, and without either."""
    report: dict[str, Any] = {"digits": len(digits)}
    for how in ("class asked for", "class found with judge", "class found alone"):
        found, began, used = [], time.perf_counter(), time.process_time()
        for digit, label in zip(digits, labels, strict=True):
            asked = int(label) if how == "class asked for" else None
            helper = judge if how == "class found with judge" else None
            found.append(invert(model, digit / 255.0, asked, judge=helper))
        wall, cpu = time.perf_counter() - began, time.process_time() - used
        rebuilt = np.stack([result.reconstruction for result in found])
        chosen = np.array([result.label for result in found])
        errors = np.array([result.rmse for result in found])
        report[how] = {
            "rmse": round(float(errors.mean()), 4),
            "rmse_90_percent": round(float(np.quantile(errors, 0.9)), 4),
            "class_right": round(float((chosen == labels).mean()), 4),
            "read_as_its_class": round(float((reader(rebuilt).argmax(1) == chosen).mean()), 4),
            "z_norm": round(float(np.mean([np.linalg.norm(r.z) for r in found])), 2),
            "seconds_each": round(wall / len(found), 3),
            "cpu_seconds_each": round(cpu / len(found), 3),
        }
        z = np.stack([result.z for result in found])
        swapped = [
            reader(model.sample(z, np.full(len(z), y))).argmax(1) == y
            for y in range(model.spec.classes)
        ]
        report[how]["other_classes_with_its_z_read"] = round(float(np.mean(swapped)), 4)
    return report


def directions(model: Model, judge: Scorer, reader: Scorer, starts: int) -> dict[str, Any]:
    """Fit the named directions and move each by ±2 σ."""
    began, used = time.perf_counter(), time.process_time()
    found = named_directions(model, judge=judge, examiner=reader)
    report: dict[str, Any] = {
        "fit_seconds": round(time.perf_counter() - began, 1),
        "fit_cpu_seconds": round(time.process_time() - used, 1),
    }
    for direction in found:
        assert isinstance(direction, NamedDirection)
        quality = assess_direction(model, direction, direction.surrogate, reader, starts)
        report[direction.name] = {
            key: round(value, 3) if isinstance(value, float) else value
            for key, value in quality.items()
            if key != "others"
        }
        report[direction.name]["others"] = {
            name: round(value, 3) for name, value in quality["others"].items()
        }
    z, mix = draw_z(1, model.spec.z_dim, 0)[0], one_hot(4, 10)
    report["one_slider_event"] = timed(lambda: found[0].apply(z, 0.1, mix), 200)
    report["lowest_rank_correlation"] = min(report[name]["rank_correlation"] for name in MEASURES)
    report["lowest_class_held"] = min(report[name]["class_held"] for name in MEASURES)
    report["principal"] = timed(lambda: principal_directions(model), 3)
    report["sefa"] = timed(lambda: sefa_directions(model), 3)
    return report


def map_of(model: Model, side: int = 20) -> dict[str, float]:
    """Time the pictures of a map."""
    middle, across, down = np.eye(3, model.spec.z_dim, dtype=np.float32)
    field = plane(0 * middle, across, down, side, side, 3.0)
    mix = np.repeat(one_hot([4], model.spec.classes), len(field), axis=0)
    return {"side": side, **timed(lambda: model.preview(field, mix))}


def window(seconds: float) -> Any:
    """Time preview and a long drag in the real window."""
    command = [sys.executable, "-m", "tests.bench.explorer_window", "--seconds", str(seconds)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--model", type=Path, default=weights_folder() / "digits-conditional.safetensors"
    )
    parser.add_argument("--digits", type=int, default=200)
    parser.add_argument("--starts", type=int, default=100)
    parser.add_argument("--drag", type=float, default=60.0, help="seconds")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    model = open_model(arguments.model)
    judge, reader = (scorer_of(classifier) for classifier in shipped_evaluators())
    test, train = load_digits("test"), load_digits("train")
    digits = test.images[: arguments.digits, 0].numpy()
    assert test.labels is not None
    labels = test.labels[: arguments.digits].numpy()
    seen = model.sample(draw_z(50, model.spec.z_dim, 1), np.arange(50) % model.spec.classes)
    print(
        json.dumps(
            {
                "model": arguments.model.name,
                "threads": torch.get_num_threads(),
                "effects": effects(model),
                "nearest": nearest(train.images[:, 0].numpy(), seen),
                "map": map_of(model),
                "window": window(arguments.drag),
                "directions": directions(model, judge, reader, arguments.starts),
                "inversion": inversion(model, digits, labels, judge, reader),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
