"""Runs that ended suddenly are told from those that were closed and those that are open."""

from __future__ import annotations

import os

from ganview.files.interrupted import InterruptedRun, forget_interruption, interrupted_runs
from ganview.files.lock import FolderLock
from ganview.files.run_files import CHECKPOINT
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig


def make(path, step: int | None = 3) -> None:
    with RunFolder.create(path, TrainConfig()) as folder:
        if step is not None:
            folder.save_checkpoint({}, {"step": step})


def kill(path) -> None:
    (path / ".lock").write_text("process 1 on nowhere")


def test_only_what_was_left_suddenly_is_found_and_the_newest_first(tmp_path):
    for number, name in enumerate(("closed", "older", "newer", "in use", "new", "damaged")):
        make(tmp_path / name, None if name == "new" else number)
        if name != "closed":
            kill(tmp_path / name)
        if name != "new":
            os.utime(tmp_path / name / CHECKPOINT, (1000 + number,) * 2)
    (tmp_path / "damaged" / CHECKPOINT).write_bytes(b"cut off")
    (tmp_path / "a file").write_text("")
    (tmp_path / "no run").mkdir()
    kill(tmp_path / "no run")
    lock = FolderLock(tmp_path / "in use")
    newer, older = InterruptedRun(tmp_path / "newer", 2), InterruptedRun(tmp_path / "older", 1)
    assert interrupted_runs(tmp_path) == [newer, older]
    lock.release()
    assert interrupted_runs(tmp_path) == [newer, older], "a lock that is let go is no sudden end"
    forget_interruption(tmp_path / "newer")
    assert interrupted_runs(tmp_path) == [older]
    forget_interruption(tmp_path / "gone")
    assert not (tmp_path / "gone").exists()


def test_no_folder_has_no_runs(tmp_path):
    assert interrupted_runs(tmp_path / "runs") == []
