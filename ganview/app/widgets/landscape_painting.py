"""How a flat map and the small pictures on a landscape are painted in the window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from ganview.app.theme import Theme
from ganview.app.widgets.qt_images import to_qimage
from ganview.export.landscape_pane import Pane, Sprites
from ganview.export.relief import Floats

SIDES = (20, 34)  # pixels of a small picture, in a narrow field and in a wide one
STEM = 12  # pixels from the ground to a picture above it


def paint_map(painter: QPainter, pane: Pane, whole: QRectF) -> None:
    """Paint a field as a flat map that fills an area."""
    ground = np.ascontiguousarray(pane.ground(lit=False)[::-1])
    height, width = ground.shape
    image = QImage(ground.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(whole, image)
    for colour, places in pane.dots:
        painter.setPen(QPen(QColor(colour), 2.0))
        x = whole.x() + (places[:, 0] + 1) / 2 * whole.width()
        y = whole.y() + (1 - places[:, 1]) / 2 * whole.height()
        painter.drawPoints(QPolygonF([QPointF(*at) for at in zip(x, y, strict=True)]))


def paint_sprites(
    painter: QPainter, sprites: Sprites, points: Floats, seen: NDArray[np.bool_], area: QRectF
) -> None:
    """Paint pictures that don't cover each other; of those without room, the caption if it has.

    Parameters
    ----------
    painter
        With the font of the captions.
    points, seen
        Where the first of them are, (N, 2), and whether no hill hides them.
    """
    tokens, metrics = Theme.current().tokens, painter.fontMetrics()
    named, taken = len(sprites.captions), list[QRectF]()
    side = float(min(max(area.width() / 14, SIDES[0]), SIDES[1]))
    for index in np.flatnonzero(seen).tolist():
        x, y = map(float, points[index])
        caption = sprites.captions[index] if index < named else ""
        width = metrics.horizontalAdvance(caption) + 4 if caption else 0
        lift = STEM if index < named else -side / 2  # a named picture stands above its place
        box = QRectF(x - side / 2, max(y - lift - side, area.top() + 1), side, side)
        room = box.adjusted(-1, -1, width + 1, 1)
        fits = not any(room.intersects(other) for other in taken)
        if not fits:
            room = QRectF(x - width / 2, y - metrics.height(), width, metrics.height())
            if not caption or any(room.intersects(other) for other in taken):
                continue
        taken.append(room)
        if fits:
            painter.setPen(QPen(QColor(tokens.muted), 1))
            if index < named:
                painter.drawLine(QPointF(x, y), QPointF(x, box.bottom()))
            painter.drawImage(box, to_qimage(sprites.pictures[index]))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)
            room = QRectF(box.right() + 3, box.top(), width, side)
        if caption:
            painter.setPen(QColor(tokens.text))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), caption)
