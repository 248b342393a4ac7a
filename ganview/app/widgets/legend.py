"""Names of the curves of a plot with their present values, as readable text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.theme import Theme, font

SWATCH, SPACE, GAP = 14, 4, 10


class Legend(QWidget):
    """A row of line samples, names and values.

    Parameters
    ----------
    entries
        (name, actor, dashed) of each curve.
    """

    def __init__(self, entries: Sequence[tuple[str, str, bool]]) -> None:
        super().__init__()
        self._entries = list(entries)
        self._stacked = False
        self._values: list[str | None] = ["?"] * len(self._entries)
        self.show_values([""] * len(self._entries))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        Theme.current().changed.connect(self.update)

    def show_values(self, values: Sequence[str | None]) -> None:
        """Write a value behind each name; empty strings for none yet, None leaves the name out."""
        if list(values) != self._values:
            before, self._values = self._shown(), list(values)
            told = [f"{entry[0]} {value or 'none yet'}" for entry, value in self._shown()]
            self.setAccessibleName(", ".join(told))
            if len(before) != len(told):  # else the whole window would be laid out at every step
                self.updateGeometry()
            self.update()

    def _shown(self) -> list[tuple[tuple[str, str, bool], str]]:
        pairs = zip(self._entries, self._values, strict=True)
        return [(entry, value) for entry, value in pairs if value is not None]

    def set_stacked(self, stacked: bool) -> None:
        """Put one name below the other, or all in a row."""
        if stacked is not self._stacked:
            self._stacked = stacked
            self.updateGeometry()
            self.update()

    @property
    def text(self) -> str:
        """All names and values, as they are read out."""
        return self.accessibleName()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(font("number"))
        widths = [self._width(metrics, entry[0]) for entry, _value in self._shown()]
        if self._stacked:
            return QSize(max(widths), metrics.height() * len(widths))
        return QSize(sum(widths) + GAP * (len(widths) - 1), metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        painter.setFont(font("number"))
        metrics = painter.fontMetrics()
        left = top = 0
        height = metrics.height() if self._stacked else self.height()
        for (name, actor, dashed), value in self._shown():
            colour = QColor(tokens.actor(actor))
            pen = QPen(colour, 2.5)
            if dashed:
                pen.setDashPattern([2.2, 1.4])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            middle = top + height / 2
            painter.drawLine(QLineF(left, middle, left + SWATCH, middle))
            painter.setPen(colour)
            start = left + SWATCH + SPACE
            box = QRectF(start, top, metrics.horizontalAdvance(name), height)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), name)
            painter.setPen(QColor(tokens.text))
            box = QRectF(box.right() + SPACE, top, 100, height)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), value)
            if self._stacked:
                top += height
            else:
                left += self._width(metrics, name) + GAP
        painter.end()

    def _width(self, metrics: QFontMetrics, name: str) -> int:
        value = metrics.horizontalAdvance("0.000")
        return SWATCH + SPACE + metrics.horizontalAdvance(name) + SPACE + value
