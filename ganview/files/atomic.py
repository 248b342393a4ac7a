"""The one atomic writer: at every moment a path holds a whole file, the old one or the new one.

The content goes to a temporary file in the same folder, which is flushed to the disk and then
renamed over the old file (``os.replace`` is atomic on POSIX and Windows); last, the folder is
flushed, so that the rename itself survives a power cut. A failure before the rename leaves the old
file untouched and removes the temporary file. A failure of the last flush is reported too,
though the new file is already in place: it may not yet be safe. The new file has the mode and the
owner of the old one. A process that is killed leaves its temporary file behind; the next process
that writes to that folder removes it.

Files to which lines are appended are not written this way: a run's ``metrics.jsonl`` and
``quality.jsonl`` (`ganview.files.metrics_log`), TensorBoard's event files and the log of the
window; and a run's ``.lock``, which has to stay one and the same file.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import socket
import stat
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ganview.errors import UserError

TEMPORARY_PREFIX = ".ganview-"
TEMPORARY_SUFFIX = ".tmp"
WINDOWS = os.name == "nt"
REPLACE_SECONDS = 2.5  # Windows refuses to replace a file while a virus scanner has it open
_UNFINISHED_SECONDS = 24 * 3600  # after which a temporary file on Windows counts as abandoned

_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(\..*)?", re.IGNORECASE)
_NEVER_IN_NAMES = frozenset('<>:"/\\|?*')  # a colon would name a stream within another file
_LONG = 220  # characters, with which a temporary name is over the 260 that Windows allows

_HOST = f"{zlib.crc32(socket.gethostname().encode()):08x}"
_cleared: set[Path] = set()  # folders in which this process has looked for leftovers
_unfinished: set[Path] = set()  # temporary files and folders of this process

# Folders that some file systems cannot flush: there, only the rename itself is certain.
_FOLDER_CANNOT_BE_FLUSHED = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
_OF_A_DISK = {"lost+found"}  # in the topmost folder of an otherwise empty one
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
        code = error.errno or 0 if isinstance(error, OSError) else 0
        if WINDOWS and code == errno.ENOENT and len(str(path.absolute())) > _LONG:
            code = errno.ENAMETOOLONG  # which Windows doesn't tell from a missing folder
        known = _WORDS.get(code)
        strerror = getattr(error, "strerror", None)
        super().__init__(f"{path} cannot be written: {known or strerror or error}.")


@contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Raise a `WriteError` of a path for an error of the system in this block."""
    try:
        yield
    except OSError as error:
        raise WriteError(path, error) from error


def write_bytes(
    path: str | Path, data: bytes | bytearray | memoryview, *, lasting: bool = True
) -> None:
    """Replace a file's content, or create it.

    What isn't ``lasting``, because another replaces it a second later, is not flushed to the disk.

    Raises
    ------
    WriteError
        It could not be written; what was there before is still there.
    """
    with atomic_path(path, lasting=lasting) as temporary:
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
        handle = os.open(temporary, flags, 0o666)
        try:
            rest = memoryview(data).cast("B")
            while rest:  # one call may write only a part
                rest = rest[os.write(handle, rest) :]
        finally:
            os.close(handle)


def link_or_copy(source: Path, path: Path) -> None:
    """Make a hard link to a file at ``path``, or a copy where the disk has no links.

    Replacing one of the two, as ganview always does, leaves the other as it was.

    Raises
    ------
    WriteError
        It could not be written.
    """
    with atomic_path(path) as temporary:
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)


@contextmanager
def atomic_path(path: str | Path, *, lasting: bool = True) -> Iterator[Path]:
    """Give a temporary path to write to, which then takes the place of ``path``.

    It lies in the same folder; the body creates it. A symbolic link is written through, not
    replaced; ``lasting`` as in `write_bytes`.

    Raises
    ------
    WriteError
        The system refused a part of it, in the body or here; errors of other kinds pass unchanged.
        Either way the temporary file is gone and the old file is whole.
    """
    path = Path(path)
    try:
        target = Path(os.path.realpath(path))
        _check_target(target)
        temporary = _temporary_in(target.parent)
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte, or without a name
        raise WriteError(path, error) from error
    try:
        yield temporary
        _keep_mode_and_owner(temporary, target)
        if lasting:
            _flush(temporary)
        _replace(temporary, target)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise WriteError(path, error) from error
        raise
    finally:
        _unfinished.discard(temporary)
    with write_errors(path):
        if lasting:
            _flush_folder(target.parent)


@contextmanager
def atomic_folder(path: str | Path, *, replace: bool = False) -> Iterator[Path]:
    """Give a temporary folder to fill, whose files then appear in the folder at ``path``.

    Its files may be written plainly: nobody sees them before all of them are there. A folder that
    does not exist yet appears with them. One that does is kept and filled, for it may be a mounted
    disk, somebody's working folder, or one whose mode and group mean something.

    Parameters
    ----------
    path : str or Path
        The folder, new or empty.
    replace : bool
        It may hold files; those of the same names are replaced, one by one, once all are written.

    Raises
    ------
    UserError
        There is something else at ``path`` already.
    WriteError
        The system refused a part of it; errors of other kinds pass unchanged. Either way nothing is
        left, except for files that were already replaced.
    """
    path = Path(path)
    try:
        target = Path(os.path.realpath(path))
        check_name(target.name)
        if there := target.exists():
            if target.is_dir():
                _remove_orphans(target)
            others = set() if replace else {entry.name for entry in target.iterdir()} - _OF_A_DISK
            if not target.is_dir() or others:
                raise UserError(f"{path} is there already: choose a folder that is new or empty.")
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = _temporary_in(target if there else target.parent)
        temporary.mkdir()
    except (OSError, ValueError) as error:
        raise WriteError(path, error) from error
    moved: list[Path] = []
    try:
        yield temporary
        for file in temporary.iterdir():
            _flush(file)
        _flush_folder(temporary)
        if there:
            for file in sorted(temporary.iterdir()):
                if not (target / file.name).exists():
                    moved.append(target / file.name)
                _replace(file, target / file.name)
            temporary.rmdir()
            _flush_folder(target)
        else:
            _replace(temporary, target)
            _flush_folder(target.parent)
    except BaseException as error:
        shutil.rmtree(temporary, ignore_errors=True)
        for file in moved:
            with suppress(OSError):
                file.unlink()
        if isinstance(error, OSError):
            raise WriteError(path, error) from error
        raise
    finally:
        _unfinished.discard(temporary)


def check_writable(path: str | Path) -> None:
    """Make sure, before long work, that its result could be written.

    The path may be a file's or a folder's. Free space is not checked.

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
        probe = _temporary_in(target.parent)
        probe.touch(exist_ok=False)  # root has every permission, but a disk may be read-only
        probe.unlink()
        _unfinished.discard(probe)
    except (OSError, ValueError) as error:
        raise WriteError(path, error) from error


def check_name(name: str) -> None:
    """Refuse a name that Windows reserves for a device or does not allow.

    Raises
    ------
    ValueError
        Windows has no files of that name.
    """
    if WINDOWS and (
        _RESERVED.fullmatch(name)
        or name.endswith((".", " "))
        or any(c in _NEVER_IN_NAMES or c < " " for c in name)
    ):
        raise ValueError("Windows has no files of that name")


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


def _temporary_in(folder: Path) -> Path:
    """Return a new path in a folder, named after this process and this machine."""
    if folder not in _cleared:
        _cleared.add(folder)
        _remove_orphans(folder)
    name = f"{_HOST}-{os.getpid()}-{secrets.token_hex(4)}"
    temporary = folder / f"{TEMPORARY_PREFIX}{name}{TEMPORARY_SUFFIX}"
    _unfinished.add(temporary)
    return temporary


def _remove_orphans(folder: Path) -> None:
    """Remove what dead processes of this machine left in a folder."""
    with suppress(OSError):  # no such folder, or one that may not be listed
        for leftover in folder.glob(f"{TEMPORARY_PREFIX}{_HOST}-*{TEMPORARY_SUFFIX}"):
            pid = leftover.name.removeprefix(TEMPORARY_PREFIX).split("-")[1]
            if pid.isdecimal() and _has_ended(int(pid), leftover):
                if leftover.is_dir() and not leftover.is_symlink():
                    shutil.rmtree(leftover, ignore_errors=True)
                else:
                    leftover.unlink(missing_ok=True)


def _has_ended(pid: int, leftover: Path) -> bool:
    if WINDOWS:  # there, signal 0 would end the process
        return time.time() - leftover.stat().st_mtime > _UNFINISHED_SECONDS
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _replace(source: Path, target: Path) -> None:
    """Rename; on Windows, try again for a while if that is refused."""
    end = time.monotonic() + REPLACE_SECONDS
    while True:
        try:
            source.replace(target)
        except PermissionError:
            if not WINDOWS or time.monotonic() >= end:
                raise
            time.sleep(0.02)
        else:
            # POSIX renames nothing where both names are links to one file, and leaves both.
            source.unlink(missing_ok=True)
            return


def _keep_mode_and_owner(temporary: Path, target: Path) -> None:
    """Give a new file the mode and owner of the one that it replaces, where that is allowed."""
    try:
        before, now = target.stat(), temporary.stat()
    except FileNotFoundError:
        return
    if not WINDOWS and (before.st_uid, before.st_gid) != (now.st_uid, now.st_gid):
        with suppress(OSError):
            os.chown(temporary, before.st_uid, before.st_gid)
    with suppress(OSError):  # after the owner, whose change takes setuid and setgid away
        temporary.chmod(stat.S_IMODE(before.st_mode))


def _check_target(target: Path) -> None:
    # A rename asks nobody: it would put a file in the place of /dev/null, or of a locked file.
    check_name(target.name)
    if target.exists():
        if not stat.S_ISREG(target.stat().st_mode):
            raise OSError(errno.EISDIR if target.is_dir() else errno.EINVAL, "it is not a file")
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "it may not be written")


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        _sync(handle)
    finally:
        os.close(handle)


def _sync(handle: int) -> None:
    if sys.platform == "darwin":  # where fsync leaves the data in the drive's own memory
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return
    os.fsync(handle)


def _flush_folder(folder: Path) -> None:
    if WINDOWS:  # Windows has no handle for this; NTFS journals the rename
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _FOLDER_CANNOT_BE_FLUSHED:
            raise
    finally:
        os.close(handle)
