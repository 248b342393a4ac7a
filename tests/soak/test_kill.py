"""``kill -9`` at random moments of training, with a checkpoint every second."""

from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path
from typing import Any

import pytest

from ganview.files.interrupted import forget_interruption, interrupted_runs
from ganview.files.model_file import load_model
from ganview.files.png import decode_png
from ganview.files.run_files import MODEL
from ganview.files.run_folder import RunFolder
from ganview.runtime.run_view import FolderRun
from tests.soak.conftest import size
from tests.soak.killed import INTERVAL, train

pytestmark = [pytest.mark.soak, pytest.mark.timeout(7200)]
MOST_LOST = 2.0  # seconds of training
LONGEST = 3.0  # seconds of training until a kill
BETWEEN = 0.1  # seconds after a word of it, so that a kill comes between two


def test_kill_at_random_moments(tmp_path: Path, figures: dict[str, Any]) -> None:
    kills, moments = size("KILLS", 100), random.Random(0)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.soak.killed", "ganview.runtime.training_loop"])
    path, began = tmp_path / "runs" / "run", time.monotonic()
    lost: list[float] = []
    resumed = scrubbed = 0
    expected = -1  # step that the next one must begin at
    for number in range(kills):
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=train, args=(path, there))
        process.start()
        there.close()
        first = _first(here)
        if expected >= 0:
            assert first[0] == expected, f"kill {number}: went on from another step"
            resumed += 1
        last = _listen(here, first, moments.uniform(0, LONGEST))
        time.sleep(moments.uniform(0, BETWEEN))
        process.kill()
        process.join()
        last = _rest(here, last)
        here.close()
        scrubbed += _scrub(path)
        expected, seconds = _inspect(path)
        if expected < 0:  # nothing was written yet: all is lost, which may not be much
            for file in sorted(path.rglob("*"), reverse=True):
                file.rmdir() if file.is_dir() else file.unlink()
        lost.append(last[1] - seconds)
        figures |= {
            "kills": number + 1,
            "resumes": resumed,
            "moments_looked_at": scrubbed,
            "without_checkpoint": number + 1 - resumed - (expected >= 0),
            "checkpoint_interval_s": INTERVAL,
            "lost_s_worst": round(max(lost), 3),
            "lost_s_mean": round(sum(lost) / len(lost), 3),
            "steps": last[0],
            "seconds_a_step": round(last[1] / max(1, last[0]), 3),
            "seconds": round(time.monotonic() - began),
        }
    # a state is written between two steps, so that a step that takes long is lost on top
    assert max(lost) <= MOST_LOST + 2 * figures["seconds_a_step"]
    assert resumed >= 0.5 * kills - 1  # the others were killed before their first second


Told = tuple[int, float, str | None]


def _first(pipe: Any) -> Told:
    assert pipe.poll(300), "the run did not begin"
    told: Told = pipe.recv()
    assert told[2] is None, told[2]
    return told


def _listen(pipe: Any, first: Told, seconds: float) -> Told:
    """Return what was told last after so many seconds of training, however long they take."""
    last = first
    while last[1] - first[1] < seconds:
        assert pipe.poll(300), "training does not go on"
        last = pipe.recv()
        assert last[2] is None, last[2]
    return last


def _rest(pipe: Any, last: Told) -> Told:
    """Return what a killed process told last."""
    try:
        while pipe.poll(0):
            last = pipe.recv()
    except (EOFError, OSError):
        pass  # its last word was cut off
    return last


def _scrub(path: Path) -> int:
    """Look at every moment that a killed process left, as the window does; returns how many."""
    run = FolderRun(path)
    moments, last = run.moments(), run.history.last()
    for info in moments:
        assert info.step <= (last["step"] if last is not None else 0), "its numbers come first"
        if info.has_samples:
            run.samples_at(info.step)
        if info.has_model:
            assert run.model_at(info.step).info["step"] == info.step
    return len(moments)


def _inspect(path: Path) -> tuple[int, float]:
    """Read every file that a killed process left; returns step and seconds of the checkpoint."""
    with RunFolder.open(path, write=False) as folder:
        folder.metrics()
        for _, file in folder.samples():
            decode_png(file)
        if (path / MODEL).exists():
            load_model(path / MODEL)
        if not folder.has_checkpoint():
            forget_interruption(path)
            return -1, 0.0
        step, seconds = folder.checkpoint_step(), folder.load_checkpoint()[1]["run"]["elapsed"]
    found = interrupted_runs(path.parent)
    assert [(run.path, run.step) for run in found] == [(path, step)], "the next start offers it"
    return step, float(seconds)
