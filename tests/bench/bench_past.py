"""Figures of a run's past: to scrub it, to open a long run, what it takes of disk and training.

Run as ``python -m tests.bench.bench_past`` or with the path of this file: prints JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from ganview.data.digits import load_digits
from ganview.files.moment_info import Moment
from ganview.files.moments import MOST, Moments, Part, surplus
from ganview.files.open_model import open_model
from ganview.files.run_files import CHECKPOINT, METRICS, MODEL
from ganview.files.run_folder import RunFolder
from ganview.files.run_metrics import COMPACT_BYTES, MOST_ROWS
from ganview.gan.config import TrainConfig
from ganview.gan.trainer import Trainer
from ganview.gan.trainer_state import state_of
from ganview.runtime.channels import Resume, RunOptions
from ganview.runtime.local_run import LocalRun
from ganview.runtime.messages import RunState
from ganview.runtime.run_saver import MODEL_GROWTH, MODEL_SECONDS, MOMENT_GROWTH, MOMENT_SECONDS
from ganview.runtime.run_view import FolderRun
from ganview.runtime.sample_grid import GridSampler

HOUR, WEEK = 3600.0, 7 * 24 * 3600.0
CHECKPOINT_SECONDS = 30.0
COLUMN_BYTES = 44  # of a step
ROWS = 8


def long_run(path: Path, steps: int) -> None:
    """Make the folder of a run of so many steps, as the saver would have left it."""
    numbers = np.random.default_rng(0).normal(size=(steps, 6)).astype(np.float32)
    names = ("loss_d", "loss_g", "y_hat_real", "y_hat_fake", "grad_norm_d", "grad_norm_g")
    model = open_model("conditional")
    grid = GridSampler(model.spec, ROWS).draw(model)
    with RunFolder.create(path, TrainConfig()) as folder:
        for begin in range(0, steps, 20_000):
            folder.append_metrics(
                {
                    "step": step + 1,
                    "images_seen": 16 * (step + 1),
                    "seconds": step / 20,
                    **dict(zip(names, numbers[step].tolist(), strict=True)),
                }
                for step in range(begin, min(steps, begin + 20_000))
            )
        for step in np.linspace(1, steps, MOST["samples"], dtype=int).tolist():
            folder.save_moment(Moment(step, step / 20, grid.atlas, None, None, "", grid.beliefs))
        model.info["step"] = steps
        folder.save_moment(Moment(steps, steps / 20, grid.atlas, model))


def scrub(path: Path, looks: int) -> dict[str, float]:
    """Open a run, and look at its samples here and there; milliseconds."""
    opened = []
    for _ in range(3):
        began = time.perf_counter()
        run = FolderRun(path)
        opened.append(1000 * (time.perf_counter() - began))
    steps = np.random.default_rng(0).integers(1, len(run.history), looks).tolist()
    run.samples_at(steps[0])
    spent = []
    for step in steps:
        began = time.perf_counter()
        _ = run.samples_at(step).atlas
        spent.append(1000 * (time.perf_counter() - began))
    began = time.perf_counter()
    run.refresh()
    refreshed = 1000 * (time.perf_counter() - began)
    began = time.perf_counter()
    run.model_at(len(run.history))
    return {
        "steps": len(run.history),
        "open_ms": min(opened),
        "grid_p50_ms": float(np.percentile(spent, 50)),
        "grid_p99_ms": float(np.percentile(spent, 99)),
        "model_ms": 1000 * (time.perf_counter() - began),
        "refresh_unchanged_ms": refreshed,
    }


def sizes(path: Path) -> dict[Part, int]:
    """Return the bytes of each part of a moment with the default settings."""
    data, config = load_digits("test"), TrainConfig()
    trainer = Trainer(config, data.images, data.labels, data.class_names)
    trained = open_model("conditional")
    with RunFolder.create(path, config) as folder:
        grid = GridSampler(trained.spec, ROWS).draw(trained)
        folder.save_checkpoint(*state_of(trainer))
        folder.save_model(trainer.model())
        folder.save_moment(Moment(1, 1.0, grid.atlas, None, None, "", grid.beliefs))
        (samples,) = (file for _, file in folder.kept.files("samples"))
        return {
            "samples": samples.stat().st_size,
            "model": (path / MODEL).stat().st_size,
            "state": (path / CHECKPOINT).stat().st_size,
        }


def disk(seconds: float, steps_a_second: float, of: dict[Part, int]) -> dict[str, float]:
    """Return the megabytes of a run of so long, by the rules of saver, moments and metrics."""
    kept: dict[Part, list[int]] = {part: [] for part in MOST}
    elapsed = moment_at = model_at = 0.0
    checkpoint_at = 3.0
    while (elapsed := min(moment_at, checkpoint_at)) <= seconds:
        step = round(elapsed * steps_a_second)
        kept["samples"].append(step)
        is_checkpoint = elapsed == checkpoint_at
        if is_checkpoint or elapsed >= model_at:
            kept["model"].append(step)
        if not is_checkpoint and elapsed >= model_at:
            model_at = elapsed + MODEL_SECONDS + MODEL_GROWTH * elapsed
        if is_checkpoint and step >= 1.3 * max(kept["state"], default=0):
            kept["state"].append(step)
        if is_checkpoint:
            checkpoint_at = elapsed + CHECKPOINT_SECONDS
        else:
            moment_at = elapsed + MOMENT_SECONDS + MOMENT_GROWTH * elapsed
        for part, steps in kept.items():
            for gone in surplus(steps, MOST[part], ()):
                steps.remove(gone)
    rows = seconds * steps_a_second
    lines = min(190 * rows, COMPACT_BYTES)
    columns = COLUMN_BYTES * min(rows - lines / 190, MOST_ROWS)
    moments = sum(of[part] * len(steps) for part, steps in kept.items())
    whole = moments + lines + columns + of["state"] + of["model"]
    return {"moments_mb": moments / 1e6, "metrics_mb": (lines + columns) / 1e6, "mb": whole / 1e6}


def speed(config: TrainConfig, seconds: float, folder: Path | None) -> tuple[float, float, float]:
    """Return steps a second, the same of the process's own processor time, and the writer's part.

    That part, of all processor time, can be told on a busy machine, too: what a folder costs but
    for the copies that the trainer's thread makes for it.
    """
    store = None if folder is None else RunFolder.create(folder, config)
    with LocalRun(config, load_digits(), RunOptions(store=store, snapshot_interval=0.2)) as run:
        run.send(Resume())
        while (snapshot := run.snapshots.wait(60)) is not None:
            if snapshot.state is RunState.TRAINING and len(run.history) > 20:
                break
        began, first, used = time.perf_counter(), len(run.history), _processor_seconds()
        written = _writer_seconds()
        time.sleep(seconds)
        steps, used = len(run.history) - first, _processor_seconds() - used
        written = _writer_seconds() - written
        return steps / (time.perf_counter() - began), steps / used, written / used


def _writer_seconds() -> float:
    """Return the processor time of the thread that writes a run, 0 without one; Linux only."""
    writers = [it.native_id for it in threading.enumerate() if it.name == "ganview-writer"]
    times = [Path(f"/proc/self/task/{thread}/schedstat").read_text().split() for thread in writers]
    return sum(int(nanoseconds) for nanoseconds, *_ in times) / 1e9


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def training(config: TrainConfig, seconds: float, rounds: int, place: Path) -> dict[str, object]:
    """Train in turn with a folder and without, in the order ABBA: what drifts hits both alike."""
    speed(config, 1.0, place / "warm")
    ratios, parts, moments = [], [], 0
    for turn in range(rounds):
        folders = [place / f"run-{turn}", None]
        found = {it: speed(config, seconds, it) for it in folders[:: -1 if turn % 2 else 1]}
        kept, bare = (found[it] for it in folders)
        ratios.append((kept[0] / bare[0], kept[1] / bare[1]))
        parts.append(kept[2])
        moments = len(Moments(place / f"run-{turn}").infos)
    wall, own = ([round(ratio[kind], 3) for ratio in ratios] for kind in (0, 1))
    return {
        "with_over_without": statistics.median(wall),
        "the_same_by_processor_time": statistics.median(own),
        "writer_over_all": round(statistics.median(parts), 4),
        "of_each_pair": wall,
        "of_each_pair_by_processor_time": own,
        "moments_kept": moments,
    }


def measure(seconds: float, rounds: int, steps: int) -> dict[str, object]:
    """Measure everything."""
    config = TrainConfig(threads=1)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        long_run(folder / "long", steps)
        found: dict[str, object] = {
            "scrub": scrub(folder / "long", 400),
            "log_mb": (folder / "long" / METRICS).stat().st_size / 1e6,
        }
        of = sizes(folder / "sizes")
        found["bytes"] = of
        for name, length in (("hour", HOUR), ("week", WEEK)):
            found[name] = {rate: disk(length, rate, of) for rate in (20.0, 70.0)}
        found["training"] = training(config, seconds, rounds, folder)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--steps", type=int, default=10**6)
    options = parser.parse_args()
    print(json.dumps(measure(options.seconds, options.rounds, options.steps), indent=2))


if __name__ == "__main__":
    main()
