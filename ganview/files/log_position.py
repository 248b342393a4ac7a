"""How far a log that another process appends to was read, and whether a file has changed."""

from __future__ import annotations

from pathlib import Path

from ganview.data.regular import regular_file

TAIL = 64  # bytes before what is new, by which a log is known again


class LogPosition:
    """Tells where a log goes on that was read before, or that it is another one now.

    Parameters
    ----------
    path : Path
        The log; it need not be there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file, self._end, self._tail = 0, 0, b""

    def start(self) -> int | None:
        """Return the byte that new lines begin at; None if all of the log is to be read.

        Raises
        ------
        UserError
            The file cannot be read.
        """
        if not self.path.exists():
            return None
        state = self.path.stat()
        same = state.st_ino == self._file and state.st_size >= self._end
        return self._end if same and self._read_tail() == self._tail else None

    def advance(self, end: int) -> None:
        """Note that the log was read up to a byte."""
        self._file = self.path.stat().st_ino if self.path.exists() else 0
        self._end, self._tail = end, b""
        self._tail = self._read_tail()

    def _read_tail(self) -> bytes:
        if not self.path.exists():
            return b""
        with regular_file(self.path) as (file, _):
            begin = max(0, self._end - TAIL)
            file.seek(begin)
            return file.read(self._end - begin)


def file_stamp(path: Path) -> tuple[int, int] | None:
    """Return time and size of a file, which differ once it has changed; None where none is."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size
