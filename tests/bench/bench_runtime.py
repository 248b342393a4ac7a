"""Figures of the threads: how soon a picture comes, and what a live window costs training.

Run as ``python -m tests.bench.bench_runtime`` or with the path of this file: prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import threading
import time
from dataclasses import dataclass

import numpy as np

from ganview.data.digits import load_digits
from ganview.gan.config import TrainConfig
from ganview.gan.latent import draw_z
from ganview.gan.model import Model
from ganview.gan.trainer import Trainer
from ganview.runtime.channels import Pause, Resume, RunOptions
from ganview.runtime.local_run import LocalRun
from ganview.runtime.messages import RunState, StopAt
from ganview.runtime.renderer import Renderer
from ganview.runtime.thread_tuner import ThreadTuner
from ganview.runtime.threads import prepare_thread

WARM_UP_STEPS = 3
REQUEST_HZ = 60.0  # a hand that drags, at the rate of a screen


def trainer_for(config: TrainConfig) -> Trainer:
    data = load_digits()
    return Trainer(config, data.images, data.labels, data.class_names)


def best_thread_count(config: TrainConfig) -> int:
    """Return the thread count that a session would choose here and now."""
    found: list[int] = []

    def work() -> None:
        prepare_thread(1, give_way=True)
        tuner = ThreadTuner(config)
        tuner.measure(lambda: trainer_for(config), lambda: False)
        found.append(tuner.count)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


@dataclass
class Speed:
    """Steps a second, the trainer thread's own CPU time a step, and snapshots a second.

    On a machine that is shared the CPU time is the steadier figure; with one thread it is all.
    """

    steps_a_second: float
    cpu_ms_a_step: float
    snapshots_a_second: float = 0.0


def bare_speed(config: TrainConfig, seconds: float) -> Speed:
    """Run the trainer alone, in a thread prepared as a session's is."""
    found: list[Speed] = []

    def work() -> None:
        prepare_thread(config.threads, give_way=True)
        trainer = trainer_for(config)
        for _ in range(WARM_UP_STEPS):
            trainer.step()
        began, cpu, steps = time.perf_counter(), time.thread_time(), 0
        while time.perf_counter() - began < seconds:
            trainer.step()
            steps += 1
        spent, cpu = time.perf_counter() - began, time.thread_time() - cpu
        found.append(Speed(steps / spent, 1000 * cpu / steps))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


def session_speed(config: TrainConfig, seconds: float, interval: float) -> Speed:
    """Run a session, reading its mailbox as a window does."""
    with LocalRun(config, load_digits(), RunOptions(snapshot_interval=interval)) as session:
        session.send(Resume())
        while len(session.history) < WARM_UP_STEPS:
            session.snapshots.wait(0.01)
        began, cpu, steps, seen = time.perf_counter(), cpu_of(session), len(session.history), 0
        while (left := seconds - (time.perf_counter() - began)) > 0:
            seen += session.snapshots.wait(left) is not None
        spent, cpu = time.perf_counter() - began, cpu_of(session) - cpu
        steps = len(session.history) - steps
        return Speed(steps / spent, 1000 * cpu / steps, seen / spent)


def cpu_of(session: LocalRun) -> float:
    """Return the CPU seconds of a session's thread; NaN where they can't be told."""
    ident = session._thread.ident
    if not hasattr(time, "pthread_getcpuclockid") or ident is None:
        return float("nan")
    return time.clock_gettime(time.pthread_getcpuclockid(ident))


@dataclass
class Latency:
    """Milliseconds from a request to its answer."""

    p50_ms: float
    p99_ms: float
    worst_ms: float
    answers_a_second: float


def latency(renderer: Renderer, model: Model, seconds: float) -> Latency:
    """Ask for the picture and the strip of every class at the rate of a screen."""
    classes = model.spec.classes
    rng = np.random.default_rng(0)
    z = draw_z(1, model.spec.z_dim, 0)
    y = np.eye(max(classes, 1), dtype=np.float32)[[0, *range(classes)]] if classes else None
    times: list[float] = []
    pause = threading.Event()
    began = time.perf_counter()
    while (now := time.perf_counter()) - began < seconds:
        z[0, rng.integers(model.spec.z_dim)] += 0.1
        renderer.request("picture", np.repeat(z, 1 if y is None else len(y), 0), y)
        answer = renderer.wait("picture", 60.0)
        if answer is None or answer.error:
            raise RuntimeError(f"no picture: {answer}")
        times.append(1000 * (time.perf_counter() - now))
        pause.wait(max(0.0, 1 / REQUEST_HZ - (time.perf_counter() - now)))
    spent = time.perf_counter() - began
    cuts = statistics.quantiles(times, n=100)
    return Latency(cuts[49], cuts[98], max(times), len(times) / spent)


def latency_while_training(config: TrainConfig, seconds: float) -> Latency:
    """Drag over the live generator of a run at full speed, following its newest model."""
    following = threading.Event()
    with LocalRun(config, load_digits()) as session, Renderer() as renderer:
        session.send(Resume())
        while len(session.history) < 3:
            session.snapshots.wait(1.0)
        while (snapshot := session.snapshots.wait(60.0)) is None or snapshot.model is None:
            pass
        model = snapshot.model
        renderer.set_model(model)

        def follow() -> None:
            while not following.is_set():
                newest = session.snapshots.wait(0.1)
                if newest is not None and newest.model is not None:
                    renderer.set_model(newest.model)

        follower = threading.Thread(target=follow)
        follower.start()
        try:
            return latency(renderer, model, seconds)
        finally:
            following.set()
            follower.join()


def latency_idle(config: TrainConfig, seconds: float) -> Latency:
    """Drag while nothing trains."""
    model = trainer_for(config).model()
    with Renderer() as renderer:
        renderer.set_model(model)
        return latency(renderer, model, seconds)


def pause_latency(config: TrainConfig) -> float:
    """Return the milliseconds from pressing pause to the snapshot that says so."""
    with LocalRun(config, load_digits(), RunOptions(stop=StopAt(steps=10**9))) as session:
        session.send(Resume())
        while len(session.history) < 5:
            session.snapshots.wait(1.0)
        began = time.perf_counter()
        session.send(Pause())
        while True:
            snapshot = session.snapshots.wait(60.0)
            if snapshot is not None and snapshot.state is RunState.PAUSED:
                return 1000 * (time.perf_counter() - began)


def medians(speeds: list[Speed]) -> dict[str, float]:
    """Return the median of each figure."""
    return {
        name: statistics.median(getattr(speed, name) for speed in speeds)
        for name in vars(speeds[0])
    }


def measure(seconds: float = 10.0, rounds: int = 3, config: TrainConfig | None = None) -> dict:
    """Measure everything; the ways to train take turns, since the machine may be shared.

    Parameters
    ----------
    seconds : float
        Of each measurement, of which there are three a round and two more.
    rounds : int
        Turns of each way to train; medians are returned.
    config : TrainConfig, optional
        What is trained; the thread count is chosen if it is 0.
    """
    config = config or TrainConfig()
    if not config.threads:
        config = config.with_(threads=best_thread_count(config))
    bare, live, blind = [], [], []
    for _ in range(rounds):
        bare.append(bare_speed(config, seconds))
        live.append(session_speed(config, seconds, 0.2))
        blind.append(session_speed(config, seconds, 1e9))
    return {
        "threads": config.threads,
        "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "bare": medians(bare),
        "live": medians(live),
        "without_snapshots": medians(blind),
        "live_over_bare": statistics.median(
            one.steps_a_second / other.steps_a_second for one, other in zip(live, bare, strict=True)
        ),
        "cpu_bare_over_live": statistics.median(
            other.cpu_ms_a_step / one.cpu_ms_a_step for one, other in zip(live, bare, strict=True)
        ),
        "latency_idle": vars(latency_idle(config, seconds)),
        "latency_training": vars(latency_while_training(config, seconds)),
        "pause_ms": pause_latency(config),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    config = TrainConfig(threads=options.threads)
    print(json.dumps(measure(options.seconds, options.rounds, config), indent=2))


if __name__ == "__main__":
    main()
