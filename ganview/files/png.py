"""PNG: pictures out, with the text that says how they were made, and back in with limits."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from PIL.PngImagePlugin import PngImageFile, PngInfo

from ganview.data.pictures import DAMAGE, MAX_FILE_BYTES, MAX_PIXELS
from ganview.data.regular import read_small
from ganview.errors import UserError
from ganview.files.atomic import write_bytes

MAX_WEBP = 16_383  # pixels a side
RUNS = 3  # zlib's strategy Z_RLE, which was made for PNG
MAX_TEXT = 2**18  # of one iTXt chunk; a recipe with 512 numbers takes some ten thousand


def encode_png(
    image: NDArray[np.uint8], text: Mapping[str, str] | None = None, *, quick: bool = False
) -> bytes:
    """Encode a picture.

    Parameters
    ----------
    image : ndarray
        uint8 (H, W) grey or (H, W, 3) colour.
    text : mapping, optional
        Key to text, kept in iTXt chunks (UTF-8).
    quick : bool
        Take a third of the time: of repetitions, only runs of one value are looked for.

    Raises
    ------
    ValueError
        The array is no picture, or a text is longer than 256 KiB.
    """
    if image.dtype != np.uint8 or not (
        image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)
    ):
        raise ValueError(f"a picture is uint8 (H, W) or (H, W, 3), not {image.dtype} {image.shape}")
    info = PngInfo()
    for key, value in (text or {}).items():
        if len(value.encode()) > MAX_TEXT:
            raise ValueError(f"the text '{key}' is too long for a picture")
        info.add_itxt(key, value)
    out = io.BytesIO()
    how = {"compress_level": 1, "compress_type": RUNS} if quick else {"compress_level": 6}
    Image.fromarray(np.ascontiguousarray(image)).save(out, "PNG", pnginfo=info, **how)
    return out.getvalue()


def write_png(
    path: str | Path,
    image: NDArray[np.uint8],
    text: Mapping[str, str] | None = None,
    *,
    quick: bool = False,
    lasting: bool = True,
) -> None:
    """Write a picture as PNG, atomically.

    Parameters
    ----------
    path : str or Path
        The file.
    image, text, quick
        As `encode_png` takes them.
    lasting : bool
        As `ganview.files.atomic.write_bytes` takes it.

    Raises
    ------
    WriteError
        It could not be written.
    """
    write_bytes(path, encode_png(image, text, quick=quick), lasting=lasting)


def write_webp(path: str | Path, image: NDArray[np.uint8]) -> None:
    """Write a picture uint8 (H, W) or (H, W, 3) as lossless WebP, atomically.

    Raises
    ------
    UserError
        A side is longer than WebP allows; `WriteError` if it could not be written.
    """
    if max(image.shape[:2]) > MAX_WEBP:
        raise UserError(f"A WebP has at most {MAX_WEBP:,} pixels a side: write a PNG instead.")
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(image)).save(out, "WEBP", lossless=True, quality=60)
    write_bytes(path, out.getvalue())


def decode_png(source: str | Path | bytes) -> tuple[NDArray[np.uint8], dict[str, str]]:
    """Read a PNG of any origin.

    Parameters
    ----------
    source : str, Path or bytes
        A file or its content.

    Returns
    -------
    image : ndarray
        uint8 (H, W) grey or (H, W, 3) colour.
    text : dict
        Its text chunks.

    Raises
    ------
    UserError
        It is not a PNG, damaged, over 128 MB or over 32 megapixels.
    """
    if isinstance(source, bytes):
        name, data = "The picture", source
    else:
        name, data = str(source), read_small(Path(source), MAX_FILE_BYTES)
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UserError(f"{name} is too large: over {MAX_PIXELS // 10**6} million pixels.")
            assert isinstance(image, PngImageFile)
            grey = image.mode in ("1", "L")
            array = np.asarray(image.convert("L" if grey else "RGB"))
            text = {key: str(value) for key, value in image.text.items()}
    except UnidentifiedImageError:
        raise UserError(f"{name} is not a PNG.") from None  # Pillow would name a place in memory
    except DAMAGE as error:
        raise UserError(f"{name} is a damaged PNG: {error}.") from error
    return array, {key: value for key, value in text.items() if len(value) <= MAX_TEXT}
