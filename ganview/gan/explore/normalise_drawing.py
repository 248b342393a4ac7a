"""Normalises a drawing to look like the training set: place, size, background and stroke.

Grey models learned from digits that were fitted into a box of 20 × 20 pixels, smoothed, and put
with their centre of mass in the middle of 28 × 28 (LeCun et al., 1998); other shapes keep the
proportions. Colour models get the middle square of the picture.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, interpolate, max_pool2d

from ganview.errors import UserError
from ganview.gan.explore.measures import thickness

BOX = 20 / 28  # share of the side that ink fills
LARGEST = 8192  # pixels a side that are still read
ENOUGH = 800  # pixels a side above which a picture is reduced at once
FAINTEST = 0.08  # contrast, 0 to 1, below which a drawing counts as empty
THINNEST = 1.5  # stroke in pixels of a 28-pixel picture that is still drawn as it is
USUAL = 2.2  # … and what thinner ones are widened to
WORK = 8  # pixels of the working copy to one of the result

Picture = NDArray[np.float32]


def normalise_drawing(picture: NDArray[Any], image_shape: tuple[int, int, int]) -> Picture:
    """Fit a picture to what a model was trained on.

    Parameters
    ----------
    picture : ndarray
        (H, W), or (H, W, C) with C = 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; uint8, uint16, bool
        or float from 0 to 1. Dark on light or light on dark, of any size up to 8192 pixels a side.
    image_shape : tuple of int
        (C, H, W) of the model.

    Returns
    -------
    ndarray
        float32 (H, W), or (H, W, 3) for a colour model, 0 to 1; strokes are light on dark.

    Raises
    ------
    UserError
        It is not a picture, is too large, or is empty.
    """
    colour, alpha = split_alpha(check_picture(picture))
    channels, height, width = image_shape
    if channels == 3:
        return fit_colour(colour * alpha[..., None], height, width)
    ink = segment(colour.mean(axis=2), alpha)
    return fit_ink(torch.from_numpy(ink), height, width).numpy()


def check_picture(picture: NDArray[Any]) -> Picture:
    """Return the picture as (H, W, C) float32, 0 to 1; raises `UserError` if it is none."""
    array = np.asarray(picture)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 2, 3, 4) or 0 in array.shape:
        raise UserError("This is not a picture: it needs rows, columns and one to four channels.")
    height, width = array.shape[:2]
    if max(height, width) > LARGEST:
        raise UserError(
            f"The picture has {width} × {height} pixels; reduce it to {LARGEST} a side or fewer."
        )
    if array.dtype == bool:
        full = 1
    elif array.dtype in (np.uint8, np.uint16):
        full = int(np.iinfo(array.dtype).max)
    elif np.issubdtype(array.dtype, np.floating) and np.isfinite(array).all():
        array, full = np.clip(array, 0, 1), 1
    else:
        raise UserError("The picture's values are neither bytes nor numbers from 0 to 1.")
    scaled: Picture = box_downsample(array) / np.float32(full)
    return scaled


def box_downsample(picture: NDArray[Any]) -> Picture:
    """Average blocks of a large picture (H, W, C), so that what follows is quick; float32."""
    height, width, channels = picture.shape
    block = max(1, max(height, width) // ENOUGH)
    rows, columns = height // block, width // block
    if block == 1 or rows == 0 or columns == 0:
        return picture.astype(np.float32)
    total = np.zeros((rows, columns, channels), np.float32)
    for y in range(block):
        for x in range(block):
            total += picture[y : rows * block : block, x : columns * block : block]
    total /= block**2
    return total


def split_alpha(picture: Picture) -> tuple[Picture, Picture]:
    """Return colour (H, W, 3) and alpha (H, W) of a picture (H, W, 1 to 4)."""
    channels = picture.shape[2]
    if channels in (2, 4):
        colour, alpha = picture[:, :, :-1], picture[:, :, -1]
    else:
        colour, alpha = picture, np.ones(picture.shape[:2], np.float32)
    return np.broadcast_to(colour, (*picture.shape[:2], 3)), alpha


def segment(light: Picture, alpha: Picture) -> Picture:
    """Tell strokes from ground, whichever is lighter; returns ink (H, W), 0 to 1.

    Where the picture is transparent there is ground; else the ground is what most of its edge shows
    and its noise is measured there too, so that the grain of a photographed sheet is no ink.
    """
    if alpha.min() < 0.5:
        opaque, noise = light[alpha > 0.5], 0.0
        ink = alpha
        if opaque.size and np.ptp(opaque) > 0.5:
            # a sheet of its own amid the transparency: it has its own ground
            ink = alpha * np.abs(light - np.float32(np.median(opaque) > 0.5))
    else:
        edge = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
        ground = np.median(edge)
        noise = 3 * float(np.median(np.abs(edge - ground)))
        difference = light - ground
        lighter = float(np.maximum(difference, 0).sum()) >= float(np.maximum(-difference, 0).sum())
        ink = np.maximum(difference if lighter else -difference, 0)
    full = float(ink.max())
    if full < FAINTEST:
        raise UserError(
            "The drawing is empty: draw something, or choose a picture with more contrast."
        )
    if full - noise < FAINTEST:
        raise UserError(
            "No stroke stands out from the ground of this picture: choose one with a calmer ground."
        )
    clipped: Picture = np.clip((ink - noise) / (full - noise), 0, 1).astype(np.float32)
    return clipped


def fit_ink(ink: Tensor, height: int, width: int) -> Tensor:
    """Place ink (h, w), 0 to 1, in a picture (height, width) as the digits of MNIST were placed."""
    rows = torch.nonzero(ink.amax(1) > 0.1).flatten()
    columns = torch.nonzero(ink.amax(0) > 0.1).flatten()
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    box_height, box_width = round(height * BOX), round(width * BOX)
    scale = min(box_height / ink.shape[0], box_width / ink.shape[1])
    if scale < 1 / WORK:
        ink = resize(ink, scale * WORK)
        scale = 1 / WORK
    ink = resize(dilate(ink, scale, min(height, width) / 28), scale)
    ink = ink / ink.max().clamp_min(1e-6)
    return centre_of_mass_to_middle(ink[:height, :width], height, width)


def dilate(ink: Tensor, scale: float, unit: float) -> Tensor:
    """Widen strokes that would be lost when ink (h, w) is scaled down.

    ``unit`` is the side of the result over 28: what counts as thin grows with it.
    """
    thin = float(thickness(ink[None])[0]) * scale
    if scale >= 1 or thin >= THINNEST * unit:
        return ink
    radius = max(1, round((USUAL * unit - thin) / 2 / scale))
    padded = torch.nn.functional.pad(ink, (radius,) * 4)
    return max_pool2d(padded[None], 2 * radius + 1, stride=1, padding=radius)[0]


def resize(ink: Tensor, scale: float) -> Tensor:
    """Scale ink (h, w), smoothly in both directions."""
    size = (max(1, round(ink.shape[0] * scale)), max(1, round(ink.shape[1] * scale)))
    if size == tuple(ink.shape):
        return ink
    if scale < 1:
        return adaptive_avg_pool2d(ink[None], size)[0]
    return interpolate(ink[None, None], size, mode="bilinear")[0, 0]


def centre_of_mass_to_middle(ink: Tensor, height: int, width: int) -> Tensor:
    """Put ink (h, w) in a picture (height, width) with its centre of mass in the middle.

    By whole pixels, as in MNIST, and never over the edge.
    """
    result = torch.zeros(height, width)
    h, w = ink.shape
    mass = ink.sum().clamp_min(1e-6)
    middle_y = float(ink.sum(1) @ torch.arange(h, dtype=torch.float32) / mass)
    middle_x = float(ink.sum(0) @ torch.arange(w, dtype=torch.float32) / mass)
    top = min(max(round(height / 2 - middle_y), 0), height - h)
    left = min(max(round(width / 2 - middle_x), 0), width - w)
    result[top : top + h, left : left + w] = ink
    return result


def fit_colour(picture: Picture, height: int, width: int) -> Picture:
    """Cut the middle of a picture (h, w, 3) in the proportions height : width and scale it."""
    h, w = picture.shape[:2]
    unit = min(h / height, w / width)
    cut_h, cut_w = max(1, round(height * unit)), max(1, round(width * unit))
    top, left = (h - cut_h) // 2, (w - cut_w) // 2
    cut = np.ascontiguousarray(picture[top : top + cut_h, left : left + cut_w])
    tensor = torch.from_numpy(cut).permute(2, 0, 1)[None]
    scaled = interpolate(tensor, (height, width), mode="bilinear", antialias=True)[0]
    return scaled.clamp(0, 1).permute(1, 2, 0).contiguous().numpy()
