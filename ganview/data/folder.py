"""A folder of pictures as data: one sub-folder a class, or pictures without classes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganview.data.dataset import MAX_SIDE, MIN_SIDE, Dataset, content_hash, plain_name
from ganview.data.pictures import DAMAGE, SUFFIXES, open_picture, read_picture
from ganview.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

MAX_PICTURES = 1_000_000
MAX_BYTES = 2**30
DEFAULT_SIDES = 28, 32
MAX_CLASSES = 1000


def load_folder(
    path: str | Path,
    *,
    side: int | None = None,
    colour: bool | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Dataset:
    """Read a folder of pictures, each cut to its central square and scaled.

    Parameters
    ----------
    path : str or Path
        Two or more sub-folders with pictures are the classes, named by them. Pictures in the
        folder itself, or in a single sub-folder, have no classes.
    side : int, optional
        Pixels in each direction, 28 to 64. Left out, the shorter side of the first picture, if
        that lies between 28 and 32, otherwise the nearer of the two: small images learn fastest.
    colour : bool, optional
        Colour or grey; left out, colour if any picture has some.
    progress : callable, optional
        Told (pictures read, pictures in all) now and then.

    Raises
    ------
    UserError
        No pictures, too many, or some that cannot be read.
    """
    folder = Path(path)
    if side is not None and not MIN_SIDE <= side <= MAX_SIDE:
        raise UserError(f"Images of {side} pixels cannot be learned: {MIN_SIDE} to {MAX_SIDE} can.")
    try:
        classes = _classes(folder)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"The folder {folder} cannot be read: {reason}.") from error
    files = [file for group in classes.values() for file in group]
    if len(files) < 2:
        raise UserError(f"{folder} holds no pictures: give a folder of PNG or JPEG files.")
    side = side or _natural_side(files[0])
    if len(files) > MAX_PICTURES or len(files) * side * side * 3 > MAX_BYTES:
        raise UserError(f"{folder} holds {len(files):,} pictures, more than fit at {side} pixels.")
    pixels = _read_all(files, side, progress)  # (N, side, side, 3)
    if colour is None:
        colour = bool((pixels != pixels[..., :1]).any())
    planes = pixels.transpose(0, 3, 1, 2) if colour else _grey(pixels)[:, None]
    images = np.ascontiguousarray(planes)
    names = tuple(classes) if len(classes) > 1 else ()
    counts = [len(group) for group in classes.values()]
    labels = np.repeat(np.arange(len(counts)), counts) if names else None
    return Dataset(
        name=plain_name(folder.resolve().name) or "pictures",
        images=torch.from_numpy(images),
        labels=None if labels is None else torch.from_numpy(labels),
        class_names=names,
        sha256=content_hash(images, labels, names),
    )


def _classes(folder: Path) -> dict[str, list[Path]]:
    """Return the picture files of each class, both in natural order."""
    here = sorted(folder.iterdir(), key=_natural)
    groups = {
        entry.name: pictures
        for entry in here
        if entry.is_dir() and not entry.name.startswith(".") and (pictures := _pictures(entry))
    }
    loose = _pictures(folder)
    if loose and groups:
        raise UserError(
            f"{folder} holds pictures both in sub-folders and beside them: "
            "move them into sub-folders, one a class, or keep all in one folder."
        )
    if len(groups) > MAX_CLASSES:
        raise UserError(f"{folder} holds {len(groups):,} classes; at most {MAX_CLASSES} can be.")
    return groups or {folder.name: loose}


def _pictures(folder: Path) -> list[Path]:
    found = (
        entry
        for entry in folder.iterdir()
        if entry.suffix.lower() in SUFFIXES and not entry.name.startswith(".") and entry.is_file()
    )
    return sorted(found, key=_natural)


def _natural(path: Path) -> tuple[list[tuple[int, str]], str]:
    """Order names so that 2 comes before 10."""
    parts = re.split(r"([0-9]{1,15})", path.name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], path.name


def _natural_side(first: Path) -> int:
    low, high = DEFAULT_SIDES
    try:
        with open_picture(first) as image:
            return min(max(min(image.size), low), high)
    except DAMAGE as error:
        raise UserError(f"{first} cannot be read as a picture: {error}.") from error


def _read_all(
    files: list[Path], side: int, progress: Callable[[int, int], None] | None
) -> NDArray[np.uint8]:
    pixels = np.empty((len(files), side, side, 3), dtype=np.uint8)
    failures: list[UserError] = []
    for i, file in enumerate(files):
        if progress is not None and i % 64 == 0:
            progress(i, len(files))
        try:
            pixels[i] = read_picture(file, side)
        except UserError as error:
            failures.append(error)
    if failures:
        rest = (
            f" {len(failures) - 1:,} more files have the same problem; remove them."
            if failures[1:]
            else ""
        )
        raise UserError(f"{failures[0]}{rest}")
    return pixels


def _grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the luma (ITU-R BT.601) of RGB pixels, exact where all three are equal."""
    if not (pixels != pixels[..., :1]).any():
        return pixels[..., 0]
    weights = np.array([299, 587, 114], dtype=np.uint32)
    return ((pixels @ weights + 500) // 1000).astype(np.uint8)
