"""A file of numpy's with pictures and labels as data: NPZ or NPY, also one that ganview wrote."""

from __future__ import annotations

import hashlib
import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganview.data.arrays import dataset_of_arrays
from ganview.data.dataset import Dataset, plain_name
from ganview.data.named_sets import OnProgress
from ganview.data.pixels import Pixels, rows_in_part
from ganview.data.source import DataSource
from ganview.errors import UserError

MAX_BYTES = 2**36  # of all arrays together, which are gone through in parts
MAX_IN_MEMORY = 2**31  # of an array that has to be read at once
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
ROLES = (IMAGES, LABELS, TEST_IMAGES, TEST_LABELS, NAMES)
NO_CLASS = -1  # the label of every picture in ganview's own files without classes


def load_npz(path: Path, source: DataSource, progress: OnProgress | None = None) -> Dataset:
    """Read an NPZ file of pictures (N, H, W) or (N, H, W, C) and, if there are any, labels.

    Nothing in it is unpickled. Pictures are read in parts, so that they may be more than fit in
    memory before they are scaled; headers say how much is to be unpacked.

    Raises
    ------
    UserError
        It cannot be read, or holds no pictures under a name that is known.
    """
    if path.suffix.lower() == ".npy":
        arrays = {"images": _Array(path, "")}
    else:
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.namelist()
        except DAMAGE as error:
            raise _damaged(path, error) from error
        keys = {member.removesuffix(".npy").lower(): member for member in members}
        used = [[name for name in role if name in keys][:1] for role in ROLES]
        arrays = {name: _Array(path, keys[name]) for names in used for name in names}
    if sum(array.size for array in arrays.values()) > MAX_BYTES:
        raise UserError(f"{path} is too large: its arrays hold over {MAX_BYTES >> 30} GiB.")
    names = _first(arrays, NAMES)
    known: tuple[str, ...] = ()
    if names is not None and names.dtype.kind == "U":
        known = tuple(map(str, names.read().ravel()))
    unseen = _part(path, source, arrays, TEST_IMAGES, TEST_LABELS, known, None, progress)
    found = _part(path, source, arrays, IMAGES, LABELS, known, unseen, progress)
    if found is None:
        raise UserError(f"{path} holds no pictures: they are sought under {', '.join(IMAGES)}.")
    return found


def _part(
    path: Path,
    source: DataSource,
    arrays: dict[str, _Array],
    images: tuple[str, ...],
    labels: tuple[str, ...],
    names: tuple[str, ...],
    unseen: Dataset | None,
    progress: OnProgress | None,
) -> Dataset | None:
    packed, packed_labels = _first(arrays, images), _first(arrays, labels)
    if packed is None:
        return None
    of = None if packed_labels is None else packed_labels.read()
    if of is not None and (of.dtype.kind == "i" and (of == NO_CLASS).all()):
        of = None
    pixels = packed.pixels()
    count = pixels.shape[0]
    labelled = 0 if of is None or not of.shape else of.shape[0]
    if of is not None and labelled != count:
        raise UserError(f"{path} holds {count:,} images and {labelled:,} labels.")
    digest = hashlib.sha256(repr((pixels.shape, pixels.dtype.str, names)).encode())
    done = 0
    for part in pixels.parts():
        if progress is not None:
            progress(done, count)
        digest.update(np.ascontiguousarray(part).view(np.uint8).data)
        done += len(part)
    if of is not None:
        digest.update(np.ascontiguousarray(of).tobytes())
    name = plain_name(path.stem)
    return dataset_of_arrays(name, pixels, of, digest.hexdigest(), source, names, unseen, progress)


def _first(arrays: dict[str, _Array], names: tuple[str, ...]) -> _Array | None:
    return next((arrays[name] for name in names if name in arrays), None)


class _Array:
    """One array of a file, of which only the header is read at first.

    Parameters
    ----------
    path : Path
        An NPZ file, or an NPY file.
    member : str
        Its entry in an NPZ file; nothing for an NPY file.
    """

    def __init__(self, path: Path, member: str) -> None:
        self._path, self._member = path, member
        with self._opened() as file:
            self.shape, self._is_fortran, self.dtype = _read_header(file)
        self.size = math.prod(self.shape) * self.dtype.itemsize  # bytes

    def read(self) -> NDArray[Any]:
        """Read all of it."""
        if self.size > MAX_IN_MEMORY:
            raise UserError(
                f"{self._path} is too large: labels, and pictures in Fortran's order, may hold up "
                f"to {MAX_IN_MEMORY >> 30} GiB."
            )
        array = np.concatenate([np.empty(0, self.dtype), *self._numbers(2**20)])
        return array.reshape(self.shape[::-1]).T if self._is_fortran else array.reshape(self.shape)

    def pixels(self) -> Pixels:
        """Return what goes through it in parts."""
        if self._is_fortran or len(self.shape) < 2:
            return Pixels.of(np.atleast_1d(self.read()))
        rows = rows_in_part(self.shape, self.dtype)
        each = math.prod(self.shape[1:])

        def parts() -> Iterator[NDArray[Any]]:
            for numbers in self._numbers(rows * each):
                yield numbers.reshape(-1, *self.shape[1:])

        return Pixels(self.shape, self.dtype, parts)

    def _numbers(self, most: int) -> Iterator[NDArray[Any]]:
        """Read its numbers in the order of the file, at most ``most`` at once."""
        left = math.prod(self.shape)
        with self._opened() as file:
            _read_header(file)
            while left:
                content = file.read(min(most, left) * self.dtype.itemsize)
                if len(content) < min(most, left) * self.dtype.itemsize:
                    raise ValueError("it ends before its last number")
                yield np.frombuffer(content, self.dtype)
                left -= min(most, left)

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        try:
            with ExitStack() as stack:
                if self._member:
                    archive = stack.enter_context(zipfile.ZipFile(self._path))
                    yield stack.enter_context(archive.open(self._member))
                else:
                    yield stack.enter_context(self._path.open("rb"))
        except DAMAGE as error:
            raise _damaged(self._path, error) from error


def _damaged(path: Path, error: Exception) -> UserError:
    return UserError(f"{path} cannot be read as numpy's file: {error}.")


def _read_header(file: Any) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
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
    if not dtype.itemsize or min(shape, default=0) < 0:
        raise ValueError("its header makes no sense")
    return shape, fortran, dtype
