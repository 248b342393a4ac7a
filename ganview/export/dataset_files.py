"""Writes samples as a dataset that other programs read: NPZ, or IDX as MNIST has it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganview.data.idx import encode_idx
from ganview.errors import UserError
from ganview.files.atomic import atomic_path, write_bytes, write_errors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganview.export.samples import Samples

NO_CLASS = -1
SUFFIXES = (".npz", ".idx", ".idx.gz")


def dataset_suffix(path: str | Path) -> str | None:
    """Return which of `SUFFIXES` a file name ends with, None if with none."""
    name = Path(path).name.lower()
    return next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)


def dataset_paths(path: str | Path) -> list[Path]:
    """Return all files that writing a dataset to ``path`` may write, replace or remove."""
    path, suffix = Path(path), dataset_suffix(path)
    if suffix is None or suffix == ".npz":
        return [path]
    kinds = ("images-idx3-ubyte", "images-idx4-ubyte", "labels-idx1-ubyte")
    names = [f"{kind}{end}" for kind in kinds for end in ("", ".gz")]
    return [path.with_name(f"{_stem(path, suffix)}-{name}") for name in (*names, "sha256")]


def write_dataset(path: str | Path, samples: Samples) -> list[Path]:
    """Write samples, and return the files that were written.

    ``F.npz`` is one file. ``F.idx`` becomes ``F-images-idx3-ubyte`` (idx4 in colour) and, with
    classes, ``F-labels-idx1-ubyte``; with ``F.idx.gz`` both are gzipped. ``F-sha256`` has their
    check sums (``sha256sum -c`` reads it): these labels are never taken for those of other
    images. Files of an earlier export of this name go. ``ganview train --data`` reads the images.

    Raises
    ------
    UserError
        The name has another ending, or the set is empty; `WriteError` if it can't be written.
    """
    path, suffix = Path(path), dataset_suffix(path)
    if suffix is None:
        raise UserError(f"A set is written as .npz, .idx or .idx.gz, not as '{path.name}'.")
    if suffix == ".npz":
        write_npz(path, *samples)
        return [path]
    images, labels, _ = samples
    stem, gz = _stem(path, suffix), suffix.endswith(".gz")
    end = ".gz" if gz else ""
    if labels is not None and labels.max() > 255:
        raise UserError("IDX has room for 256 classes; write an NPZ instead.")
    files = {f"{stem}-images-idx{images.ndim}-ubyte{end}": encode_idx(images, compress=gz)}
    if labels is not None:
        data = encode_idx(labels.astype("u1"), compress=gz)
        files[f"{stem}-labels-idx1-ubyte{end}"] = data
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()]
    for name, data in files.items():
        write_bytes(path.with_name(name), data)
    write_bytes(path.with_name(f"{stem}-sha256"), "".join(sums).encode())
    for old in dataset_paths(path):
        if old.name not in files and old.name != f"{stem}-sha256":
            with write_errors(old):
                old.unlink(missing_ok=True)
    return [path.with_name(name) for name in files]


def write_npz(
    path: str | Path,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64] | None,
    z: NDArray[np.float32],
) -> None:
    """Write samples as NPZ, atomically.

    Parameters
    ----------
    path : str or Path
        Conventionally ``*.npz``; written under just this name.
    images : ndarray
        uint8 (N, H, W) or (N, H, W, C).
    labels : ndarray or None
        int64 (N,), the class each sample was asked for; −1 each in the file without classes.
    z : ndarray
        float32 (N, z_dim), the noise after truncation: what the generator was given.

    Raises
    ------
    WriteError
        It could not be written; the old file is still there.
    """
    if labels is None:
        labels = np.full(len(images), NO_CLASS, np.int64)
    with atomic_path(path) as temporary, temporary.open("xb") as file:
        np.savez(file, images=images, labels=labels, z=z)


def _stem(path: Path, suffix: str) -> str:
    return path.name[: -len(suffix)] or "samples"
