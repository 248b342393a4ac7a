"""A file of numpy's with pictures and labels as data: NPZ or NPY, also one that ganview wrote."""

from __future__ import annotations

import hashlib
import math
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganview.data.arrays import dataset_of_arrays
from ganview.data.dataset import Dataset, plain_name
from ganview.data.source import DataSource
from ganview.errors import UserError

MAX_BYTES = 2**31  # of all arrays together: as 1 GiB of bytes may be kept in 16 bits
#: Names of the arrays by role, best first; what is in a file under others is not looked at.
IMAGES = ("images", "x_train", "train_images", "x", "data", "arr_0")
LABELS = ("labels", "y_train", "train_labels", "y", "targets", "target", "arr_1")
TEST_IMAGES = ("x_test", "test_images")
TEST_LABELS = ("y_test", "test_labels")
NAMES = ("class_names", "classes", "label_names")
#: What numpy and zipfile raise of damaged files.
DAMAGE = (
    *(OSError, ValueError, EOFError, RuntimeError, NotImplementedError),
    *(tokenize.TokenError, zipfile.BadZipFile, zlib.error),
)
NO_CLASS = -1  # the label of every picture in ganview's own files without classes


def load_npz(path: Path, source: DataSource) -> Dataset:
    """Read an NPZ file of pictures (N, H, W) or (N, H, W, C) and, if there are any, labels.

    Nothing in it is unpickled, and no more than 2 GiB are unpacked: headers say how much it is.

    Raises
    ------
    UserError
        It cannot be read, or holds no pictures under a name that is known.
    """
    left = MAX_BYTES
    try:
        if path.suffix.lower() == ".npy":
            with path.open("rb") as file:
                arrays = {"images": _read_array(path, file, left)}
        else:
            with zipfile.ZipFile(path) as archive:
                members = {
                    member.removesuffix(".npy").lower(): member for member in archive.namelist()
                }
                arrays = {}
                for role in (IMAGES, LABELS, TEST_IMAGES, TEST_LABELS, NAMES):
                    for key in [name for name in role if name in members][:1]:
                        with archive.open(members[key]) as packed:
                            arrays[key] = _read_array(path, packed, left)
                        left -= arrays[key].nbytes
    except DAMAGE as error:
        raise UserError(f"{path} cannot be read as numpy's file: {error}.") from error
    names = _first(arrays, NAMES)
    known = () if names is None or names.dtype.kind != "U" else tuple(map(str, names.ravel()))
    unseen = _part(path, source, arrays, TEST_IMAGES, TEST_LABELS, known, None)
    found = _part(path, source, arrays, IMAGES, LABELS, known, unseen)
    if found is None:
        raise UserError(f"{path} holds no pictures: they are sought under {', '.join(IMAGES)}.")
    return found


def _part(
    path: Path,
    source: DataSource,
    arrays: dict[str, NDArray[Any]],
    images: tuple[str, ...],
    labels: tuple[str, ...],
    names: tuple[str, ...],
    unseen: Dataset | None,
) -> Dataset | None:
    pixels, of = _first(arrays, images), _first(arrays, labels)
    if pixels is None:
        return None
    if of is not None and (of.dtype.kind == "i" and (of == NO_CLASS).all()):
        of = None
    if of is not None and len(of) != len(pixels):
        raise UserError(f"{path} holds {len(pixels):,} images and {len(of):,} labels.")
    digest = hashlib.sha256(repr((pixels.shape, pixels.dtype.str, names)).encode())
    digest.update(np.ascontiguousarray(pixels).view(np.uint8).data)
    if of is not None:
        digest.update(np.ascontiguousarray(of).tobytes())
    name = plain_name(path.stem)
    return dataset_of_arrays(name, pixels, of, digest.hexdigest(), source, names, unseen)


def _first(arrays: dict[str, NDArray[Any]], names: tuple[str, ...]) -> NDArray[Any] | None:
    return next((arrays[name] for name in names if name in arrays), None)


def _read_array(path: Path, file: Any, most: int) -> NDArray[Any]:
    """Read one array of at most ``most`` bytes, its size first."""
    version = np.lib.format.read_magic(file)
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read is None:
        raise ValueError("a version of the format that is not known")
    shape, fortran, dtype = read(file)
    if dtype.hasobject:
        raise ValueError("it holds Python's objects")
    size = math.prod(shape) * dtype.itemsize
    if not 0 <= size <= most:
        raise UserError(f"{path} is too large: its arrays hold over {MAX_BYTES >> 30} GiB.")
    content = bytearray()
    while len(content) < size and (piece := file.read(min(2**20, size - len(content)))):
        content += piece
    if len(content) < size:
        raise ValueError("it ends before its last number")
    array = np.frombuffer(content, dtype)
    return array.reshape(shape[::-1]).T if fortran else array.reshape(shape)
