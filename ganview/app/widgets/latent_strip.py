"""z as the lecture draws it: a row of cells, dark below zero and light above, to be dragged."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLine, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.latent_point import REACH, Floats
from ganview.app.theme import Theme
from ganview.app.widgets.latent_rows import sigma_text
from ganview.app.widgets.qt_images import to_qimage
from ganview.app.widgets.text import show_tooltip

#: Cells narrower than this are hard to take hold of; a further line begins instead.
NARROWEST = 6
#: Height of a line of cells, alone and among others.
ALONE, STACKED = 14, 10
#: Pixels of dragging up or down that change a cell by one σ.
DRAG = 24


def shades(z: Floats) -> NDArray[np.uint8]:
    """Return the grey of each number: black at −3 σ, middle grey at 0, white at +3 σ."""
    grey: NDArray[np.uint8] = np.clip((z / REACH + 1) * 127.5, 0, 255).astype(np.uint8)
    return grey


class LatentStrip(QWidget):
    """All of z at a glance."""

    spoken_role = QAccessible.Role.Graphic

    # (dimension, value, gesture): a cell was dragged up (more) or down (less).
    moved = Signal(int, float, object)
    pointed = Signal(int)  # the dimension under the pointer
    chosen = Signal(int)  # a cell that was clicked without being dragged
    zeroed = Signal(int)  # a cell that was double-clicked

    def __init__(self) -> None:
        super().__init__()
        self._z: Floats = np.zeros(1, np.float32)
        self._grey: QImage | None = None
        self._hovered = -1
        self._marked = -1
        self._drag: tuple[int, float, float] | None = None  # dimension, y, value
        self._parts: tuple[tuple[int, ...], list[QLine]] | None = None
        self._gesture: object = None
        self._dragged = False
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        self.setAccessibleName("The noise z as cells")
        self.setAccessibleDescription("The same numbers as the sliders; use those by keyboard.")
        Theme.current().changed.connect(self.update)

    def set_z(self, z: Floats) -> None:
        """Show the noise, (D,)."""
        new_size = z.size != self._z.size
        changed = [] if new_size else np.flatnonzero(z != self._z).tolist()
        self._z = z
        columns, rows = self._grid()
        grey = np.zeros(columns * rows, np.uint8)
        grey[: z.size] = shades(z)
        self._grey = to_qimage(grey.reshape(rows, columns))
        if new_size:
            self._refit()
        if len(changed) == 1:  # a slider's drag
            self.update(self.cell_rect(changed[0]).toAlignedRect())
        else:
            self.update()

    def mark(self, dimension: int) -> None:
        """Frame the cell of the row that the keyboard or the pointer is on."""
        if dimension != self._marked:
            self._marked = dimension
            self.update()

    # -- geometry ---------------------------------------------------------------------------

    def cell_rect(self, dimension: int) -> QRectF:
        """Return where a cell is."""
        columns, rows = self._grid()
        row, column = divmod(dimension, columns)
        width, height = self.width() / columns, self.height() / rows
        return QRectF(column * width, row * height, width, height)

    def _grid(self) -> tuple[int, int]:
        most = max(1, self.width() // NARROWEST)
        rows = ceil(self._z.size / most)
        return ceil(self._z.size / rows), rows

    def _refit(self) -> None:
        rows = self._grid()[1]
        height = ALONE if rows == 1 else STACKED * rows
        if height != self.height():
            self.setFixedHeight(height)

    def resizeEvent(self, event: object) -> None:
        self._refit()
        self.set_z(self._z)

    def sizeHint(self) -> QSize:
        return QSize(200, ALONE)

    def _dimension_at(self, where: QPointF) -> int:
        columns, rows = self._grid()
        column = int(where.x() * columns // max(1, self.width()))
        row = int(where.y() * rows // max(1, self.height()))
        dimension = row * columns + column
        inside = 0 <= column < columns and 0 <= row < rows and dimension < self._z.size
        return dimension if inside else -1

    # -- painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._grey is None:
            return
        tokens = Theme.current().tokens
        columns, rows = self._grid()
        painter = QPainter(self)
        painter.drawImage(QRectF(self.rect()), self._grey, QRectF(self._grey.rect()))
        painter.setPen(QPen(QColor(tokens.border), 1))  # a white cell is seen on a white card
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.drawLines(self._lines(columns, rows))
        empty = columns * rows - self._z.size
        if empty:
            left = self.cell_rect(self._z.size)
            painter.fillRect(
                QRectF(left.x(), left.y(), self.width() - left.x(), left.height()),
                QColor(tokens.card),
            )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for dimension in {self._marked, self._hovered} - {-1}:
            if dimension < self._z.size:
                painter.setPen(QPen(QColor(tokens.accent), 2))
                painter.drawRect(self.cell_rect(dimension).adjusted(1, 1, -1, -1))
        painter.end()

    def _lines(self, columns: int, rows: int) -> list[QLine]:
        """Return what parts the cells."""
        width, height = self.width(), self.height()
        if self._parts is None or self._parts[0] != (columns, rows, width, height):
            lines = []
            for column in range(1, columns):
                x = round(column * width / columns)
                lines.append(QLine(x, 0, x, height))
            for row in range(1, rows):
                y = round(row * height / rows)
                lines.append(QLine(0, y, width, y))
            self._parts = ((columns, rows, width, height), lines)
        return self._parts[1]

    # -- mouse and keyboard ----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        dimension = self._dimension_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and dimension >= 0:
            self._drag = (dimension, event.position().y(), float(self._z[dimension]))
            self._gesture, self._dragged = object(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            self._hover(self._dimension_at(event.position()))
            return
        dimension, start, value = self._drag
        up = start - event.position().y()
        if abs(up) >= 2:
            self._dragged = True
        if self._dragged:
            value = min(max(value + up / DRAG, -REACH), REACH)
            self.moved.emit(dimension, value, self._gesture)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None and not self._dragged:
            self.chosen.emit(self._drag[0])
        self._drag = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        dimension = self._dimension_at(event.position())
        if dimension >= 0:
            self.zeroed.emit(dimension)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            dimension = self._dimension_at(QPointF(event.pos()))
            if dimension >= 0:
                value = sigma_text(float(self._z[dimension]))
                text = (
                    f"z{dimension + 1} = {value} σ: dark is below zero, light above. Drag up or "
                    "down to change it, click to find its slider, double-click for zero."
                )
                show_tooltip(event.globalPos(), text, self)
            return True
        return super().event(event)

    def _hover(self, dimension: int) -> None:
        if dimension != self._hovered:
            self._hovered = dimension
            self.update()
            if dimension >= 0:
                self.pointed.emit(dimension)
