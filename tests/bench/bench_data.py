"""Pictures of one's own: how long a folder takes to read, to train on, and to look through.

``python -m tests.bench.bench_data [--pictures 20000] [--files 50000]``. Each figure comes of a
process of its own; processor seconds are of all its threads, and memory is the most it ever had.
While the window scans, `turn` is what one turn of its event loop costs it: processor time, which
other programs don't lengthen, and the longest wait of a timer, which they do.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 64


def write_pictures(folder: Path, count: int, classes: int, fmt: str) -> None:
    """Write colour pictures of 256 × 192 pixels, all of them different."""
    random = np.random.default_rng(0)
    for number in range(count):
        path = folder / f"class {number % classes}" if classes else folder
        path.mkdir(parents=True, exist_ok=True)
        small = random.integers(0, 256, (9, 12, 3), np.uint8)
        picture = Image.fromarray(small).resize((256, 192), Image.Resampling.BICUBIC)
        picture.save(path / f"{number}.{fmt}")


def figures_since(began: float) -> dict[str, float]:
    """Return seconds since a moment, and what this process has used."""
    return {
        "wall_s": round(time.perf_counter() - began, 2),
        "cpu_s": round(time.process_time(), 2),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }


def scan(folder: Path) -> dict[str, float]:
    """Read a folder as the window and the command line do."""
    from ganview.data.scan import scan_data
    from ganview.data.source import DataSource

    began = time.perf_counter()
    found = scan_data(DataSource(str(folder), image_size=SIDE))
    return {"pictures": len(found.dataset), **figures_since(began)}


def first_step(folder: Path) -> dict[str, float]:
    """Begin a run of pictures without classes; the time is until its first step is done."""
    from ganview.data.source import DataSource
    from ganview.gan.config import TrainConfig
    from ganview.gan.trainer import Trainer
    from ganview.runtime.run_setup import set_up_new_run

    began = time.perf_counter()
    setup = set_up_new_run(TrainConfig(threads=1), DataSource(str(folder), image_size=SIDE))
    Trainer(setup.config, setup.dataset.images, None).step()
    return {"pictures": len(setup.dataset), **figures_since(began)}


def turns(folder: Path) -> dict[str, float]:
    """Choose a folder in the window, watch the event loop until it is read, and close meanwhile."""
    from PySide6.QtCore import QTimer

    from ganview.data.source import DataSource
    from tests.bench import bench_window

    bench_window.START_TIMEOUT = 3600.0  # a busy machine
    with tempfile.TemporaryDirectory() as scratch:
        stage = bench_window.Stage(Path(scratch))
        window, controller = stage.window, stage.controller
        window.first_painted.connect(lambda: controller.start())
        window.show()
        stage.until(lambda: window.explorer.pictures is not None)
        data = controller.training.data
        window.pages.open("data")  # which reads the digits
        stage.until(lambda: data.scan is not None)
        stage.pump(1)
        gc.freeze()  # as the program does once it is loaded
        beats: list[tuple[float, float]] = []
        timer = QTimer()
        timer.setInterval(2)
        timer.timeout.connect(lambda: beats.append((time.perf_counter(), time.thread_time())))
        timer.start()
        began = time.perf_counter()
        data.choose(DataSource(str(folder)))
        stage.until(lambda: data.scan is not None or bool(data.error))
        seconds = time.perf_counter() - began
        stage.pump(1)  # the classes are painted
        timer.stop()
        wall, cpu = (np.diff(np.array(beats), axis=0) * 1000).T
        data.choose(DataSource(str(folder)))
        stage.pump(0.2)
        closed: list[bool] = []
        controller.closed.connect(lambda: closed.append(True))
        began = time.perf_counter()
        window.close()
        stage.until(lambda: bool(closed))
        return {
            "turn_cpu_ms": round(float(cpu.max()), 2),
            "turn_cpu_p99_ms": round(float(np.percentile(cpu, 99)), 2),
            "longest_wait_ms": round(float(wall.max()), 2),
            "scan_s": round(seconds, 2),
            "closed_while_scanning_s": round(time.perf_counter() - began, 2),
        }


MEASURES: dict[str, Callable[[Path], dict[str, float]]] = {
    "scan": scan,
    "first_step": first_step,
    "turns": turns,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--only", choices=MEASURES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(json.dumps(MEASURES[options.only](options.folder)))
        return
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        places = {name: Path(scratch) / name for name in MEASURES}
        write_pictures(places["scan"], options.pictures, 10, "jpg")
        write_pictures(places["first_step"], 100, 0, "png")
        one = Path(scratch) / "one"
        write_pictures(one, 1, 0, "jpg")
        for number in range(options.files):
            place = places["turns"] / f"class {number % 10}"
            place.mkdir(parents=True, exist_ok=True)
            os.link(one / "0.jpg", place / f"{number}.jpg")
        for name, place in places.items():
            again = [sys.executable, "-m", "tests.bench.bench_data", "--only", name]
            told = subprocess.run(
                [*again, "--folder", str(place)],
                check=True,
                capture_output=True,
                text=True,
                env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
            )
            found[name] = json.loads(told.stdout.splitlines()[-1])
    print(json.dumps(found))


if __name__ == "__main__":
    main()
