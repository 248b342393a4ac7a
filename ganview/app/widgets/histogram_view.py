"""Two histograms on one another: real as a line, generated as filled steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.theme import Theme, font
from ganview.app.widgets.text import set_tooltip


class HistogramView(QWidget):
    """Shows how something is spread among real and among generated pictures."""

    spoken_role = QAccessible.Role.Chart

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._ends: tuple[str, ...] = ()
        self._real = self._fake = np.zeros(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        Theme.current().changed.connect(self.update)

    def show_shares(
        self, title: str, labels: tuple[str, ...], real: NDArray[np.float64],
        fake: NDArray[np.float64], summary: str,
    ) -> None:  # fmt: skip
        """Show shares (B,) of both.

        Parameters
        ----------
        labels
            Of the bins, one each, or of the two ends.
        summary
            The same in one sentence: what a screen reader says, and the tooltip.
        """
        self._title, self._ends, self._real, self._fake = title, labels, real, fake
        self.setAccessibleName(summary)
        set_tooltip(self, summary)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(150, 92)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        painter.setFont(font("small"))
        line = painter.fontMetrics().height()
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRectF(0, 0, self.width(), line), self._title)
        area = QRectF(1, line + 2, self.width() - 2, self.height() - 2 * line - 4)
        painter.fillRect(area, QColor(tokens.sunken))
        count = len(self._real)
        most = max(self._real.max(initial=0), self._fake.max(initial=0)) or 1.0
        if count:
            painter.setPen(Qt.PenStyle.NoPen)
            fake = QColor(tokens.fake)
            fake.setAlphaF(0.45)
            painter.setBrush(fake)
            painter.drawPolygon(_steps(area, self._fake / most, closed=True))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.real), 2))
            painter.drawPolyline(_steps(area, self._real / most, closed=False))
        painter.setPen(QColor(tokens.muted))
        below = QRectF(0, area.bottom() + 1, self.width(), line)
        if len(self._ends) == count:
            width = area.width() / max(1, count)
            for index, text in enumerate(self._ends):
                box = QRectF(area.left() + index * width, below.top(), width, line)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), text)
        elif self._ends:
            painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft), self._ends[0])
            painter.drawText(below, int(Qt.AlignmentFlag.AlignRight), self._ends[-1])
        painter.end()


def _steps(area: QRectF, heights: NDArray[np.float64], *, closed: bool) -> QPolygonF:
    """Return a line of steps as high as the shares, 0 to 1."""
    width = area.width() / len(heights)
    points = [QPointF(area.left(), area.bottom())] if closed else []
    for index, height in enumerate(heights.tolist()):
        y = area.bottom() - height * (area.height() - 2)
        points += [QPointF(area.left() + at * width, y) for at in (index, index + 1)]
    if closed:
        points.append(QPointF(area.right(), area.bottom()))
    return QPolygonF(points)
