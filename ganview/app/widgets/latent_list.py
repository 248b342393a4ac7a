"""The slider list as a view: its rows, those in sight, and the one under the pointer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QFocusEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QSizePolicy

from ganview.app.theme import Theme
from ganview.app.widgets.latent_delegate import LatentDelegate
from ganview.app.widgets.latent_model import LatentModel
from ganview.app.widgets.latent_rows import ROW_HEIGHT, RowLayout


class LatentList(QListView):
    """A scrolling list with a row for each dimension of the noise, which shows what it is given."""

    # The dimension under the pointer, or of the keyboard's row; what preview is shown for.
    pointed = Signal(int)

    def __init__(self, z_dim: int, *, lockable: bool) -> None:
        super().__init__()
        # The model behind the list: order, effects and locks are set there.
        self.rows = LatentModel(z_dim, self)
        self._painter = LatentDelegate(self)
        self._painter.lockable = lockable
        self._painter.measure(self.rows)
        self._pointed = -1
        self.setModel(self.rows)
        self.setItemDelegate(self._painter)
        self.setUniformItemSizes(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(ROW_HEIGHT)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(ROW_HEIGHT * 2)
        self.setAccessibleName("Noise sliders")
        self.setCurrentIndex(self.rows.index(0))
        self.rows.stale.connect(self._repaint)
        Theme.current().changed.connect(self._restyle)

    # -- what is shown ----------------------------------------------------------------------

    def set_z(self, z: ArrayLike) -> None:
        """Show the noise, (D,)."""
        self.rows.set_z(z)
        if QAccessible.isActive():
            event = QAccessibleEvent(self, QAccessible.Event.NameChanged)
            event.setChild(self.currentIndex().row())
            QAccessible.updateAccessibility(event)

    def set_space(self, z: ArrayLike, names: Sequence[str] = ()) -> None:
        """Show another generator's noise, (D,), or sliders that have names of their own."""
        self.rows.set_space(z, tuple(names))
        self._painter.measure(self.rows)
        self._pointed = -1
        self.setCurrentIndex(self.rows.index(0))

    def show_names(self, names: Sequence[str]) -> bool:
        """Show a slider a name; tell whether the list was begun anew.

        It is not where there are only more of them: a row stays as it is then, and in the hand.
        """
        before = self.rows.names
        if not before or tuple(names[: len(before)]) != before:
            self.set_space(np.zeros(len(names)), names)
            return True
        self.rows.add(tuple(names[len(before) :]))
        self._painter.measure(self.rows)
        return False

    def set_rows(self, dimensions: ArrayLike) -> None:
        """Show these dimensions in this order; the keyboard stays on its dimension if it can."""
        held = self.current_dimension()
        self.rows.set_rows(dimensions)
        row = max(0, self.rows.row_of(held))
        if self.rows.rowCount():
            self.setCurrentIndex(self.rows.index(row))

    def current_dimension(self) -> int:
        """Return the dimension of the keyboard's row, -1 when there is no row."""
        index = self.currentIndex()
        return self.rows.dimension(index.row()) if index.isValid() else -1

    def reveal(self, dimension: int) -> None:
        """Go to the row of a dimension and scroll it into view."""
        row = self.rows.row_of(dimension)
        if row >= 0:
            self.setCurrentIndex(self.rows.index(row))
            self.scrollTo(self.rows.index(row))

    def parts_of(self, dimension: int) -> RowLayout | None:
        """Return where a dimension's slider and number are in the viewport, None if filtered."""
        row = self.rows.row_of(dimension)
        return self._parts(self.rows.index(row)) if row >= 0 else None

    def track_span(self) -> tuple[int, int]:
        """Return the horizontal positions of −3 and +3 σ in this widget's coordinates."""
        row = QRect(0, 0, self.viewport().width(), ROW_HEIGHT)
        track = self._painter.layout_of(row, self.rows).track
        left = self.viewport().x() + track.left()
        return left, left + track.width()

    def _parts(self, index: QModelIndex) -> RowLayout:
        return self._painter.layout_of(self.visualRect(index), self.rows)

    def _repaint(self, first: int, last: int) -> None:
        top = self.visualRect(self.rows.index(first)).top()
        bottom = self.visualRect(self.rows.index(last)).bottom()
        self.viewport().update(QRect(0, top, self.viewport().width(), bottom - top + 1))

    def _restyle(self) -> None:
        self._painter.measure(self.rows)
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(240, 5 * ROW_HEIGHT)

    # -- what is pointed at -----------------------------------------------------------------

    def _point_at(self, where: QPoint) -> None:
        index = self.indexAt(where)
        self._hover_row(index.row() if index.isValid() else -1)
        if index.isValid():
            parts = self._parts(index)
            shape = Qt.CursorShape.ArrowCursor
            if parts.number.contains(where):
                shape = Qt.CursorShape.IBeamCursor
            elif parts.on_track(where):
                shape = Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(shape)
            self._tell_pointed(self.rows.dimension(index.row()))

    def _hover_row(self, row: int) -> None:
        if row == self._painter.hovered_row:
            return
        for changed in (self._painter.hovered_row, row):
            if 0 <= changed < self.rows.rowCount():
                self.update(self.rows.index(changed))
        self._painter.hovered_row = row

    def _tell_pointed(self, dimension: int) -> None:
        if dimension != self._pointed:
            self._pointed = dimension
            self.pointed.emit(dimension)

    def keyboardSearch(self, search: str) -> None:
        """Letters have jobs of their own here."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._painter.focused = True
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._painter.focused = False
        super().focusOutEvent(event)
        self.viewport().update()
