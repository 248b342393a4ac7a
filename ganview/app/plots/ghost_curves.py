"""Faint examples where there are no curves yet: of a run that goes well, and of one that fails.

The shapes are drawn from memory of many runs and measure nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, sin
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.theme import SMALL, Theme, font

POINTS = 60
FAINT = 0.55  # opacity
LEAST_HEIGHT = 70  # below it the words need all the room
Shape = Callable[[float], float]  # of 0 to 1 along, to 0 to 1 up


class Ghost(NamedTuple):
    """One curve in both runs."""

    actor: str
    dashed: bool
    good: Shape
    failed: Shape


#: By the actor of a plot's first curve.
GHOSTS: dict[str, tuple[Ghost, ...]] = {
    "discriminator": (
        Ghost(
            "discriminator",
            False,
            lambda x: 0.35 - 0.18 * (1 - exp(-9 * x)) + 0.02 * sin(40 * x),
            lambda x: 0.35 * exp(-9 * x) + 0.02,
        ),
        Ghost(
            "generator",
            True,
            lambda x: 0.4 + 0.22 * (1 - exp(-9 * x)) + 0.03 * sin(31 * x),
            lambda x: 0.4 + 0.5 * (1 - exp(-3 * x)),
        ),
    ),
    "real": (
        Ghost(
            "real",
            False,
            lambda x: 0.5 + 0.14 * exp(-1.2 * x) * (1 - exp(-12 * x)) + 0.01 * sin(37 * x),
            lambda x: 1 - 0.5 * exp(-12 * x),
        ),
        Ghost(
            "fake",
            True,
            lambda x: 0.5 - 0.14 * exp(-1.2 * x) * (1 - exp(-12 * x)) - 0.01 * sin(41 * x),
            lambda x: 0.5 * exp(-12 * x),
        ),
    ),
    "distance": (
        Ghost(
            "distance",
            False,
            lambda x: 0.1 + 0.85 * exp(-4 * x),
            lambda x: 0.72 + 0.2 * exp(-8 * x) + 0.03 * sin(14 * x),
        ),
        Ghost(
            "accuracy",
            True,
            lambda x: 0.95 - 0.85 * exp(-5 * x),
            lambda x: 0.12 + 0.03 * sin(11 * x),
        ),
    ),
}


class GhostCurves(QWidget):
    """Draws the curves of one plot for a run that is well, and beside them for one that fails.

    Parameters
    ----------
    actor
        That of the plot's first curve, a key of `GHOSTS`.
    """

    spoken_role = QAccessible.Role.Chart

    def __init__(self, actor: str) -> None:
        super().__init__()
        self._ghosts = GHOSTS[actor]
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("What the curves of a good run, and of one that fails, look like")
        Theme.current().changed.connect(self.update)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.height() < LEAST_HEIGHT:
            return
        tokens = Theme.current().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("small"))
        line = painter.fontMetrics().height()
        half = (self.width() - 2 * SMALL) / 2
        for column, title in enumerate(("a good run", "one that fails")):
            left = column * (half + 2 * SMALL)
            painter.setOpacity(1.0)
            painter.setPen(QColor(tokens.muted))
            words = QRectF(left, 0, half, line)
            painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter), title)
            frame = QRectF(left, line + 2, half, self.height() - line - 4)
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(frame.bottomLeft(), frame.bottomRight())
            painter.drawLine(frame.topLeft(), frame.bottomLeft())
            painter.setOpacity(FAINT)
            for ghost in self._ghosts:
                pen = QPen(QColor(tokens.actor(ghost.actor)), 2)
                if ghost.dashed:
                    pen.setDashPattern([3, 2])
                painter.setPen(pen)
                shape = ghost.failed if column else ghost.good
                painter.drawPolyline(_polygon(frame, shape))
        painter.end()


def _polygon(frame: QRectF, shape: Shape) -> QPolygonF:
    return QPolygonF(
        [
            QPointF(
                frame.left() + frame.width() * at / POINTS,
                frame.bottom() - frame.height() * min(1.0, max(0.0, shape(at / POINTS))),
            )
            for at in range(POINTS + 1)
        ]
    )
