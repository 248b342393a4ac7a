"""Pictures of one size with a caption each, to point at, choose and put in another order."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
)
from PySide6.QtWidgets import QApplication

from ganview.app.theme import Theme, font
from ganview.app.widgets.qt_images import Pixels, to_qimage
from ganview.app.widgets.tile_widget import TileWidget, paint_captions
from ganview.app.widgets.tiling import best_grid
from ganview.export.palette import Tokens


class TileStrip(TileWidget):
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
    """

    menu_asked = Signal(int, QPoint)  # (index, global position): a tile was right-clicked
    removal_asked = Signal(int)  # index of the keyboard's tile, when Delete is pressed
    moved = Signal(int, int)  # (from, to): a tile was dragged, or moved with Ctrl and an arrow key

    def __init__(
        self,
        *,
        gap: int = 2,
        maximum: int = 4,
        movable: bool = False,
        even: bool = False,
        centred: bool = False,
    ) -> None:
        super().__init__()
        self._centred = centred
        self._corner = (0.0, 0.0)
        self._gap, self._maximum, self._movable, self._even = gap, maximum, movable, even
        self.images: Pixels | None = None  # the pictures on show
        self._sheet: QImage | None = None
        self._tile = (28, 28)
        self._count = 0
        self._line = QFontMetrics(font("small")).height() + 1
        self._captions: tuple[str, ...] = ()
        self._columns, self._zoom = 1, 1
        self._pressed: tuple[int, QPointF] | None = None
        self._target = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # -- what is shown ----------------------------------------------------------------------

    def set_images(self, images: Pixels | None) -> None:
        """Show pictures, uint8 (N, H, W) or (N, H, W, 3); None or an empty array shows none."""
        self.images = images
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

    def expect(self, count: int) -> None:
        """Keep room for ``count`` pictures before they come."""
        self._count = count
        self.current = min(self.current, max(0, count - 1))
        self._fit()
        self.updateGeometry()
        self.update()

    def set_captions(self, captions: Sequence[str]) -> None:
        """Write a line above each picture; none at all takes no room."""
        if tuple(captions) != self._captions:
            self._captions = tuple(captions)
            self._fit()
            self.updateGeometry()
            self.update()

    # -- geometry ---------------------------------------------------------------------------

    def tile_rect(self, tile: int) -> QRectF:
        """Return where a picture is drawn, in logical pixels."""
        row, column = divmod(tile, self._columns)
        height, width = self._tile[0] * self._zoom, self._tile[1] * self._zoom
        left, top = self._corner
        return QRectF(
            left + column * (width + self._gap),
            top + row * (height + self._caption_height() + self._gap) + self._caption_height(),
            width,
            height,
        )

    def tile_at(self, where: QPoint | QPointF) -> int:
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
            if self.hasFocus():
                painter.setPen(QPen(QColor(tokens.discriminator), 2))
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        height, width = self._tile
        for index in range(self._count):
            where = self.tile_rect(index)
            if self._sheet is None:
                painter.fillRect(where, QColor(tokens.sunken))
            else:
                painter.drawImage(where, self._sheet, QRectF(0, index * height, width, height))
        if self._captions and event.region() != self._pictures_alone():
            self._paint_captions(painter, tokens)
        self._paint_frames(
            painter, tokens, self.tile_rect, count=self._count, keyboard=self.hasFocus()
        )
        self._paint_target(painter, tokens)
        painter.end()

    def _paint_placeholder(self, painter: QPainter, tokens: Tokens) -> None:
        painter.setFont(font("small"))
        painter.setPen(QColor(tokens.muted))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(self.rect()), int(flags), self.placeholder)

    def _paint_captions(self, painter: QPainter, tokens: Tokens) -> None:
        strong = (self.selected, self._hovered)
        captions = (
            (text, self.tile_rect(index), index in strong)
            for index, text in enumerate(self._captions[: self._count])
        )
        paint_captions(painter, tokens, captions, self._line)

    def _paint_target(self, painter: QPainter, tokens: Tokens) -> None:
        """Mark the place that a dragged tile would take."""
        if self._target >= 0:
            tile = self.tile_rect(self._target)
            painter.fillRect(
                QRectF(tile.x() - 2, tile.y(), 3, tile.height()), QColor(tokens.accent)
            )

    # -- mouse and keyboard ----------------------------------------------------------------------

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

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.tile_at(QPointF(event.pos()))
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._ask_menu()
        elif 0 <= index < self._count:
            self._go_to(index)
            self.menu_asked.emit(index, event.globalPos())

    def _ask_menu(self) -> None:
        """Ask for the menu of the tile that the keyboard is at."""
        if 0 <= self.current < self._count:
            middle = self.tile_rect(self.current).center().toPoint()
            self.menu_asked.emit(self.current, self.mapToGlobal(middle))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
            Qt.Key.Key_Home: -self.current,
            Qt.Key.Key_End: self._count - 1 - self.current,
        }
        target = self.current + steps.get(key, 0)
        if not self._count:
            event.ignore()
        elif key in steps:
            if 0 <= target < self._count and target != self.current:
                if self._movable and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                    self.moved.emit(self.current, target)
                self._go_to(target)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.tile_activated.emit(self.current)
        elif key == Qt.Key.Key_Delete:
            self.removal_asked.emit(self.current)
        elif key == Qt.Key.Key_F10 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._ask_menu()  # many a keyboard has no Menu key
        else:
            super().keyPressEvent(event)
