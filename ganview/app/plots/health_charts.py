"""Small charts painted by hand: layers over the steps of a run, histograms, and lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.formatting import number_text
from ganview.app.theme import Theme, font
from ganview.app.widgets.qt_images import to_qimage
from ganview.app.widgets.text import name_text, set_tooltip
from ganview.export.colours import apply_colormap

DECADES = 6.0  # powers of ten that the colours of a chart of layers span
COLUMNS = 400  # that a chart of layers has at most
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
CENTRE = int(Qt.AlignmentFlag.AlignCenter)
Values = NDArray[np.float64]


class Chart(QWidget):
    """A title, a drawing and, as its tooltip, what to look for.

    Parameters
    ----------
    about
        What to look for, in one sentence.

    Attributes
    ----------
    end
        Where the x axis ends at least: the run's newest step.
    """

    spoken_role = QAccessible.Role.Chart

    def __init__(self, title: str, about: str) -> None:
        super().__init__()
        self.title, self.about, self._note = title, about, ""
        self.end = 1.0
        self._steps: Values = np.zeros(0)  # along the x axis, which begins at 0
        self._cursor: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(title)
        self.setAccessibleDescription(about)
        set_tooltip(self, about)
        Theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, 80)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 56)

    def set_note(self, note: str) -> None:
        """Write the newest numbers beside the title."""
        if note == self._note:
            return
        self._note = note
        self.setAccessibleDescription(f"{self.about} Now: {note}" if note else self.about)
        self.update()

    def clear(self) -> None:
        """Show nothing: another run comes, which may have recorded nothing."""
        self.show_steps(np.zeros(0), None)
        self.set_note("")

    def show_steps(self, steps: Values, cursor: int | None) -> None:
        """Let the x axis run from 0 to `end` or the last step, with a line at the cursor."""
        self._steps, self._cursor = steps, cursor
        self.update()

    def _x_of(self, steps: Values, area: QRectF) -> Values:
        return area.left() + area.width() * np.asarray(steps, np.float64) / self._last

    @property
    def _last(self) -> float:
        """The step at the right edge."""
        return max(self.end, float(self._steps[-1]) if self._steps.size else 1.0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(font("small"))
        line = metrics.height()
        width = metrics.horizontalAdvance(self.title) + 8
        _write(painter, self.title, QRectF(0, 0, width, line), tokens.text)
        rest = QRectF(width, 0, self.width() - width, line)
        _write(painter, self._note, rest, tokens.muted, RIGHT)
        area = QRectF(0, line + 2, self.width(), self.height() - line - 3)
        painter.fillRect(area, QColor(tokens.sunken))
        if self._steps.size:
            self.paint_area(painter, area)
            if self._cursor is not None:
                place = float(self._x_of(np.array([self._cursor]), area)[0])
                painter.setPen(QPen(QColor(tokens.accent), 1.5))
                painter.drawLine(QPointF(place, area.top()), QPointF(place, area.bottom()))
        else:
            _write(painter, "Nothing was recorded yet", area, tokens.muted, CENTRE)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        edge = tokens.accent if self.hasFocus() else tokens.line
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1))
        painter.drawRect(area)
        painter.end()

    def paint_area(self, painter: QPainter, area: QRectF) -> None:
        """Draw what the chart shows."""
        raise NotImplementedError


class LayersChart(Chart):
    """A row a layer, from input to output; the brighter, the larger, in powers of ten."""

    def __init__(self, title: str, about: str) -> None:
        super().__init__(title, about)
        self._values: Values = np.zeros((0, 0))

    def show_layers(self, values: Values, names: Sequence[str]) -> None:
        """Show numbers of layers, (layers, steps); NaN is left empty."""
        self._values = values
        newest = values[:, np.isfinite(values).all(axis=0)][:, -1:]
        if newest.size:
            least, most = int(newest.argmin()), int(newest.argmax())
            self.set_note(
                f"{number_text(float(newest[least, 0]))} {name_text(names[least])} … "
                f"{number_text(float(newest[most, 0]))} {name_text(names[most])}"
            )
        self.update()

    def paint_area(self, painter: QPainter, area: QRectF) -> None:
        if not self._values.size:
            return
        count = min(COLUMNS, max(1, int(area.width())))
        at = (np.arange(count) + 0.5) / count * self._last
        here = np.minimum(np.searchsorted(self._steps, at), len(self._steps) - 1)
        values = np.where(at > self._steps[-1] + at[0], np.nan, self._values[:, here])
        with np.errstate(divide="ignore"):
            powers = np.log10(values)
        most = powers[np.isfinite(powers)].max(initial=-DECADES)
        shares = np.clip(np.nan_to_num((powers - most) / DECADES + 1, neginf=0.0), 0, 1)
        levels = np.rint(255 * shares).astype(np.uint8)
        colours = apply_colormap(levels[None], "viridis")[0]
        ground = QColor(Theme.current().tokens.sunken)
        colours[np.isnan(values)] = (ground.red(), ground.green(), ground.blue())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        painter.drawImage(area, to_qimage(colours))


class HistogramChart(Chart):
    """Two histograms on one scale: real above the line, fake below it."""

    def __init__(self, title: str, about: str) -> None:
        super().__init__(title, about)
        self._shares: tuple[Values, ...] = ()

    def show_shares(self, shares: tuple[Values, ...]) -> None:
        """Show shares of real and of fake pictures, (bins,) each."""
        self._shares = shares
        self.show_steps(np.zeros(1), None)  # it has no axis of steps

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
            metrics = QFontMetricsF(font("small"))
            for word, colour, top in (
                ("real", tokens.real, area.top() + 1),
                ("fake", tokens.fake, area.bottom() - metrics.height() - 1),
            ):
                width = metrics.horizontalAdvance(word) + 8
                box = QRectF(area.center().x() - width / 2, top, width, metrics.height())
                painter.fillRect(box, QColor(tokens.sunken))
                _write(painter, word, box, colour, CENTRE)


class LinesChart(Chart):
    """Lines on one scale, from zero or, if it is logarithmic, from the smallest value."""

    def __init__(self, title: str, about: str, *, logarithmic: bool = False) -> None:
        super().__init__(title, about)
        self._logarithmic = logarithmic
        self._lines: tuple[tuple[str, Values], ...] = ()

    def show_lines(self, lines: tuple[tuple[str, Values], ...]) -> None:
        """Show one or two lines, (name of an actor, a value for each step)."""
        self._lines = lines
        self.update()

    def paint_area(self, painter: QPainter, area: QRectF) -> None:
        tokens = Theme.current().tokens
        inner = area.adjusted(2, 4, -2, -4)
        shown = [(name, *self._points(values)) for name, values in self._lines]
        heights = np.concatenate([heights for _name, _steps, heights in shown] or [np.zeros(0)])
        if not heights.size:
            return
        low = float(heights.min()) if self._logarithmic else 0.0
        span = (float(heights.max()) - low) or 1.0
        for (name, steps, scaled), dash in zip(shown, (False, True), strict=False):
            x = self._x_of(steps, inner)
            y = inner.bottom() - inner.height() * (scaled - low) / span
            pen = QPen(QColor(tokens.actor(name)), 1.6)
            pen.setStyle(Qt.PenStyle.DashLine if dash else Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF([QPointF(*at) for at in zip(x, y, strict=True)]))

    def _points(self, values: Values) -> tuple[Values, Values]:
        """Return the steps of the values that are numbers, and their heights."""
        finite = np.isfinite(values)
        steps, kept = self._steps[finite], values[finite]
        return steps, np.log10(np.maximum(kept, 1e-9)) if self._logarithmic else kept


def _write(painter: QPainter, text: str, box: QRectF, colour: str, align: int = LEFT) -> None:
    """Write a line of text, cut to its box."""
    painter.setPen(QColor(colour))
    painter.setFont(font("small"))
    cut = QFontMetricsF(font("small")).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, align, cut)
