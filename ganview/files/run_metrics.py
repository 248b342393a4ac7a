"""The numbers of a run: the newest as lines of text, earlier ones in one file of columns.

Lines (`ganview.files.metrics_log`) are appended and lose nothing; but a million of them take 190 MB
and a second to read. So once they are `COMPACT_BYTES` long, all but the last go to the columns in
``metrics.safetensors``: 44 bytes a step, read in milliseconds. A process that is killed in between
leaves some steps in both, and they count once.

The columns are bounded: the beginning and the newest half a million steps are whole; of what is
between them every tenth, hundredth, … stays.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganview.errors import UserError
from ganview.files.log_position import LogPosition, file_stamp
from ganview.files.metrics_log import (
    MAX_COLUMNS,
    append_rows,
    copy_rows,
    forget_rows,
    forget_rows_before,
    read_rows,
    rows_that_count,
)
from ganview.files.run_files import COLUMNS, METRICS
from ganview.files.tensor_file import Limits, read_header, read_tensors, write_tensors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Columns = dict[str, NDArray[np.float64]]

COMPACT_BYTES = 2**24  # of lines, which are then moved to the columns
KEPT_LINES = 1000  # stay in any case: a log's end is where one looks for the newest
WHOLE_FIRST, WHOLE_LAST, MOST_ROWS = 20_000, 500_000, 2**20
LIMITS = Limits(header_bytes=2**16, tensor_bytes=2**30, tensors=MAX_COLUMNS)
EXACT = {"step", "images_seen"}  # whole numbers beyond 2^24; torch computes the others in 32 bits


class RunMetrics:
    """The numbers in one run folder; one process writes, others read."""

    def __init__(self, folder: Path) -> None:
        self._log, self._columns = folder / METRICS, folder / COLUMNS
        self._position = LogPosition(self._log)  # how far `read_new` has read,
        self._columns_read: tuple[int, int] | None = None  # and beside which columns

    def append(self, rows: Iterable[Mapping[str, float | None]]) -> None:
        """Add rows; see `ganview.files.metrics_log.append_rows`.

        Raises
        ------
        WriteError
            They could not be written, and none of them is there.
        """
        if append_rows(self._log, rows) > COMPACT_BYTES:
            with suppress(UserError):  # the rows are written; it is tried again with the next
                self.compact()

    def compact(self) -> None:
        """Move all lines but the last to the columns.

        Raises
        ------
        UserError
            A file can't be read or written; no row is lost.
        """
        columns = _thinned(self.read())
        count = len(columns.get("step", ())) - KEPT_LINES
        if count > 0:
            first_kept = int(columns["step"][count])
            _write_columns(self._columns, columns, count)
            forget_rows_before(self._log, first_kept)

    def read(self) -> Columns:
        """Return all numbers so far, as columns of equal length by name.

        Raises
        ------
        UserError
            A file can't be read.
        """
        return self._read_all()[0]

    def read_new(self) -> tuple[Columns, bool]:
        """Return the rows since the last call, and whether they stand in place of all before.

        A run that went back goes on with a lower step: what was read from there on is no more.

        Raises
        ------
        UserError
            A file can't be read.
        """
        start, stamp = self._position.start(), file_stamp(self._columns)
        starts_over = start is None or stamp != self._columns_read
        if start is None or starts_over:
            columns, end = self._read_all()
        else:
            newest, end = read_rows(self._log, start)
            columns = rows_that_count(newest)
        self._position.advance(end)
        self._columns_read = stamp
        return columns, starts_over

    def forget_after(self, step: int) -> None:
        """Remove the numbers of later steps: the run goes on from ``step``.

        Raises
        ------
        UserError
            A file can't be read or written.
        """
        forget_rows(self._log, step)
        columns = _read_columns(self._columns)
        count = int(np.searchsorted(columns.get("step", np.zeros(0)), step, side="right"))
        if count < len(columns.get("step", ())):
            _write_columns(self._columns, columns, count)

    def copy_until(self, other: RunMetrics, step: int) -> None:
        """Take over the numbers of another run until a step.

        Raises
        ------
        UserError
            A file can't be read or written.
        """
        copy_rows(other._log, self._log, step)
        columns = _read_columns(other._columns)
        count = int(np.searchsorted(columns.get("step", np.zeros(0)), step, side="right"))
        if count:
            _write_columns(self._columns, columns, count)

    def _read_all(self) -> tuple[Columns, int]:
        newest, end = read_rows(self._log, 0)  # first: what leaves it is in the columns by then
        return _joined(_read_columns(self._columns), rows_that_count(newest)), end


def _joined(before: Columns, newest: Columns) -> Columns:
    """Return the earlier rows whose steps the newest don't have, and the newest."""
    if not before or not newest:
        return before or newest
    count = int(np.searchsorted(before["step"], newest["step"][0]))
    kept = {name: column[:count] for name, column in before.items()}
    rows = len(newest["step"])
    for name in list(dict.fromkeys((*before, *newest)))[:MAX_COLUMNS]:
        old = kept.get(name)
        if old is None:
            old = np.full(count, np.nan)
        new = newest.get(name, np.full(rows, np.nan)).astype(old.dtype)
        kept[name] = np.concatenate([old, new])
    return kept


def _thinned(columns: Columns) -> Columns:
    """Return the columns, as far as there is room for them."""
    step = columns.get("step", np.zeros(0))
    if len(step) <= MOST_ROWS:
        return columns
    between = (step > WHOLE_FIRST) & (step <= step[-1] - WHOLE_LAST)
    stride, keep = 1, np.ones(len(step), bool)
    while keep.sum() > MOST_ROWS and stride < step[-1]:
        stride *= 10
        keep = ~between | (step % stride == 0)
    return {name: column[keep] for name, column in columns.items()}


def _write_columns(path: Path, columns: Columns, count: int) -> None:
    kinds = {name: np.float64 if name in EXACT else np.float32 for name in columns}
    tensors = {
        name: torch.from_numpy(column[:count].astype(kinds[name]))
        for name, column in columns.items()
        if name != "__metadata__"  # which safetensors keeps for itself
    }
    write_tensors(path, tensors, {})


def _read_columns(path: Path) -> Columns:
    if not path.exists():
        return {}
    header = read_header(path, LIMITS)
    shapes = {info.shape for info in header.tensors.values()}
    kinds = {info.dtype for info in header.tensors.values()}
    if "step" not in header.tensors or len(shapes) > 1 or not kinds <= {"F32", "F64"}:
        raise UserError(f"{path} is damaged: it holds no columns of one length.")
    tensors = read_tensors(path, LIMITS, expected=header)
    columns = {name: tensor.numpy() for name, tensor in tensors.items()}
    step = columns["step"]
    if step.ndim != 1 or not (np.diff(step) > 0).all() or not np.isfinite(step[-1:]).all():
        raise UserError(f"{path} is damaged: its steps are in no order.")
    return columns
