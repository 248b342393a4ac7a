"""Scrubbing a run of a million steps: from a move of the cursor to the painted grid and picture.

``python tests/bench/bench_scrub.py [--steps 1000000] [--moves 200]``. The window is offscreen.
``jump`` goes to moments far apart, none of which was looked at before; ``drag`` moves the cursor
sixty times a second from moment to moment, as a hand does. Milliseconds are from the key or the
move to the painted pictures; ``frame_ms`` is how long one turn of the event loop takes meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.bench_window import Stage

GRIDS, MODELS = 240, 54  # as many as a long run keeps
FRAME = 1 / 60


def make_run(path: Path, steps: int) -> None:
    """Write the folder of a run whose moments are the shipped model, ever less disturbed."""
    import torch

    from ganview.files.open_model import open_model
    from ganview.files.run_folder import RunFolder
    from ganview.gan.config import TrainConfig
    from ganview.runtime.sample_grid import GridSampler

    model = open_model("conditional")
    sampler = GridSampler(model.spec, 8)
    weights = [tensor.clone() for tensor in model.generator.state_dict().values()]
    generator = torch.Generator().manual_seed(0)
    with RunFolder.create(path, TrainConfig()) as folder:
        rows = np.arange(1, steps + 1)
        folder.append_metrics(
            {"step": int(row), "images_seen": int(64 * row), "seconds": row / 20, "loss_d": 0.5,
             "loss_g": 1.0, "y_hat_real": 0.6, "y_hat_fake": 0.4}
            for row in rows
        )  # fmt: skip
        for index in range(GRIDS):
            step = round(steps * ((index + 1) / GRIDS) ** 3)
            noise = 0.5 * (1 - index / GRIDS)
            for tensor, weight in zip(model.generator.state_dict().values(), weights, strict=True):
                if weight.is_floating_point():
                    shape = weight.shape
                    tensor.copy_(
                        weight + noise * weight.std() * torch.randn(shape, generator=generator)
                        if weight.numel() > 1
                        else weight
                    )
            model.info["step"] = step
            kept = model if index % (GRIDS // MODELS) == 0 else None
            folder.save_moment(step, step / 20, sampler.draw(model).atlas, kept)
        folder.save_model(model)


def spread(taken: list[float]) -> dict[str, float]:
    """Return the figures of some milliseconds."""
    taken = sorted(taken)
    return {
        "count": len(taken),
        "median_ms": round(taken[len(taken) // 2], 1),
        "p99_ms": round(taken[int(0.99 * (len(taken) - 1))], 1),
        "worst_ms": round(taken[-1], 1),
    }


class Scrub:
    """A window with a run of long ago in focus."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.app_model = stage.controller.app_model
        self.grid_at = self.picture_at = 0.0
        stage.window.samples.view.painted.connect(self._grid_painted)
        stage.window.explorer.painted.connect(self._picture_painted)

    def _grid_painted(self) -> None:
        self.grid_at = time.perf_counter()

    def _picture_painted(self) -> None:
        self.picture_at = time.perf_counter()

    def jump(self, moves: int) -> dict[str, Any]:
        """Go to moments in a mixed order, and wait for grid and picture each time."""
        app_model, run = self.app_model, self.app_model.run
        assert run is not None
        steps = [info.step for info in run.moments() if info.has_model]
        random.Random(0).shuffle(steps)
        grids, pictures, processor = [], [], []
        for step in steps[:moves]:
            self.grid_at = self.picture_at = 0.0
            began, used = time.perf_counter(), time.process_time()
            app_model.set_cursor(step)
            self.stage.until(
                lambda step=step: (
                    self.grid_at > 0
                    and app_model.samples_step == step
                    and app_model.model is not None
                    and app_model.model.info["step"] == step
                    and self.picture_at > 0
                ),
                look=0.001,
            )
            grids.append(1000 * (self.grid_at - began))
            pictures.append(1000 * (self.picture_at - began))
            processor.append(1000 * (time.process_time() - used))
            self.stage.pump(0.2)
        return {
            "grid": spread(grids),
            "picture": spread(pictures),
            "processor": spread(processor),  # of all threads: what can be told on a busy machine
        }

    def drag(self, moves: int) -> dict[str, Any]:
        """Move the cursor sixty times a second, forth and back."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        track = self.stage.window.timeline.track
        track.setFocus()
        QTest.keyClick(track, Qt.Key.Key_Home)
        self.stage.pump(1)
        grids, frames = [], []
        for move in range(moves):
            self.grid_at = 0.0
            began = time.perf_counter()
            QTest.keyClick(track, Qt.Key.Key_Right if move < moves // 2 else Qt.Key.Key_Left)
            while time.perf_counter() - began < FRAME or self.grid_at == 0:
                turn = time.perf_counter()
                self.stage.app.processEvents()
                frames.append(1000 * (time.perf_counter() - turn))
                time.sleep(0.0005)
                if time.perf_counter() - began > 2:
                    raise RuntimeError("no grid was painted")
            grids.append(1000 * (self.grid_at - began))
        return {"grid": spread(grids), "frame": spread(frames)}


def play(steps: int, moves: int) -> dict[str, Any]:
    """Measure at rest, then while another run trains."""
    from ganview.app.controllers.app_model import run_key
    from ganview.runtime.messages import RunState

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "long"
        make_run(path, steps)
        stage = Stage(Path(place))
        window, controller = stage.window, stage.controller
        loaded: list[bool] = []
        controller.loaded.connect(lambda: loaded.append(True))
        window.resize(1280, 800)
        window.first_painted.connect(lambda: controller.start())
        window.show()
        stage.until(lambda: bool(loaded))
        scrub = Scrub(stage)
        began = time.perf_counter()
        controller.opening.open(path)
        plots = window.plots.plots
        assert plots is not None
        stage.until(lambda: len(plots.losses.curves[0]) > 0, look=0.005)
        opened = time.perf_counter() - began
        stage.pump(2)
        found: dict[str, Any] = {"opened_s": round(opened, 2)}
        found["idle"] = {"jump": scrub.jump(moves), "drag": scrub.drag(moves)}
        long_run = controller.app_model.run
        assert long_run is not None
        window.commands["new_run"].trigger()
        stage.until(lambda: controller.training.state is RunState.TRAINING)
        controller.app_model.choose(run_key(long_run))
        stage.pump(2)
        found["training"] = {"jump": scrub.jump(moves), "drag": scrub.drag(moves)}
        closed: list[bool] = []
        controller.closed.connect(lambda: closed.append(True))
        window.close()
        stage.until(lambda: bool(closed))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--moves", type=int, default=200)
    options = parser.parse_args()
    print(json.dumps(play(options.steps, options.moves)))


if __name__ == "__main__":
    main()
