"""The numbers of a run, one line of JSON a step, appended.

A write that fails leaves no half line behind; a process that is killed may leave one, which
readers skip. A run that went back after a divergence goes on with a lower step: the earlier rows
from that step on no longer count. Numbers have nine digits, enough to distinguish all float32.

A long log is thinned: of the steps more than a day of training ago, every hundredth is kept. A row
takes some 190 bytes, so at 70 steps a second a log stays below 1.3 GB.
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
from ganview.errors import UserError
from ganview.files.atomic import WriteError, atomic_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Columns = dict[str, NDArray[np.float64]]

MAX_LINE = 2**16
MAX_COLUMNS = 100
MAX_NUMBER = 1e300  # beyond it, sums and squares overflow
CHUNK = 2**20  # bytes that are parsed at once
THIN_BYTES, THIN_EVERY = 2**28, 2**26  # length at which a log is thinned, and how often after that
FULL_SECONDS = 24 * 3600.0  # of training, at the end of a log, that are never thinned
KEPT_STEPS = 100  # of thinned steps, every hundredth is kept


class _Position(msgspec.Struct):
    """What thinning and cutting need to know of a row."""

    step: int
    seconds: float | None = None


_POSITION = msgspec.json.Decoder(_Position)
_ROW = msgspec.json.Decoder(dict[str, float | None])


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
    lines = (json.dumps(_short(row), separators=(",", ":")) + "\n" for row in rows)
    data = "".join(lines).encode()
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            before = os.lseek(handle, 0, os.SEEK_END)
            _append(handle, data)
        finally:
            os.close(handle)
    except OSError as error:
        raise WriteError(path, error) from error
    after = before + len(data)
    if after > THIN_BYTES and before // THIN_EVERY < after // THIN_EVERY:
        with suppress(UserError):  # the rows are written; it is tried again later
            thin_rows(path)


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
    for line in _lines(path):
        position += len(line)
        row = _position(line)
        if row is not None and row.step <= step:
            end = position
    try:
        os.truncate(path, end)
    except OSError as error:
        raise WriteError(path, error) from error


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
        for line in _lines(path):
            row = _position(line)
            if row is not None and row.step <= step:
                file.write(line)


def thin_rows(path: Path) -> None:
    """Keep only every hundredth of the steps more than a day of training ago, atomically.

    Raises
    ------
    UserError
        The file cannot be read; `WriteError` if it can't be written.
    """
    last = 0.0
    for line in _lines(path):
        row = _position(line)
        if row is not None and row.seconds is not None:
            last = row.seconds
    with atomic_path(path) as temporary, temporary.open("xb") as file:
        for line in _lines(path):
            row = _position(line)
            if row is None:
                continue
            old = row.seconds is not None and row.seconds < last - FULL_SECONDS
            if not old or row.step % KEPT_STEPS == 0:
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
    if not path.exists():
        return {}
    parts = [part for chunk in _chunks(path) if (part := _parse(chunk))]
    if not parts:
        return {}
    lengths = [len(part["step"]) for part in parts]
    total = sum(lengths)
    most = min(MAX_COLUMNS, path.stat().st_size // total)
    names = list(dict.fromkeys(name for part in parts for name in part))[:most]
    found = {name: np.full(total, np.nan) for name in names}
    end = 0
    for part, length in zip(parts, lengths, strict=True):
        for name in names:
            if name in part:
                found[name][end : end + length] = part[name]
        end += length
    # a row counts if no later one has its step or a lower one
    later = np.append(np.minimum.accumulate(found["step"][::-1])[::-1][1:], np.inf)
    counts = found["step"] < later
    return found if counts.all() else {name: column[counts] for name, column in found.items()}


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


def _chunks(path: Path) -> Iterator[bytes]:
    """Yield the whole lines of a file, many at a time; an unfinished one at its end is left out."""
    rest = b""
    with regular_file(path) as (file, _):
        while part := file.read(CHUNK):
            whole, _, rest = (rest + part).rpartition(b"\n")
            if whole:
                yield whole + b"\n"
            if len(rest) > MAX_LINE:  # no row is that long, but its bytes count
                yield rest
                rest = b""


def _lines(path: Path) -> Iterator[bytes]:
    for chunk in _chunks(path):
        yield from chunk.splitlines(keepends=True)
