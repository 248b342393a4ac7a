"""Shows a landscape: fields side by side, flat or as hills that turn with the pointer."""

from __future__ import annotations

import math
import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.theme import Theme, font
from ganview.app.widgets.gestures import ARROWS, NOTCH, debounce
from ganview.app.widgets.landscape_painting import paint_map, paint_sprites
from ganview.export.ground import packed_colour
from ganview.export.landscape_pane import Pane
from ganview.export.relief import Camera, Floats, Relief

REST_MS = 180  # after the last turn the hills are drawn finely
FINE = 3.0
SLOW = 0.012  # seconds of drawing a frame, from which on hills turn at half the resolution …
QUICK = SLOW / 6  # … until such a frame takes so little
TURN = math.radians(5)  # of an arrow key
PER_PIXEL = math.radians(0.45)  # of a drag
ZOOM_STEP = 1.25
CLICK = 5  # pixels that the pointer may move within a click
GAP = 8  # between two fields
TITLE = 20  # pixels above a field
SPARSE = 1.5  # zoom below which only named pictures are shown


class LandscapeView(QWidget):
    """One or two fields with pictures, a marker and its trail."""

    spoken_role = QAccessible.Role.Graphic

    # (pane, x, y): the place under the pointer or the keyboard's cursor.
    probed = Signal(int, float, float)
    left = Signal()  # the pointer is at no place
    chosen = Signal(int, float, float)  # (pane, x, y): a place was clicked, or confirmed with Enter
    # (pane, places): a line was drawn, while that is on; its places (x, y) in order.
    way_drawn = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self.camera = Camera()
        self.panes: tuple[Pane, ...] = ()  # the fields on show
        self.flat = False  # whether it is seen from above
        self._trail: list[tuple[float, float]] = []
        self._cursor: tuple[float, float] | None = None
        self._pressed: QPointF | None = None
        self._before: Camera | None = None
        self._draws = False
        self._way: list[tuple[int, float, float]] = []  # the line so far
        self._fine = False
        self._rough = 1  # pixels of the screen for each that is drawn, a side, while it turns
        self._took: dict[int, float] = {}  # seconds that the fields of the last such frame took
        self._drawn: dict[int, tuple[Relief, QImage]] = {}
        self._rest = debounce(self, self._refine, REST_MS)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        Theme.current().changed.connect(self._forget)

    # -- what is shown -----------------------------------------------------------------------

    def set_panes(self, panes: tuple[Pane, ...]) -> None:
        """Show fields."""
        self.panes = panes
        self._took.clear()
        self._forget()

    def set_flat(self, flat: bool) -> None:
        """Show the map from above, or as hills."""
        self.flat = flat
        self._show_cursor()
        self._forget()

    def set_drawing(self, draws: bool) -> None:
        """Let the user draw a line, or turn and click as usual; what it drew so far is told."""
        self._draws = draws
        self._end_way()
        self._show_cursor()

    def _show_cursor(self) -> None:
        cross = self.flat or self._draws
        self.setCursor(Qt.CursorShape.CrossCursor if cross else Qt.CursorShape.OpenHandCursor)

    def set_trail(self, trail: list[tuple[float, float]]) -> None:
        """Mark where the explorer stands, which is the last of the places that it came by."""
        if trail != self._trail:
            self._trail = trail
            self.update()

    def look(self, camera: Camera) -> None:
        """Look from somewhere else; finely once that rests."""
        if camera != self.camera:
            self.camera = camera
            took = sum(self._took.values())
            if took > SLOW:
                self._rough = 2
            elif took < QUICK:
                self._rough = 1
            self._fine = False
            self._rest.start()
            self._drawn.clear()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 160)  # it takes what room there is; more would make its page scroll

    def _forget(self) -> None:
        self._drawn.clear()
        self.update()

    def _refine(self) -> None:
        self._fine = True
        self._forget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fine = False
        self._rest.start()
        self._forget()

    # -- where things are ----------------------------------------------------------------------

    def area(self, pane: int) -> QRectF:
        """Return where a field is drawn."""
        count = max(1, len(self.panes))
        width = (self.width() - GAP * (count - 1)) / count
        return QRectF(pane * (width + GAP), TITLE, width, self.height() - TITLE)

    def _relief(self, pane: int) -> tuple[Relief, QImage]:
        if pane not in self._drawn:
            area, tokens = self.area(pane), Theme.current().tokens
            rough = 1 if self._fine else self._rough
            size = max(8, int(area.width() / rough)), max(8, int(area.height() / rough))
            began = time.perf_counter()
            shown = self.panes[pane]
            relief = Relief(
                shown.heights,
                shown.ground(lit=True),
                self.camera,
                size,
                packed_colour(tokens.card),
                FINE if self._fine else 1.0,
            )
            pixels = relief.pixels
            image = QImage(pixels.data, *size, 4 * size[0], QImage.Format.Format_RGB32).copy()
            image.setDevicePixelRatio(1 / rough)
            self._drawn[pane] = relief, image
            if not self._fine:
                self._took[pane] = time.perf_counter() - began
        return self._drawn[pane]

    def _map_area(self, area: QRectF) -> QRectF:
        """Return where the whole flat map would be drawn, part of it beyond ``area``."""
        side = min(area.width(), area.height()) * self.camera.zoom
        x = area.center().x() - (self.camera.x + 1) / 2 * side
        y = area.center().y() - (1 - self.camera.y) / 2 * side
        return QRectF(x, y, side, side)

    def on_screen(self, pane: int, places: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Return where places (N, 2) of a field are drawn, (N, 2), and whether they are seen."""
        area = self.area(pane)
        places = np.asarray(places, np.float32).reshape(-1, 2)
        if self.flat:
            whole = self._map_area(area)
            x = whole.x() + (places[:, 0] + 1) / 2 * whole.width()
            y = whole.y() + (1 - places[:, 1]) / 2 * whole.height()
            at = np.stack([x, y], axis=1).astype(np.float32)
            seen = (at[:, 0] >= area.left()) & (at[:, 0] <= area.right())
            return at, seen & (at[:, 1] >= area.top()) & (at[:, 1] <= area.bottom())
        relief, image = self._relief(pane)
        at = relief.project(places) / np.float32(image.devicePixelRatio())
        inside = (at >= 0).all(axis=1) & (at[:, 0] < area.width()) & (at[:, 1] < area.height())
        return at + np.array([area.x(), area.y()], np.float32), inside & relief.shows(places)

    def place_at(self, where: QPointF) -> tuple[int, float, float] | None:
        """Return the field and the place of the map that are seen at a point."""
        for pane in range(len(self.panes)):
            area = self.area(pane)
            if not area.contains(where):
                continue
            if self.flat:
                whole = self._map_area(area)
                x = (where.x() - whole.x()) / whole.width() * 2 - 1
                y = 1 - (where.y() - whole.y()) / whole.height() * 2
                return (pane, x, y) if max(abs(x), abs(y)) <= 1 else None
            relief, image = self._relief(pane)
            at = (where - area.topLeft()) * image.devicePixelRatio()
            found = relief.place_at(at.x(), at.y())
            return None if found is None else (pane, *found)
        return None

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        painter.setFont(font("small"))
        for index, pane in enumerate(self.panes):
            area = self.area(index)
            painter.setClipRect(area)
            if self.flat:
                paint_map(painter, pane, self._map_area(area))
            else:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(area.topLeft(), self._relief(index)[1])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if pane.sprites is not None:
                near = self.camera.zoom >= SPARSE
                shown = pane.sprites.places[: None if near else len(pane.sprites.captions)]
                paint_sprites(painter, pane.sprites, *self.on_screen(index, shown), area)
            self._paint_trail(painter, index)
            painter.setPen(QColor(tokens.text))
            painter.setClipping(False)
            painter.drawText(QRectF(area.x() + 6, 0, area.width() - 6, TITLE), pane.title)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.discriminator), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_trail(self, painter: QPainter, pane: int) -> None:
        tokens = Theme.current().tokens
        way = [(x, y) for at, x, y in self._way if at == pane]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for places, ink in ((self._trail, tokens.accent), (way, tokens.text)):
            if not places:
                continue
            points, _ = self.on_screen(pane, np.array(places, np.float32))
            line = [QPointF(float(x), float(y)) for x, y in points]
            for colour, width in ((tokens.card, 4.0), (ink, 2.0)):
                painter.setPen(QPen(QColor(colour), width))
                if len(line) > 1:
                    painter.drawPolyline(QPolygonF(line))
                painter.drawEllipse(line[-1], 7, 7)
        if self._cursor is not None and self.hasFocus():
            at = self.on_screen(pane, np.array([self._cursor], np.float32))[0][0]
            for colour, width in ((tokens.card, 4.0), (tokens.discriminator, 2.0)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawEllipse(QPointF(float(at[0]), float(at[1])), 4, 4)

    # -- mouse and keyboard ----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._before = event.position(), self.camera
            if self._draws:
                self._way = []
                self._add_to_way(self.place_at(event.position()))

    def _add_to_way(self, found: tuple[int, float, float] | None) -> None:
        if found is not None and (not self._way or self._way[0][0] == found[0]):
            self._way.append(found)
            self.update()

    def _end_way(self) -> None:
        way, self._way = self._way, []
        if len(way) > 1:
            self.way_drawn.emit(way[0][0], [place[1:] for place in way])
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or self._before is None:
            found = self.place_at(event.position())
            if found is None:
                self.left.emit()
            else:
                self.probed.emit(*found)
            return
        if self._draws:
            self._add_to_way(self.place_at(event.position()))
            return
        way = event.position() - self._pressed
        if way.manhattanLength() <= CLICK:
            return
        before = self._before
        if not self.flat:
            self.look(before.turned(-way.x() * PER_PIXEL, way.y() * PER_PIXEL))
        elif before.zoom > 1:
            side = self._map_area(self.area(0)).width() / 2
            x, y = before.x - way.x() / side, before.y + way.y() / side
            x, y = (min(max(value, -1.0), 1.0) for value in (x, y))
            self.look(Camera(before.turn, before.tilt, before.zoom, x, y))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        still = (event.position() - self._pressed).manhattanLength() <= CLICK
        found = self.place_at(event.position()) if still else None
        self._pressed = None
        if self._draws:
            self._end_way()
        elif found is not None:
            self._cursor = found[1:]
            self.chosen.emit(*found)

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / NOTCH
        found = self.place_at(event.position())
        place = (self.camera.x, self.camera.y) if found is None else found[1:]
        self.look(self.camera.zoomed(ZOOM_STEP**notches, *place))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in ARROWS and (self.flat or shift):
            self._move_cursor(*ARROWS[key])
        elif key in ARROWS:
            across, down = ARROWS[key]
            self.look(self.camera.turned(-across * TURN, -down * TURN / 2))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 1 / ZOOM_STEP if key == Qt.Key.Key_Minus else ZOOM_STEP
            self.look(self.camera.zoomed(factor, *(self._cursor or (None, None))))
        elif key == Qt.Key.Key_Home:
            self.look(Camera())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.panes and self._cursor:
            if self._draws:
                self._add_to_way((len(self.panes) - 1, *self._cursor))
            else:
                self.chosen.emit(len(self.panes) - 1, *self._cursor)
        else:
            super().keyPressEvent(event)

    def _move_cursor(self, across: int, down: int) -> None:
        x, y = self._cursor or (0.0, 0.0)
        step = 0.04 / self.camera.zoom
        x, y = x + across * step, y - down * step
        self._cursor = min(max(x, -1.0), 1.0), min(max(y, -1.0), 1.0)
        if self.panes:
            self.probed.emit(len(self.panes) - 1, *self._cursor)
        self.update()
