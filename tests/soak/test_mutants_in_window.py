"""Mutated models, runs and pictures opened in one window: it goes on, and shows text as text."""

from __future__ import annotations

import random
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ganview.export.picture import write_picture
from ganview.files.model_file import save_model
from ganview.files.moment_info import Mark, Moment
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from tests.app.test_hostile_text import rich_text
from tests.export.states import random_recipe
from tests.soak import mutants
from tests.soak.conftest import size
from tests.soak.mutated import model
from tests.soak.test_window import Open, resident_megabytes

pytestmark = [pytest.mark.soak, pytest.mark.timeout(2 * 3600)]
MOST_SECONDS = 2.0
KEPT = Path("build/soak")


def run_folder(path: Path) -> RunFolder:
    """Make a run with something of each kind in it."""
    with RunFolder.create(path, TrainConfig()) as run:
        run.append_metrics([{"step": step, "loss_d": 0.5, "seconds": 1.0} for step in (1, 2, 3)])
        figures = {"judge-FD@12345678": 3.5, "judge-FD@12345678 real": 0.5, "seconds": 0.5}
        run.append_quality([{"step": step, **figures} for step in (1, 2, 3)])
        run.save_model(model())
        run.save_moment(Moment(3, 1.5, np.zeros((28, 56), np.uint8), model(), name="a"))
        run.mark(Mark(3, "best", "note"))
    return run


def test_mutants_in_a_window(qtbot: QtBot, tmp_path: Path, figures: dict[str, Any]) -> None:
    little, run = model(), run_folder(tmp_path / "run")
    save_model(tmp_path / "m.safetensors", little)
    write_picture(tmp_path / "p.png", random_recipe(np.random.default_rng(2), little), little)
    kinds: list[tuple[Path, Path, mutants.Mutate]] = [
        (tmp_path / "m.safetensors", tmp_path / "m.safetensors", mutants.mutate_safetensors),
        (tmp_path / "p.png", tmp_path / "p.png", mutants.mutate_png),
        (run.path / "config.json", run.path, mutants.mutate_json),
        (run.path / "metrics.jsonl", run.path, mutants.mutate_lines),
        (run.path / "quality.jsonl", run.path, mutants.mutate_lines),
        (run.path / "moments" / "index.json", run.path, mutants.mutate_json),
        (run.path / "model.safetensors", run.path, mutants.mutate_safetensors),
    ]
    valid = {path: path.read_bytes() for path, _, _ in kinds}
    live, harm = Open(qtbot, tmp_path / "own"), []
    ends: Counter[str] = Counter()
    slowest, memory = 0.0, resident_megabytes()
    try:
        live.window.plots.fill()
        for seed in range(size("SEED", 0), size("SEED", 0) + size("WINDOW_MUTANTS", 2000)):
            path, opened, mutate = kinds[seed % len(kinds)]
            path.write_bytes(mutate(valid[path], random.Random(seed)))
            refused = len(live.errors)
            began = time.process_time()
            with qtbot.captureExceptions() as exceptions:
                if path.suffix == ".png":
                    live.controller.opening.open_picture(opened, lambda _place: None)
                else:
                    live.controller.opening.open(opened)
                live.until(lambda: not live.controller.bridge.busy)
                QApplication.processEvents()
            slowest = max(slowest, seconds := time.process_time() - began)
            told = ["".join(traceback.format_exception(*error)) for error in exceptions]
            told += rich_text(live.window) + [f"{seconds:.1f} s"] * (seconds > MOST_SECONDS)
            if told:
                harm.append(f"seed {seed}, {path.name}: {told}")
                KEPT.mkdir(parents=True, exist_ok=True)
                (KEPT / f"window-{seed}-{path.name}").write_bytes(path.read_bytes())
            ends["refused" if len(live.errors) > refused else "opened"] += 1
            path.write_bytes(valid[path])
    finally:
        live.close()
    figures |= {
        **ends,
        "harmful": len(harm),
        "slowest_s": round(slowest, 2),
        "memory_mb": round(resident_megabytes() - memory),
    }
    assert not harm, "\n".join(harm[:10])
