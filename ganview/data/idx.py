"""IDX, the format of MNIST: a magic number, the dimensions, the items, often gzipped.

Two zero bytes, one byte for the type of number, one for the number of dimensions, each dimension
as a big-endian 32-bit integer, then the items in C order. The header says how large a file is once
unpacked: no more is read, and memory is taken only as the items arrive.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ganview.data.regular import regular_file
from ganview.errors import UserError

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
CODES = {np.dtype(name).newbyteorder("="): code for code, name in TYPES.items()}
MAX_DIMENSIONS = 4
MAX_BYTES = 2**30
MAX_GZIP_RATIO = 1032  # of deflate: nothing can shrink further
CHUNK = 2**20

Stream = BinaryIO | gzip.GzipFile


@dataclass(frozen=True)
class Idx:
    """What an IDX file holds."""

    array: NDArray[Any]  # the items, in the machine's own byte order
    sha256: str  # of the whole file once unpacked, header included


def read_idx(path: str | Path, count: int | None = None) -> Idx:
    """Read an IDX file, gzipped or plain.

    Parameters
    ----------
    count : int, optional
        How many items it must hold along its first dimension.

    Raises
    ------
    UserError
        The file is missing, not IDX, damaged, longer or shorter than it says, or over 1 GiB, or
        holds another number of items than ``count``.
    """
    path = Path(path)
    with regular_file(path) as (raw, size):
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not packed:
            return _read_stream(path, raw, size, count)
        try:
            with gzip.GzipFile(fileobj=raw, mode="rb") as unpacked:
                return _read_stream(
                    path, unpacked, MAX_GZIP_RATIO * size + 1024, count, exact=False
                )
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise UserError(f"{path} is damaged: it cannot be unpacked ({error}).") from error


def encode_idx(array: NDArray[Any], *, compress: bool = False) -> bytes:
    """Encode an array as an IDX file, gzipped if asked.

    Raises
    ------
    ValueError
        IDX has no such type of number, or the array is empty or has too many dimensions.
    """
    code = CODES.get(array.dtype.newbyteorder("="))
    if code is None:
        raise ValueError(f"IDX has no type for {array.dtype}")
    if array.size == 0 or not 1 <= array.ndim <= MAX_DIMENSIONS:
        raise ValueError(f"IDX files hold 1 to {MAX_DIMENSIONS} dimensions, not {array.shape}")
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    data = header + array.astype(TYPES[code]).tobytes()
    # level 6: within 3 % of the size of level 9, in a seventh of its time
    return gzip.compress(data, 6, mtime=0) if compress else data


def _read_stream(
    path: Path, stream: Stream, limit: int, count: int | None, *, exact: bool = True
) -> Idx:
    start = _read_exactly(path, stream, 4)
    if start[:2] != b"\0\0" or start[2] not in TYPES or not 1 <= start[3] <= MAX_DIMENSIONS:
        raise UserError(f"{path} is not an IDX file: it does not begin like one.")
    dims = _read_exactly(path, stream, 4 * start[3])
    shape = struct.unpack(f">{start[3]}I", dims)
    dtype = np.dtype(TYPES[start[2]])
    size = math.prod(shape) * dtype.itemsize
    if size == 0:
        raise UserError(f"{path} holds nothing: its header says {_by(shape)}.")
    if size > MAX_BYTES:
        swapped = math.prod(struct.unpack(f"<{start[3]}I", dims)) * dtype.itemsize
        if 0 < swapped < limit:
            raise UserError(f"{path} is little-endian: write it again as IDX, which is big-endian.")
        raise UserError(f"{path} is too large: its header says {_by(shape)}, over 1 GiB.")
    if count is not None and shape[0] != count:
        raise UserError(
            f"{path} does not belong to the images: it holds {_by(shape)}, and they are {count:,}."
        )
    whole = 4 + len(dims) + size
    if whole > limit or (exact and whole < limit):
        raise UserError(f"{path} is damaged: its header says {_by(shape)}, its size does not.")
    buffer = np.empty(size, dtype=np.uint8)
    _read_into(path, stream, buffer.data)
    if stream.read(1):
        raise UserError(f"{path} is damaged: more follows than its header says.")
    digest = hashlib.sha256(start + dims)
    digest.update(buffer.data)
    array = buffer.view(dtype).reshape(shape)
    return Idx(array.astype(dtype.newbyteorder("="), copy=False), digest.hexdigest())


def _read_exactly(path: Path, stream: Stream, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise UserError(f"{path} is not an IDX file: it ends within its header.")
    return data


def _read_into(path: Path, stream: Stream, buffer: memoryview) -> None:
    position = 0
    while position < len(buffer):
        # in pieces: a file that ends early has then touched no more memory than it had bytes
        piece = stream.read(min(CHUNK, len(buffer) - position))
        if not piece:
            raise UserError(f"{path} is damaged: it ends before its last item.")
        buffer[position : position + len(piece)] = piece
        position += len(piece)


def _by(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{side:,}" for side in shape) + (" items" if len(shape) == 1 else "")
