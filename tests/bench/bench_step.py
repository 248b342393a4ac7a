"""What it costs to follow a step: a trace, training while it is followed, and beats that play.

``python tests/bench/bench_step.py [--seconds 36] [--frames 300]``. Steps with and without a trace
take turns, so that a busy machine slows both alike. Processor time is given beside the clock's,
since a thread that gives way to others waits for them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import torch
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from ganview.app.pages.step.beats import BEATS
from ganview.app.pages.step.flow_view import FlowView
from ganview.data.digits import load_digits
from ganview.gan.health_probe import HealthProbe
from ganview.gan.presets import PRESETS
from ganview.gan.tracing import trace_step
from ganview.gan.trainer import Trainer
from ganview.runtime.channels import Trace
from ganview.runtime.mailbox import Latest
from ganview.runtime.stepper import Stepper
from ganview.runtime.threads import prepare_thread

STEPS = 40
TURNS = 6  # with traces and without


def clocked(work: Callable[[], object]) -> tuple[float, float]:
    """Return milliseconds of wall and of this thread's processor time."""
    wall, used = time.perf_counter(), time.thread_time()
    work()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.thread_time() - used)


def trace_ms(trainer: Trainer) -> dict[str, float]:
    """Return what a trace adds to a step, by median."""
    plain, traced = [], []
    for _ in range(STEPS):
        plain.append(clocked(trainer.step))
        traced.append(clocked(lambda: trace_step(trainer)))
    found = {}
    for i, name in enumerate(("wall", "processor")):
        step = statistics.median(each[i] for each in plain)
        found[f"step_{name}_ms"] = step
        found[f"trace_{name}_ms"] = statistics.median(each[i] for each in traced) - step
    return found


def speed_while_followed(trainer: Trainer, seconds: float) -> dict[str, float]:
    """Return steps a second as in a run over those of the trainer alone, and so while traced.

    What a run adds without the page is a sample of the game's health every two seconds, and ever
    more rarely: the shares are those of the first seconds, in which it costs most.
    """
    rates: dict[str, list[float]] = {}
    stepper = Stepper(Latest())
    began_all = time.perf_counter()
    for way in ("alone", "in a run", "followed") * TURNS:
        stepper.follow(Trace(on=way == "followed"))
        steps, began = 0, time.thread_time()
        until = time.perf_counter() + seconds / (3 * TURNS)
        while (now := time.perf_counter()) < until:
            if way == "alone":
                trainer.step()
            else:
                stepper.step(trainer, now - began_all)
            steps += 1
        rates.setdefault(way, []).append(steps / (time.thread_time() - began))
    alone = np.mean(rates["alone"])
    return {
        "in_run_over_alone": float(np.mean(rates["in a run"]) / alone),
        "followed_over_in_run": float(np.mean(rates["followed"]) / np.mean(rates["in a run"])),
    }


def sample_ms(trainer: Trainer) -> float:
    """Return what a sample of the game's health takes of the processor, by median."""

    def sampled() -> None:
        probe = HealthProbe(trainer)
        probe.sample(trainer.step(observe=probe.observe).step)

    plain, looked = [], []
    for _ in range(STEPS):
        plain.append(clocked(trainer.step)[1])
        looked.append(clocked(sampled)[1])
    return statistics.median(looked) - statistics.median(plain)


def frame_ms(trainer: Trainer, frames: int) -> dict[str, float]:
    """Return how long the flow takes to be painted while beats play, by percentile."""
    _app = QApplication.instance() or QApplication([])
    view = FlowView()
    view.resize(650, 360)
    view.show_trace(trace_step(trainer)[1], 0)
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    times = []
    for frame in range(frames):
        view.show_beat(frame * len(BEATS) // frames, (frame % 30) / 30)
        times.append(clocked(lambda: view.render(image))[1])
    return {f"frame_p{p}_ms": float(np.percentile(times, p)) for p in (50, 99)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=36.0)
    parser.add_argument("--frames", type=int, default=300)
    options = parser.parse_args()
    prepare_thread(1)
    digits = load_digits("train")
    found: dict[str, object] = {"threads": torch.get_num_threads()}
    for preset in ("default", "best", "classic", "dcgan"):
        config = PRESETS[preset].config
        trainer = Trainer(config, digits.images, digits.labels, digits.class_names)
        for _ in range(3):
            trainer.step()
        found[preset] = trace_ms(trainer)
        if preset == "default":
            found["sample_processor_ms"] = sample_ms(trainer)
            found["speed"] = speed_while_followed(trainer, options.seconds)
            found["frames"] = frame_ms(trainer, options.frames)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
