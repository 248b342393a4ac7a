"""The numbers of a run, one line of JSON a step, appended.

A write that fails leaves no half line behind; a process that is killed may leave one, which
readers skip. A run that went back after a divergence goes on with a lower step: the earlier rows
from that step on no longer count. Numbers have nine digits, enough to distinguish all float32.

A row takes some 190 bytes; what is done about logs that grow long is in
`ganview.files.run_metrics`.
"""

from __future__ import annotations

import json
import math
import os
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from ganview.data.regular import regular_file
from ganview.files.atomic import atomic_path, write_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Columns = dict[str, NDArray[np.float64]]

MAX_LINE = 2**16
MAX_COLUMNS = 100
MAX_NUMBER = 1e300  # beyond it, sums and squares overflow
CHUNK = 2**20  # bytes that are parsed at once


class _Position(msgspec.Struct):
    """Where a row stands in the file, which its removal needs."""

    step: int


_POSITION = msgspec.json.Decoder(_Position)
_ROW = msgspec.json.Decoder(dict[str, float | None])


def append_rows(path: Path, rows: Iterable[Mapping[str, float | None]]) -> int:
    """Add rows and wait until they would survive a power cut.

    Parameters
    ----------
    rows : iterable of mapping
        Each has at least the whole number ``step``. What is not finite is written as null.

    Returns
    -------
    int
        How many bytes the log has then.

    Raises
    ------
    WriteError
        They could not be written, and none of them is there.
    """
    return append_lines(
        path, [json.dumps(_short(row), separators=(",", ":")).encode() for row in rows]
    )


def append_lines(path: Path, lines: Iterable[bytes]) -> int:
    """Add lines and wait until they would survive a power cut; see `append_rows`."""
    data = b"".join(line + b"\n" for line in lines)
    with write_errors(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            _append(handle, data)
            return os.lseek(handle, 0, os.SEEK_END)
        finally:
            os.close(handle)


def _short(row: Mapping[str, float | None]) -> dict[str, float | None]:
    return {
        key: None if value is None or not math.isfinite(value) else _nine_digits(value)
        for key, value in row.items()
    }


def _nine_digits(value: float) -> float:
    return value if isinstance(value, int) else float(f"{value:.9g}")


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
    end = position = 0
    for line in whole_lines(path):
        position += len(line)
        row = _position(line)
        if row is not None and row.step <= step:
            end = position
    with write_errors(path):
        os.truncate(path, end)


def copy_rows(path: Path, to: Path, step: int) -> None:
    """Write the rows until ``step`` to another file, atomically; nothing if there is no log.

    Raises
    ------
    UserError
        The log cannot be read; `WriteError` if the other file can't be written.
    """
    if not path.exists():
        return
    with atomic_path(to) as temporary, temporary.open("xb") as file:
        for line in whole_lines(path):
            row = _position(line)
            if row is not None and row.step <= step:
                file.write(line)


def forget_rows_before(path: Path, step: int) -> None:
    """Leave out the rows before ``step``, atomically.

    Raises
    ------
    UserError
        The log cannot be read; `WriteError` if it can't be written.
    """
    with atomic_path(path) as temporary, temporary.open("xb") as file:
        for line in whole_lines(path):
            row = _position(line)
            if row is not None and row.step >= step:
                file.write(line)


def read_metrics(path: Path) -> Columns:
    """Read a log as columns of equal length, by name; null is NaN, invalid lines are skipped.

    At most 100 columns are read, and no more numbers than the file has bytes: columns that only
    few rows have could otherwise fill the memory.

    Raises
    ------
    UserError
        The file cannot be read. One that isn't there is empty.
    """
    return rows_that_count(read_rows(path, 0)[0])


def read_rows(path: Path, start: int) -> tuple[Columns, int]:
    """Read the rows from a byte on, as they stand there, and return where they end.

    Raises
    ------
    UserError
        As `read_metrics`.
    """
    if not path.exists():
        return {}, start
    parts, end = [], start
    for chunk in _chunks(path, start):
        end += len(chunk)
        if part := _parse(chunk):
            parts.append(part)
    if not parts:
        return {}, end
    lengths = [len(part["step"]) for part in parts]
    total = sum(lengths)
    most = min(MAX_COLUMNS, max(1, (end - start) // total))
    names = list(dict.fromkeys(name for part in parts for name in part))[:most]
    found = {name: np.full(total, np.nan) for name in names}
    at = 0
    for part, length in zip(parts, lengths, strict=True):
        for name in names:
            if name in part:
                found[name][at : at + length] = part[name]
        at += length
    return found, end


def rows_that_count(columns: Columns) -> Columns:
    """Leave out what the run did again: rows after which one has their step or a lower one."""
    if not columns:
        return columns
    later = np.append(np.minimum.accumulate(columns["step"][::-1])[::-1][1:], np.inf)
    counts = columns["step"] < later
    return columns if counts.all() else {name: part[counts] for name, part in columns.items()}


def _parse(chunk: bytes) -> Columns | None:
    """Return the columns of some whole lines, the first of them the step."""
    try:
        rows = _ROW.decode_lines(chunk)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        rows = [row for line in chunk.splitlines() if (row := _row(line)) is not None]
    steps = [row.get("step") for row in rows]
    rows = [
        row
        for row, step in zip(rows, steps, strict=True)
        if step is not None and 0 <= step < MAX_NUMBER and step == int(step)
    ]
    if not rows:
        return None
    most = min(MAX_COLUMNS, max(1, len(chunk) // len(rows)))
    others = dict.fromkeys(name for row in rows if row.keys() != rows[0].keys() for name in row)
    names = list(dict.fromkeys(("step", *rows[0], *others)))[:most]
    found = {name: np.array([row.get(name) for row in rows], np.float64) for name in names}
    for column in found.values():
        column[np.abs(column) >= MAX_NUMBER] = np.nan
    return found


def _row(line: bytes) -> dict[str, float | None] | None:
    try:
        return _ROW.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _position(line: bytes) -> _Position | None:
    try:
        return _POSITION.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _chunks(path: Path, start: int) -> Iterator[bytes]:
    """Yield the whole lines of a file, many at a time; an unfinished one at its end is left out."""
    rest = b""
    with regular_file(path) as (file, _):
        file.seek(start)
        while part := file.read(CHUNK):
            whole, _, rest = (rest + part).rpartition(b"\n")
            if whole:
                yield whole + b"\n"
            if len(rest) > MAX_LINE:  # no row is that long, but its bytes count
                yield rest
                rest = b""


def whole_lines(path: Path, start: int = 0) -> Iterator[bytes]:
    """Yield the lines from a byte on, but for one that a killed process left unfinished."""
    for chunk in _chunks(path, start):
        yield from chunk.splitlines(keepends=True)
