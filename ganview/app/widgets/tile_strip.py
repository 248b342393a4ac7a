"""Pictures of one size with a caption each, to point at, choose and put in another order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from ganview.app.pictures import to_qimage
from ganview.app.theme import Theme, Tokens, font

Pixels = NDArray[np.uint8]


def best_grid(
    count: int,
    tile: tuple[int, int],
    room: tuple[float, float],
    *,
    caption: float,
    gap: float,
    maximum: int,
    even: bool = False,
) -> tuple[int, int]:
    """Choose (columns, zoom) that show ``count`` tiles as large as the room allows.

    Parameters
    ----------
    count
        Number of tiles.
    tile
        (height, width) of one in pixels.
    room
        (height, width) to fill.
    caption
        Height of a caption.
    gap
        Room between neighbours.
    maximum
        Largest zoom.
    even
        Whether all lines must be equally long.

    Returns
    -------
    columns, zoom
        The fewest lines among those of the largest whole zoom; zoom 1 where nothing fits.
    """
    best = (max(1, count), 0)
    for rows in range(1, count + 1):
        columns = ceil(count / rows)
        if even and columns * rows != count:
            continue
        across = (room[1] - (columns - 1) * gap) / (columns * tile[1])
        down = (room[0] - (rows - 1) * gap - rows * caption) / (rows * tile[0])
        zoom = min(int(across), int(down), maximum)
        if zoom > best[1]:
            best = (columns, zoom)
    if best[1]:
        return best
    columns = int((room[1] + gap) // (tile[1] + gap))
    return min(max(1, columns), max(1, count)), 1


class TileStrip(QWidget):
    """A line, or some lines, of pictures.

    Parameters
    ----------
    gap
        Logical pixels between neighbours.
    maximum
        Largest zoom; the tiles take the largest whole one that fits.
    movable
        Whether tiles can be dragged to another place.
    even
        Whether all lines must be equally long.
    centred
        Whether the tiles stand in the middle, not at the left and top.
    parent
        The parent widget.

    Attributes
    ----------
    tile_hovered
        Index of the tile under the pointer, -1 when it left.
    tile_activated
        Index of a tile that was clicked, or confirmed with Enter.
    menu_asked
        (index, global position): a tile was right-clicked.
    removal_asked
        Index of the keyboard's tile, when Delete is pressed.
    moved
        (from, to): a tile was dragged, or moved with Ctrl and an arrow key.
    """

    tile_hovered = Signal(int)
    tile_activated = Signal(int)
    menu_asked = Signal(int, QPoint)
    removal_asked = Signal(int)
    moved = Signal(int, int)

    def __init__(
        self,
        *,
        gap: int = 2,
        maximum: int = 4,
        movable: bool = False,
        even: bool = False,
        centred: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._centred = centred
        self._corner = (0.0, 0.0)
        self._gap, self._maximum, self._movable, self._even = gap, maximum, movable, even
        self._images: Pixels | None = None
        self._sheet: QImage | None = None
        self._tile = (28, 28)
        self._count = 0
        self._line = QFontMetrics(font("small")).height() + 1
        self._captions: tuple[str, ...] = ()
        self._selected = self._hovered = -1
        self._current = 0
        self._columns, self._zoom = 1, 1
        self._pressed: tuple[int, QPointF] | None = None
        self._target = -1
        self._placeholder = ""
        self._tile_text: Callable[[int], str] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        Theme.current().changed.connect(self.update)

    # -- what is shown ----------------------------------------------------------------------

    def set_images(self, images: Pixels | None) -> None:
        """Show pictures, uint8 (N, H, W) or (N, H, W, 3); None or an empty array shows none."""
        self._images = images
        count = 0 if images is None else len(images)
        if images is None or not count:
            self._sheet = None
        else:
            tile = (images.shape[1], images.shape[2])
            self._sheet = to_qimage(images.reshape(-1, *images.shape[2:]))
            if tile != self._tile:
                self._tile = tile
                self._count = -1
        if count != self._count:
            self.expect(count)
        else:
            self.update(self._pictures_alone())

    def _pictures_alone(self) -> QRegion:
        """Return where the pictures are; captions cost more to paint, and seldom change."""
        region = QRegion()
        for index in range(self._count):
            region += self.tile_rect(index).toAlignedRect()
        return region

    def expect(self, count: int, tile: tuple[int, int] | None = None) -> None:
        """Keep room for ``count`` pictures of (height, width) before they come."""
        self._count = count
        self._tile = tile or self._tile
        self._current = min(self._current, max(0, count - 1))
        self._fit()
        self.updateGeometry()
        self.update()

    @property
    def images(self) -> Pixels | None:
        """The pictures on show."""
        return self._images

    @property
    def current(self) -> int:
        """The keyboard's tile."""
        return self._current

    def set_captions(self, captions: Sequence[str]) -> None:
        """Write a line above each picture; none at all takes no room."""
        if tuple(captions) != self._captions:
            self._captions = tuple(captions)
            self._fit()
            self.updateGeometry()
            self.update()

    def set_selected(self, index: int) -> None:
        """Frame one picture as the chosen one, -1 for none."""
        if index != self._selected:
            self._selected = index
            self.update()

    def set_placeholder(self, text: str) -> None:
        """Say what will be here while there is nothing."""
        self._placeholder = text
        self.update()

    def set_tile_text(self, text_of: Callable[[int], str] | None) -> None:
        """Set what is said about a tile, as a tooltip and to a screen reader."""
        self._tile_text = text_of

    # -- geometry ---------------------------------------------------------------------------

    def tile_rect(self, index: int) -> QRectF:
        """Return where a picture is drawn, in logical pixels."""
        row, column = divmod(index, self._columns)
        height, width = self._tile[0] * self._zoom, self._tile[1] * self._zoom
        left, top = self._corner
        return QRectF(
            left + column * (width + self._gap),
            top + row * (height + self._caption_height() + self._gap) + self._caption_height(),
            width,
            height,
        )

    def tile_at(self, where: QPointF) -> int:
        """Return the index of the tile at a point, its caption included; -1 beside them."""
        cell = self.tile_rect(0)
        left, top = self._corner
        column = int((where.x() - left) // (cell.width() + self._gap))
        row = int((where.y() - top) // (cell.height() + self._caption_height() + self._gap))
        index = row * self._columns + column
        inside = 0 <= column < self._columns and row >= 0 and 0 <= index < self._count
        return index if inside else -1

    def height_of(self, zoom: int) -> int:
        """Return the height of one line of tiles at a zoom."""
        return self._tile[0] * zoom + self._caption_height()

    def sizeHint(self) -> QSize:
        zoom = min(2, self._maximum)
        across = self._count * (self._tile[1] * zoom + self._gap)
        return QSize(max(40, across), self.height_of(zoom))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._tile[1], self.height_of(1))

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def _fit(self) -> None:
        self._columns, self._zoom = best_grid(
            max(1, self._count),
            self._tile,
            (self.height(), self.width()),
            caption=self._caption_height(),
            gap=self._gap,
            maximum=self._maximum,
            even=self._even,
        )
        self._corner = (0.0, 0.0)
        if self._centred:
            last = self.tile_rect(self._columns - 1).right()
            bottom = self.tile_rect(max(0, self._count - 1)).bottom()
            self._corner = (
                float(max(0, int(self.width() - last) // 2)),
                float(max(0, int(self.height() - bottom) // 2)),
            )

    def _caption_height(self) -> int:
        return self._line if self._captions else 0

    # -- painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        if not self._count:
            self._paint_placeholder(painter, tokens)
        height, width = self._tile
        for index in range(self._count):
            where = self.tile_rect(index)
            if self._sheet is None:
                painter.fillRect(where, QColor(tokens.sunken))
            else:
                painter.drawImage(where, self._sheet, QRectF(0, index * height, width, height))
        if self._captions and event.region() != self._pictures_alone():
            self._paint_captions(painter, tokens)
        self._paint_frames(painter, tokens)
        painter.end()

    def _paint_placeholder(self, painter: QPainter, tokens: Tokens) -> None:
        painter.setFont(font("small"))
        painter.setPen(QColor(tokens.muted))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(self.rect()), int(flags), self._placeholder)

    def _paint_captions(self, painter: QPainter, tokens: Tokens) -> None:
        small = font("small")
        painter.setFont(small)
        metrics = QFontMetrics(small)
        for index, text in enumerate(self._captions[: self._count]):
            tile = self.tile_rect(index)
            strong = index in (self._selected, self._hovered)
            painter.setPen(QColor(tokens.text if strong else tokens.muted))
            box = QRectF(tile.x(), tile.y() - metrics.height() - 1, tile.width(), metrics.height())
            short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(tile.width()))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), short)

    def _paint_frames(self, painter: QPainter, tokens: Tokens) -> None:
        frames = [(self._selected, tokens.generator), (self._hovered, tokens.accent)]
        if self.hasFocus():
            frames.append((self._current, tokens.discriminator))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for index, colour in frames:
            if 0 <= index < self._count:
                pen = QPen(QColor(colour), 2)
                pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
                painter.setPen(pen)
                painter.drawRect(self.tile_rect(index).adjusted(1, 1, -1, -1))
        if self._target >= 0:
            tile = self.tile_rect(self._target)
            painter.fillRect(
                QRectF(tile.x() - 2, tile.y(), 3, tile.height()), QColor(tokens.accent)
            )

    # -- the hand ---------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.tile_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or index < 0:
            event.ignore()
            return
        self._go_to(index)
        if self._movable:
            self._pressed = (index, event.position())
        else:
            self.tile_activated.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._hover(self.tile_at(event.position()))
            return
        far = (event.position() - self._pressed[1]).manhattanLength()
        if self._target >= 0 or far >= QApplication.startDragDistance():
            index = self.tile_at(event.position())
            self._target = index if index >= 0 else self._target
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, target = self._pressed, self._target
        self._pressed, self._target = None, -1
        if pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if target < 0:
            self.tile_activated.emit(pressed[0])
        elif target != pressed[0]:
            self.moved.emit(pressed[0], target)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self._current if by_key else self.tile_at(QPointF(event.pos()))
        if 0 <= index < self._count:
            self._go_to(index)
            at = self.tile_rect(index).center().toPoint() if by_key else event.pos()
            self.menu_asked.emit(index, self.mapToGlobal(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
            Qt.Key.Key_Home: -self._current,
            Qt.Key.Key_End: self._count - 1 - self._current,
        }
        target = self._current + steps.get(key, 0)
        if not self._count:
            event.ignore()
        elif key in steps:
            if 0 <= target < self._count and target != self._current:
                if self._movable and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                    self.moved.emit(self._current, target)
                self._go_to(target)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.tile_activated.emit(self._current)
        elif key == Qt.Key.Key_Delete:
            self.removal_asked.emit(self._current)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._tile_text is not None:
            index = self.tile_at(QPointF(event.pos()))
            if index >= 0:
                QToolTip.showText(event.globalPos(), self._tile_text(index), self)
                return True
        return super().event(event)

    def _hover(self, index: int) -> None:
        if index == self._hovered:
            return
        self._hovered = index
        shape = Qt.CursorShape.PointingHandCursor if index >= 0 else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self.update()
        self.tile_hovered.emit(index)

    def _go_to(self, index: int) -> None:
        self._current = index
        if self._tile_text is not None:
            self.setAccessibleDescription(self._tile_text(index))
            QAccessible.updateAccessibility(
                QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
            )
        self.update()
