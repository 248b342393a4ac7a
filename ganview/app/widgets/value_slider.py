"""One slider over a real number, with its number beside it, drawn like the slider list's rows."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSlider

from ganview.app.theme import Theme
from ganview.app.widgets.gestures import Wheel, is_coarse
from ganview.app.widgets.latent_rows import HANDLE


class ValueSlider(QSlider):
    """A horizontal slider from ``low`` to ``high``.

    Parameters
    ----------
    rest
        The value that double-click and Home go to, and that the bar is drawn from.
    step
        What an arrow key changes; ten of it with Shift or Ctrl.
    """

    # (value, gesture): the user moved it; moves of one drag carry one gesture.
    moved = Signal(float, object)

    def __init__(self, low: float, high: float, *, rest: float = 0.0, step: float = 0.05) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._low, self._unit, self._rest = low, step / 5, rest
        self._gesture: object = None
        self._wheel = Wheel()
        self.setRange(0, round((high - low) / self._unit))
        self.setSingleStep(5)
        self.setPageStep(50)
        self.setMinimumHeight(24)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_number(rest)
        self.valueChanged.connect(lambda _at: self.moved.emit(self.number(), self._gesture))
        Theme.current().changed.connect(self.update)

    def set_range(self, low: float, high: float) -> None:
        """Exchange the ends; the value stays as near as it can."""
        number = self.number()
        self._low = low
        with QSignalBlocker(self):
            self.setRange(0, round((high - low) / self._unit))
        self.set_number(number)

    def number(self) -> float:
        """Return the value."""
        return self._low + self.value() * self._unit

    def set_number(self, number: float) -> None:
        """Show a value, without a signal."""
        value = round((number - self._low) / self._unit)
        if value != self.value():
            with QSignalBlocker(self):
                self.setValue(value)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 24)

    # -- mouse and keyboard ----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._gesture = object()
            self.setSliderDown(True)
            self._follow(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._follow(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.setValue(round((self._rest - self._low) / self._unit))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._gesture = object()
        signs = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        sign = signs.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Home:
            self.setValue(round((self._rest - self._low) / self._unit))
        elif sign is not None:
            self.setValue(self.value() + sign * self.singleStep() * (10 if is_coarse(event) else 1))
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._wheel.begins(event):
            self._gesture = object()
        if not self.hasFocus():
            event.ignore()  # a page that scrolls under the pointer must not turn it
            return
        super().wheelEvent(event)

    def _follow(self, x: float) -> None:
        share = (x - HANDLE) / max(1, self.width() - 2 * HANDLE)
        self.setValue(round(share * self.maximum()))
        self.update()

    # -- painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        rest, here = self._position(self._rest), self._position(self.number())
        line = QColor(tokens.line)
        painter.fillRect(QRectF(HANDLE, middle - 1.5, self.width() - 2 * HANDLE, 3), line)
        painter.fillRect(QRectF(int(rest), middle - 6, 1, 12), line)
        strong = QColor(tokens.accent if self.isEnabled() else tokens.disabled)
        painter.fillRect(QRectF(min(rest, here), middle - 1.5, abs(here - rest), 3), strong)
        raised = self.isSliderDown() or self.underMouse()
        painter.setPen(QPen(strong, 2))
        painter.setBrush(strong if raised else QColor(tokens.card))
        painter.drawEllipse(QPointF(here, middle), HANDLE - 1, HANDLE - 1)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.discriminator), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
        painter.end()

    def _position(self, number: float) -> float:
        share = (number - self._low) / (self.maximum() * self._unit)
        return HANDLE + share * (self.width() - 2 * HANDLE)
