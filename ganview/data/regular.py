"""Opens regular files; everything that can go wrong with one is a `UserError`."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ganview.errors import UserError

# A pipe without a writer would keep an ordinary open waiting for ever.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@contextmanager
def regular_file(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a regular file for reading; gives it and its size in bytes.

    Raises
    ------
    UserError
        It is not there, not a file, or fails while it is read.
    """
    try:
        handle = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise UserError(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise UserError(f"{path} cannot be read: {_reason(error)}.") from error
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise UserError(f"{path} is not a file.")
    try:
        with os.fdopen(handle, "rb") as file:
            yield file, status.st_size
    except OSError as error:
        raise UserError(f"{path} cannot be read: {_reason(error)}.") from error


def read_small(path: Path, limit: int) -> bytes:
    """Read a whole file of at most ``limit`` bytes.

    Raises
    ------
    UserError
        As `regular_file`, or it is longer.
    """
    with regular_file(path) as (file, size):
        data = file.read(min(size, limit) + 1)
        if len(data) > size:  # it grows while it is read
            data += file.read(limit + 1 - len(data))
    if len(data) > limit:
        raise UserError(f"{path} is refused: it is longer than {limit:,} bytes.")
    return data


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
