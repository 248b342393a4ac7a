"""Sheets: many pictures laid out in rows as one, with captions."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from ganview.data.locate import resources_folder
from ganview.errors import UserError
from ganview.export.colours import BACKGROUNDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL.ImageFont import FreeTypeFont, ImageFont

Background = int | Literal["dark", "light"]
GAP = 2  # pixels between the pictures of a sheet, before the zoom, by default
MAX_PIXELS = 2**28
CAPTION_HEIGHT = 14
CAPTION_SIZE = 11


def tile_images(
    images: NDArray[np.uint8],
    columns: int,
    *,
    zoom: int = 1,
    gap: int = 0,
    background: Background = 0,
    captions: Sequence[str] | None = None,
) -> NDArray[np.uint8]:
    """Lay pictures out in rows, left to right, top to bottom.

    Parameters
    ----------
    images : ndarray
        uint8 (N, H, W) grey or (N, H, W, 3) colour, N ≥ 1.
    columns : int
        Pictures in a row; the last row may be shorter.
    zoom : int
        Side of the square that each pixel becomes, unsmoothed.
    gap : int
        Pixels of the sheet between two pictures.
    background : int, "dark" or "light"
        What shows between the pictures and where there are none, 0 (black) to 255 (white).
    captions : sequence of str, optional
        N texts, one below each picture; what does not fit its width is cut.

    Returns
    -------
    ndarray
        uint8 (height, width) or (height, width, 3), contiguous.

    Raises
    ------
    UserError
        Columns, zoom or gap are out of range, or the sheet would have over 2²⁸ pixels.
    ValueError
        The arrays are not pictures with a caption each.
    """
    if images.dtype != np.uint8 or images.ndim not in (3, 4) or 0 in images.shape:
        raise ValueError(f"pictures are uint8 (N, H, W) or (N, H, W, 3), not {images.shape}")
    if columns < 1 or zoom < 1 or gap < 0:
        raise UserError("The columns and the zoom of a sheet are at least 1, its gap at least 0.")
    if captions is not None and len(captions) != len(images):
        raise ValueError(f"{len(captions)} captions for {len(images)} pictures")
    shade = BACKGROUNDS[background] if isinstance(background, str) else background
    count, height, width = images.shape[:3]
    rows = -(-count // columns)
    below = CAPTION_HEIGHT if captions is not None else 0
    down, across = height * zoom + below + gap, width * zoom + gap
    if rows * down * columns * across > MAX_PIXELS:
        raise UserError(
            f"A sheet of {columns * across:,} × {rows * down:,} pixels is too large: choose a "
            "smaller zoom or fewer pictures."
        )
    # cells with their gap to the right and below; the last gaps are cut off again
    cells = np.full((rows, down, columns, across, *images.shape[3:]), shade, np.uint8)
    for row in range(rows):
        some = images[row * columns : (row + 1) * columns]
        some = some.repeat(zoom, axis=1).repeat(zoom, axis=2) if zoom > 1 else some
        cells[row, : height * zoom, : len(some), : width * zoom] = some.swapaxes(0, 1)
    for i, text in enumerate(captions or ()):
        mask = _drawn(text, width * zoom)
        band = cells[i // columns, height * zoom :, i % columns, : width * zoom][:below]
        band[:] = _inked(mask, shade).reshape(mask.shape + (1,) * (band.ndim - 2))
    sheet = cells.reshape(rows * down, columns * across, *images.shape[3:])
    return np.ascontiguousarray(sheet[: rows * down - gap, : columns * across - gap])


def enlarge(image: NDArray[np.uint8], zoom: int) -> NDArray[np.uint8]:
    """Return a picture (H, W[, 3]) of which each pixel is a square of ``zoom`` by ``zoom``."""
    return image.repeat(zoom, axis=0).repeat(zoom, axis=1) if zoom > 1 else image


def add_caption(image: NDArray[np.uint8], text: str, background: int) -> NDArray[np.uint8]:
    """Return a picture (H, W[, 3]) with a line of text below it; what does not fit is cut."""
    band = _inked(_drawn(text, image.shape[1]), background)
    if image.ndim == 3:
        band = band[:, :, None].repeat(image.shape[2], axis=2)
    return np.concatenate([image, band])


def _inked(mask: NDArray[np.uint8], background: int) -> NDArray[np.uint8]:
    """Draw a text's mask in the colour that is easiest to read on the background."""
    ink = 0 if background > 127 else 255
    share = mask / np.float32(255)
    return np.asarray(background + (ink - background) * share + 0.5).astype(np.uint8)


def _drawn(text: str, width: int) -> NDArray[np.uint8]:
    """Return the ink of each pixel of a caption: uint8 (CAPTION_HEIGHT, width)."""
    from PIL import Image, ImageDraw

    band = Image.new("L", (width, CAPTION_HEIGHT))
    pen = ImageDraw.Draw(band)
    pen.fontmode = "L"
    font = _font_for(text)
    left = max(0.0, (width - pen.textlength(text, font=font)) / 2)
    pen.text((left, 0), text, fill=255, font=font)
    return np.asarray(band)


def _font_for(text: str) -> FreeTypeFont | ImageFont:
    """Return Pillow's own font, or the larger one that ships where that lacks a letter.

    Raises
    ------
    UserError
        Both lack one: it would be drawn as an empty box.
    """
    for number in (0, 1):
        missing = {letter for letter in text if not _has_glyph(number, letter)}
        if not missing:
            return _font(number)
    raise UserError(
        f"The captions can't be drawn: no font of ganview has '{''.join(sorted(missing))[:20]}'. "
        "Leave them out."
    )


@lru_cache(maxsize=4096)
def _has_glyph(number: int, letter: str) -> bool:
    font = _font(number)
    shape, empty = font.getmask(letter), font.getmask("\uffff")  # never a letter
    return bool(shape.size != empty.size or bytes(shape) != bytes(empty))


@lru_cache(maxsize=2)
def _font(number: int) -> FreeTypeFont | ImageFont:
    from PIL import ImageFont

    if number == 0:
        return ImageFont.load_default(CAPTION_SIZE)
    path = resources_folder() / "fonts" / "GanviewSans-Regular.otf"
    return ImageFont.truetype(str(path), CAPTION_SIZE)
