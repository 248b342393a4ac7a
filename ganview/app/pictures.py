"""Pixels between numpy, Qt and files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

GAP = 2  # pixels between the tiles of an exported sheet, before the zoom
GROUND = 255  # what shows in the gaps

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Tiles:
    """Pictures to be kept on one sheet.

    Parameters
    ----------
    title
        What is done, as the heading of a dialogue.
    name
        Stem of the suggested file name.
    images
        uint8 (N, H, W) or (N, H, W, 3).
    columns
        How many stand side by side.
    """

    title: str
    name: str
    images: Pixels
    columns: int

    @property
    def gap(self) -> int:
        """Pixels between tiles, before the zoom."""
        return GAP if len(self.images) > 1 else 0

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the sheet, before the zoom."""
        count, height, width = self.images.shape[:3]
        rows = -(-count // self.columns)
        return (
            rows * height + (rows - 1) * self.gap,
            self.columns * width + (self.columns - 1) * self.gap,
        )


def enlarged(tiles: Tiles, zoom: int) -> Pixels:
    """Return the sheet, uint8 (H, W) or (H, W, 3), each pixel a square of `zoom` by `zoom`."""
    from ganview.export.sheet import atlas

    return atlas(tiles.images, tiles.columns, zoom=zoom, gap=tiles.gap * zoom, ground=GROUND)


def write_sheet(path: Path, tiles: Tiles, zoom: int) -> None:
    """Write the sheet as PNG, atomically.

    Raises
    ------
    UserError
        It can't be written.
    """
    from ganview.files.png import write_png

    write_png(path, enlarged(tiles, zoom))


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
