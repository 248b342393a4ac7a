"""The kept moments of a run side by side, and a cursor among them; its right end is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSlider

from ganview.app.theme import Theme
from ganview.app.widgets.gestures import Wheel
from ganview.app.widgets.text import show_tooltip

EDGE = 9  # pixels left and right of the moments, where half a cursor needs room
SIGNS = 11  # height of the row above the moments, for the marks
MARK = 4.0  # half the size of a mark
HEIGHTS = (0.35, 0.7, 1.0)  # of a bar: with samples only, with a model, with all a branch needs
LEAP = 10  # moments that Page Up and Page Down pass
SPEED_KEYS = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
#: Corners of the marks, (x, y) from -1 to 1, y downwards; each kind has a shape of its own.
SHAPES = {
    "triangle": ((0, -1), (1, 0.8), (-1, 0.8)),
    "fall": ((-1, -0.8), (1, -0.8), (0, 1)),
    "diamond": ((0, -1), (1, 0), (0, 1), (-1, 0)),
    "square": ((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)),
    "star": (
        (0, -1), (0.29, -0.4), (0.95, -0.31), (0.48, 0.15), (0.59, 0.81),
        (0, 0.5), (-0.59, 0.81), (-0.48, 0.15), (-0.95, -0.31), (-0.29, -0.4),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Tick:
    """A moment as the track paints it."""

    text: str  # what is said of it, as a tooltip and to a screen reader
    detail: int = 0  # 0 with samples only, 1 with a model, 2 with all that a branch needs
    sign: str = ""  # name in `SHAPES` of the mark above it; empty for none
    hue: str = "text"  # name of the mark's colour in `ganview.export.palette.Tokens`


class TimeTrack(QSlider):
    """One bar for each moment, all of one width, however far apart their steps are.

    A run keeps its moments most densely where most changes, so that a scale of steps would hide
    the beginning, which is learned fastest. The value is the index of a moment; the greatest,
    one after the last moment, is the live edge.
    """

    moved = Signal(int)  # the user went to the moment of an index, or to the live edge
    play_asked = Signal()  # space was pressed
    speed_asked = Signal(int)  # plus or minus was pressed: 1 or −1

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.ticks: tuple[Tick, ...] = ()  # the moments
        self._live_text = ""
        self._moments = QPixmap()
        self._painted: object = None  # what the picture of the moments is of
        self._wheel = Wheel()
        self.setRange(0, 0)
        self.setSingleStep(1)
        self.setPageStep(LEAP)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(SIGNS + 24)
        self.valueChanged.connect(self._describe)
        self.valueChanged.connect(self.moved)
        Theme.current().changed.connect(self.update)

    def show_ticks(self, ticks: Sequence[Tick], at: int, live_text: str) -> None:
        """Exchange the moments and put the cursor at one of them, without a signal."""
        self.ticks, self._live_text = tuple(ticks), live_text
        self._painted = None
        with QSignalBlocker(self):
            self.setRange(0, len(self.ticks))
        self.show_at(at)

    def show_at(self, index: int) -> None:
        """Put the cursor at a moment, or at the live edge, without a signal."""
        with QSignalBlocker(self):
            self.setValue(index)
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, SIGNS + 26)

    # -- mouse and keyboard ----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self._index_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setValue(self._index_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        leaps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Up: -1,  # as on a picture: one moment earlier
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -LEAP,
            Qt.Key.Key_PageDown: LEAP,
        }
        leap = leaps.get(Qt.Key(event.key()))
        if leap is not None:  # of Qt's slider, Page Up is to the right
            self.setValue(self.value() + leap)
        elif event.key() == Qt.Key.Key_Space:
            self.play_asked.emit()
        elif (faster := SPEED_KEYS.get(Qt.Key(event.key()))) is not None:
            self.speed_asked.emit(faster)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel.begins(event)
        self.setValue(self.value() - self._wheel.notches(event))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            index = self._index_at(event.pos().x())
            text = self.ticks[index].text if index < len(self.ticks) else self._live_text
            show_tooltip(event.globalPos(), text, self, self._bar(index).toAlignedRect())
            return True
        return super().event(event)

    def _describe(self) -> None:
        at = self.value()
        self.setAccessibleDescription(
            self.ticks[at].text if at < len(self.ticks) else self._live_text
        )

    # -- painting ---------------------------------------------------------------------------

    def position_of(self, index: int) -> float:
        """Return where the middle of a moment is, in pixels from the left."""
        pitch = (self.width() - 2 * EDGE) / max(1, self.maximum())
        return EDGE + pitch * index

    def _index_at(self, x: float) -> int:
        pitch = (self.width() - 2 * EDGE) / max(1, self.maximum())
        return min(max(round((x - EDGE) / pitch), 0), self.maximum())

    def _bar(self, index: int) -> QRectF:
        """Return the column of a moment, as high as the highest bar."""
        pitch = (self.width() - 2 * EDGE) / max(1, self.maximum())
        width = max(1.0, min(pitch - 1, 9.0))
        return QRectF(self.position_of(index) - width / 2, SIGNS, width, self.height() - SIGNS - 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio = painter.deviceTransform().m11()
        key = self.size(), ratio, Theme.current().tokens.dark
        if self._painted != key:  # hundreds of bars, at each of sixty moves a second
            self._painted, self._moments = key, QPixmap(self.size() * ratio)
            self._moments.setDevicePixelRatio(ratio)
            self._moments.fill(Qt.GlobalColor.transparent)
            below = QPainter(self._moments)
            self._paint_moments(below)
            below.end()
        painter.drawPixmap(0, 0, self._moments)
        self._paint_cursor(painter, self.height() - 2.0)
        painter.end()

    def _paint_moments(self, painter: QPainter) -> None:
        tokens = Theme.current().tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        floor = self.height() - 2.0
        painter.fillRect(QRectF(EDGE, floor - 1, self.width() - 2 * EDGE, 1), QColor(tokens.line))
        pale, strong = QColor(tokens.disabled), QColor(tokens.muted)
        for index, tick in enumerate(self.ticks):
            bar = self._bar(index)
            bar.setTop(floor - HEIGHTS[tick.detail] * bar.height())
            painter.fillRect(bar, strong if tick.detail else pale)
        painter.setPen(Qt.PenStyle.NoPen)
        for index, tick in enumerate(self.ticks):
            if tick.sign:
                middle = QPointF(self.position_of(index), SIGNS / 2)
                painter.setBrush(QColor(getattr(tokens, tick.hue)))
                painter.drawPolygon(
                    QPolygonF([middle + QPointF(x, y) * MARK for x, y in SHAPES[tick.sign]])
                )

    def _paint_cursor(self, painter: QPainter, floor: float) -> None:
        tokens = Theme.current().tokens
        here = self.position_of(self.value())
        middle = (SIGNS + floor) / 2
        edge = QPointF(self.position_of(self.maximum()), middle)
        colour = QColor(tokens.accent if self.isEnabled() else tokens.disabled)
        painter.setPen(QPen(colour, 2))
        if self.value() == self.maximum():  # the live edge: a disc, not a line
            painter.setBrush(colour)
            painter.drawEllipse(edge, 5, 5)
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(edge, 4, 4)
            painter.setPen(QPen(QColor(tokens.card), 5))
            painter.drawLine(QPointF(here, SIGNS), QPointF(here, floor))
            painter.setPen(QPen(colour, 2.5))
            painter.drawLine(QPointF(here, SIGNS), QPointF(here, floor))
            painter.setBrush(colour)
            painter.setPen(Qt.PenStyle.NoPen)
            grip = ((-5, 0), (5, 0), (5, -4), (0, -9), (-5, -4))  # below: a mark may be above
            painter.drawPolygon(QPolygonF([QPointF(here + x, floor + 1 + y) for x, y in grip]))
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.discriminator), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 0.5, -1, -0.5), 4, 4)
