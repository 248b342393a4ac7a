"""Draws the parts of the flow: noise, networks, pictures, answers, costs, layers, arrows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from ganview.app.formatting import number_text
from ganview.app.theme import font
from ganview.app.widgets.latent_strip import shades
from ganview.app.widgets.qt_images import Pixels, to_qimage
from ganview.app.widgets.text import name_text
from ganview.export.colours import apply_colormap
from ganview.export.palette import Tokens
from ganview.gan.step_trace import CostTerm, Floats, LayerUpdate, StepTrace, to_pixels

LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
CENTRE = int(Qt.AlignmentFlag.AlignCenter)
INSET = 6  # of words from the left edge, where a frame may be
DECADES = 4  # powers of ten that the bars of a network's layers span


@dataclass(frozen=True)
class RowPictures:
    """The pictures of one row of a trace, ready to be drawn."""

    z: QImage
    x: QImage
    x_hat: QImage
    told: QImage
    after: QImage
    change: QImage


def pictures_of(trace: StepTrace, row: int) -> RowPictures:
    """Turn one row of a trace into pictures."""
    one = slice(row, row + 1)
    change = trace.x_hat_after[row] - trace.x_hat[row]
    return RowPictures(
        noise_image(trace.z[row]),
        to_qimage(to_pixels(trace.x[one])[0]),
        to_qimage(to_pixels(trace.x_hat[one])[0]),
        to_qimage(signed_pixels(-trace.dcost_g_dx_hat[row])),
        to_qimage(to_pixels(trace.x_hat_after[one])[0]),
        to_qimage(signed_pixels(change)),
    )


def noise_image(z: Floats) -> QImage:
    """Return noise (D,) as a square of cells."""
    columns = ceil(math.sqrt(z.size))
    cells = np.full(columns * ceil(z.size / columns), 128, np.uint8)
    cells[: z.size] = shades(z)
    return to_qimage(cells.reshape(-1, columns))


def signed_pixels(part: Floats) -> Pixels:
    """Colour (C, H, W), summed over channels: red above zero, blue below, white at zero."""
    flat = part.sum(axis=0)
    most = float(np.abs(flat).max()) or 1.0
    levels = np.rint((flat / most + 1) * 127.5).astype(np.uint8)
    return apply_colormap(levels[None], "signed")[0]


def paint_picture(painter: QPainter, image: QImage, box: QRectF, edge: QColor) -> None:
    """Draw a picture with sharp pixels and a line around it."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
    painter.drawImage(box, image)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)


def paint_text(painter: QPainter, text: str, box: QRectF, colour: str, how: int = LEFT) -> None:
    """Write a line of text, cut to its box."""
    painter.setFont(font("small"))
    painter.setPen(QColor(colour))
    short = QFontMetricsF(font("small")).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, how | int(Qt.TextFlag.TextSingleLine), short)


def paint_network(painter: QPainter, box: QRectF, letters: tuple[str, str], colour: str) -> None:
    """Draw a network as a box with its letter and the letter of its weights."""
    edge = QColor(colour)
    fill = QColor(edge)
    fill.setAlpha(34)
    painter.setPen(QPen(edge, 1.6))
    painter.setBrush(fill)
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 8, 8)
    painter.setFont(font("large"))
    if box.height() < 2 * QFontMetricsF(font("large")).height():
        painter.setFont(font("number"))
        painter.drawText(box, CENTRE, f"{letters[0]} ({letters[1]})")
        return
    half = box.height() / 2
    upper = QRectF(box.x(), box.y() + half - 24, box.width(), 26)
    painter.drawText(upper, CENTRE, letters[0])
    paint_text(painter, letters[1], upper.translated(0, 22), colour, CENTRE)


def paint_arrow(
    painter: QPainter, start: QPointF, end: QPointF, colour: str, *, back: bool = False
) -> None:
    """Draw an arrow; one of the gradient's way back is dashed."""
    pen = QPen(QColor(colour), 1.8)
    if back:
        pen.setDashPattern([2.5, 2.5])
    painter.setPen(pen)
    painter.drawLine(start, end)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    angle = math.atan2(end.y() - start.y(), end.x() - start.x())
    wings = [
        QPointF(end.x() - 8 * math.cos(angle + turn), end.y() - 8 * math.sin(angle + turn))
        for turn in (-0.45, 0.45)
    ]
    painter.drawPolygon(QPolygonF([end, *wings]))


@dataclass(frozen=True)
class AnswerScale:
    """How D's answers become lengths: beliefs from 0, a critic's scores to both sides of 0."""

    low: float
    high: float
    numbers: dict[str, Floats]

    @classmethod
    def of(cls, trace: StepTrace) -> AnswerScale:
        """Return that of a trace, with what D says at each moment, (R,)."""
        numbers = {
            "real": trace.belief(trace.before.real),
            "fake": trace.belief(trace.before.fake),
            "real_after": trace.belief(trace.after.real),
            "fake_after": trace.belief(trace.after.fake),
            "fake_again": trace.belief(trace.again.fake),
        }
        if trace.rule.belief is not None:
            return cls(0.0, 1.0, numbers)
        most = max(float(np.abs(part).max()) for part in numbers.values()) or 1.0
        return cls(-most, most, numbers)

    def place(self, value: float) -> float:
        """Return where a number lies, 0 left to 1 right."""
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)


def paint_answer(
    painter: QPainter, box: QRectF, name: str, value: float, scale: AnswerScale, looks: _Looks
) -> None:
    """Draw one of D's answers as a bar with its number."""
    tokens, colour = looks.tokens, looks.colour
    metrics = QFontMetricsF(font("small"))
    names, number = metrics.horizontalAdvance("x̂′ new D  "), metrics.horizontalAdvance("−00.00 ")
    box = box.adjusted(INSET, 0, -INSET, 0)
    paint_text(painter, name, QRectF(box.x(), box.y(), names, box.height()), colour)
    groove = QRectF(
        box.x() + names, box.center().y() - 4, max(10.0, box.width() - names - number), 8
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.line))
    painter.drawRoundedRect(groove, 4, 4)
    start = groove.x() + groove.width() * scale.place(0.0)
    end = groove.x() + groove.width() * scale.place(value)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(
        QRectF(min(start, end), groove.y(), max(3.0, abs(end - start)), 8), 4, 4
    )
    middle = groove.x() + groove.width() / 2
    painter.setPen(QPen(QColor(tokens.muted), 1))
    painter.drawLine(QPointF(middle, groove.y() - 3), QPointF(middle, groove.bottom() + 3))
    text = f"{value:.2f}".replace("-", "−")
    paint_text(
        painter, text, QRectF(box.right() - number, box.y(), number, box.height()),
        tokens.text, RIGHT,
    )  # fmt: skip


@dataclass(frozen=True)
class _Looks:
    """The scheme's colours, and the colour of the actor at hand."""

    tokens: Tokens
    colour: str


def looks(tokens: Tokens, actor: str) -> _Looks:
    """Return how something of an actor's looks."""
    return _Looks(tokens, tokens.actor(actor))


def cost_lines(
    who: str, pair: str, pair_cost: float, terms: Sequence[CostTerm], count: int
) -> tuple[str, str]:
    """Return a cost in words: of this pair, and of the batch with all its terms."""
    first = f"{who} minimises  {pair} = {number_text(pair_cost)} (this pair)"
    parts = [f"{number_text(terms[0].value)} (mean of {count} pairs)"]
    parts += [f"{number_text(term.value)} ({term.name})" for term in terms[1:]]
    whole = number_text(sum(term.value for term in terms))
    second = " + ".join(parts) + (f" = {whole}" if len(terms) > 1 else "")
    return first, second


def paint_cost(painter: QPainter, box: QRectF, lines: tuple[str, str], looks: _Looks) -> None:
    """Write a cost beside a bar of its player's colour; on one line where there is no room."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(looks.tokens.sunken))
    painter.drawRoundedRect(box, 5, 5)
    painter.setBrush(QColor(looks.colour))
    painter.drawRoundedRect(QRectF(box.x(), box.y(), 4, box.height()), 2, 2)
    inner = box.adjusted(12, 2, -6, -2)
    line = QFontMetricsF(font("small")).height()
    if inner.height() >= 2 * line:
        half = inner.height() / 2
        upper = QRectF(inner.x(), inner.y(), inner.width(), half)
        paint_text(painter, lines[0], upper, looks.tokens.text)
        paint_text(painter, lines[1], upper.translated(0, half), looks.tokens.muted)
    else:
        paint_text(painter, "   ·   ".join(filter(None, lines)), inner, looks.tokens.text)


def bar_height(value: float, most: float) -> float:
    """Return the height, 0 to 1, of a value on a scale of `DECADES` powers of ten below most."""
    if value <= 0 or most <= 0:
        return 0.0
    return min(max(1 + math.log10(value / most) / DECADES, 0.02), 1.0)


def layer_columns(box: QRectF, count: int, line: float) -> list[QRectF]:
    """Return where the bars of each layer stand, below the title and above the words."""
    inner = box.adjusted(0, line + 2, 0, -line)
    width = inner.width() / max(1, count)
    return [QRectF(inner.x() + i * width, inner.y(), width, inner.height()) for i in range(count)]


def paint_layers(
    painter: QPainter,
    box: QRectF,
    title: str,
    layers: Sequence[LayerUpdate],
    ends: tuple[str, str],
    looks: _Looks,
) -> None:
    """Draw the gradient that arrives at each layer, and how much the layer moves."""
    tokens = looks.tokens
    line = QFontMetricsF(font("small")).height()
    paint_text(painter, title, QRectF(box.x(), box.y(), box.width(), line), looks.colour)
    most = max((layer.gradient for layer in layers), default=0.0)
    most_ratio = max((layer.ratio for layer in layers), default=0.0)
    for layer, column in zip(layers, layer_columns(box, len(layers), line), strict=True):
        floor = QRectF(column.x() + 1, column.bottom() - 1, column.width() - 2, 1)
        painter.fillRect(floor, QColor(tokens.line))
        wide = min(14.0, column.width() / 2 - 2)
        high = column.height() * bar_height(layer.gradient, most)
        painter.fillRect(
            QRectF(column.center().x() - wide, column.bottom() - high, wide, high),
            QColor(looks.colour),
        )
        high = column.height() * bar_height(layer.ratio, most_ratio)
        painter.setPen(QPen(QColor(looks.colour), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if high:
            painter.drawRect(
                QRectF(column.center().x() + 1, column.bottom() - high, wide - 1, high)
            )
    below = QRectF(box.x(), box.bottom() - line, box.width(), line)
    paint_text(painter, ends[0], below, tokens.muted)
    paint_text(painter, ends[1], below, tokens.muted, RIGHT)


def layer_text(layer: LayerUpdate) -> str:
    """Return a layer's numbers as a sentence."""
    return (
        f"{name_text(layer.name)}: gradient {number_text(layer.gradient)}, weights "
        f"{number_text(layer.weight)}, moved by {100 * layer.ratio:.2g} % of their size"
    )
