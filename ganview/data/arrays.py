"""Arrays of pictures as data: of any side and range of values, with labels and names of classes."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ganview.data.dataset import MAX_SIDE, MIN_SIDE, Dataset, Reading
from ganview.data.folder import MAX_BYTES, MAX_CLASSES, PART, grey_planes
from ganview.data.picture_reader import LOOKED_AT, ground_for
from ganview.data.pictures import natural_levels
from ganview.data.source import DataSource
from ganview.errors import UserError


def dataset_of_arrays(
    name: str,
    pixels: NDArray[np.generic],
    labels: NDArray[np.generic] | None,
    sha256: str,
    source: DataSource,
    known_names: tuple[str, ...] = (),
    unseen: Dataset | None = None,
) -> Dataset:
    """Make a dataset of pictures (N, H, W) or (N, H, W, C) and labels (N,) of any numbers.

    Parameters
    ----------
    pixels : ndarray
        Bytes, or numbers whose range is found out.
    labels : ndarray or None
        Whole numbers; the classes are those that occur.
    known_names : tuple of str
        Of the labels 0, 1, …; others are called by their numbers.

    Raises
    ------
    UserError
        They are no pictures or labels that can be learned.
    """
    notes: list[str] = []
    if pixels.ndim == 4 and pixels.shape[1] in (1, 3) and pixels.shape[3] not in (1, 3, 4):
        pixels = pixels.transpose(0, 2, 3, 1)
    if pixels.ndim not in (3, 4) or (pixels.ndim == 4 and pixels.shape[3] not in (1, 3, 4)):
        raise UserError(f"'{name}' holds no images: they are (N, H, W) or (N, H, W, 1, 3 or 4).")
    if pixels.size == 0:
        raise UserError(
            f"'{name}' holds nothing: its shape is {' × '.join(map(str, pixels.shape))}."
        )
    if source.transposed:
        pixels = pixels.swapaxes(1, 2)
    images = _as_bytes(name, pixels, notes)
    if images.shape[3:] == (4,):
        images = _on_ground(images, notes)
    planes = images[:, None] if images.ndim == 3 else images.transpose(0, 3, 1, 2)
    side = source.image_size or _side_for(planes.shape[2:])
    if side is not None and planes.shape[2:] != (side, side):
        notes.append(f"Scaled from {planes.shape[3]} × {planes.shape[2]} pixels.")
        planes = _scaled(planes, side)
    if source.colour is True and planes.shape[1] == 1:
        planes = planes.repeat(3, axis=1)
    if planes.shape[1] == 3 and source.colour is False:
        planes = grey_planes(planes)
    numbers, names = (None, ()) if labels is None else _classes(name, labels, known_names)
    return Dataset(
        name=name,
        images=torch.from_numpy(np.ascontiguousarray(planes)),
        labels=None if numbers is None else torch.from_numpy(numbers),
        class_names=names,
        sha256=sha256,
        reading=Reading(notes=tuple(notes)),
        unseen=unseen,
    )


def _as_bytes(name: str, pixels: NDArray[np.generic], notes: list[str]) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return pixels.view(np.uint8)
    if pixels.dtype == np.bool_:
        return pixels.astype(np.uint8) * 255
    if pixels.dtype.kind not in "iuf":
        raise UserError(f"'{name}' holds no images: its values are no numbers.")
    low, high = float(pixels.min()), float(pixels.max())
    if not np.isfinite([low, high]).all():
        raise UserError(f"'{name}' cannot be learned: it holds NaN or infinities.")
    black, white = natural_levels(low, high, whole=pixels.dtype.kind in "iu")
    if (black, white) == (0, 255) and pixels.dtype.kind in "iu":
        return pixels.astype(np.uint8)
    notes.append(f"Values are read from {black:g} to {white:g}.")
    out = np.empty(pixels.shape, np.uint8)
    for start in range(0, len(pixels), PART):
        values = (pixels[start : start + PART].astype(np.float32) - black) * (255 / (white - black))
        out[start : start + PART] = np.clip(values, 0, 255).round()
    return out


def _on_ground(images: NDArray[np.uint8], notes: list[str]) -> NDArray[np.uint8]:
    """Put pictures (N, H, W, 4) on the ground that they are seen on, as those of a folder are."""
    some = images[:: max(1, len(images) // LOOKED_AT)].astype(np.float32)
    alpha = some[..., 3] / 255
    dark = float(((255 - some[..., :3].mean(3)) * alpha).sum())
    ground = ground_for(dark / max(1.0, float(alpha.sum())))
    if alpha.min() < 1:
        notes.append(f"Transparent pictures are put on {ground}.")
    out = np.empty((*images.shape[:3], 3), np.uint8)
    for start in range(0, len(images), PART):
        part = images[start : start + PART].astype(np.float32)
        alpha = part[..., 3:] / 255
        level = 255 if ground == "white" else 0
        out[start : start + PART] = (part[..., :3] * alpha + level * (1 - alpha)).round()
    return out


def _side_for(shape: tuple[int, ...]) -> int | None:
    """Return the side that pictures (H, W) are scaled to; None where they can stay."""
    if all(MIN_SIDE <= side <= MAX_SIDE for side in shape):
        return None
    return min(max(min(shape), MIN_SIDE), 32 if max(shape) > MAX_SIDE else MAX_SIDE)


def _scaled(planes: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    count, channels = planes.shape[:2]
    if count * channels * side * side > MAX_BYTES:
        raise UserError(f"{count:,} pictures are more than fit at {side} pixels.")
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
