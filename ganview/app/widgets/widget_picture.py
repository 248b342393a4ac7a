"""What a widget shows, recorded: it can be drawn at any size, and in any thread."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QSize
from PySide6.QtGui import QImage, QPaintDevice, QPainter, QPicture
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from ganview.export.plot import FONT

DPI = 96  # of logical pixels
SCALE = 2  # pixels of a picture to a logical pixel: sharp on paper and on dense screens
#: How Qt names a typeface in an SVG; most who open it do not have the program's own.
OWN = b'font-family="Ganview Sans'


class WidgetPicture(NamedTuple):
    """A recording."""

    picture: QPicture
    size: QSize  # in logical pixels

    @classmethod
    def of(cls, widget: QWidget) -> WidgetPicture:
        """Record what a widget shows; in the window's thread."""
        picture = QPicture()
        painter = QPainter(picture)
        widget.render(painter, QPoint())
        painter.end()
        return cls(picture, widget.size())

    def pixels(self) -> NDArray[np.uint8]:
        """Return the picture `SCALE` times as large, uint8 (H, W, 3)."""
        size = self.size * SCALE
        image = QImage(size, QImage.Format.Format_RGB888)
        image.setDevicePixelRatio(SCALE)
        image.fill(0xFFFFFFFF)
        self._draw_on(image)
        rows = np.frombuffer(image.constBits(), np.uint8)
        rows = rows.reshape(size.height(), image.bytesPerLine())[:, : 3 * size.width()]
        return rows.reshape(size.height(), size.width(), 3).copy()

    def svg(self, title: str) -> bytes:
        """Return the drawing as SVG, its texts as texts."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        drawing = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # the older one knows no clipping
        drawing.setOutputDevice(buffer)
        drawing.setResolution(DPI)
        drawing.setSize(self.size)
        drawing.setViewBox(QRect(QPoint(), self.size))
        drawing.setTitle(title)
        self._draw_on(drawing)
        return bytes(buffer.data().data()).replace(OWN, f'font-family="{FONT}'.encode())

    def _draw_on(self, device: QPaintDevice) -> None:
        painter = QPainter(device)
        self.picture.play(painter)
        painter.end()
