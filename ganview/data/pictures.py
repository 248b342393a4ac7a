"""Reads one picture file within limits, as a square of a given size, as it is learned."""

from __future__ import annotations

import importlib
import importlib.util
import io
import math
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageColor, ImageOps, UnidentifiedImageError

from ganview.errors import UserError

Fit = Literal["crop", "pad", "squash"]
#: How a picture that is not square becomes one, and what a user is told about it.
FITS: dict[Fit, str] = {
    "crop": "the central square",
    "pad": "the whole picture, with the ground colour beside it",
    "squash": "the whole picture, squashed to a square",
}
FORMATS: tuple[str, ...] = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
if importlib.util.find_spec("PIL.AvifImagePlugin") is not None:  # since Pillow 11.3
    FORMATS += ("AVIF",)
MAX_FILE_BYTES = 128 * 2**20
MAX_PIXELS = 32 * 10**6  # four copies of one with transparency are 512 MB
MAX_JPEG_PIXELS = 89 * 10**6  # of one that is decoded at an eighth of its size; Pillow's limit
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
DEEP_MODES = ("I;16", "I;16B", "I", "F")  # of one channel, with more than 256 levels
PNG_START = b"\x89PNG\r\n\x1a\n"
TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt")


@dataclass(frozen=True)
class Preparation:
    """How a picture of any kind becomes one of the set."""

    side: int  # pixels wanted in each direction
    fit: Fit = "crop"  # how a picture that is not square becomes one
    # Colour of what is transparent and of the room beside a padded picture, as CSS writes it.
    ground: str = "white"
    # levels, float_levels: what is black and what is white in pictures of more than 256 levels, in
    # those of whole numbers and in others; None to tell from each picture
    levels: tuple[float, float] | None = None
    float_levels: tuple[float, float] | None = None

    @classmethod
    def of_values(cls, side: int, values: Mapping[str, object]) -> Preparation:
        """Return what a model's header says of it; what makes no sense there is left out."""
        fit, ground = values.get("fit"), values.get("ground")
        found = cls(side)
        if fit == "pad" or fit == "squash":
            found = replace(found, fit=fit)
        try:
            if isinstance(ground, str):
                ImageColor.getrgb(ground)
                found = replace(found, ground=ground)
        except ValueError:
            pass
        return replace(
            found,
            levels=_range(values.get("levels")),
            float_levels=_range(values.get("float_levels")),
        )

    def known_levels(self) -> dict[str, list[float]]:
        """Return what is known of black and white, by name, as plain JSON values."""
        known = {"levels": self.levels, "float_levels": self.float_levels}
        return {key: list(value) for key, value in known.items() if value is not None}


def _range(value: object) -> tuple[float, float] | None:
    """Return two numbers of a model's header; None where they make no sense."""
    match value:
        case [int() | float() as low, int() | float() as high] if low < high < math.inf:
            return (low, high) if low > -math.inf else None
    return None


@cache
def readable_formats() -> tuple[str, ...]:
    """Return the formats that are read here: HEIC, too, where its library is installed."""
    if importlib.util.find_spec("pillow_heif") is None:
        return FORMATS
    importlib.import_module("pillow_heif").register_heif_opener()
    return (*FORMATS, "HEIF")


def read_picture(file: Path | BinaryIO, preparation: Preparation) -> NDArray[np.uint8]:
    """Read a picture as RGB, turned as the camera said; of an animation, the first frame.

    Returns
    -------
    ndarray
        uint8 (side, side, 3).

    Raises
    ------
    UserError
        It cannot be read as a picture, or is over 128 MB or 32 megapixels, a JPEG over 89.
    """
    try:
        with open_picture(file) as image:
            side = preparation.side
            image.draft("RGB", (2 * side, 2 * side))  # JPEGs decode small where they may
            return as_learned(image, preparation)
    except DAMAGE as error:
        raise UserError(f"{_file_name(file)} cannot be read as a picture: {error}.") from error


def as_learned(image: Image.Image, preparation: Preparation, width: int = 0) -> NDArray[np.uint8]:
    """Return a picture as the set has it, uint8 (side, side, 3), or (side, ``width``, 3)."""
    image.load()  # of a PNG, what the camera said may come last
    turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
    rgb = flattened(ImageOps.exif_transpose(image) if turned else image, preparation)
    size = (width or preparation.side, preparation.side)
    match preparation.fit:
        case "crop":
            square = ImageOps.fit(rgb, size, Image.Resampling.LANCZOS)
        case "pad":
            ground = ImageColor.getrgb(preparation.ground)[:3]
            square = ImageOps.pad(rgb, size, Image.Resampling.LANCZOS, color=ground)
        case "squash":
            square = rgb.resize(size, Image.Resampling.LANCZOS)
    return np.asarray(square)


def open_picture(file: Path | BinaryIO, formats: tuple[str, ...] = ()) -> Image.Image:
    """Open a picture file without decoding it yet, its size already checked.

    A JPEG may have more pixels than `MAX_PIXELS`: it is set to be decoded at a part of its size.

    Raises
    ------
    UserError
        The file is too large, or not a picture of one of the formats.
    OSError
        The file is not there or cannot be read.
    """
    if isinstance(file, Path):
        if not file.is_file():
            file.stat()  # raises where nothing is there
            raise UserError(f"{file} is not a file.")
        size = file.stat().st_size
        with file.open("rb") as opened:
            head = opened.read(30)
    else:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        head = file.read(30)
        file.seek(0)
    name = _file_name(file)
    if size > MAX_FILE_BYTES:
        raise UserError(f"{name} is too large: pictures up to {MAX_FILE_BYTES >> 20} MB are read.")
    frame = webp_size(head)  # Pillow makes room for a whole WebP before it says how large it is
    if frame is not None:
        _check_size(name, *frame)
    try:
        image = _identified(file, head, formats or readable_formats())
    except UnidentifiedImageError:
        raise UserError(f"{name} is not a picture that can be read here.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UserError(
            f"{name} is too large: over {MAX_PIXELS // 10**6} million pixels."
        ) from None
    try:
        if image.format in ("JPEG", "MPO") and image.width * image.height > MAX_PIXELS:
            _check_size(name, image.width, image.height, MAX_JPEG_PIXELS)
            image.draft("RGB", (image.width // 8, image.height // 8))
        _check_size(name, image.width, image.height)
    except UserError:
        image.close()
        raise
    return image


def _identified(file: Path | BinaryIO, head: bytes, formats: tuple[str, ...]) -> Image.Image:
    """Let Pillow say what a file is; a PNG with more text than it reads is opened without."""
    try:
        return Image.open(file, formats=formats)
    except ValueError:
        if not head.startswith(PNG_START) or "PNG" not in formats:
            raise
    if isinstance(file, Path):
        content = file.read_bytes()
    else:
        file.seek(0)
        content = file.read()
    return Image.open(io.BytesIO(without_text(content)), formats=("PNG",))


def without_text(png: bytes) -> bytes:
    """Return a PNG file without its chunks of text (PNG specification, section 5)."""
    parts, at = [PNG_START], len(PNG_START)
    while at + 8 <= len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] not in TEXT_CHUNKS:
            parts.append(png[at:end])
        at = end
    return b"".join(parts)


def _file_name(file: Path | BinaryIO) -> str:
    return str(getattr(file, "name", file)) if not isinstance(file, Path) else str(file)


def _check_size(name: str, width: int, height: int, limit: int = 0) -> None:
    limit = limit or MAX_PIXELS
    if width * height > limit:
        size = f"{width:,} × {height:,}"
        raise UserError(f"{name} is too large: {size} pixels, over {limit // 10**6} million.")


def webp_size(head: bytes) -> tuple[int, int] | None:
    """Return width and height as a WebP file's first 30 bytes say them; None for anything else.

    The three kinds of first chunk are those of RFC 9649, sections 2.5 to 2.7.
    """
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


def flattened(image: Image.Image, preparation: Preparation) -> Image.Image:
    """Return a picture as RGB, on the ground, and of 256 levels."""
    if image.mode in DEEP_MODES:  # which Pillow would clip
        whole = image.mode != "F"
        known = preparation.levels if whole else preparation.float_levels
        black, white = known or natural_levels(*level_range(image), whole=whole)
        values = (np.asarray(image, dtype=np.float64) - black) * (255 / (white - black))
        image = Image.fromarray(np.clip(values, 0, 255).round().astype(np.uint8))
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")
    over = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", over.size, preparation.ground), over).convert(
        "RGB"
    )


def level_range(image: Image.Image) -> tuple[float, float]:
    """Return the lowest and the highest value of a picture of one channel.

    Raises
    ------
    ValueError
        It holds NaN or infinities.
    """
    values = np.asarray(image, dtype=np.float64)
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise ValueError("it holds NaN or infinities")
    return low, high


def natural_levels(low: float, high: float, *, whole: bool) -> tuple[float, float]:
    """Return what is black and white in pictures whose values reach from ``low`` to ``high``.

    Whole numbers are those of a camera or scanner of 8 to 16 bits; others run from 0 to 1, from
    −1 to 1, or are bytes or 16-bit numbers that were kept as floats. What is none of these is
    stretched.
    """
    if low >= 0 and whole:
        for bits in (8, 10, 12, 14, 16):
            if high < 2**bits:
                return 0.0, 2.0**bits - 1
    for black, white in ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0), (0.0, 65535.0)):
        if black <= low and high <= white * (1 + 1e-6):
            return black, white
    return low, high if high > low else low + 1
