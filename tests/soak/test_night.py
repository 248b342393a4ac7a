"""A training through a night: eight hours by its own clock, on a disk that comes and goes."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ganview.data.dataset import Dataset
from ganview.files.model_file import load_model
from ganview.files.run_files import METRICS, MODEL
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from ganview.gan.trainer import StepStats, Trainer
from ganview.runtime import run_saver
from ganview.runtime.channels import Resume, RunOptions
from ganview.runtime.local_run import LocalRun
from ganview.runtime.messages import RunState, Snapshot, StopAt
from tests.bench.bench_window import resident_megabytes
from tests.soak.conftest import size
from tests.soak.killed import CONFIG, digits

pytestmark = [pytest.mark.soak, pytest.mark.timeout(2 * 3600)]
MOST_MEGABYTES = 500  # of a run's folder, whatever its length
PATIENCE = 1800.0  # seconds


class Watched:
    """A run, and what its snapshots said last."""

    def __init__(self, session: LocalRun) -> None:
        self.session = session
        self.last = Snapshot(RunState.IDLE)

    def look(self) -> Snapshot:
        """Return the newest snapshot; the run is alive."""
        self.last = self.session.snapshots.take() or self.last
        assert self.last.error is None, self.last.details
        return self.last

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, (
                f"it did not come to that: {self.last.unsaved} {self.last.note}"
            )
            time.sleep(0.02)

    def trains_on(self) -> None:
        """Wait for more steps."""
        step = len(self.session.history)
        self.until(lambda: self.look() and len(self.session.history) > step + 20)


def folder_megabytes(path: Path) -> float:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) / 2**20


def test_eight_hours(tmp_path: Path, figures: dict[str, Any]) -> None:
    """Each step counts as one second, so that hours pass in a minute or two."""
    hours = size("HOURS", 8)

    class Slow(Trainer):
        def step(self, *arguments: Any, **named: Any) -> StepStats:
            return super().step(*arguments, **named)._replace(step_seconds=1.0)

    def make(config: TrainConfig, data: Dataset) -> Trainer:
        return Slow(config, data.images, data.labels, data.class_names)

    folder = RunFolder.create(tmp_path / "run", CONFIG)
    stop = StopAt(None, hours * 3600.0)
    with LocalRun(
        CONFIG, digits(), RunOptions(rows=2, store=folder, stop=stop, make_trainer=make)
    ) as session:
        run = Watched(session)
        session.send(Resume())
        run.until(lambda: len(session.history) > 600)
        early = resident_megabytes()
        run.until(lambda: run.look().state is RunState.FINISHED)
        late = resident_megabytes()
        steps = len(session.history)
    with RunFolder.open(tmp_path / "run", write=False) as kept:
        began = time.perf_counter()
        metrics = kept.metrics()
        opened = time.perf_counter() - began
        figures |= {
            "hours": hours,
            "steps": steps,
            "folder_mb": round(folder_megabytes(kept.path), 1),
            "files": sum(1 for _ in kept.path.rglob("*")),
            "moments": len(kept.moments()),
            "memory_mb": [round(early), round(late)],
            "metrics_read_s": round(opened, 2),
        }
        assert metrics["step"].tolist() == list(range(1, steps + 1))
        assert kept.checkpoint_step() == steps
        assert load_model(kept.path / MODEL).info["step"] == steps
    assert steps == hours * 3600
    assert figures["folder_mb"] < MOST_MEGABYTES


def test_a_folder_that_goes_away_and_comes_back(
    tmp_path: Path, figures: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a disk that is taken out, with and without the empty folder that it was mounted on."""
    monkeypatch.setattr(run_saver, "RETRY_SECONDS", 0.05)
    turns = size("ABSENCES", 20)
    path, away = tmp_path / "run", tmp_path / "away"
    with LocalRun(
        CONFIG,
        digits(),
        RunOptions(
            rows=1,
            store=RunFolder.create(path, CONFIG),
            snapshot_interval=0.02,
            checkpoint_interval=0.05,
        ),
    ) as session:
        run = Watched(session)
        session.send(Resume())
        run.until(lambda: (path / MODEL).exists())
        for turn in range(turns):
            path.rename(away)
            if turn % 2:
                path.mkdir()
            run.until(lambda: bool(run.look().unsaved or "trying again" in run.last.note))
            run.trains_on()
            if turn % 2:
                # a file that was being written just then may be there, but no number of a step
                assert not (path / METRICS).exists()
                shutil.rmtree(path)
            away.rename(path)
            run.until(lambda: not (run.look().unsaved or "trying again" in run.last.note))
            figures["absences"] = turn + 1
        figures["steps"] = len(session.history)
    _is_whole(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounts a disk")
def test_a_disk_that_is_full_for_a_while(
    tmp_path: Path, figures: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_saver, "RETRY_SECONDS", 0.05)
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        with LocalRun(
            CONFIG,
            digits(),
            RunOptions(
                rows=1,
                store=RunFolder.create(disk / "run", CONFIG),
                snapshot_interval=0.02,
                checkpoint_interval=0.05,
            ),
        ) as session:
            run = Watched(session)
            session.send(Resume())
            run.until(lambda: (disk / "run" / MODEL).exists())
            for turn in range(size("FULL", 10)):
                with suppress(OSError), (disk / "ballast").open("wb", buffering=0) as file:
                    while True:
                        file.write(bytes(2**20))
                with suppress(OSError), (disk / "rest").open("wb", buffering=0) as file:
                    while True:
                        file.write(bytes(4096))
                run.until(lambda: "full" in f"{run.look().unsaved} {run.last.note}")
                run.trains_on()
                for name in ("ballast", "rest"):
                    (disk / name).unlink()
                run.until(lambda: "full" not in f"{run.look().unsaved} {run.last.note}")
                figures["times_full"] = turn + 1
            figures["steps"] = len(session.history)
        _is_whole(disk / "run")
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def _is_whole(path: Path) -> None:
    """Make sure that no number of a run was lost, and that its checkpoint is of the last step."""
    with RunFolder.open(path, write=False) as kept:
        steps = kept.metrics()["step"].tolist()
        assert steps == list(range(1, len(steps) + 1)), "no number was lost or written twice"
        assert kept.checkpoint_step() == len(steps)
        assert load_model(path / MODEL).info["step"] == len(steps)
