"""A strip of pictures that scrolls where there is too little room for all of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea

from ganview.app.theme import HAIR
from ganview.app.widgets.tile_strip import TileStrip


class ScrolledStrip(QScrollArea):
    """Shows a strip whole as long as its tiles fit, and lets it be scrolled otherwise."""

    def __init__(self, strip: TileStrip) -> None:
        super().__init__()
        self._strip = strip
        self._count = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the strip has it
        self.setWidget(strip)
        self.viewport().setAutoFillBackground(False)
        strip.setAutoFillBackground(False)
        strip.installEventFilter(self)

    def fit(self, count: int) -> None:
        """Make room for a number of tiles of the strip's present size."""
        self._count = count
        self.setMinimumHeight(self._strip.height_of(1))
        self._strip.setMinimumHeight(0)
        self._strip.resize(self.viewport().size())
        if count:
            bottom = self._strip.tile_rect(count - 1).bottom()
            if bottom > self.viewport().height():
                self._strip.setMinimumHeight(int(bottom) + 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit(self._count)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._strip and event.type() == QEvent.Type.KeyRelease and self._count:
            where = self._strip.tile_rect(self._strip.current)
            middle, half = where.center().toPoint(), round(where.height() / 2)
            self.ensureVisible(middle.x(), middle.y(), 0, half + HAIR)
        return super().eventFilter(watched, event)
