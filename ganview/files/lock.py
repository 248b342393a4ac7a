"""A lock that lets one process write to a folder, and tells others which process holds it.

The lock is the operating system's own, on an open file: it ends with its process, also in a crash.
The file names the holder, for the message. Releasing the lock empties the file, so a file with text
and without a holder means that its process ended abruptly.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

from ganview.data.regular import regular_file
from ganview.errors import UserError
from ganview.files.atomic import WriteError, write_errors

LOCK_NAME = ".lock"
# Some file systems have no locks; runs there are usable without one.
_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS}
MAX_HOLDER = 200  # bytes of the text that names the holder
_FAR = 2**30  # Windows hides locked bytes from readers, so one beyond the text is locked


class LockedError(UserError):
    """Somebody else has this folder open for writing."""


class FolderLock:
    """A held lock on a folder; free again after `release`, or when the process ends.

    Parameters
    ----------
    folder : Path
        The folder, which must exist.

    Raises
    ------
    LockedError
        It is held by another, in this process or in another one.
    WriteError
        The lock's file cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK_NAME
        self._text = b""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        flags |= getattr(os, "O_NOFOLLOW", 0)  # it is emptied, and a link may lead anywhere
        with write_errors(self.path):
            self._handle: int | None = os.open(self.path, flags, 0o666)
        try:
            _acquire(self._handle)
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return
            holder = self._holder()
            os.close(self._handle)
            raise LockedError(
                f"The run in {folder} is open in another window or program ({holder}): "
                "close it there first."
            ) from error
        text = f"process {os.getpid()} on {socket.gethostname()}".encode()
        with suppress(OSError):  # not worth failing for
            os.ftruncate(self._handle, 0)
            os.write(self._handle, text)
            os.fsync(self._handle)  # a power cut is a sudden end, too
            self._text = text

    def release(self) -> None:
        """Release the lock; harmless to repeat."""
        if self._handle is not None:
            with suppress(OSError):
                os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def check_in_place(self) -> None:
        """Make sure that the folder is the one that was locked.

        Where a disk is taken away, the empty folder that it was mounted on shows, and what is
        written there is hidden when the disk comes back. Its inode says nothing: a network folder
        has another one then.

        Raises
        ------
        WriteError
            The folder is gone, another is in its place, or another process has locked it since.
        """
        if not self._text:
            return
        with suppress(OSError), self.path.open("rb") as file:
            if file.read(len(self._text) + 1) == self._text:
                return
        reason = "the folder is gone, or another one has its place"
        raise WriteError(self.path.parent, OSError(errno.ESTALE, reason))

    def _holder(self) -> str:
        assert self._handle is not None
        try:
            text = os.read(self._handle, MAX_HOLDER).decode(errors="replace").strip()
        except OSError:
            text = ""
        return text if text and text.isprintable() else "which one is unknown"


def check_unlocked(folder: Path) -> None:
    """Make sure that nobody has a folder open for writing, without changing anything.

    Raises
    ------
    LockedError
        Somebody has.
    """
    if is_held(folder):
        FolderLock(folder).release()  # raises


def ended_abruptly(folder: Path) -> bool:
    """Tell whether a folder's last holder ended without releasing it."""
    try:
        if (folder / LOCK_NAME).stat().st_size == 0:
            return False
    except (OSError, ValueError):
        return False
    return not is_held(folder)


def is_left_elsewhere(folder: Path) -> bool:
    """Tell whether a folder's last holder was on another machine, whose locks are not seen here."""
    try:
        with regular_file(folder / LOCK_NAME) as (file, _):
            text = file.read(MAX_HOLDER)
    except UserError:
        return False
    return bool(text) and not text.endswith(f" on {socket.gethostname()}".encode())


def is_held(folder: Path) -> bool:
    """Tell whether somebody holds the lock of a folder, without changing anything."""
    try:
        handle = os.open(folder / LOCK_NAME, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
    except OSError:
        return False
    try:
        _acquire(handle)
    except OSError as error:
        return error.errno not in _NO_LOCKS
    finally:
        os.close(handle)
    return False


def refuse_links_out(folder: Path) -> None:
    """Refuse to write to a folder in which a link leads out of it.

    Writing would go through the link, to any file of this user.
    """
    try:
        home = folder.resolve()
        for place in (folder, *(entry for entry in folder.iterdir() if entry.is_dir())):
            for entry in place.iterdir():
                if entry.is_symlink() and not entry.resolve().is_relative_to(home):
                    raise UserError(
                        f"{entry} is a link that leads out of the run's folder: nothing is "
                        "written there. Put what it leads to in its place to go on with the run."
                    )
    except (OSError, RuntimeError) as error:  # RuntimeError: circular links
        raise UserError(f"{folder} cannot be read: {error}.") from error


if sys.platform == "win32":
    import msvcrt

    def _acquire(handle: int) -> None:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(handle, 0, os.SEEK_SET)

else:
    import fcntl

    def _acquire(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
