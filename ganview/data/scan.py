"""What a person should know of data before it is learned: classes, what is left out, warnings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ganview.data.source import DataSource
from ganview.plain_text import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ganview.data.dataset import Dataset

THUMBNAILS = 8
#: Pictures of a class, and of data without classes, below which a generator learns them by heart.
FEW, FEW_IN_ALL = 200, 1000
IMBALANCE = 3  # pictures of the largest class to one of the smallest
DARK = 16  # mean level of all pixels
ALIKE = 4  # levels that the pictures differ from their mean, by the root of the mean square
LOOKED_AT = 400  # pictures that are compared


@dataclass(frozen=True, eq=False)
class ClassScan:
    """One class."""

    name: str  # empty for data without classes
    # count, unseen: pictures that are learned, and those of its test part
    count: int
    unseen: int
    # The first ones exactly as they are learned, uint8 (N, H, W) or (N, H, W, 3).
    thumbnails: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Scan:
    """Data that was read, with what there is to say about it."""

    source: DataSource  # where it is and how it was read
    dataset: Dataset  # itself
    classes: tuple[ClassScan, ...]  # one without a name where there are no classes
    warnings: tuple[str, ...]  # sentences about what will disappoint

    @classmethod
    def of(cls, source: DataSource, dataset: Dataset) -> Scan:
        """Look at data that was read from a source."""
        return cls(source, dataset, _classes_of(dataset), tuple(_warnings(dataset)))

    @property
    def reasons(self) -> dict[str, list[str]]:
        """Names of what is left out, by reason, the most frequent reason first."""
        found = self.dataset.reading.left_out
        return dict(sorted(found.items(), key=lambda item: -len(item[1])))

    @property
    def summary(self) -> str:
        """Pictures, classes, size and colour on one line."""
        channels, height, width = self.dataset.shape
        parts = [
            counted(len(self.dataset), "picture"),
            counted(len(self.dataset.class_names), "class"),
            f"{width} × {height} pixels",
            "colour" if channels == 3 else "grey",
        ]
        if self.dataset.unseen is not None:
            parts.append(f"{len(self.dataset.unseen):,} for tests")
        return ", ".join(parts)


def scan_data(source: DataSource, progress: Callable[[int, int], None] | None = None) -> Scan:
    """Read data as it is learned, and look at it.

    Parameters
    ----------
    progress : callable, optional
        Told (pictures read, pictures in all) now and then; what it raises ends the reading.

    Raises
    ------
    UserError
        It can't be read, or nothing of it can be learned.
    """
    dataset = source.open(progress)
    return Scan.of(source.read_like(dataset), dataset)


def _classes_of(dataset: Dataset) -> tuple[ClassScan, ...]:
    unseen = dataset.unseen
    if dataset.labels is None:
        rows = np.arange(min(THUMBNAILS, len(dataset)))
        tested = 0 if unseen is None else len(unseen)
        return (ClassScan("", len(dataset), tested, _pictures(dataset, rows)),)
    labels = dataset.labels.numpy()
    tests: Counter[int] = Counter()
    if unseen is not None and unseen.labels is not None:
        tests.update(unseen.labels.tolist())
    order = np.argsort(labels, kind="stable")
    counts = np.bincount(labels, minlength=len(dataset.class_names))
    starts = counts.cumsum() - counts
    return tuple(
        ClassScan(
            name,
            int(counts[k]),
            tests[k],
            _pictures(dataset, order[starts[k] : starts[k] + min(THUMBNAILS, counts[k])]),
        )
        for k, name in enumerate(dataset.class_names)
    )


def _pictures(dataset: Dataset, rows: NDArray[np.intp]) -> NDArray[np.uint8]:
    planes = dataset.images[rows].numpy()
    return np.ascontiguousarray(planes[:, 0] if planes.shape[1] == 1 else np.moveaxis(planes, 1, 3))


def _warnings(dataset: Dataset) -> list[str]:
    said = []
    if dataset.labels is None:
        if len(dataset) < FEW_IN_ALL:
            said.append(
                f"{len(dataset):,} pictures are few: below {FEW_IN_ALL:,}, they may be learned by "
                "heart."
            )
    else:
        counts = dataset.labels.bincount(minlength=len(dataset.class_names)).numpy()
        names = np.array(dataset.class_names, dtype=object)
        few = names[counts < FEW]
        if len(few):
            said.append(
                f"Under {FEW} pictures, which may be learned by heart: {_listed(few.tolist())}."
            )
        if counts.max() > IMBALANCE * counts.min():
            said.append(
                f"Unequal classes: {counts.max():,} of {names[counts.argmax()]}, "
                f"{counts.min():,} of {names[counts.argmin()]}."
            )
    some = dataset.images[:: max(1, len(dataset) // LOOKED_AT)].numpy().astype(np.float32)
    if some.mean() < DARK and some.max(axis=(1, 2, 3)).mean() < 8 * DARK:
        said.append("The pictures are nearly black.")
    if float(np.sqrt(np.square(some - some.mean(0)).mean())) < ALIKE:
        said.append("All pictures are nearly alike.")
    if not np.ptp(some, axis=(2, 3)).any():
        said.append("Each picture is of one colour only.")
    return said


def _listed(names: list[str], most: int = 8) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
