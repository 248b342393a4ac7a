"""The numbers of a run, one line of JSON a step, appended and never rewritten.

A write that fails leaves no half line behind; a process that is killed may leave one, which
readers skip. A run that went back after a divergence goes on with a lower step: the rows from that
step on, of before, no longer count.
"""

from __future__ import annotations

import json
import math
import os
from array import array
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from ganview.data.regular import regular_file
from ganview.files.atomic import WriteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

MAX_LINE = 2**16
MAX_COLUMNS = 100


def append_rows(path: Path, rows: Iterable[Mapping[str, float | None]]) -> None:
    """Add rows and wait until they would survive a power cut.

    Parameters
    ----------
    path : Path
        The file; made where it is missing.
    rows : iterable of mapping
        Each has at least the whole number ``step``. What is not finite is written as null.

    Raises
    ------
    WriteError
        They could not be written, and none of them is there.
    """
    data = "".join(json.dumps(_finite(row)) + "\n" for row in rows).encode()
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            _append(handle, data)
        finally:
            os.close(handle)
    except OSError as error:
        raise WriteError(path, error) from error


def _finite(row: Mapping[str, float | None]) -> dict[str, float | None]:
    return {
        key: value if value is not None and math.isfinite(value) else None
        for key, value in row.items()
    }


def _append(handle: int, data: bytes) -> None:
    end = os.lseek(handle, 0, os.SEEK_END)
    if end and not _ends_line(handle, end):
        data = b"\n" + data  # what a killed process left stays a line of its own
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    except OSError:
        with suppress(OSError):
            os.ftruncate(handle, end)
        raise


def _ends_line(handle: int, end: int) -> bool:
    os.lseek(handle, end - 1, os.SEEK_SET)
    return os.read(handle, 1) == b"\n"  # and the position is at the end again


def forget_rows(path: Path, step: int) -> None:
    """Cut the log after ``step``: the run goes on from there.

    Raises
    ------
    UserError
        The file cannot be read or shortened.
    """
    if not path.exists():
        return
    end = 0
    for line, position in _lines(path):
        row = _row(line)
        if row is not None and row["step"] <= step:
            end = position
    try:
        os.truncate(path, end)
    except OSError as error:
        raise WriteError(path, error) from error


def read_metrics(path: Path) -> dict[str, NDArray[np.float64]]:
    """Read a log as columns of equal length, by name; null is NaN, senseless lines are skipped.

    Raises
    ------
    UserError
        The file cannot be read. One that isn't there is empty.
    """
    if not path.exists():
        return {}
    # Eight bytes a number: a run of some days has millions of rows.
    columns = {"step": array("d")}
    steps = columns["step"]
    for line, _ in _lines(path):
        row = _row(line)
        if row is None:
            continue
        length = len(steps)
        while length and steps[length - 1] >= row["step"]:
            length -= 1
        for column in columns.values():
            del column[length:]
        for name, value in row.items():
            if name not in columns and len(columns) < MAX_COLUMNS:
                columns[name] = array("d", [math.nan]) * length
            if name in columns:
                columns[name].append(value)
        for column in columns.values():
            column.extend([math.nan] * (length + 1 - len(column)))
    if not steps:
        return {}
    return {name: np.array(column, dtype=np.float64) for name, column in columns.items()}


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
        row = json.loads(line.decode("utf-8"))  # not what else json would guess
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or type(row.get("step")) is not int:
        return None
    numbers = {key: math.nan if value is None else value for key, value in row.items()}
    sound = all(type(value) in (int, float) for value in numbers.values())
    # integers beyond a float would stop the reader later
    return numbers if sound and all(abs(v) < 1e300 or v != v for v in numbers.values()) else None
