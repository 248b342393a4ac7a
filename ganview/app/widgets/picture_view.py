"""A uint8 picture, or a sheet of equal tiles, at integer zoom with nearest-neighbour pixels.

The live grid and the explorer's big picture; strips of single pictures are in `tile_strip`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)

from ganview.app.motion import Glide
from ganview.app.theme import HAIR, Theme, font
from ganview.app.widgets.qt_images import Pixels, to_qimage
from ganview.app.widgets.tile_widget import TileWidget, paint_captions
from ganview.app.widgets.tiling import Tiling, whole_zoom
from ganview.export.palette import Tokens

#: Least part of a zoom of one that a picture is made smaller to.
SMALLEST = 0.25
MOST_ZOOM = 32
#: How long a picture fades into the next, if none came in the time before.
FADE_MS, REST_SECONDS = 160, 0.3


class PictureView(TileWidget):
    """Shows a picture of ``rows * columns`` equal tiles.

    Parameters
    ----------
    rows, columns
        Number of tiles down and across; 1 x 1 is a plain picture.
    zoom
        Screen pixels to an image pixel; ``None`` takes the largest whole number that fits.
    gap
        Logical pixels of ground between neighbouring tiles.
    """

    # The `stamp` given to `set_picture`, once that picture was painted: latency is measured so.
    painted = Signal(int)

    def __init__(
        self, rows: int = 1, columns: int = 1, *, zoom: int | None = None, gap: int = 0
    ) -> None:
        super().__init__()
        self._rows, self._columns = rows, columns
        self._fixed_zoom = zoom
        self._gap = gap
        self._align = Qt.AlignmentFlag.AlignCenter
        self.picture: Pixels | None = None  # the pixels on show
        self._image: QImage | None = None
        self._headings: tuple[str, ...] = ()
        self._interactive = rows * columns > 1
        self._fade: Glide | None = None
        self._before: QImage | None = None  # what fades away
        self._part = 1.0  # of the way from there
        self._changed_at = 0.0
        self._stamp = -1
        self._unpainted = False
        self._keyboard = False  # focus came by Tab: only then does a frame show where it is
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)
        self.set_interactive(self._interactive)

    # ---- what is shown -------------------------------------------------------------------------

    def set_picture(self, pixels: Pixels | None, stamp: int = -1) -> None:
        """Show `pixels`, uint8 (H, W) grey or (H, W, 3) colour; ``None`` shows the placeholder.

        The array is kept, not copied: hand over one that no longer changes.
        """
        old_size = None if self.picture is None else self.picture.shape[:2]
        if self._fade is not None:
            alike = pixels is not None and pixels.shape[:2] == old_size
            self._begin_fade(self._fade, self._image if alike else None)
        self.picture = pixels
        self._image = None if pixels is None else to_qimage(pixels)
        self._stamp = stamp
        self._unpainted = True
        if (None if pixels is None else pixels.shape[:2]) != old_size:
            self.updateGeometry()
        self.update()

    def set_fading(self) -> None:
        """Let each picture that comes after a rest fade into the next."""
        self._fade = Glide(self, FADE_MS, self._show_fade)

    def _begin_fade(self, fade: Glide, before: QImage | None) -> None:
        now = time.monotonic()
        rested, self._changed_at = now - self._changed_at > REST_SECONDS, now
        self._before = before if rested else None
        if self._before is not None:
            fade.go()

    def _show_fade(self, part: float) -> None:
        self._part = part
        if part >= 1:
            self._before = None
        self.update()

    def set_grid(self, rows: int, columns: int) -> None:
        """Exchange the number of tiles; the picture must be divisible by it."""
        if (rows, columns) == (self._rows, self._columns):
            return
        self._rows, self._columns = rows, columns
        self.current = min(self.current, rows * columns - 1)
        self._hovered = -1
        self.updateGeometry()
        self.update()

    def set_headings(self, texts: Sequence[str]) -> None:
        """Write one heading over each column (none: no headings)."""
        if tuple(texts) != self._headings:
            self._headings = tuple(texts)
            self.updateGeometry()
            self.update()

    def set_interactive(self, interactive: bool) -> None:
        """Whether tiles can be pointed at and chosen."""
        self._interactive = interactive
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if interactive else Qt.FocusPolicy.NoFocus)

    def set_zoom(self, zoom: int | None) -> None:
        """Fix the zoom, or let it fill the room."""
        self._fixed_zoom = zoom
        self.updateGeometry()
        self.update()

    def set_alignment(self, alignment: Qt.AlignmentFlag) -> None:
        """Where the picture sits in a larger widget."""
        self._align = alignment
        self.update()

    # ---- geometry ------------------------------------------------------------------------------

    def zoom(self) -> int:
        """Screen pixels (not logical ones) to an image pixel, at least 1."""
        ratio = self.devicePixelRatioF()
        if self._fixed_zoom is not None:
            return max(1, round(self._fixed_zoom * ratio))
        return whole_zoom(
            self._size(),
            (self.height() - self.heading_height(), self.width()),
            gaps=(self._gap * (self._rows - 1), self._gap * (self._columns - 1)),
            pixel_ratio=ratio,
            maximum=MOST_ZOOM,
        )

    def tiling(self) -> Tiling:
        """Where the tiles are drawn (headings not included)."""
        height, width = self._size()
        scale = self._scale()
        head = self.heading_height()
        tile_width, tile_height = width * scale / self._columns, height * scale / self._rows
        across = tile_width * self._columns + self._gap * (self._columns - 1)
        down = tile_height * self._rows + self._gap * (self._rows - 1) + head
        left = 0 if self._align & Qt.AlignmentFlag.AlignLeft else (self.width() - across) / 2
        top = 0 if self._align & Qt.AlignmentFlag.AlignTop else (self.height() - down) / 2
        # From a whole pixel on, or neighbouring image pixels would differ in size.
        return Tiling(
            self._rows,
            self._columns,
            max(0, int(left)),
            max(0, int(top)) + head,
            tile_width,
            tile_height,
            self._gap,
        )

    def _scale(self) -> float:
        """Logical pixels to an image pixel: a whole zoom, or less than 1 where not even that fits.

        A picture that is too large for its room is made smaller, not cropped.
        """
        height, width = self._size()
        across = self.width() - self._gap * (self._columns - 1)
        down = self.height() - self.heading_height() - self._gap * (self._rows - 1)
        fit = min(across / max(1, width), down / max(1, height))
        scale = self.zoom() / self.devicePixelRatioF()
        return min(scale, max(fit, SMALLEST)) if fit < scale else scale

    def picture_rect(self) -> QRectF:
        """Where the picture is drawn, in logical pixels of the widget."""
        tiling = self.tiling()
        return QRectF(tiling.left, tiling.top, tiling.total_width, tiling.total_height)

    def tile_rect(self, tile: int) -> QRectF:
        """Where one tile is drawn."""
        return _rect(self.tiling(), tile)

    def tile_at(self, where: QPoint | QPointF) -> int:
        """Index of the tile at a point, -1 beside them."""
        if self._image is None:
            return -1
        return self.tiling().tile_at(where.x(), where.y())

    def sizeHint(self) -> QSize:
        """Room for the fixed zoom, or for a zoom of two."""
        height, width = self._size()
        zoom = self._fixed_zoom or 2
        return QSize(
            width * zoom + self._gap * (self._columns - 1),
            height * zoom + self._gap * (self._rows - 1) + self.heading_height(),
        )

    def minimumSizeHint(self) -> QSize:
        """Room for half of a zoom of one."""
        height, width = self._size()
        return QSize(
            width // 2 + self._gap * (self._columns - 1),
            height // 2 + self._gap * (self._rows - 1) + self.heading_height(),
        )

    def _size(self) -> tuple[int, int]:
        if self.picture is not None:
            return self.picture.shape[0], self.picture.shape[1]
        return self._rows * 28, self._columns * 28

    def heading_height(self) -> int:
        """Return the room above the tiles that headings take, in logical pixels."""
        if not self._headings:
            return 0
        return QFontMetrics(font("small")).height() + HAIR

    # ---- painting ------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint tiles, headings and frames, then say which picture was painted."""
        tokens = Theme.current().tokens
        tiling = self.tiling()
        painter = QPainter(self)
        if self._image is None:
            self._paint_placeholder(painter, tiling, tokens)
        else:
            if self._before is not None:
                self._paint_tiles(painter, tiling, self._before)
                painter.setOpacity(self._part)
            self._paint_tiles(painter, tiling, self._image)
            painter.setOpacity(1.0)
        self._paint_frames(
            painter,
            tokens,
            lambda tile: _rect(tiling, tile),
            count=self._rows * self._columns,
            keyboard=self._keyboard,
        )
        self._paint_headings(painter, tiling, tokens)
        painter.end()
        if self._unpainted:
            self._unpainted = False
            self.painted.emit(self._stamp)

    def _paint_tiles(self, painter: QPainter, tiling: Tiling, image: QImage) -> None:
        smaller = self._scale() * self.devicePixelRatioF() < 1
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smaller)
        if not tiling.gap or tiling.rows * tiling.columns == 1:
            painter.drawImage(self.picture_rect(), image)
            return
        width = image.width() // tiling.columns
        height = image.height() // tiling.rows
        source = QRectF(0, 0, width, height)
        target = QRectF(0, 0, tiling.width, tiling.height)
        for tile in range(tiling.rows * tiling.columns):
            row, column = divmod(tile, tiling.columns)
            source.moveTo(column * width, row * height)
            target.moveTo(*tiling.corner(tile))
            painter.drawImage(target, image, source)

    def _paint_placeholder(self, painter: QPainter, tiling: Tiling, tokens: Tokens) -> None:
        for tile in range(tiling.rows * tiling.columns):
            painter.fillRect(_rect(tiling, tile), QColor(tokens.sunken))
        if self.placeholder:
            painter.setPen(QColor(tokens.muted))
            painter.setFont(font("body"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.picture_rect(), int(flags), self.placeholder)

    def _paint_headings(self, painter: QPainter, tiling: Tiling, tokens: Tokens) -> None:
        if not self._headings:
            return
        strong = {tile % self._columns for tile in (self.selected, self._hovered) if tile >= 0}
        headings = (
            (text, _rect(tiling, column), column in strong)
            for column, text in enumerate(self._headings[: self._columns])
        )
        paint_captions(painter, tokens, headings, self.heading_height())

    # ---- pointer and keyboard ------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer from tile to tile."""
        if self._interactive:
            self._hover(self.tile_at(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the keyboard's tile, unless a mouse brought the focus."""
        self._keyboard = event.reason() != Qt.FocusReason.MouseFocusReason
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the keyboard's tile."""
        self._keyboard = False
        self.update()
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the tile under the pointer."""
        tile = self.tile_at(event.position().toPoint())
        if self._interactive and event.button() == Qt.MouseButton.LeftButton and tile >= 0:
            self._go_to(tile)
            self.tile_activated.emit(tile)
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between tiles with the arrows, choose with Enter."""
        key = Qt.Key
        row, column = divmod(self.current, self._columns)
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
            self._keyboard = True
            row, column = moves[pressed]
            row = min(max(row, 0), self._rows - 1)
            self._go_to(row * self._columns + min(max(column, 0), last))
        elif self._interactive and pressed in (key.Key_Return, key.Key_Enter):
            self.tile_activated.emit(self.current)
        else:
            super().keyPressEvent(event)


def _rect(tiling: Tiling, tile: int) -> QRectF:
    return QRectF(*tiling.corner(tile), tiling.width, tiling.height)
