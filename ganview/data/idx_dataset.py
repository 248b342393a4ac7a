"""An IDX file of images as data, with the labels that are found beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ganview.data.dataset import Dataset, joined_hash, plain_name
from ganview.data.folder import MAX_CLASSES
from ganview.data.idx import read_idx
from ganview.errors import UserError


def load_idx(path: Path) -> Dataset:
    """Read an IDX file of images uint8 (N, H, W) or (N, H, W, C), and the labels beside it.

    The labels of ``train-images-idx3-ubyte.gz`` are sought in ``train-labels-idx1-ubyte``, with
    or without ``.gz``; without such a file the data has no classes.

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
    labels: Tensor | None = None
    names: tuple[str, ...] = ()
    hashes = [idx.sha256]
    if labels_path is not None:
        found = read_idx(labels_path)
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
    for candidate in (path.with_name(name + ".gz"), path.with_name(name)):
        if candidate.is_file():
            return candidate
    return None
