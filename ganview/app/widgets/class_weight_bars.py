"""A row a class: its weight in y, which can be dragged, and how much of it a classifier reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.latent_point import Floats
from ganview.app.theme import HAIR, SMALL, Theme, font
from ganview.app.widgets.text import set_tooltip
from ganview.export.palette import Tokens

ROW = 22
STEP = 0.05


class ClassWeightBars(QWidget):
    """Two bars a class: asked for, and read."""

    spoken_role = QAccessible.Role.Chart

    # (weights, gesture): a bar was dragged; the other classes share what is left as before.
    asked = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._weights: Floats = np.zeros(0, np.float32)
        self._read: Floats | None = None
        self._current = 0
        self._held = False
        self._gesture: object = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Weights of the classes")
        set_tooltip(
            self,
            "The thick bar is the class's weight in y: drag it, or use ← and →. The thin bar is "
            "the probability that the classifier gives this class.",
        )
        Theme.current().changed.connect(self.update)

    def set_names(self, names: Sequence[str]) -> None:
        """Show other classes."""
        self._names = tuple(names)
        self._weights = np.zeros(len(names), np.float32)
        self._read = None
        self._current = 0
        self.updateGeometry()
        self.update()

    def show_weights(self, weights: Floats) -> None:
        """Show the weights in y, (K,)."""
        if weights.size == len(self._names):
            self._weights = weights
            self._describe()
            self.update()

    def show_read(self, read: Floats | None) -> None:
        """Show the classifier's belief in each class, (K,), or None where it can't read."""
        self._read = read if read is not None and read.size == len(self._names) else None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, ROW * (len(self._names) + 1))

    # -- painting ---------------------------------------------------------------------------

    def _columns(self) -> tuple[int, int, int]:
        """Return where the bars begin, how long they are, and where the second number begins."""
        numbers = QFontMetrics(font("small")).horizontalAdvance("100 %") + SMALL
        names = max((len(name) for name in self._names), default=1)
        left = SMALL + QFontMetrics(font("number")).horizontalAdvance("0" * min(names, 8)) + SMALL
        return left, max(20, self.width() - left - 2 * numbers), self.width() - numbers

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, length, second = self._columns()
        painter.setFont(font("small"))
        painter.setPen(QColor(tokens.muted))
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        first = second - (self.width() - second)
        painter.drawText(QRectF(first, 0, second - first - HAIR, ROW), right, "in y")
        painter.drawText(QRectF(second, 0, self.width() - second - HAIR, ROW), right, "read")
        for row, name in enumerate(self._names):
            top = (row + 1) * ROW
            if row == self._current and self.hasFocus():
                painter.setPen(QPen(QColor(tokens.discriminator), 1.5))
                painter.setBrush(QColor(tokens.sunken))
                painter.drawRoundedRect(QRectF(1, top + 1, self.width() - 2, ROW - 2), 5, 5)
            painter.setFont(font("number"))
            painter.setPen(QColor(tokens.text))
            box = QRectF(SMALL, top, left - SMALL - HAIR, ROW)
            text = painter.fontMetrics().elidedText(
                name, Qt.TextElideMode.ElideRight, int(box.width())
            )
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)
            self._paint_bars(painter, tokens, row, QRectF(left, top, length, ROW))
            painter.setFont(font("small"))
            painter.setPen(QColor(tokens.accent))
            text = _percent(float(self._weights[row]))
            painter.drawText(QRectF(first, top, second - first - HAIR, ROW), right, text)
            painter.setPen(QColor(tokens.muted))
            text = "" if self._read is None else _percent(float(self._read[row]))
            painter.drawText(QRectF(second, top, self.width() - second - HAIR, ROW), right, text)
        painter.end()

    def _paint_bars(self, painter: QPainter, tokens: Tokens, row: int, box: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.line))
        painter.drawRoundedRect(QRectF(box.left(), box.top() + 5, box.width(), 6), 3, 3)
        share = float(self._weights[row])
        if share > 0.002:
            painter.setBrush(QColor(tokens.accent))
            width = max(6.0, box.width() * share)
            painter.drawRoundedRect(QRectF(box.left(), box.top() + 5, width, 6), 3, 3)
        if self._read is not None and self._read[row] > 0.002:
            painter.setBrush(QColor(tokens.muted))
            width = max(3.0, box.width() * float(self._read[row]))
            painter.drawRoundedRect(QRectF(box.left(), box.top() + 14, width, 3), 1.5, 1.5)

    # -- mouse and keyboard ----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int(event.position().y() // ROW) - 1
        if event.button() == Qt.MouseButton.LeftButton and 0 <= row < len(self._names):
            self._current, self._held, self._gesture = row, True, object()
            self._follow(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._follow(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        rows = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        signs = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if not self._names or (key not in rows and key not in signs):
            super().keyPressEvent(event)
            return
        if not event.isAutoRepeat():
            self._gesture = object()
        if key in rows:
            self._current = min(max(self._current + rows[key], 0), len(self._names) - 1)
            self._describe()
            self.update()
        else:
            self._ask(float(self._weights[self._current]) + signs[key] * STEP)

    def _follow(self, where: QPointF) -> None:
        left, length, _second = self._columns()
        self._ask((where.x() - left) / length)

    def _ask(self, share: float) -> None:
        self.asked.emit(with_weight(self._weights, self._current, share), self._gesture)

    def _describe(self) -> None:
        if self._names:
            name, share = self._names[self._current], float(self._weights[self._current])
            self.setAccessibleDescription(f"class {name}, {_percent(share)}")


def with_weight(weights: Floats, index: int, share: float) -> Floats:
    """Give one class a share, 0 to 1, and let the others keep their proportions in the rest."""
    share = min(max(share, 0.0), 1.0)
    others = weights.copy()
    others[index] = 0
    total = float(others.sum())
    if total > 0:
        others *= (1 - share) / total
    elif weights.size > 1 and share < 1:
        others[:] = (1 - share) / (weights.size - 1)
    others[index] = share
    return others


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
