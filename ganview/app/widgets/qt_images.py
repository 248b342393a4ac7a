"""Pictures as Qt holds them: from numpy, and as files that were dropped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

Pixels = NDArray[np.uint8]

#: How the names of pictures end.
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm")


def local_files(data: QMimeData) -> list[Path]:
    """Return the files of this computer that it names."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def is_picture(path: Path) -> bool:
    """Return whether a file has the name of a picture; what is in it is another matter."""
    return path.suffix.lower() in PICTURES


def to_qimage(pixels: Pixels) -> QImage:
    """Return a QImage that owns its pixels, in the format that Qt scales fastest.

    Raises
    ------
    ValueError
        `pixels` is not uint8 (H, W) or (H, W, 3).
    """
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3):
        raise ValueError(
            f"a picture is uint8 (H, W) or (H, W, 3), not {pixels.dtype} {pixels.shape}"
        )
    form = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
    solid = np.ascontiguousarray(pixels)
    borrowed = QImage(solid.data, solid.shape[1], solid.shape[0], solid.strides[0], form)
    return borrowed.convertToFormat(QImage.Format.Format_RGB32)
