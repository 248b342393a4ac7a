"""Reads one picture file within limits, as an RGB square of a given size."""

from __future__ import annotations

import stat
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ganview.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm")
MAX_FILE_BYTES = 128 * 2**20
MAX_PIXELS = 32 * 10**6  # four copies of one with transparency are 512 MB
# What Pillow's decoders raise on damaged input, beside OSError.
DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    MemoryError,
    NotImplementedError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Warning,  # where warnings are errors
)


def read_picture(path: Path, side: int) -> NDArray[np.uint8]:
    """Read a picture as RGB, cut to its central square and scaled.

    Parameters
    ----------
    path : Path
        A picture in a common format; of an animation, its first frame.
    side : int
        Pixels wanted in each direction.

    Returns
    -------
    ndarray
        uint8 (side, side, 3), turned as the camera said; what is transparent becomes white.

    Raises
    ------
    UserError
        The file cannot be read as a picture, or is over 128 MB or 32 megapixels.
    """
    try:
        with open_picture(path) as image:
            image.draft("RGB", (2 * side, 2 * side))  # JPEGs decode small where they may
            upright = ImageOps.exif_transpose(image)
            square = ImageOps.fit(_rgb(upright), (side, side), Image.Resampling.LANCZOS)
            return np.asarray(square)
    except DAMAGE as error:
        raise UserError(f"{path} cannot be read as a picture: {error}.") from error


def open_picture(path: Path, formats: tuple[str, ...] = FORMATS) -> Image.Image:
    """Open a picture file without decoding it yet, its size already checked.

    Raises
    ------
    UserError
        The file is too large, or not a picture of one of the formats.
    OSError
        The file is not there or cannot be read.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UserError(f"{path} is not a file.")
    if status.st_size > MAX_FILE_BYTES:
        raise UserError(f"{path} is too large: pictures up to {MAX_FILE_BYTES >> 20} MB are read.")
    size = webp_size(path)  # Pillow makes room for a whole WebP before it says how large it is
    if size is not None:
        _check_size(path, *size)
    try:
        image = Image.open(path, formats=formats)
    except UnidentifiedImageError:
        raise UserError(f"{path} is not a picture that can be read here.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UserError(
            f"{path} is too large: over {MAX_PIXELS // 10**6} million pixels."
        ) from None
    try:
        _check_size(path, image.width, image.height)
    except UserError:
        image.close()
        raise
    return image


def _check_size(path: Path, width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        size = f"{width:,} × {height:,}"
        raise UserError(f"{path} is too large: {size} pixels, over {MAX_PIXELS // 10**6} million.")


def webp_size(path: Path) -> tuple[int, int] | None:
    """Return width and height as a WebP file's first chunk says them; None for anything else.

    The three kinds of first chunk are those of RFC 9649, sections 2.5 to 2.7.
    """
    with path.open("rb") as file:
        head = file.read(30)
    if len(head) < 30 or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return None
    match head[12:16]:
        case b"VP8X":  # the canvas: three bytes each, less one
            return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(
                head[27:30], "little"
            )
        case b"VP8L":  # 14 bits each, less one, after a signature of one byte
            bits = int.from_bytes(head[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":  # 14 bits each and two of scaling, after a frame's tag and start code
            return (
                int.from_bytes(head[26:28], "little") & 0x3FFF,
                int.from_bytes(head[28:30], "little") & 0x3FFF,
            )
    return None


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode in ("I;16", "I;16B", "I"):  # 16 bits of grey, which Pillow would clip
        values = np.asarray(image, dtype=np.float64)
        image = Image.fromarray((np.clip(values, 0, 65535) / 257).round().astype(np.uint8))
    if not image.has_transparency_data:
        return image.convert("RGB")
    over = image.convert("RGBA")
    ground = Image.new("RGBA", over.size, "white")
    return Image.alpha_composite(ground, over).convert("RGB")
