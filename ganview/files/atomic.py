"""The one atomic writer: at every moment a path holds a whole file, the old one or the new one.

The content goes to a temporary file in the same folder, which is flushed to the disk and then
renamed over the old file (``os.replace`` is atomic on POSIX and Windows); last, the folder is
flushed, so that the rename itself survives a power cut. A failure before the rename leaves the old
file untouched and takes the temporary file away. A failure of the last flush is reported too,
though the new file is already in place: it may not yet be safe.

Not written this way are files to which lines are appended: a run's ``metrics.jsonl`` and
``quality.jsonl`` (`ganview.files.metrics_log`), TensorBoard's event files and the log of the
window; and a run's ``.lock``, which has to stay one and the same file.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPORARY_PREFIX = ".ganview-"
TEMPORARY_SUFFIX = ".tmp"
_unfinished: set[Path] = set()  # temporary files and folders of this process

# Folders that some file systems cannot flush; the rename is all that is to be had there.
_FOLDER_CANNOT_BE_FLUSHED = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is full",
    errno.EACCES: "it may not be written by this user",
    errno.EPERM: "it may not be written by this user",
    errno.EROFS: "the disk can only be read",
    errno.ENOENT: "its folder is not there",
    errno.ENOTDIR: "its folder is not a folder",
    errno.EISDIR: "it is a folder",
    errno.EEXIST: "there is a file of that name",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EINTR: "the write was interrupted",
}


class WriteError(UserError):
    """A file could not be written; the message names it and the reason.

    Attributes
    ----------
    path : Path
        The file that was to be written.
    """

    def __init__(self, path: Path, error: OSError | ValueError) -> None:
        self.path = path
        known = _WORDS.get(error.errno or 0) if isinstance(error, OSError) else None
        strerror = getattr(error, "strerror", None)
        super().__init__(f"{path} cannot be written: {known or strerror or error}.")


def write_bytes(path: str | Path, data: bytes | bytearray | memoryview) -> None:
    """Replace a file's content, or create it.

    Raises
    ------
    WriteError
        It could not be written; what was there before is still there.
    """
    with atomic_path(path) as temporary:
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
        handle = os.open(temporary, flags, 0o666)
        try:
            rest = memoryview(data).cast("B")
            while rest:  # one write may take only a part
                rest = rest[os.write(handle, rest) :]
        finally:
            os.close(handle)


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Give a temporary path to write to, which then takes the place of ``path``.

    It lies in the same folder; the body creates it. A symbolic link is written through, not
    replaced.

    Raises
    ------
    WriteError
        The system refused any of it, in the body or here; errors of other kinds pass unchanged.
        Either way the temporary file is gone and the old file is whole.
    """
    path = Path(path)
    try:
        target = Path(os.path.realpath(path))
        _check_target(target)
        temporary = _temporary_beside(target)
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte, or without a name
        raise WriteError(path, error) from error
    try:
        yield temporary
        _flush(temporary)
        temporary.replace(target)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise WriteError(path, error) from error
        raise
    finally:
        _unfinished.discard(temporary)
    try:
        _flush_folder(target.parent)
    except OSError as error:
        raise WriteError(path, error) from error


@contextmanager
def atomic_folder(path: str | Path) -> Iterator[Path]:
    """Give a temporary folder to fill, which then takes the place of ``path``.

    Its files may be written plainly: nobody sees the folder before all of them are there.

    Raises
    ------
    UserError
        There is something at ``path`` already that is not an empty folder.
    WriteError
        The system refused any of it; errors of other kinds pass unchanged. Either way nothing is
        left.
    """
    path = Path(path)
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not (target.is_dir() and not any(target.iterdir())):
            raise UserError(f"{path} is there already: choose a folder that is new or empty.")
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = _temporary_beside(target)
        temporary.mkdir()
    except (OSError, ValueError) as error:
        raise WriteError(path, error) from error
    try:
        yield temporary
        for file in temporary.iterdir():
            _flush(file)
        _flush_folder(temporary)
        if target.exists():
            target.rmdir()
        temporary.replace(target)
        _flush_folder(target.parent)
    except BaseException as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if isinstance(error, OSError):
            raise WriteError(path, error) from error
        raise
    finally:
        _unfinished.discard(temporary)


def check_writable(path: str | Path) -> None:
    """Find out, before long work on what is to be written, that it could not be.

    A whole folder or a file may be meant. It says nothing of the room on the disk.

    Raises
    ------
    WriteError
        Its folder is not there or may not be written, or a file that is there may not.
    """
    path = Path(path)
    try:
        target = Path(os.path.realpath(path))
        _check_target(target)
        if not target.parent.is_dir():
            known = errno.ENOTDIR if target.parent.exists() else errno.ENOENT
            raise OSError(known, "no folder")
        probe = _temporary_beside(target)
        probe.touch(exist_ok=False)  # root may everything, but not on a disk that can only be read
        probe.unlink()
        _unfinished.discard(probe)
    except (OSError, ValueError) as error:
        raise WriteError(path, error) from error


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files that a killed process left in a folder nobody else writes to."""
    for leftover in folder.glob(f"{TEMPORARY_PREFIX}*{TEMPORARY_SUFFIX}"):
        with suppress(OSError):
            leftover.unlink()


def remove_unfinished() -> None:
    """Remove what this process has begun to write, before it ends without finishing it."""
    for temporary in list(_unfinished):
        if temporary.is_dir():
            shutil.rmtree(temporary, ignore_errors=True)
        with suppress(OSError):
            temporary.unlink()


def _temporary_beside(target: Path) -> Path:
    name = f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}{TEMPORARY_SUFFIX}"
    temporary = target.with_name(name)
    _unfinished.add(temporary)
    return temporary


def _check_target(target: Path) -> None:
    # A rename asks nobody: it would put a file in the place of /dev/null, or of a locked file.
    if target.exists():
        if not stat.S_ISREG(target.stat().st_mode):
            raise OSError(errno.EISDIR if target.is_dir() else errno.EINVAL, "it is not a file")
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "it may not be written")


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle for this; NTFS journals the rename
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _FOLDER_CANNOT_BE_FLUSHED:
            raise
    finally:
        os.close(handle)
