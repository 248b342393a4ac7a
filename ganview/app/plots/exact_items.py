"""Curves and lines that can be recorded: on paper a line is as wide as on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from ganview.app.plots.axes import FramedPlot


class ExactCurve(pg.PlotCurveItem):
    """A curve that `recorded` draws in pixels."""

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None
    ) -> None:
        if self._exportOpts is False:
            super().paint(painter, option, widget)
        else:
            _draw_in_pixels(self, painter, self.getPath(), self.opts["pen"])


class ExactLine(pg.InfiniteLine):
    """A straight line that `recorded` draws in pixels."""

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None
    ) -> None:
        if self._exportOpts is False:
            super().paint(painter, option, widget)
        else:
            box = self.boundingRect()
            path = QPainterPath(QPointF(box.left(), 0))
            path.lineTo(box.right(), 0)
            _draw_in_pixels(self, painter, path, self.currentPen)


def _draw_in_pixels(item: QGraphicsItem, painter: QPainter, path: QPainterPath, pen: QPen) -> None:
    """Draw a path of an item with a pen that grows with the picture.

    pyqtgraph's pens are as wide on every scale: in a picture twice as large they are half as wide,
    and programs that read an SVG know such pens seldom.
    """
    to_pixels = item.sceneTransform()
    painter.save()
    painter.setTransform(to_pixels.inverted()[0], True)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    exact = QPen(pen)
    exact.setCosmetic(False)
    exact.setCapStyle(Qt.PenCapStyle.FlatCap)  # or dots would be twice as long
    painter.setPen(exact)
    painter.drawPath(to_pixels.map(path))
    painter.restore()


@contextmanager
def recorded(plot: FramedPlot) -> Iterator[None]:
    """Let a plot be drawn as lines and letters, without pictures of parts of it."""
    items = plot.scene().items()
    cached = {item: item.cacheMode() for item in items if item.cacheMode()}
    for item in items:
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
        if isinstance(item, pg.GraphicsItem):
            item.setExportMode(True)
    plot.recording = True
    try:
        yield
    finally:
        plot.recording = False
        for item in items:
            if isinstance(item, pg.GraphicsItem):
                item.setExportMode(False)
        for item, mode in cached.items():
            item.setCacheMode(mode)
