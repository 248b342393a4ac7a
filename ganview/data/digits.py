"""The bundled digits: MNIST (LeCun, Cortes and Burges, 1998), whole and checked."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from numpy.typing import NDArray

from ganview.data.dataset import Dataset, joined_hash
from ganview.data.idx import read_idx
from ganview.data.locate import resources_folder
from ganview.errors import UserError

Split = Literal["train", "test"]
CLASS_NAMES = tuple("0123456789")


class Published(NamedTuple):
    """A file of the original distribution and the SHA-256 it has once unpacked."""

    name: str
    sha256: str


FILES: dict[Split, tuple[Published, Published]] = {
    "train": (
        Published(
            "train-images-idx3-ubyte",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        Published(
            "train-labels-idx1-ubyte",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
    ),
    "test": (
        Published(
            "t10k-images-idx3-ubyte",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        Published(
            "t10k-labels-idx1-ubyte",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
}

#: Names the training digits: `Dataset.sha256` of them.
DIGITS_SHA256 = joined_hash(*(published.sha256 for published in FILES["train"]))


def are_digits(dataset_sha256: object) -> bool:
    """Tell whether data are the training digits: the one place that asks, and by content alone.

    Parameters
    ----------
    dataset_sha256 : object
        `Dataset.sha256`, or what a model's header has in its place: anything.
    """
    return dataset_sha256 == DIGITS_SHA256


_loading = threading.Lock()


def load_digits(split: Split = "train") -> Dataset:
    """Return the 60,000 training or 10,000 test digits, read once and then kept.

    Returns
    -------
    Dataset
        Images uint8 (N, 1, 28, 28), 0 the ground and 255 ink, and the labels 0–9. Shared by all
        callers: read, do not write.

    Raises
    ------
    UserError
        A file is missing or differs from the published one.
    """
    with _loading:  # two threads that ask at once must not read twice
        return read_digits(split, resources_folder() / "digits")


@lru_cache(maxsize=4)
def read_digits(split: Split, folder: Path) -> Dataset:
    """Return the digits in a folder; raises `UserError` if its files are not the published ones."""
    images, labels = (_checked(folder, published) for published in FILES[split])
    return Dataset(
        name="digits" if split == "train" else "digits-test",
        images=torch.from_numpy(images).unsqueeze(1),
        labels=torch.from_numpy(labels).long(),
        class_names=CLASS_NAMES,
        sha256=joined_hash(*(published.sha256 for published in FILES[split])),
    )


def _checked(folder: Path, published: Published) -> NDArray[Any]:
    path = folder / f"{published.name}.gz"
    remedy = "install ganview again, or fetch that file from the project"
    try:
        idx = read_idx(path)
    except UserError as error:
        raise UserError(f"The bundled digits fail: {error} To mend it, {remedy}.") from None
    if idx.sha256 != published.sha256:
        raise UserError(f"The bundled digits in {path} are not the published ones: {remedy}.")
    return idx.array
