"""The atomic writer: whatever fails, whenever it fails, a whole file is there."""

from __future__ import annotations

import errno
import os
import secrets
import socket
import stat
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganview.files import atomic
from ganview.files.atomic import (
    WriteError,
    atomic_folder,
    atomic_path,
    check_writable,
    link_or_copy,
    remove_leftovers,
    write_bytes,
)

CALLS = ("open", "write", "fsync", "close", "replace")
ERRORS = (errno.ENOSPC, errno.EACCES, errno.EINTR, errno.EIO)


def names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


class Failing:
    """Lets the system's calls through until the ``at``-th one of all, which it refuses."""

    def __init__(self, monkeypatch, at: int, code: int) -> None:
        self.count, self.at, self.code = 0, at, code
        for name in CALLS:
            monkeypatch.setattr(os, name, self._wrap(name, getattr(os, name)))

    def _wrap(self, name, real):
        def call(*args, **kwargs):
            self.count += 1
            if self.count == self.at:
                self.failed = name
                if name == "close":
                    real(*args)  # a close that reports an error has closed all the same
                raise OSError(self.code, os.strerror(self.code))
            return real(*args, **kwargs)

        return call


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("atomic")


@given(old=st.none() | st.binary(max_size=99), new=st.binary(max_size=9999))
def test_what_is_written_is_there_and_nothing_else(folder, old, new):
    path = folder / "file"
    if old is not None:
        path.write_bytes(old)
    write_bytes(path, new)
    assert path.read_bytes() == new
    assert names(folder) == ["file"]


def calls_of_one_write(monkeypatch, path) -> int:
    with monkeypatch.context() as patch:
        watcher = Failing(patch, at=0, code=0)
        write_bytes(path, b"old")
    return watcher.count


@pytest.mark.parametrize("code", ERRORS, ids=[errno.errorcode[code] for code in ERRORS])
def test_a_failure_at_every_call(tmp_path, monkeypatch, code):
    path = tmp_path / "file"
    total = calls_of_one_write(monkeypatch, path)
    # open, write, close; open, flush, close; rename; open the folder, flush, close
    assert total == 10
    for at in range(1, total + 1):
        write_bytes(path, b"old")
        with monkeypatch.context() as patch:
            failing = Failing(patch, at, code)
            with pytest.raises(WriteError, match="file cannot be written") as caught:
                write_bytes(path, b"new")
        assert caught.value.path == path
        renamed = at > 7
        assert (failing.failed == "replace") == (at == 7)
        assert path.read_bytes() == (b"new" if renamed else b"old")
        assert names(tmp_path) == ["file"]


def test_short_writes_are_continued(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:3]))
    write_bytes(tmp_path / "file", b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_a_file_system_that_cannot_flush_folders_is_no_error(tmp_path, monkeypatch):
    real = os.fsync

    def fsync(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "invalid argument")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    write_bytes(tmp_path / "file", b"x")


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_an_error_in_the_body_passes_and_leaves_the_old_file(tmp_path, error):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def write_half():
        with atomic_path(path) as temporary:
            temporary.write_bytes(b"half")
            raise error

    with pytest.raises(type(error)):
        write_half()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_the_reason_is_said(tmp_path):
    with pytest.raises(WriteError, match="its folder is not there"):
        write_bytes(tmp_path / "gone" / "file", b"")
    with pytest.raises(WriteError, match="it is a folder"):
        write_bytes(tmp_path, b"")
    with pytest.raises(WriteError, match="name is too long"):
        write_bytes(tmp_path / ("x" * 300), b"")
    with pytest.raises(WriteError, match="cannot be written"):
        write_bytes("a\0b", b"")


@pytest.mark.skipif(os.name == "nt", reason="POSIX files")
def test_devices_and_pipes_are_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/null"):
        with pytest.raises(WriteError, match="not a file"):
            write_bytes(path, b"")


@pytest.mark.skipif(os.name == "nt", reason="POSIX files")
def test_links_are_written_through_and_the_umask_holds(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder" / "file")
    write_bytes(tmp_path / "link", b"x")
    assert (tmp_path / "link").is_symlink()
    file = tmp_path / "folder" / "file"
    assert file.read_bytes() == b"x"
    (tmp_path / "plain").touch()
    assert file.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_leftovers_of_a_killed_process_go(tmp_path):
    (tmp_path / ".ganview-0123.tmp").touch()
    (tmp_path / "keep.tmp").touch()
    remove_leftovers(tmp_path)
    assert names(tmp_path) == ["keep.tmp"]


def test_what_could_not_be_written_is_known_before(tmp_path):
    check_writable(tmp_path / "new")
    (tmp_path / "old").write_text("old")
    check_writable(tmp_path / "old")
    assert (tmp_path / "old").read_text() == "old"
    assert names(tmp_path) == ["old"], "asking leaves nothing"
    for path, words in (
        (tmp_path / "gone" / "f", "its folder is not there"),
        (tmp_path / "old" / "f", "its folder is not a folder"),
        (tmp_path, "it is a folder"),
        (tmp_path / ("x" * 300), "the name is too long"),
    ):
        with pytest.raises(WriteError, match=words):
            check_writable(path)


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_a_replaced_file_keeps_its_mode(tmp_path):
    path = tmp_path / "private"
    path.touch(mode=0o600)
    write_bytes(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="only root gives files away")
def test_a_replaced_file_keeps_its_owner(tmp_path):
    path = tmp_path / "theirs"
    path.touch(mode=0o640)
    os.chown(path, 12, 34)
    write_bytes(path, b"new")
    found = path.stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (12, 34, 0o640)


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_an_empty_folder_is_filled_and_not_replaced(tmp_path):
    folder = tmp_path / "folder"
    (folder / "lost+found").mkdir(parents=True)
    folder.chmod(0o2770)
    before = folder.stat()
    with atomic_folder(folder) as place:
        (place / "a").write_text("a")
        assert not (folder / "a").exists()
    after = folder.stat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert sorted(names(folder)) == ["a", "lost+found"]


def test_a_filled_folder_that_fails_is_empty_again(tmp_path, monkeypatch):
    real, calls = Path.replace, []

    def replace(self, target):
        calls.append(target)
        if len(calls) == 2:
            raise OSError(errno.EIO, "broken")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)

    def fill():
        with atomic_folder(tmp_path) as place:
            for name in "abc":
                (place / name).touch()

    with pytest.raises(WriteError):
        fill()
    assert names(tmp_path) == []


def orphan_of(pid: int) -> str:
    host = zlib.crc32(socket.gethostname().encode())
    return f".ganview-{host:08x}-{pid}-{secrets.token_hex(4)}.tmp"


def test_what_a_dead_process_left_goes_when_its_folder_is_written_to(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / orphan_of(dead.pid)).touch()
    folder = tmp_path / orphan_of(dead.pid)
    folder.mkdir()
    (folder / "half").touch()
    kept = {orphan_of(os.getppid()), ".ganview-00000000-1-ab.tmp", ".ganview-mine.tmp"}
    for name in kept:
        (tmp_path / name).touch()
    write_bytes(tmp_path / "new", b"")
    assert set(names(tmp_path)) == {*kept, "new"}


def test_windows_tries_again_while_a_scanner_has_the_file(tmp_path, monkeypatch):
    real, left = Path.replace, [3]

    def replace(self, target):
        if left[0]:
            left[0] -= 1
            raise PermissionError(errno.EACCES, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(WriteError):
        write_bytes(tmp_path / "file", b"here it is an error")
    monkeypatch.setattr(atomic, "WINDOWS", True)
    write_bytes(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"
    left[0] = 10**9
    monkeypatch.setattr(atomic, "REPLACE_SECONDS", 0.1)
    with pytest.raises(WriteError):
        write_bytes(tmp_path / "file", b"never")
    assert names(tmp_path) == ["file"]


def test_a_link_made_twice_leaves_nothing_beside_it(tmp_path):
    (tmp_path / "source").write_bytes(b"whole")
    for _ in range(2):
        link_or_copy(tmp_path / "source", tmp_path / "link")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "source"]
    assert (tmp_path / "link").read_bytes() == b"whole"
