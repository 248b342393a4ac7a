"""Rows and columns of widgets, each made in one call, and areas that scroll."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from ganview.app.theme import LARGE, SMALL

#: A widget or layout; with its stretch; with its alignment, too; or a stretch without either.
Part = (
    QWidget
    | QLayout
    | int
    | tuple[QWidget | QLayout, int]
    | tuple[QWidget | QLayout, int, Qt.AlignmentFlag]
)
Margins = tuple[int, int, int, int]  # left, top, right, bottom, in logical pixels
NONE: Margins = 0, 0, 0, 0


def row_layout(
    *parts: Part, gap: int = SMALL, margins: Margins = NONE, inside: QWidget | None = None
) -> QHBoxLayout:
    """Lay out parts from left to right; see `fill_layout`.

    Parameters
    ----------
    gap
        Logical pixels between them.
    inside
        The widget that gets the layout; without it, the layout goes into another.
    """
    layout = QHBoxLayout() if inside is None else QHBoxLayout(inside)
    layout.setContentsMargins(*margins)
    layout.setSpacing(gap)
    fill_layout(layout, *parts)
    return layout


def column_layout(
    *parts: Part, gap: int = SMALL, margins: Margins = NONE, inside: QWidget | None = None
) -> QVBoxLayout:
    """Lay out parts from top to bottom; otherwise as `row_layout`."""
    layout = QVBoxLayout() if inside is None else QVBoxLayout(inside)
    layout.setContentsMargins(*margins)
    layout.setSpacing(gap)
    fill_layout(layout, *parts)
    return layout


def fill_layout(layout: QBoxLayout, *parts: Part) -> None:
    """Add parts at the end of a layout, each as `Part` says."""
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
            continue
        item, *rest = part if isinstance(part, tuple) else (part,)
        if isinstance(item, QLayout):
            layout.addLayout(item)
        else:
            layout.addWidget(item)
        if rest:
            layout.setStretchFactor(item, int(rest[0]))
        if len(rest) > 1:
            layout.setAlignment(item, Qt.AlignmentFlag(rest[1]))


def scroll_area(inside: QWidget) -> QScrollArea:
    """Return an area as wide as what is inside, which scrolls up and down where it is too high."""
    area = QScrollArea(widgetResizable=True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    area.setMinimumWidth(inside.sizeHint().width() + LARGE)
    return area


class ScrollRoom(QScrollArea):
    """Lets a widget be scrolled, instead of widening the window for it."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        # What is in it has the keyboard, and scrolls into view when it gets it: a stop at the page
        # itself would be one that nothing shows.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(inside)
        self.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
