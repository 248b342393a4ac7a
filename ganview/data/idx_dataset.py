"""An IDX file of images as data, with the labels that are found beside it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ganview.data.dataset import Dataset, joined_hash, plain_name
from ganview.data.folder import MAX_CLASSES
from ganview.data.idx import read_idx
from ganview.data.regular import read_small, regular_file
from ganview.errors import UserError

MAX_SUMS_BYTES = 2**16


def load_idx(path: Path) -> Dataset:
    """Read an IDX file of images uint8 (N, H, W) or (N, H, W, C), and the labels beside it.

    The labels of ``train-images-idx3-ubyte.gz`` are sought in ``train-labels-idx1-ubyte.gz``, then
    without ``.gz``; without such a file the data has no classes. Where a file of check sums stands
    beside them, as ganview writes it, only the labels that it names belong to the images.

    Raises
    ------
    UserError
        A file is no IDX file, or the images cannot be learned.
    """
    idx = read_idx(path)
    pixels = idx.array
    if pixels.dtype != np.uint8 or pixels.ndim not in (3, 4):
        raise UserError(f"{path} holds no images: they are bytes in three or four dimensions.")
    planes = pixels[:, None] if pixels.ndim == 3 else pixels.transpose(0, 3, 1, 2)
    labels_path = _labels_beside(path)
    _check_sums(path, labels_path)
    labels: Tensor | None = None
    names: tuple[str, ...] = ()
    hashes = [idx.sha256]
    if labels_path is not None:
        found = read_idx(labels_path, count=len(pixels))
        if found.array.ndim != 1 or found.array.dtype.kind not in "iu":
            raise UserError(f"{labels_path} holds no labels: whole numbers in one dimension.")
        # EMNIST's letters begin at 1: classes are the labels that occur, whatever their numbers
        values, positions = np.unique(found.array, return_inverse=True)
        if len(values) > MAX_CLASSES:
            raise UserError(f"{labels_path} has {len(values):,} classes; at most {MAX_CLASSES}.")
        names = tuple(str(value) for value in values)
        labels = torch.from_numpy(positions.astype(np.int64))
        hashes.append(found.sha256)
    return Dataset(
        name=plain_name(path.name.removesuffix(".gz")),
        images=torch.from_numpy(np.ascontiguousarray(planes)),
        labels=labels,
        class_names=names,
        sha256=joined_hash(*hashes),
    )


def _labels_beside(path: Path) -> Path | None:
    bare = path.name.removesuffix(".gz")
    name = bare.replace("images", "labels").replace("idx3", "idx1").replace("idx4", "idx1")
    if name == bare:
        return None
    suffixes = (".gz", "") if path.suffix == ".gz" else ("", ".gz")  # first as the images are
    for candidate in (path.with_name(name + suffix) for suffix in suffixes):
        if candidate.is_file():
            return candidate
    return None


def _sums_path(images: Path) -> Path:
    """Return the file of check sums that goes with a file of images."""
    return images.with_name(images.name.partition("-images-idx")[0] + "-sha256")


def _file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file as it is on the disk."""
    digest = hashlib.sha256()
    with regular_file(path) as (file, _):
        while part := file.read(2**20):
            digest.update(part)
    return digest.hexdigest()


def _check_sums(images: Path, labels: Path | None) -> None:
    """Refuse files that are not those of the check sums beside them, if there are any."""
    listing = _sums_path(images)
    if not listing.is_file():
        return
    lines = read_small(listing, MAX_SUMS_BYTES).decode("utf-8", "replace").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    if images.name not in sums:  # of other files
        return
    for path in (images, labels) if labels else (images,):
        if sums.get(path.name) != _file_sha256(path):
            raise UserError(
                f"{path} is not the file that {listing.name} names, so images and labels may not "
                f"belong together: put back the right files, or remove {listing}."
            )
