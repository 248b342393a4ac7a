"""The numbers of a run, one line of JSON a step, appended and never rewritten.

Lines are gathered and written a stride at a time. A write that fails keeps its lines for the next
try and leaves no half line behind; a process that is killed may leave one, which readers skip.
"""

from __future__ import annotations

import json
import math
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganview.data.regular import regular_file
from ganview.files.atomic import WriteError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

STRIDE_SECONDS = 1.0
STRIDE_LINES = 512
MAX_LINE = 2**16


class MetricsLog:
    """An open ``metrics.jsonl``.

    Parameters
    ----------
    path : Path
        The file; made with its first line.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: list[str] = []
        self._flushed = time.monotonic()

    def append(self, row: Mapping[str, float]) -> None:
        """Add a row; about once a second the gathered rows are written.

        Raises
        ------
        WriteError
            They could not be; nothing is lost, the next call tries again after the same while.
        """
        plain = {key: value if math.isfinite(value) else None for key, value in row.items()}
        self._lines.append(json.dumps(plain) + "\n")
        waited = time.monotonic() - self._flushed
        if waited >= STRIDE_SECONDS or len(self._lines) % STRIDE_LINES == 0:
            self.flush()

    def flush(self, *, to_disk: bool = False) -> None:
        """Write what is gathered; ``to_disk`` waits until it would survive a power cut.

        Raises
        ------
        WriteError
            As `append`.
        """
        self._flushed = time.monotonic()
        if not self._lines and not to_disk:
            return
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
            try:
                self._write(handle, "".join(self._lines).encode())
                if to_disk:
                    os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise WriteError(self.path, error) from error

    def _write(self, handle: int, data: bytes) -> None:
        end = os.lseek(handle, 0, os.SEEK_END)
        if end and not _ends_line(handle, end):
            data = b"\n" + data  # what a killed process left stays a line of its own
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(handle, rest) :]
        except OSError:
            with suppress(OSError):
                os.ftruncate(handle, end)
            raise
        self._lines.clear()

    def truncate(self, step: int) -> None:
        """Forget the rows after ``step``: the run goes on from there.

        Raises
        ------
        WriteError
            The file could not be shortened.
        """
        self._lines.clear()
        if not self.path.exists():
            return
        end = 0
        for line, position in _lines(self.path):
            row = _row(line)
            if row is not None and row.get("step", math.inf) <= step:
                end = position
        try:
            os.truncate(self.path, end)
        except OSError as error:
            raise WriteError(self.path, error) from error


def read_metrics(path: Path) -> dict[str, NDArray[np.float64]]:
    """Read a log as columns of equal length, by name; null is NaN, senseless lines are skipped.

    Raises
    ------
    UserError
        The file cannot be read. One that isn't there is empty.
    """
    if not path.exists():
        return {}
    rows = [row for line, _ in _lines(path) if (row := _row(line)) is not None]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {
        name: np.array([row.get(name, math.nan) for row in rows], dtype=np.float64)
        for name in names
    }


def _lines(path: Path) -> Iterator[tuple[bytes, int]]:
    """Yield each whole line and the position after it."""
    position = 0
    with regular_file(path) as (file, _):
        while line := file.readline(MAX_LINE):
            position += len(line)
            if line.endswith(b"\n"):
                yield line, position


def _row(line: bytes) -> dict[str, float] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or type(row.get("step")) is not int:
        return None
    numbers = {key: math.nan if value is None else value for key, value in row.items()}
    sound = all(type(value) in (int, float) for value in numbers.values()) and len(row) < 100
    # integers beyond a float would stop the reader later
    return numbers if sound and all(abs(v) < 1e300 or v != v for v in numbers.values()) else None


def _ends_line(handle: int, end: int) -> bool:
    os.lseek(handle, end - 1, os.SEEK_SET)
    last = os.read(handle, 1)
    os.lseek(handle, 0, os.SEEK_END)
    return last == b"\n"
