"""A measurement of quality during training, as plain numbers; without torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DISTANCE = "judge-FD@"
REAL = " real"
OLD_COLUMNS = {"read_as_asked": "class_accuracy", "read_as_asked real": "class_accuracy real"}


class Quality(NamedTuple):
    """A measurement of quality during training."""

    # images_seen, step: progress of training at that moment
    images_seen: int
    step: int
    # frechet, frechet_real: distance of samples, and of as many real training pictures, from unseen
    # pictures
    frechet: float
    frechet_real: float
    # accuracy, accuracy_real: class accuracy (0 to 1) of samples, and of real pictures;
    # ``accuracy`` is nan where no class was asked for
    accuracy: float
    accuracy_real: float
    worst: float  # class accuracy of the worst class, nan without classes
    samples: int  # how many pictures were drawn
    # The judge's hash: distances of two judges, or of two numbers of samples, don't compare.
    judge: str

    def to_row(self, seconds: float | None = None) -> dict[str, float | None]:
        """Return a row of ``quality.jsonl``, ``seconds`` of training into the run, if it is known.

        The judge's name is part of the columns that depend on it, ``judge-FD@08567f50`` and
        ``judge-FD@08567f50 real``; the rest are ``step``, ``images_seen``, ``seconds``,
        ``samples``, ``class_accuracy``, ``class_accuracy real`` and ``worst_class``.
        """
        name = DISTANCE + self.judge
        row: dict[str, float | None] = {
            "step": self.step,
            "images_seen": self.images_seen,
            "seconds": seconds,
            "samples": self.samples,
            name: self.frechet,
            name + REAL: self.frechet_real,
            "class_accuracy": self.accuracy,
            "class_accuracy" + REAL: self.accuracy_real,
            "worst_class": self.worst,
        }
        if seconds is None:
            del row["seconds"]
        return {key: value if math.isfinite(value or 0) else None for key, value in row.items()}


def with_current_names(
    columns: Mapping[str, NDArray[np.float64]],
) -> dict[str, NDArray[np.float64]]:
    """Return columns of ``quality.jsonl`` by the names of today; runs may hold old and new rows."""
    named = dict(columns)
    for old, name in OLD_COLUMNS.items():
        values = named.pop(old, None)
        if values is not None:
            newer = named.get(name, values)
            named[name] = np.where(np.isnan(newer), values, newer)
    return named


def from_columns(columns: Mapping[str, NDArray[np.float64]]) -> list[Quality]:
    """Read rows back, as `ganview.files.metrics_log.read_metrics` returns them.

    Of several judges, those of the one that was used last are returned. Rows that lack a number
    are left out.
    """
    columns = with_current_names(columns)
    steps = columns.get("step")
    names = [name for name in columns if name.startswith(DISTANCE) and not name.endswith(REAL)]
    if steps is None or not names:
        return []

    def last_use(name: str) -> int:
        return max((i for i, value in enumerate(columns[name]) if value == value), default=-1)

    name = max(names, key=last_use)

    def at(column: str, row: int) -> float:
        return float(columns[column][row]) if column in columns else math.nan

    found = []
    for row in range(len(steps)):
        whole = (at("images_seen", row), at("step", row), at("samples", row))
        distances = (at(name, row), at(name + REAL, row))
        if all(map(math.isfinite, (*whole, *distances))):
            found.append(
                Quality(
                    int(whole[0]),
                    int(whole[1]),
                    *distances,
                    at("class_accuracy", row),
                    at("class_accuracy" + REAL, row),
                    at("worst_class", row),
                    int(whole[2]),
                    name.removeprefix(DISTANCE),
                )
            )
    return found
