"""Lets wheel, drag and keys choose which part of its x axis a plot shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    import pyqtgraph as pg

LEAST_STEPS = 4.0  # units of the x axis that are shown at least
#: What a key does: the share of the range to shift by, and the factor of its length; 0 shows all.
KEYS = {
    Qt.Key.Key_Left: (-0.2, 1.0),
    Qt.Key.Key_Right: (0.2, 1.0),
    Qt.Key.Key_Plus: (0.0, 0.7),
    Qt.Key.Key_Equal: (0.0, 0.7),
    Qt.Key.Key_Minus: (0.0, 1 / 0.7),
    Qt.Key.Key_0: (0.0, 0.0),
    Qt.Key.Key_Home: (0.0, 0.0),
}
KEYS_TOLD = "Wheel, drag, ← →, + and − move and zoom along the x axis; 0 shows all of it."


class Zooming(QObject):
    """Moves and zooms a plot along x alone."""

    # Another part of the x axis was chosen, (left, right), or all of it, None.
    chosen = Signal(object)

    def __init__(self, plot: pg.PlotWidget) -> None:
        super().__init__(plot)
        self._plot, self._box = plot, plot.getViewBox()
        self._box.setMouseEnabled(x=True, y=False)
        self._box.sigRangeChangedManually.connect(self._tell_range)
        plot.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the keys of the plot that has the focus move and zoom along x."""
        if watched is self._plot and isinstance(event, QKeyEvent):
            move = KEYS.get(Qt.Key(event.key()))
            plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if move is not None and plain:
                if event.type() == QEvent.Type.KeyPress:
                    self._move(*move)
                return True
        return super().eventFilter(watched, event)

    def _move(self, shift: float, factor: float) -> None:
        """Shift the range by a share of itself, and shrink it around its middle."""
        left, right = self._box.viewRange()[0]
        if not factor:
            self.chosen.emit(None)
            return
        middle = (left + right) / 2 + shift * (right - left)
        half = max((right - left) * factor, LEAST_STEPS) / 2
        self.chosen.emit((middle - half, middle + half))

    def _tell_range(self, _axes: object) -> None:
        left, right = self._box.viewRange()[0]
        self.chosen.emit((left, right))
