"""A square field of small pictures that is pointed at as a whole: a map."""

from __future__ import annotations

from math import dist, isqrt

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.motion import Glide
from ganview.app.theme import HAIR, Theme, font
from ganview.app.widgets.gestures import ARROWS
from ganview.app.widgets.qt_images import to_qimage

Pixels = NDArray[np.uint8]
#: A marker that goes further, of two from edge to edge, travels there for a while.
JUMP, TRAVEL_MS = 0.2, 220


class MapView(QWidget):
    """Shows count × count pictures without gaps, as large as fits.

    Parameters
    ----------
    count
        Pictures a side, until others are shown.
    """

    spoken_role = QAccessible.Role.Graphic

    # (x, y) under the pointer or the keyboard's cursor, −1 to 1 from edge to edge, y downwards.
    probed = Signal(float, float)
    left = Signal()  # the pointer left the field
    # (x, y, gesture) that was clicked, dragged over, or confirmed with Enter.
    chosen = Signal(float, float, object)

    def __init__(self, count: int) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._scaled: QPixmap | None = None
        self._count = count
        self._here: tuple[float, float] | None = None
        self._start: tuple[float, float] | None = None  # where its marker travels from
        self._part = 1.0  # of that way
        self._travel = Glide(self, TRAVEL_MS, self._move_marker)
        self._marks: list[tuple[float, float, str]] = []
        self._names: tuple[str, str] | None = None
        self._end = ""
        self._cursor = (0.0, 0.0)
        self._gesture: object = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        Theme.current().changed.connect(self.update)

    def set_pictures(self, images: Pixels) -> None:
        """Show pictures (count², H, W) or (count², H, W, 3), row by row."""
        count = self._count = isqrt(len(images))
        height, width = images.shape[1:3]
        grid = images.reshape(count, count, *images.shape[1:]).swapaxes(1, 2)
        sheet = grid.reshape(count * height, count * width, *images.shape[3:])
        self._image = to_qimage(sheet)
        self._scaled = None
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._image = self._scaled = self._here = None
        self._marks = []
        self.update()

    def set_here(self, where: tuple[float, float] | None) -> None:
        """Mark where the explorer stands."""
        if where != self._here:
            before, self._here = self._here, where
            far = before is not None and where is not None and dist(before, where) > JUMP
            self._start = before if far else where
            self._travel.go() if far else self.update()

    def _move_marker(self, part: float) -> None:
        self._part = part
        self.update()

    def _marker(self) -> tuple[float, float] | None:
        """Return where the marker is on its way."""
        if self._here is None or self._start is None or self._part >= 1:
            return self._here
        (x, y), (x_end, y_end) = self._start, self._here
        return x + self._part * (x_end - x), y + self._part * (y_end - y)

    def set_marks(self, marks: list[tuple[float, float, str]]) -> None:
        """Mark named points: (x, y, name)."""
        self._marks = marks
        self.update()

    def set_axes(self, names: tuple[str, str] | None, end: str = "") -> None:
        """Say below and at the left what grows that way, and what it is at the far ends.

        Parameters
        ----------
        names
            Of the way to the right and the way up; None leaves the axes away.
        end
            What it is at the right and upper end, and with a minus at the others; "" says nothing.
        """
        if (names, end) != (self._names, self._end):
            self._names, self._end, self._scaled = names, end, None
            self.update()

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()  # more would be scrolled for, where a page has no more room

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 96)

    def resizeEvent(self, event: object) -> None:
        self._scaled = None

    def area(self) -> QRectF:
        """Return where the field is drawn."""
        margin = self._margin()
        side = float(min(self.width(), self.height())) - margin
        if self._image is not None and side >= self._image.width():
            side = float(side // self._image.width() * self._image.width())
        return QRectF(margin, 0, side, side)

    def _margin(self) -> int:
        return QFontMetrics(font("small")).height() + HAIR if self._names else 0

    # -- painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        area = self.area()
        if self._image is None:
            painter.fillRect(area, QColor(tokens.sunken))
        else:
            painter.drawPixmap(area.topLeft(), self._fitted(self._image, area))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._names is not None:
            self._paint_axes(painter, area, self._names)
        for x, y, name in self._marks:
            self._paint_mark(painter, x, y, name)
        here = self._marker()
        if here is not None and max(map(abs, here)) <= 1:
            at = self._on_screen(*here)
            for colour, width in ((tokens.card, 4.0), (tokens.accent, 2.0)):
                painter.setPen(QPen(QColor(colour), width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(at, 9, 9)
        if self.hasFocus():
            at = self._on_screen(*self._cursor)
            for colour, width in ((tokens.card, 5.0), (tokens.discriminator, 2.0)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawLine(at - QPointF(7, 0), at + QPointF(7, 0))
                painter.drawLine(at - QPointF(0, 7), at + QPointF(0, 7))
            painter.drawRect(area.adjusted(1, 1, -1, -1))
        painter.end()

    def _fitted(self, image: QImage, area: QRectF) -> QPixmap:
        """Return the field at the size it is shown; scaling it down smoothly is worth keeping."""
        if self._scaled is None:
            ratio = self.devicePixelRatioF()
            side = round(area.width() * ratio)
            mode = Qt.TransformationMode.FastTransformation
            if side < image.width():
                mode = Qt.TransformationMode.SmoothTransformation
            self._scaled = QPixmap.fromImage(
                image.scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
            )
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled

    def _paint_axes(self, painter: QPainter, area: QRectF, names: tuple[str, str]) -> None:
        painter.save()
        painter.setFont(font("small"))
        painter.setPen(QColor(Theme.current().tokens.muted))
        painter.translate(area.bottomLeft())
        for name in names:
            strip = QRectF(0, HAIR, area.width(), self._margin() - HAIR)
            metrics, room = painter.fontMetrics(), area.width()
            ends = 2 * metrics.horizontalAdvance(f"−{self._end}  ") if self._end else 0
            if ends and metrics.horizontalAdvance(f"{name} →") <= room - ends:  # the name is first
                painter.drawText(strip, int(Qt.AlignmentFlag.AlignLeft), f"−{self._end}")
                painter.drawText(strip, int(Qt.AlignmentFlag.AlignRight), self._end)
                room -= ends
            words = metrics.elidedText(f"{name} →", Qt.TextElideMode.ElideMiddle, round(room))
            painter.drawText(strip, int(Qt.AlignmentFlag.AlignHCenter), words)
            painter.rotate(-90)
            painter.translate(0, -self._margin() - HAIR)  # the way up reads from below
        painter.restore()

    def _paint_mark(self, painter: QPainter, x: float, y: float, name: str) -> None:
        tokens = Theme.current().tokens
        at = self._on_screen(x, y)
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.setBrush(QColor(tokens.card))
        painter.drawEllipse(at, 10, 10)
        painter.setPen(QColor(tokens.text))
        box = QRectF(at.x() - 10, at.y() - 10, 20, 20)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), name[:2])

    # -- mouse and keyboard ----------------------------------------------------------------------

    def _on_screen(self, x: float, y: float) -> QPointF:
        area = self.area()
        return QPointF(
            area.x() + (x + 1) / 2 * area.width(), area.y() + (y + 1) / 2 * area.height()
        )

    def _point(self, where: QPointF) -> tuple[float, float] | None:
        area = self.area()
        if not area.contains(where):
            return None
        return (
            float(2 * (where.x() - area.x()) / area.width() - 1),
            float(2 * (where.y() - area.y()) / area.height() - 1),
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = self._point(event.position())
        if point is None:
            self.left.emit()
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(point)
        else:
            self.probed.emit(*point)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = self._point(event.position())
        if event.button() == Qt.MouseButton.LeftButton and point is not None:
            self._gesture = object()
            self._choose(point)

    def _choose(self, point: tuple[float, float]) -> None:
        self._cursor = point
        self.chosen.emit(*point, self._gesture)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._gesture = object()
            self._choose(self._cursor)
        elif key in ARROWS or key == Qt.Key.Key_Home:
            across, down = ARROWS.get(key, (0, 0))
            step = 2 / self._count
            x, y = (0.0, 0.0) if key == Qt.Key.Key_Home else self._cursor
            self._cursor = (
                min(max(x + across * step, -1.0), 1.0),
                min(max(y + down * step, -1.0), 1.0),
            )
            self.probed.emit(*self._cursor)
            self.update()
        else:
            super().keyPressEvent(event)
