"""Arrays of pictures as data: of any side and range of values, with labels and names of classes."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ganview.data.dataset import MAX_SIDE, MIN_SIDE, Dataset, Reading
from ganview.data.folder import MAX_CLASSES, grey_planes
from ganview.data.picture_reader import LOOKED_AT, OnProgress, ground_for
from ganview.data.pictures import natural_levels
from ganview.data.pixels import Pixels
from ganview.data.source import DataSource
from ganview.errors import UserError

MAX_BYTES = 2**31  # of the pictures as they are learned
GROUNDS = {"white": 255, "black": 0}


def dataset_of_arrays(
    name: str,
    pixels: Pixels,
    labels: NDArray[np.generic] | None,
    sha256: str,
    source: DataSource,
    known_names: tuple[str, ...] = (),
    unseen: Dataset | None = None,
    progress: OnProgress | None = None,
) -> Dataset:
    """Make a dataset of pictures (N, H, W) or (N, H, W, C) and labels (N,) of any numbers.

    Parameters
    ----------
    pixels : Pixels
        Bytes, or numbers whose range is found out.
    labels : ndarray or None
        Whole numbers; the classes are those that occur.
    known_names : tuple of str
        Of the labels 0, 1, …; others are called by their numbers.
    progress : callable, optional
        Told (pictures read, pictures in all) now and then; what it raises ends the reading.

    Raises
    ------
    UserError
        They are no pictures or labels that can be learned.
    """
    notes: list[str] = []
    count, height, width, *channels = _shape(name, pixels)
    if source.transposed:
        height, width = width, height
    levels = _levels(name, pixels, notes)
    ground = _ground(pixels, levels, notes) if channels == [4] else 0
    side = source.image_size or _side_for((height, width))
    if side is not None and (height, width) != (side, side):
        notes.append(f"Scaled from {width} × {height} pixels.")
        height = width = side
    colour = channels in ([3], [4]) if source.colour is None else source.colour
    shape = count, 3 if colour else 1, height, width
    if math.prod(shape) > MAX_BYTES:
        raise UserError(
            f"'{name}' holds {count:,} pictures, more than fit at {width} × {height} pixels: "
            "choose a smaller size."
        )
    images, done = np.empty(shape, np.uint8), 0
    for part in pixels.parts():
        if progress is not None:
            progress(done, count)
        planes = _planes(_as_bytes(part, levels), ground, transposed=bool(source.transposed))
        if planes.shape[2:] != (height, width):
            planes = _scaled(planes, height)
        if planes.shape[1] == 3 and not colour:
            planes = grey_planes(planes)
        images[done : done + len(planes)] = planes  # grey ones three times, where colour is asked
        done += len(planes)
    numbers, names = (None, ()) if labels is None else _classes(name, labels, known_names)
    return Dataset(
        name=name,
        images=torch.from_numpy(images),
        labels=None if numbers is None else torch.from_numpy(numbers),
        class_names=names,
        sha256=sha256,
        reading=Reading(notes=tuple(notes)),
        unseen=unseen,
    )


def _has_planes(shape: tuple[int, ...]) -> bool:
    """Tell whether an array is (N, C, H, W)."""
    return len(shape) == 4 and shape[1] in (1, 3) and shape[3] not in (1, 3, 4)


def _shape(name: str, pixels: Pixels) -> tuple[int, ...]:
    """Return the shape (N, H, W) or (N, H, W, C) of pictures."""
    shape = pixels.shape
    if _has_planes(shape):
        shape = (shape[0], *shape[2:], shape[1])
    if len(shape) not in (3, 4) or (len(shape) == 4 and shape[3] not in (1, 3, 4)):
        raise UserError(f"'{name}' holds no images: they are (N, H, W) or (N, H, W, 1, 3 or 4).")
    if 0 in shape:
        raise UserError(f"'{name}' holds nothing: its shape is {' × '.join(map(str, shape))}.")
    return shape


def _levels(name: str, pixels: Pixels, notes: list[str]) -> tuple[float, float]:
    """Return what is black and what is white."""
    if pixels.dtype == np.uint8:
        return 0, 255
    if pixels.dtype == np.bool_:
        return 0, 1
    if pixels.dtype.kind not in "iuf":
        raise UserError(f"'{name}' holds no images: its values are no numbers.")
    ranges = [(float(part.min()), float(part.max())) for part in pixels.parts()]
    if not np.isfinite(ranges).all():
        raise UserError(f"'{name}' cannot be learned: it holds NaN or infinities.")
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    black, white = natural_levels(low, high, whole=pixels.dtype.kind in "iu")
    if (black, white) != (0, 255) or pixels.dtype.kind == "f":
        notes.append(f"Values are read from {black:g} to {white:g}.")
    return black, white


def _as_bytes(part: NDArray[np.generic], levels: tuple[float, float]) -> NDArray[np.uint8]:
    black, white = levels
    if part.dtype.kind != "f" and (black, white) == (0, 255):
        return part.astype(np.uint8, copy=False)
    values = (part.astype(np.float32) - black) * (255 / (white - black))
    return np.asarray(np.clip(values, 0, 255).round(), np.uint8)


def _ground(pixels: Pixels, levels: tuple[float, float], notes: list[str]) -> int:
    """Return the level on which pictures (N, H, W, 4) are seen, as for those of a folder."""
    some = _as_bytes(pixels.spread(LOOKED_AT), levels).astype(np.float32)
    alpha = some[..., 3] / 255
    dark = float(((255 - some[..., :3].mean(3)) * alpha).sum())
    ground = ground_for(dark / max(1.0, float(alpha.sum())))
    if alpha.min() < 1:
        notes.append(f"Transparent pictures are put on {ground}.")
    return GROUNDS[ground]


def _planes(part: NDArray[np.uint8], ground: int, *, transposed: bool) -> NDArray[np.uint8]:
    """Return pictures of any layout as (N, C, H, W), without transparency."""
    if _has_planes(part.shape):
        part = part.transpose(0, 2, 3, 1)
    if transposed:
        part = part.swapaxes(1, 2)
    if part.shape[3:] == (4,):
        part = _on_ground(part, ground)
    return part[:, None] if part.ndim == 3 else part.transpose(0, 3, 1, 2)


def _on_ground(part: NDArray[np.uint8], ground: int) -> NDArray[np.uint8]:
    alpha = part[..., 3:].astype(np.float32) / 255
    over = part[..., :3].astype(np.float32) * alpha + ground * (1 - alpha)
    return over.round().astype(np.uint8)


def _side_for(shape: tuple[int, ...]) -> int | None:
    """Return the side that pictures (H, W) are scaled to; None where they can stay."""
    if all(MIN_SIDE <= side <= MAX_SIDE for side in shape):
        return None
    return min(max(min(shape), MIN_SIDE), 32 if max(shape) > MAX_SIDE else MAX_SIDE)


def _scaled(planes: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    count, channels = planes.shape[:2]
    out = np.empty((count, channels, side, side), np.uint8)
    for picture, scaled in zip(planes, out, strict=True):
        for plane, result in zip(picture, scaled, strict=True):
            image = Image.fromarray(np.ascontiguousarray(plane))
            result[:] = np.asarray(image.resize((side, side), Image.Resampling.LANCZOS))
    return out


def _classes(
    name: str, labels: NDArray[np.generic], known_names: tuple[str, ...]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.dtype.kind == "f" and np.isfinite(labels).all() and (labels == labels.round()).all():
        labels = labels.astype(np.int64)
    if labels.ndim == 2 and ((labels == 0) | (labels == 1)).all() and (labels.sum(1) == 1).all():
        labels = labels.argmax(1)  # one of K
    if labels.ndim != 1 or labels.dtype.kind not in "iuUS":
        raise UserError(f"'{name}' has no labels: whole numbers or names, one for each image.")
    # EMNIST's letters begin at 1: classes are the labels that occur, whatever their numbers
    values, positions = np.unique(labels, return_inverse=True)
    if len(values) > MAX_CLASSES:
        raise UserError(f"'{name}' has {len(values):,} classes; at most {MAX_CLASSES}.")
    if labels.dtype.kind in "US":
        return positions.astype(np.int64), tuple(str(value) for value in values.astype(str))
    numbers = [int(value) for value in values]
    first = min(numbers) if len(known_names) == max(numbers) - min(numbers) + 1 else 0
    names = tuple(
        known_names[number - first] if 0 <= number - first < len(known_names) else str(number)
        for number in numbers
    )
    if len(set(names)) < len(names):
        raise UserError(f"The names of the classes of '{name}' are not all different.")
    return positions.astype(np.int64), names
