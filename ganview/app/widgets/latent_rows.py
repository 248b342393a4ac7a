"""A row of the slider list: where its parts are, and how its number is written."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect

from ganview.app.latent_point import REACH
from ganview.app.theme import HAIR, SMALL

ROW_HEIGHT = 23
HANDLE = 7
MINUS = "−"


def sigma_text(value: float) -> str:
    """Write a number of σ with two decimals and a true minus, as wide as its negative."""
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", MINUS)


@dataclass(frozen=True)
class RowLayout:
    """Where the parts of a row are, in pixels of the view."""

    # label, effect, track, number, lock: rectangles from left to right. The track's usable length
    # runs from −3 to +3 σ
    label: QRect
    effect: QRect
    track: QRect
    number: QRect
    lock: QRect

    @classmethod
    def of(cls, row: QRect, label_width: int, number_width: int, *, effects: bool) -> RowLayout:
        """Divide a row; the bar of the measured effect takes room only when there is one."""
        label = QRect(row.left() + SMALL, row.top(), label_width, row.height())
        bar = QRect(label.right() + 1 + SMALL, row.top(), 28 if effects else 0, row.height())
        lock = QRect(row.right() - HAIR - 18, row.top(), 20, row.height())
        number = QRect(lock.left() - HAIR - number_width, row.top(), number_width, row.height())
        left = bar.right() + 1 + SMALL + HANDLE
        right = number.left() - SMALL - HAIR - HANDLE
        track = QRect(left, row.top(), max(20, right - left), row.height())
        return cls(label, bar, track, number.adjusted(0, 2, 0, -2), lock)

    def value_at(self, x: float) -> float:
        """Return the value in σ under a horizontal position, held to ±3."""
        share = (x - self.track.left()) / self.track.width()
        return min(max((2 * share - 1) * REACH, -REACH), REACH)

    def position_of(self, value: float) -> float:
        """Return the horizontal position of a value, held to the ends of the track."""
        share = (min(max(value, -REACH), REACH) / REACH + 1) / 2
        return self.track.left() + share * self.track.width()

    def on_track(self, where: QPoint) -> bool:
        """Tell whether a point is on the track, or on a handle that stands at its end."""
        return self.track.adjusted(-HANDLE - 2, 0, HANDLE + 2, 0).contains(where)
