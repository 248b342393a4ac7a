"""Small charts painted by hand: layers over time, histograms, and lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.formatting import number_text
from ganview.app.pages.step.flow_painting import RIGHT, paint_text
from ganview.app.theme import Theme, font
from ganview.app.widgets.qt_images import to_qimage
from ganview.app.widgets.text import set_tooltip
from ganview.export.colours import apply_colormap

DECADES = 6.0  # powers of ten that the colours of a chart of layers span
Values = NDArray[np.float64]


class Chart(QWidget):
    """A title, a drawing and, as its tooltip, what to look for.

    Parameters
    ----------
    title
        What is drawn.
    about
        What to look for, in one sentence.
    """

    def __init__(self, title: str, about: str) -> None:
        super().__init__()
        self._title, self._about, self._note = title, about, ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(title)
        self.setAccessibleDescription(about)
        set_tooltip(self, about)
        Theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, 110)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 70)

    def set_note(self, note: str) -> None:
        """Write the newest numbers beside the title."""
        self._note = note
        self.setAccessibleDescription(f"{self._about} Now: {note}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(font("small"))
        line = metrics.height()
        width = metrics.horizontalAdvance(self._title) + 8
        paint_text(painter, self._title, QRectF(0, 0, width, line), tokens.text)
        rest = QRectF(width, 0, self.width() - width, line)
        paint_text(painter, self._note, rest, tokens.muted, RIGHT)
        area = QRectF(0, line + 2, self.width(), self.height() - line - 3)
        painter.fillRect(area, QColor(tokens.sunken))
        self.paint_area(painter, area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        edge = tokens.accent if self.hasFocus() else tokens.line
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1))
        painter.drawRect(area)
        painter.end()

    def paint_area(self, painter: QPainter, area: QRectF) -> None:
        """Draw what the chart shows."""
        raise NotImplementedError


class LayersChart(Chart):
    """A row a layer, a column a trace; the brighter, the larger, in powers of ten."""

    def __init__(self, title: str, about: str) -> None:
        super().__init__(title, about)
        self._values: Values = np.zeros((0, 0))

    def show_layers(self, values: Values, names: Sequence[str]) -> None:
        """Show numbers of layers, (layers, traces), from input to output."""
        self._values = values
        if values.size:
            newest = values[:, -1]
            least, most = int(newest.argmin()), int(newest.argmax())
            self.set_note(
                f"{number_text(float(newest[least]))} {names[least]} … "
                f"{number_text(float(newest[most]))} {names[most]}"
            )
        self.update()

    def paint_area(self, painter: QPainter, area: QRectF) -> None:
        if not self._values.size:
            return
        with np.errstate(divide="ignore"):
            powers = np.log10(self._values)
        most = powers[np.isfinite(powers)].max(initial=-DECADES)
        shares = np.clip(np.nan_to_num((powers - most) / DECADES + 1, neginf=0.0), 0, 1)
        levels = np.rint(255 * shares).astype(np.uint8)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        painter.drawImage(area, to_qimage(apply_colormap(levels[None], "viridis")[0]))


class HistogramChart(Chart):
    """Two histograms on one scale: real above the line, fake below it."""

    def __init__(self, title: str, about: str) -> None:
        super().__init__(title, about)
        self._shares: tuple[Values, ...] = ()

    def show_shares(self, shares: tuple[Values, ...]) -> None:
        """Show shares of real and of fake pictures, (bins,) each."""
        self._shares = shares
        self.update()

    def paint_area(self, painter: QPainter, area: QRectF) -> None:
        tokens = Theme.current().tokens
        middle = area.center().y()
        most = max((float(part.max()) for part in self._shares), default=0.0) or 1.0
        for part, colour, up in zip(self._shares, (tokens.real, tokens.fake), (1, 0), strict=False):
            width = area.width() / len(part)
            for i, share in enumerate(part):
                high = (area.height() / 2 - 2) * float(share) / most
                top = middle - high if up else middle
                painter.fillRect(
                    QRectF(area.x() + i * width + 0.5, top, width - 1, high), QColor(colour)
                )
        painter.setPen(QPen(QColor(tokens.muted), 1))
        painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))
        if self._shares:
            line = QFontMetricsF(font("small")).height()
            paint_text(painter, "real", QRectF(area.x() + 4, area.y(), 60, line), tokens.real)
            below = QRectF(area.x() + 4, area.bottom() - line, 60, line)
            paint_text(painter, "fake", below, tokens.fake)


class LinesChart(Chart):
    """Lines on one scale, from zero or, if it is logarithmic, from the smallest value."""

    def __init__(self, title: str, about: str, *, logarithmic: bool = False) -> None:
        super().__init__(title, about)
        self._logarithmic = logarithmic
        self._lines: tuple[tuple[str, Values], ...] = ()
        self._here: float | None = None

    def show_lines(self, lines: tuple[tuple[str, Values], ...], here: float | None = None) -> None:
        """Show lines, (name of an actor, values), and a mark at ``here``, 0 to 1, if given."""
        self._lines, self._here = lines, here
        self.update()

    def paint_area(self, painter: QPainter, area: QRectF) -> None:
        tokens = Theme.current().tokens
        inner = area.adjusted(2, 4, -2, -4)
        parts = [self._scaled(values) for _name, values in self._lines if values.size]
        if not parts:
            return
        low = min(float(part.min()) for part in parts) if self._logarithmic else 0.0
        high = max(float(part.max()) for part in parts)
        span = (high - low) or 1.0
        for (name, values), dash in zip(self._lines, (False, True), strict=False):
            scaled = self._scaled(values)
            if scaled.size < 2:
                continue
            x = np.linspace(inner.left(), inner.right(), scaled.size)
            y = inner.bottom() - inner.height() * (scaled - low) / span
            pen = QPen(QColor(tokens.actor(name)), 1.6)
            pen.setStyle(Qt.PenStyle.DashLine if dash else Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF([QPointF(*at) for at in zip(x, y, strict=True)]))
        if self._here is not None:
            place = inner.left() + inner.width() * self._here
            painter.setPen(QPen(QColor(tokens.muted), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(place, inner.top()), QPointF(place, inner.bottom()))

    def _scaled(self, values: Values) -> Values:
        kept = values[np.isfinite(values)]
        if self._logarithmic:
            kept = np.log10(np.maximum(kept, 1e-9))
        return kept
