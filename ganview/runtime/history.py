"""The numbers of every step, written by the trainer's thread and read by any other."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ganview.runtime.envelope import Envelope

if TYPE_CHECKING:
    from ganview.gan.trainer import StepStats

TYPES: dict[str, type[np.floating[Any]]] = {
    "step": np.float64,  # whole numbers beyond 2^24, and exact
    "images_seen": np.float64,
    "seconds": np.float32,
    "loss_d": np.float32,  # torch computes these in 32 bits: nothing is lost
    "loss_g": np.float32,
    "y_hat_real": np.float32,
    "y_hat_fake": np.float32,
    "grad_norm_d": np.float32,
    "grad_norm_g": np.float32,
    "augment_p": np.float32,
}
COLUMNS = tuple(TYPES)
DRAWN = COLUMNS[3:]  # as curves
FIRST_CAPACITY = 4096

Column = NDArray[np.floating[Any]]


class History:
    """One growing float column for each of `COLUMNS`; a step that was appended stays.

    ``seconds`` is the training time since the start of the run, not of the one step. A step takes
    48 bytes: 3 MB for the 70,000 of an hour.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._data = _table(FIRST_CAPACITY)
        self._length = 0
        self._envelopes: dict[str, Envelope] = {}

    def __len__(self) -> int:
        with self._lock:
            return self._length

    def envelope(self, column: str) -> Envelope:
        """Return the envelope of a column, which those who draw it share and let follow `view`.

        It is theirs, in the thread of the window. Another one is returned after rows were taken
        away: views that were taken earlier show another past.
        """
        with self._lock:
            return self._envelopes.setdefault(column, Envelope())

    def append(self, stats: StepStats, seconds: float) -> None:
        """Add the numbers of one step, ``seconds`` of training into the run."""
        row = {**stats._asdict(), "seconds": seconds}
        self.append_row(tuple(row[name] for name in COLUMNS))

    def append_row(self, row: tuple[float, ...]) -> None:
        """Add one row in the order of `COLUMNS`."""
        with self._lock:
            if self._length == len(self._data[0]):
                self._data = _grown(self._data, self._length, 2 * self._length)
            for column, value in zip(self._data, row, strict=True):
                column[self._length] = value
            self._length += 1

    def view(self) -> dict[str, Column]:
        """Return read-only views of all columns, of one length; they never change later."""
        with self._lock:
            parts = [column[: self._length] for column in self._data]
        for part in parts:
            part.setflags(write=False)
        return dict(zip(COLUMNS, parts, strict=True))

    def last(self) -> dict[str, float] | None:
        """Return the newest row by name, None while there is none."""
        with self._lock:
            if self._length == 0:
                return None
            row = [float(column[self._length - 1]) for column in self._data]
        return dict(zip(COLUMNS, row, strict=True))

    def seconds_at(self, step: int) -> float:
        """Return the seconds of training at the first row that is not before ``step``, or nan."""
        columns = self.view()
        row = int(np.searchsorted(columns["step"], step))
        seconds = columns["seconds"]
        return float(seconds[row]) if row < len(seconds) else np.nan

    def load(self, columns: Mapping[str, NDArray[np.floating[Any]]]) -> None:
        """Take over the rows of a run that goes on, in place of what is here.

        A step that is there twice, because the run went back, counts as it was the last time;
        columns that are missing become NaN.
        """
        steps = columns.get("step", np.zeros(0))
        later = np.minimum.accumulate(steps[::-1])[::-1][1:]
        keep: slice | NDArray[np.bool_] = slice(None)
        if not (steps[:-1] < later).all():  # to pick rows out takes longer than to copy all
            keep = np.append(steps[:-1] < later, True)
        length = len(steps[keep])
        table = _table(length + max(FIRST_CAPACITY, length // 8))
        for name, column in zip(COLUMNS, table, strict=True):
            column[:length] = columns[name][keep] if name in columns else np.nan
        envelopes = {name: Envelope() for name in DRAWN}  # here, where no window waits for them
        for name, column in zip(COLUMNS, table, strict=True):
            if name in envelopes:
                envelopes[name].follow(column[:length])
        with self._lock:
            self._data, self._length, self._envelopes = table, length, envelopes

    def extend(self, columns: Mapping[str, NDArray[np.floating[Any]]]) -> None:
        """Add rows in order of steps; missing columns become NaN.

        If they begin at or before the last step here, the run went back, and what they do again
        is taken away.
        """
        steps = columns.get("step", np.zeros(0))
        if not len(steps):
            return
        last = self.last()
        if last is not None and steps[0] <= last["step"]:
            self.rewind(int(steps[0]) - 1)
        with self._lock:
            end = self._length + len(steps)
            if end > len(self._data[0]):
                self._data = _grown(self._data, self._length, 2 * end)
            for name, column in zip(COLUMNS, self._data, strict=True):
                column[self._length : end] = columns.get(name, np.nan)
            self._length = end

    def rewind(self, step: int) -> None:
        """Take away the rows after ``step``: the run went back to there."""
        with self._lock:
            keep = int(np.searchsorted(self._data[0][: self._length], step, side="right"))
            if keep < self._length:
                # A new table, because views of the old one still show the rows that go.
                self._data = _grown(self._data, keep, len(self._data[0]))
                self._length = keep
                self._envelopes = {}


def _table(capacity: int) -> list[Column]:
    return [np.empty(capacity, kind) for kind in TYPES.values()]


def _grown(data: list[Column], length: int, capacity: int) -> list[Column]:
    table = _table(capacity)
    for new, old in zip(table, data, strict=True):
        new[:length] = old[:length]
    return table
