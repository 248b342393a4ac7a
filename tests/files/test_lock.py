"""One writer for a folder."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ganview.files.atomic import WriteError
from ganview.files.lock import FolderLock, LockedError

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
