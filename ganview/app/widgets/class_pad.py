"""A round pad with the classes on its rim: the point in it is a mixture of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.latent_point import Floats
from ganview.app.theme import Theme, font
from ganview.app.widgets.gestures import ARROWS, is_coarse
from ganview.app.widgets.text import set_tooltip

HANDLE = 8
NAME = 11  # radius of a class's disc
RIM = NAME + 2  # between the circle of classes and the edge, for the discs
LONGEST = 64  # pixels of a class's name
LEAST_NAMED = 10  # classes that are all named; of too many for the rim some are, and all have dots
DOT = 2.5
COVERED = 3  # pixels around a name that its neighbour may cover
FINE, COARSE = 0.02, 0.1

Mixer = Callable[[float, float, int], Floats]


def places(classes: int) -> Floats:
    """Return where the classes sit on the unit circle, (K, 2), clockwise from the top."""
    angle = 2 * np.pi * np.arange(classes) / max(classes, 1)
    return np.stack([np.sin(angle), -np.cos(angle)], axis=1).astype(np.float32)


class ClassPad(QWidget):
    """Weights of the classes as one point.

    Parameters
    ----------
    mixer
        Turns (x, y, K) into class weights (K,); the unit circle is the rim.
    """

    spoken_role = QAccessible.Role.Canvas

    mixed = Signal(object, object)  # (weights, gesture): the point was moved

    def __init__(self, mixer: Mixer) -> None:
        super().__init__()
        self._mixer = mixer
        self._names: tuple[str, ...] = ()
        self.point = (0.0, 0.0)  # where the point is, on a pad from −1 to 1
        self._weights: Floats = np.zeros(0, np.float32)
        self._gesture: object = None
        self._held = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Mixture of classes")
        set_tooltip(
            self,
            "Drag the point: the nearer a class, the more of it there is in y; the middle has all "
            "of them alike. z stays. Arrow keys move it, with Shift further; Home is the middle.",
        )
        Theme.current().changed.connect(self.update)

    def set_names(self, names: Sequence[str]) -> None:
        """Put other classes on the rim."""
        self._names = tuple(names)
        self._weights = np.zeros(0, np.float32)
        self.update()

    def show_weights(self, weights: Floats) -> None:
        """Move the point to where the mixture is nearest to weights (K,)."""
        if weights.size != len(self._names) or np.array_equal(weights, self._weights):
            return
        self._weights = weights
        if not self._held:
            self.point = nearest_point(weights, self._mixer)
            self._describe()
        self.update()

    # -- geometry ---------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(200, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(88, 88)

    def _circle(self) -> tuple[QPointF, float]:
        radius = min(self.width(), self.height()) / 2 - RIM
        return QRectF(self.rect()).center(), max(10.0, radius)

    def _on_screen(self, x: float, y: float) -> QPointF:
        centre, radius = self._circle()
        return QPointF(centre.x() + x * radius, centre.y() + y * radius)

    # -- painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre, radius = self._circle()
        focused = self.hasFocus()
        painter.setPen(QPen(QColor(tokens.discriminator if focused else tokens.line), 1.5))
        painter.setBrush(QColor(tokens.sunken))
        painter.drawEllipse(centre, radius, radius)
        here = self._on_screen(*self.point)
        for (x, y), weight in zip(places(len(self._names)), self._weights, strict=False):
            if weight > 0.01:
                colour = QColor(tokens.accent)
                colour.setAlphaF(min(1.0, 0.15 + float(weight)))
                painter.setPen(QPen(colour, 1 + 5 * float(weight)))
                painter.drawLine(here, self._on_screen(float(x), float(y)))
        painter.setPen(QPen(QColor(tokens.accent), 2.5))
        painter.setBrush(QColor(tokens.card))
        painter.drawEllipse(here, HANDLE, HANDLE)
        # Above the point, so that the name of the class it is at can be read.
        painter.setFont(font("number"))
        spots = [self._on_screen(float(x), float(y)) for x, y in places(len(self._names))]
        named = self.named
        if len(named) < len(spots):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.muted))
            for spot in spots:
                painter.drawEllipse(spot, DOT, DOT)
        for index in named:
            self._paint_name(painter, index, spots[index])
        painter.end()

    @property
    def named(self) -> list[int]:
        """The classes whose names are shown; the strongest last, and so above the others."""
        room = max(LEAST_NAMED, int(np.pi * self._circle()[1] // NAME))
        step = -(-len(self._names) // room)
        strongest = [int(i) for i in np.argsort(self._weights)[-3:] if self._weights[i] > 0.01]
        rim = places(len(self._names))
        boxes = [self._box(i, rim[i]) for i in strongest]
        others: list[int] = []
        for i in range(0, len(self._names), max(1, step)):
            box = self._box(i, rim[i])
            free = len(self._names) <= LEAST_NAMED or not any(map(box.intersects, boxes))
            if free and i not in strongest:
                others.append(i)
                boxes.append(box)
        return others + strongest

    def _box(self, index: int, place: Floats) -> QRectF:
        """Return what a class's name takes at its place, without what may be covered."""
        box = self._name_box(self._shown_name(index), self._on_screen(*map(float, place)))
        return box.adjusted(COVERED, COVERED, -COVERED, -COVERED)

    def _paint_name(self, painter: QPainter, index: int, where: QPointF) -> None:
        tokens = Theme.current().tokens
        weight = float(self._weights[index]) if index < self._weights.size else 0.0
        strong = weight > 0.5
        painter.setPen(QPen(QColor(tokens.accent if weight > 0.01 else tokens.line), 1.5))
        painter.setBrush(QColor(tokens.accent if strong else tokens.card))
        name = self._shown_name(index)
        box = self._name_box(name, where)
        painter.drawRoundedRect(box, NAME, NAME)
        painter.setPen(QColor(tokens.card if strong else tokens.text))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), name)

    def _shown_name(self, index: int) -> str:
        """Return as much of a class's name as there is room for."""
        metrics = QFontMetricsF(font("number"))
        return metrics.elidedText(self._names[index], Qt.TextElideMode.ElideRight, LONGEST)

    def _name_box(self, name: str, where: QPointF) -> QRectF:
        """Return a circle, drawn out to the sides for a longer name but never over the edge."""
        width = max(2 * NAME, QFontMetricsF(font("number")).horizontalAdvance(name) + NAME)
        left = min(max(where.x() - width / 2, 1.0), self.width() - width - 1)
        return QRectF(left, where.y() - NAME, width, 2 * NAME)

    # -- mouse and keyboard ----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._names:
            self._gesture, self._held = object(), True
            self._go_to_pixel(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._go_to_pixel(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not self._names or (key not in ARROWS and key != Qt.Key.Key_Home):
            super().keyPressEvent(event)
            return
        if not event.isAutoRepeat():
            self._gesture = object()
        length = COARSE if is_coarse(event) else FINE
        x, y = (0.0, 0.0) if key == Qt.Key.Key_Home else self.point
        across, down = ARROWS.get(key, (0, 0))
        self._go_to(x + across * length, y + down * length)

    def _go_to_pixel(self, where: QPointF) -> None:
        centre, radius = self._circle()
        self._go_to((where.x() - centre.x()) / radius, (where.y() - centre.y()) / radius)

    def _go_to(self, x: float, y: float) -> None:
        length = float(np.hypot(x, y))
        if length > 1:
            x, y = x / length, y / length
        self.point = (x, y)
        self._weights = self._mixer(x, y, len(self._names))
        self._describe()
        self.update()
        self.mixed.emit(self._weights, self._gesture)

    def _describe(self) -> None:
        shares = sorted(zip(self._weights, self._names, strict=True), reverse=True)[:3]
        words = ", ".join(f"{100 * share:.0f} percent {name}" for share, name in shares)
        self.setAccessibleDescription(words)


@cache
def _field(mixer: Mixer, classes: int) -> tuple[Floats, Floats]:
    """Return points spread over the pad, (P, 2), and their mixtures, (P, K)."""
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rings = [(r * np.sin(angles), -r * np.cos(angles)) for r in np.linspace(0.2, 1, 5)]
    points = np.concatenate([[[0.0, 0.0]], *(np.stack(ring, axis=1) for ring in rings)])
    mixtures = [mixer(float(x), float(y), classes) for x, y in points]
    return points.astype(np.float32), np.stack(mixtures)


def nearest_point(weights: Floats, mixer: Mixer) -> tuple[float, float]:
    """Return about the point of the pad whose mixture is most like weights (K,)."""
    if np.count_nonzero(weights) == 1:
        x, y = places(weights.size)[int(weights.argmax())]
    else:
        points, mixtures = _field(mixer, weights.size)
        x, y = points[int(np.abs(mixtures - weights).sum(axis=1).argmin())]
    return float(x), float(y)
