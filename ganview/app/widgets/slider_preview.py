"""A preview of what a slider does: pictures at −3 … +3 σ, each over its place on the track."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.theme import HAIR, Theme, font
from ganview.app.widgets.latent_rows import MINUS
from ganview.app.widgets.latent_sliders import LatentSliders
from ganview.app.widgets.qt_images import to_qimage
from ganview.app.widgets.text import show_tooltip
from ganview.export.palette import Tokens

STOPS = (-3, -2, -1, 0, 1, 2, 3)


class SliderPreview(QWidget):
    """The scale over a slider list, with a picture at each stop.

    Parameters
    ----------
    sliders
        The list below; the scale lines up with its tracks.
    """

    spoken_role = QAccessible.Role.Graphic

    chosen = Signal(float)  # the σ of a picture that was clicked

    def __init__(self, sliders: LatentSliders) -> None:
        super().__init__()
        self._sliders = sliders
        self._name = ""
        self._sheet: QImage | None = None
        self._tile = (28, 28)
        self._zoom = 1
        self._hovered = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Slider preview")
        Theme.current().changed.connect(self.update)

    def show_pictures(self, name: str, images: NDArray[np.uint8]) -> None:
        """Show what the slider called ``name`` makes at −3 … +3 σ, uint8 (7, H, W[, 3])."""
        self._name = name
        self.setAccessibleDescription(f"Pictures with {name} at −3 to +3 sigma")
        tile = (images.shape[1], images.shape[2])
        if tile != self._tile:
            self._tile = tile
            self.updateGeometry()
        self._sheet = to_qimage(images.reshape(-1, *images.shape[2:]))
        self.update()

    def clear(self) -> None:
        """Show the scale alone."""
        self._sheet = None
        self.update()

    def set_zoom(self, zoom: int) -> None:
        """Set the screen pixels to an image pixel, as far as neighbours leave room."""
        if zoom != self._zoom:
            self._zoom = zoom
            self.updateGeometry()
            self.update()

    def tile_rect(self, stop: int) -> QRectF:
        """Return where the picture of one stop is drawn."""
        left, right = self._sliders.track_span()
        spacing = (right - left) / (len(STOPS) - 1)
        zoom = max(1, min(self._zoom, int((spacing - 2) // self._tile[1])))
        height, width = self._tile[0] * zoom, self._tile[1] * zoom
        middle = left + stop * spacing
        return QRectF(round(middle - width / 2), self._picture_height() - height, width, height)

    def sizeHint(self) -> QSize:
        return QSize(200, self._picture_height() + self._text_height() + 1)

    def _picture_height(self) -> int:
        return self._tile[0] * self._zoom

    def _text_height(self) -> int:
        return QFontMetrics(font("small")).height()

    # -- painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        painter.setFont(font("small"))
        for stop, sigma in enumerate(STOPS):
            tile = self.tile_rect(stop)
            self._paint_picture(painter, tokens, stop, tile)
            painter.setPen(QColor(tokens.text if stop == self._hovered else tokens.muted))
            text = f"{sigma:+d} σ".replace("-", MINUS) if sigma else "0"
            box = QRectF(tile.center().x() - 30, tile.bottom() + 1, 60, self._text_height())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        if self._sheet is not None:
            painter.setPen(QColor(tokens.text))
            first = self.tile_rect(0)
            box = QRectF(0, first.y(), first.x() - HAIR, first.height())
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, int(flags), self._name)
        painter.end()

    def _paint_picture(self, painter: QPainter, tokens: Tokens, stop: int, where: QRectF) -> None:
        if self._sheet is None:
            painter.fillRect(where, QColor(tokens.sunken))
            return
        height, width = self._tile
        painter.drawImage(where, self._sheet, QRectF(0, stop * height, width, height))
        if stop == self._hovered:
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(where.adjusted(1, 1, -1, -1))

    # -- the pointer ------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._stop_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        stop = self._stop_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and stop >= 0 and self._sheet is not None:
            self.chosen.emit(float(STOPS[stop]))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._sheet is not None:
            stop = self._stop_at(QPointF(event.pos()))
            if stop >= 0:
                text = f"The picture with {self._name} at {STOPS[stop]} σ; click to go there"
                show_tooltip(event.globalPos(), text.replace("-", MINUS), self)
            return True
        return super().event(event)

    def _stop_at(self, where: QPointF) -> int:
        hits = (stop for stop in range(len(STOPS)) if self.tile_rect(stop).contains(where))
        return next(hits, -1)

    def _hover(self, stop: int) -> None:
        if stop != self._hovered:
            self._hovered = stop
            can = stop >= 0 and self._sheet is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor)
            self.update()
