"""A pad to write on with mouse or pen: white on black, as the digits are, or black on white."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QBrush,
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTabletEvent,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.theme import CONTROL_RADIUS, Theme, font
from ganview.app.widgets.qt_images import is_picture, local_files
from ganview.app.widgets.text import set_tooltip

#: Side of the pad's own picture, in pixels, whatever its size on the screen.
SIDE = 280
THIN, THICK, USUAL = 10, 44, 24
MOST_STROKES = 200
#: A 2 in one stroke, as shares of the side.
TWO = (
    *((0.3, 0.32), (0.36, 0.22), (0.5, 0.17), (0.63, 0.22), (0.68, 0.34), (0.63, 0.46)),
    *((0.5, 0.6), (0.36, 0.72), (0.28, 0.82), (0.45, 0.8), (0.6, 0.8), (0.72, 0.82)),
)


class InkPad(QWidget):
    """Strokes on a square; also takes pictures that are dropped on it."""

    spoken_role = QAccessible.Role.Canvas

    drawn = Signal()  # a stroke was finished, taken back or wiped
    dropped = Signal(Path)  # path of a file that was dropped

    def __init__(self) -> None:
        super().__init__()
        self.width_of_pen = USUAL
        self._ink = _blank()  # white on black, whatever is shown
        self._is_white = False
        self._before: list[QImage] = []
        self._last: QPointF | None = None
        self._hint = ""
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Drawing pad")
        self.setAccessibleDescription("Backspace removes the last stroke, Delete clears the pad.")
        set_tooltip(
            self,
            "Draw with mouse or pen; the right button erases. Backspace removes the last stroke, "
            "Delete clears the pad. A picture can be dropped here.",
        )
        Theme.current().changed.connect(self.update)

    @property
    def empty(self) -> bool:
        """Whether nothing is written."""
        return not self._before

    def set_hint(self, text: str) -> None:
        """Say what to do as long as the pad is empty."""
        self._hint = text
        self.update()

    def set_ground(self, *, is_white: bool) -> None:
        """Write black on white, or white on black, from now on and what is written already."""
        self._is_white = is_white
        self.update()

    def ink(self) -> NDArray[np.uint8]:
        """Return what is written, uint8 (280, 280), as it is shown; a copy."""
        shown = self._shown()
        view = np.frombuffer(shown.constBits(), np.uint8)
        return view.reshape(SIDE, shown.bytesPerLine())[:, :SIDE].copy()

    def _shown(self) -> QImage:
        shown = self._ink.copy()
        if self._is_white:
            shown.invertPixels()
        return shown

    def clear(self) -> None:
        """Wipe the pad."""
        self._ink = _blank()
        self._before.clear()
        self.update()
        self.drawn.emit()

    def draw_example(self) -> None:
        """Draw a 2, as a hand would."""
        self.clear()
        side = self._area().width()
        first, *rest = (QPointF(x * side, y * side) for x, y in TWO)
        self._begin(first, 1.0, rub=False)
        for point in rest:
            self._go_on(point, 1.0, rub=False)
        self._end()

    def take_back(self) -> None:
        """Undo the last stroke."""
        if self._before:
            self._ink = self._before.pop()
            self.update()
            self.drawn.emit()

    def sizeHint(self) -> QSize:
        return QSize(180, 180)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 96)

    # -- painting ---------------------------------------------------------------------------

    def _area(self) -> QRectF:
        side = float(min(self.width(), self.height()))
        return QRectF(0, 0, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        # The ink is the brush of the frame's own shape: a square below it would show at its
        # rounded corners.
        ink = QBrush(self._shown())
        scale = area.width() / SIDE
        ink.setTransform(QTransform.fromScale(scale, scale))
        colour = tokens.discriminator if self.hasFocus() else tokens.line
        painter.setPen(QPen(QColor(colour), 1.5))
        painter.setBrush(ink)
        painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), CONTROL_RADIUS, CONTROL_RADIUS)
        if self.empty and self._hint and self._last is None:
            painter.setFont(font("small"))
            # the ground is the same in both schemes
            painter.setPen(QColor("#59636e" if self._is_white else "#a3acbb"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area.adjusted(20, 20, -20, -20), int(flags), self._hint)
        painter.end()

    # -- mouse and keyboard ----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._begin(event.position(), 1.0, rub=event.button() == Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        rub = bool(event.buttons() & Qt.MouseButton.RightButton)
        self._go_on(event.position(), 1.0, rub=rub)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._end()

    def contextMenuEvent(self, event: object) -> None:
        """Offer no menu: the right button rubs out here."""

    def tabletEvent(self, event: QTabletEvent) -> None:
        rub = event.pointerType() == event.pointingDevice().PointerType.Eraser
        if event.type() == QTabletEvent.Type.TabletPress:
            self._begin(event.position(), event.pressure(), rub=rub)
        elif event.type() == QTabletEvent.Type.TabletMove and event.buttons():
            self._go_on(event.position(), event.pressure(), rub=rub)
        elif event.type() == QTabletEvent.Type.TabletRelease:
            self._end()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace:
            self.take_back()
        elif event.key() == Qt.Key.Key_Delete:
            self.clear()
        else:
            super().keyPressEvent(event)

    def _begin(self, where: QPointF, pressure: float, *, rub: bool) -> None:
        self._before = [*self._before[-MOST_STROKES:], self._ink.copy()]
        self._last = self._inside(where)
        self._stroke(self._last, pressure, rub=rub)

    def _go_on(self, where: QPointF, pressure: float, *, rub: bool) -> None:
        if self._last is not None:
            self._stroke(self._inside(where), pressure, rub=rub)

    def _end(self) -> None:
        if self._last is not None:
            self._last = None
            self.drawn.emit()

    def _inside(self, where: QPointF) -> QPointF:
        return where * (SIDE / max(1.0, self._area().width()))

    def _stroke(self, to: QPointF, pressure: float, *, rub: bool) -> None:
        width = self.width_of_pen * (2.0 if rub else 0.5 + 0.5 * pressure)
        pen = QPen(Qt.GlobalColor.black if rub else Qt.GlobalColor.white, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter = QPainter(self._ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        if self._last is None or self._last == to:
            painter.drawPoint(to)
        else:
            painter.drawLine(self._last, to)
        painter.end()
        self._last = to
        self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # What is no picture is the window's: a model is opened wherever it is dropped.
        if any(is_picture(path) for path in local_files(event.mimeData())[:1]):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        for path in local_files(event.mimeData())[:1]:
            self.dropped.emit(path)


def _blank() -> QImage:
    image = QImage(SIDE, SIDE, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.black)
    return image
