"""One writer for a folder."""

from __future__ import annotations

import shutil
import subprocess
import sys

import numpy as np
import pytest

from ganview.files.atomic import WriteError
from ganview.files.lock import FolderLock, LockedError
from ganview.files.moment_info import Mark, Moment
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig

HOLD = """
import sys
from pathlib import Path
from ganview.files.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_second_is_told_who_the_first_is(tmp_path):
    lock = FolderLock(tmp_path)
    with pytest.raises(LockedError, match=r"open in another window or program \(process \d+ on"):
        FolderLock(tmp_path)
    lock.release()
    lock.release()
    FolderLock(tmp_path).release()


def test_a_killed_process_leaves_no_lock(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=f"process {holder.pid} "):
            FolderLock(tmp_path)
        holder.kill()
        holder.wait()
    assert (tmp_path / ".lock").exists()
    FolderLock(tmp_path).release()


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(WriteError):
        FolderLock(tmp_path / "gone")


def test_a_link_is_not_followed(tmp_path):
    """Letting go of a lock empties its file."""
    (tmp_path / "diary").write_text("mine")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".lock").symlink_to(tmp_path / "diary")
    with pytest.raises(WriteError):
        FolderLock(tmp_path / "run")
    assert (tmp_path / "diary").read_text() == "mine"


def test_nothing_is_written_to_the_folder_that_a_lost_disk_was_mounted_on(tmp_path):
    run = RunFolder.create(tmp_path / "run", TrainConfig())
    run.append_metrics([{"step": 1}])
    grid = np.zeros((8, 8), np.uint8)
    (tmp_path / "run").rename(tmp_path / "away")
    writes = (
        lambda: run.append_metrics([{"step": 2}]),
        lambda: run.append_quality([{"step": 2}]),
        lambda: run.save_checkpoint({}, {"step": 2}),
        lambda: run.save_moment(Moment(2, 1.0, grid, None, ({}, {"step": 2}), "a name")),
        lambda: run.show_moment(Moment(2, 1.0, grid)),
        lambda: run.mark(Mark(2, "best")),
        lambda: run.forget_after(2),
    )
    for write in writes:
        with pytest.raises(WriteError, match="the folder is gone"):
            write()
    (tmp_path / "run").mkdir()  # the empty folder below
    for write in writes:
        with pytest.raises(WriteError, match="the folder is gone"):
            write()
    assert list((tmp_path / "run").iterdir()) == []
    (tmp_path / "run").rmdir()
    shutil.copytree(tmp_path / "away", tmp_path / "run")  # as a network folder: other inodes
    for write in writes:
        write()
    assert run.metrics()["step"].tolist() == [1, 2]
    run.close()
