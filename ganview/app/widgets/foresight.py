"""What lies along a slider: pictures at −3 … +3 σ, each over its place on the track."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.theme import HAIR, Theme, font
from ganview.app.widgets.latent_rows import MINUS
from ganview.app.widgets.latent_sliders import LatentSliders

STOPS = (-3, -2, -1, 0, 1, 2, 3)


class Foresight(QWidget):
    """The scale over a slider list.

    Parameters
    ----------
    sliders
        The list below; the scale lines up with its tracks.
    parent
        The parent widget.
    """

    def __init__(self, sliders: LatentSliders, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sliders = sliders
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        Theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, QFontMetrics(font("small")).height() + HAIR)

    def _position(self, sigma: float) -> float:
        left, right = self._sliders.track_span()
        return left + (sigma + 3) / 6 * (right - left)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        painter.setFont(font("small"))
        painter.setPen(QColor(tokens.muted))
        height = QFontMetrics(font("small")).height()
        for sigma in STOPS:
            text = f"{sigma:+d} σ".replace("-", MINUS) if sigma else "0"
            box = QRectF(self._position(sigma) - 30, self.height() - height, 60, height)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.end()
