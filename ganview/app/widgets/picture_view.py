"""A uint8 picture, or a sheet of equal tiles, at integer zoom with nearest-neighbour pixels.

The one place where images are put on the screen: the live grid, the explorer's big picture, the
strips. It reports the tile under the pointer, keeps a current tile for the keyboard, and says both
aloud to a screen reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ganview.app.theme import HAIR, Theme, Tokens, font

Pixels = NDArray[np.uint8]


class PictureView(QWidget):
    """Shows a picture of ``rows * columns`` equal tiles.

    Parameters
    ----------
    rows, columns
        Number of tiles down and across; 1 x 1 is a plain picture.
    zoom
        Screen pixels to an image pixel; ``None`` takes the largest whole number that fits.
    gap
        Logical pixels of ground between neighbouring tiles.
    parent
        The parent widget.

    Attributes
    ----------
    tile_hovered
        Index of the tile under the pointer (row-major), -1 when it left.
    tile_activated
        Index of a tile that was clicked, or confirmed with Enter.
    current_changed
        Index of the keyboard's tile after an arrow key or a click.
    painted
        The `stamp` given to `set_picture`, once that picture was painted. Latency is measured by it.
    """

    tile_hovered = Signal(int)
    tile_activated = Signal(int)
    current_changed = Signal(int)
    painted = Signal(int)

    def __init__(
        self,
        rows: int = 1,
        columns: int = 1,
        *,
        zoom: int | None = None,
        gap: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rows, self._columns = rows, columns
        self._fixed_zoom = zoom
        self._max_zoom = 32
        self._gap = gap
        self._align = Qt.AlignmentFlag.AlignCenter
        self._pixels: Pixels | None = None
        self._image: QImage | None = None
        self._headings: tuple[str, ...] = ()
        self._selected = -1
        self._hovered = -1
        self._current = 0
        self._interactive = rows * columns > 1
        self._placeholder = ""
        self._expected: tuple[int, int] | None = None
        self._tile_text: Callable[[int], str] | None = None
        self._stamp = -1
        self._unpainted = False
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.set_interactive(self._interactive)
        Theme.current().changed.connect(self.update)

    # ---- what is shown -------------------------------------------------------------------------

    def set_picture(self, pixels: Pixels | None, stamp: int = -1) -> None:
        """Show `pixels`, uint8 (H, W) grey or (H, W, 3) colour; ``None`` shows the placeholder.

        The array is kept, not copied: hand over one that no longer changes.
        """
        old_size = None if self._pixels is None else self._pixels.shape[:2]
        self._pixels = pixels
        self._image = None if pixels is None else _to_qimage(pixels)
        self._stamp = stamp
        self._unpainted = True
        if (None if pixels is None else pixels.shape[:2]) != old_size:
            self.updateGeometry()
        self.update()

    @property
    def picture(self) -> Pixels | None:
        """The pixels on show."""
        return self._pixels

    def set_grid(self, rows: int, columns: int) -> None:
        """Exchange the number of tiles; the picture must be divisible by it."""
        if (rows, columns) == (self._rows, self._columns):
            return
        self._rows, self._columns = rows, columns
        self._current = min(self._current, rows * columns - 1)
        self._hovered = -1
        self.updateGeometry()
        self.update()

    def set_headings(self, texts: Sequence[str]) -> None:
        """Write one heading over each column (none: no headings)."""
        if tuple(texts) != self._headings:
            self._headings = tuple(texts)
            self.updateGeometry()
            self.update()

    def set_expected_size(self, height: int, width: int) -> None:
        """Picture size in pixels to lay out for while there is none yet."""
        self._expected = (height, width)
        self.updateGeometry()

    def set_placeholder(self, text: str) -> None:
        """What is written where a picture will be."""
        self._placeholder = text
        self.update()

    def set_selected(self, tile: int) -> None:
        """Frame one tile as the chosen one; -1 for none."""
        if tile != self._selected:
            self._selected = tile
            self.update()

    def set_tile_text(self, text_of: Callable[[int], str] | None) -> None:
        """What is said about a tile, as a tooltip and to a screen reader."""
        self._tile_text = text_of

    def set_interactive(self, interactive: bool) -> None:
        """Whether tiles can be pointed at and chosen."""
        self._interactive = interactive
        self.setFocusPolicy(
            Qt.FocusPolicy.StrongFocus if interactive else Qt.FocusPolicy.NoFocus
        )

    def set_zoom(self, zoom: int | None, maximum: int = 32) -> None:
        """Fix the zoom, or let it fill the room up to `maximum`."""
        self._fixed_zoom, self._max_zoom = zoom, maximum
        self.updateGeometry()
        self.update()

    def set_alignment(self, alignment: Qt.AlignmentFlag) -> None:
        """Where the picture sits in a larger widget."""
        self._align = alignment
        self.update()

    # ---- geometry ------------------------------------------------------------------------------

    @property
    def current(self) -> int:
        """The keyboard's tile."""
        return self._current

    def zoom(self) -> int:
        """Screen pixels (not logical ones) to an image pixel, at least 1."""
        height, width = self._size()
        if not height or not width:
            return 1
        if self._fixed_zoom is not None:
            return max(1, round(self._fixed_zoom * self.devicePixelRatioF()))
        ratio = self.devicePixelRatioF()
        across = self.width() - self._gap * (self._columns - 1)
        down = self.height() - self._gap * (self._rows - 1) - self._heading_height()
        fits = int(min(across * ratio // width, down * ratio // height))
        return max(1, min(fits, int(self._max_zoom * ratio)))

    def picture_rect(self) -> QRectF:
        """Where the tiles are drawn, in logical pixels of the widget (headings not included)."""
        height, width = self._size()
        scale = self.zoom() / self.devicePixelRatioF()
        across = width * scale + self._gap * (self._columns - 1)
        down = height * scale + self._gap * (self._rows - 1)
        head = self._heading_height()
        left = max(0.0, (self.width() - across) / 2)
        top = max(0.0, (self.height() - down - head) / 2)
        if self._align & Qt.AlignmentFlag.AlignLeft:
            left = 0.0
        if self._align & Qt.AlignmentFlag.AlignTop:
            top = 0.0
        # Whole pixels, or neighbouring image pixels would differ in size.
        return QRectF(float(int(left)), float(int(top)) + head, across, down)

    def tile_rect(self, tile: int) -> QRectF:
        """Where one tile is drawn."""
        whole = self.picture_rect()
        row, column = divmod(tile, self._columns)
        width = (whole.width() - self._gap * (self._columns - 1)) / self._columns
        height = (whole.height() - self._gap * (self._rows - 1)) / self._rows
        return QRectF(
            whole.x() + column * (width + self._gap),
            whole.y() + row * (height + self._gap),
            width,
            height,
        )

    def tile_at(self, position: QPoint) -> int:
        """Index of the tile at `position`, -1 beside them."""
        whole = self.picture_rect()
        if self._image is None or not whole.contains(position):
            return -1
        column = int((position.x() - whole.x()) * self._columns / whole.width())
        row = int((position.y() - whole.y()) * self._rows / whole.height())
        return min(row, self._rows - 1) * self._columns + min(column, self._columns - 1)

    def sizeHint(self) -> QSize:
        height, width = self._size()
        zoom = self._fixed_zoom or 2
        return QSize(
            width * zoom + self._gap * (self._columns - 1),
            height * zoom + self._gap * (self._rows - 1) + self._heading_height(),
        )

    def minimumSizeHint(self) -> QSize:
        if self._fixed_zoom is not None:
            return self.sizeHint()
        height, width = self._size()
        return QSize(
            width + self._gap * (self._columns - 1),
            height + self._gap * (self._rows - 1) + self._heading_height(),
        )

    def _size(self) -> tuple[int, int]:
        if self._pixels is not None:
            return self._pixels.shape[0], self._pixels.shape[1]
        return self._expected or (self._rows * 28, self._columns * 28)

    def _heading_height(self) -> int:
        if not self._headings:
            return 0
        return QFontMetrics(font("small")).height() + HAIR

    # ---- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        if self._image is None:
            self._paint_placeholder(painter, tokens)
        else:
            self._paint_tiles(painter, self._image)
        self._paint_headings(painter, tokens)
        self._paint_frames(painter, tokens)
        painter.end()
        if self._unpainted:
            self._unpainted = False
            self.painted.emit(self._stamp)

    def _paint_tiles(self, painter: QPainter, image: QImage) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        if not self._gap or self._rows * self._columns == 1:
            painter.drawImage(self.picture_rect(), image)
            return
        width = image.width() // self._columns
        height = image.height() // self._rows
        for tile in range(self._rows * self._columns):
            row, column = divmod(tile, self._columns)
            source = QRectF(column * width, row * height, width, height)
            painter.drawImage(self.tile_rect(tile), image, source)

    def _paint_placeholder(self, painter: QPainter, tokens: Tokens) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.sunken))
        if self._gap:
            for tile in range(self._rows * self._columns):
                painter.drawRect(self.tile_rect(tile))
        else:
            painter.drawRect(self.picture_rect())
        if self._placeholder:
            painter.setPen(QColor(tokens.muted))
            painter.setFont(font("body"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.picture_rect(), int(flags), self._placeholder)

    def _paint_headings(self, painter: QPainter, tokens: Tokens) -> None:
        if not self._headings:
            return
        painter.setFont(font("small"))
        metrics = QFontMetrics(font("small"))
        highlighted = {tile % self._columns for tile in (self._selected, self._hovered) if tile >= 0}
        for column, text in enumerate(self._headings[: self._columns]):
            tile = self.tile_rect(column)
            painter.setPen(QColor(tokens.text if column in highlighted else tokens.muted))
            box = QRectF(tile.x(), tile.y() - self._heading_height(), tile.width(), metrics.height())
            short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(tile.width()))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), short)

    def _paint_frames(self, painter: QPainter, tokens: Tokens) -> None:
        if self._image is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._selected >= 0:
            self._frame(painter, self._selected, QColor(tokens.generator), 2)
        if self._hovered >= 0:
            self._frame(painter, self._hovered, QColor(tokens.accent), 2)
        if self.hasFocus() and self._interactive:
            self._frame(painter, self._current, QColor(tokens.discriminator), 2)

    def _frame(self, painter: QPainter, tile: int, colour: QColor, width: int) -> None:
        pen = QPen(colour, width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        half = width / 2
        painter.drawRect(self.tile_rect(tile).adjusted(half, half, -half, -half))

    # ---- pointer and keyboard ------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._interactive:
            self._hover(self.tile_at(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        tile = self.tile_at(event.position().toPoint())
        if self._interactive and event.button() == Qt.MouseButton.LeftButton and tile >= 0:
            self._move_to(tile)
            self.tile_activated.emit(tile)
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key
        row, column = divmod(self._current, self._columns)
        last = self._columns - 1
        moves = {
            key.Key_Left: (row, column - 1),
            key.Key_Right: (row, column + 1),
            key.Key_Up: (row - 1, column),
            key.Key_Down: (row + 1, column),
            key.Key_Home: (row, 0),
            key.Key_End: (row, last),
        }
        pressed = key(event.key())
        if self._interactive and pressed in moves:
            row, column = moves[pressed]
            row = min(max(row, 0), self._rows - 1)
            self._move_to(row * self._columns + min(max(column, 0), last))
        elif self._interactive and pressed in (key.Key_Return, key.Key_Enter):
            self.tile_activated.emit(self._current)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and self._tile_text and self._hovered >= 0:
            where = self.mapToGlobal(self.tile_rect(self._hovered).bottomLeft().toPoint())
            area = QRect(self.tile_rect(self._hovered).toAlignedRect())
            QToolTip.showText(where, self._tile_text(self._hovered), self, area)
            return True
        return super().event(event)

    def _hover(self, tile: int) -> None:
        if tile == self._hovered:
            return
        self._hovered = tile
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if tile >= 0 else Qt.CursorShape.ArrowCursor
        )
        self.update()
        self.tile_hovered.emit(tile)

    def _move_to(self, tile: int) -> None:
        self._current = tile
        if self._tile_text is not None:
            self.setAccessibleDescription(self._tile_text(tile))
            QAccessible.updateAccessibility(
                QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
            )
        self.update()
        self.current_changed.emit(tile)


def _to_qimage(pixels: Pixels) -> QImage:
    """A QImage that owns its pixels, in the format that Qt scales fastest."""
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3):
        raise ValueError(f"a picture is uint8 (H, W) or (H, W, 3), not {pixels.dtype} {pixels.shape}")
    grey = pixels.ndim == 2
    form = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
    solid = np.ascontiguousarray(pixels)
    borrowed = QImage(solid.data, solid.shape[1], solid.shape[0], solid.strides[0], form)
    return borrowed.convertToFormat(QImage.Format.Format_RGB32)
