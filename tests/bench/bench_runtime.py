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
from ganview.runtime.messages import SessionState, StopAt
from ganview.runtime.renderer import Renderer
from ganview.runtime.session import Session
from ganview.runtime.threads import fastest, prepare_thread, usable_processors

REQUEST_HZ = 60.0  # a hand that drags, at the rate of a screen


def trainer_for(config: TrainConfig) -> Trainer:
    data = load_digits()
    return Trainer(config, data.images, data.labels, data.class_names)


def best_thread_count(config: TrainConfig) -> int:
    """Return the thread count that a session would choose here and now."""
    found: list[int] = []

    def work() -> None:
        prepare_thread(1, give_way=True)
        found.append(fastest(trainer_for(config).step, usable_processors()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


def bare_steps_a_second(config: TrainConfig, seconds: float) -> float:
    """Run the trainer alone, in a thread prepared as a session's is."""
    found: list[float] = []

    def work() -> None:
        prepare_thread(config.threads, give_way=True)
        trainer = trainer_for(config)
        for _ in range(3):
            trainer.step()
        began, steps = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            trainer.step()
            steps += 1
        found.append(steps / (time.perf_counter() - began))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


def session_steps_a_second(
    config: TrainConfig, seconds: float, interval: float
) -> tuple[float, float]:
    """Run a session, reading its mailbox as a window does; also returns snapshots a second."""
    with Session(config, load_digits(), snapshot_interval=interval) as session:
        session.step_once()
        session.step_once()
        session.step_once()
        while session.history.last() is None or len(session.history) < 3:
            session.snapshots.wait(1.0)
        session.resume()
        began, steps, seen = time.perf_counter(), len(session.history), 0
        while (left := seconds - (time.perf_counter() - began)) > 0:
            seen += session.snapshots.wait(left) is not None
        spent = time.perf_counter() - began
        return (len(session.history) - steps) / spent, seen / spent


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
    """Drag over the live generator of a session at full speed, following its newest model."""
    following = threading.Event()
    with Session(config, load_digits()) as session, Renderer() as renderer:
        session.resume()
        while len(session.history) < 3:
            session.snapshots.wait(1.0)
        model = session.models.wait(60.0)
        if model is None:
            raise RuntimeError("the session published no model")
        renderer.set_model(model)

        def follow() -> None:
            while not following.is_set():
                newest = session.models.wait(0.1)
                if newest is not None:
                    renderer.set_model(newest)

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
    with Session(config, load_digits(), stop=StopAt(steps=10**9)) as session:
        session.resume()
        while len(session.history) < 5:
            session.snapshots.wait(1.0)
        began = time.perf_counter()
        session.pause()
        while True:
            snapshot = session.snapshots.wait(60.0)
            if snapshot is not None and snapshot.state is SessionState.PAUSED:
                return 1000 * (time.perf_counter() - began)


def measure(seconds: float = 20.0, rounds: int = 3, config: TrainConfig | None = None) -> dict:
    """Measure everything; the ways to train take turns, since the machine may be shared.

    Parameters
    ----------
    seconds : float
        Of each measurement.
    rounds : int
        Turns of each way to train; medians are returned.
    config : TrainConfig, optional
        What is trained; the thread count is chosen if it is 0.
    """
    config = config or TrainConfig()
    if not config.threads:
        config = config.with_(threads=best_thread_count(config))
    ways: dict[str, list[float]] = {"bare": [], "live": [], "no_snapshots": []}
    snapshots = []
    for _ in range(rounds):
        ways["bare"].append(bare_steps_a_second(config, seconds / rounds))
        live, rate = session_steps_a_second(config, seconds / rounds, 0.2)
        ways["live"].append(live)
        snapshots.append(rate)
        ways["no_snapshots"].append(session_steps_a_second(config, seconds / rounds, 1e9)[0])
    steps = {name: statistics.median(rates) for name, rates in ways.items()}
    return {
        "threads": config.threads,
        "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "steps_a_second": steps,
        "live_over_bare": statistics.median(
            live / bare for live, bare in zip(ways["live"], ways["bare"], strict=True)
        ),
        "snapshots_a_second": statistics.median(snapshots),
        "latency_idle": vars(latency_idle(config, seconds / 2)),
        "latency_training": vars(latency_while_training(config, seconds)),
        "pause_ms": pause_latency(config),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    config = TrainConfig(threads=options.threads)
    print(json.dumps(measure(options.seconds, options.rounds, config), indent=2))


if __name__ == "__main__":
    main()
