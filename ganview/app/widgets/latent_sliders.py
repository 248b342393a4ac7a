"""The slider list: one row a noise dimension, in σ units, quick with 64 and with 512 of them."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QListView,
    QMenu,
    QSizePolicy,
    QToolTip,
    QWidget,
)

from ganview.app.explorer_state import REACH
from ganview.app.theme import Theme
from ganview.app.widgets.latent_rows import (
    HANDLE,
    ROW_HEIGHT,
    LatentDelegate,
    LatentModel,
    NumberBox,
    RowLayout,
)

FINE, COARSE, WHEEL = 0.05, 0.5, 0.1
#: A pause of this many milliseconds between two wheel events begins another gesture.
WHEEL_PAUSE = 500

_HELP = (
    "Drag to change this number of the noise z, in standard deviations; Shift while dragging is "
    "ten times finer. Double-click: zero. Right-click: more. ← → fine, Shift+← → coarse, Home "
    "zero, M mirror, L lock, or type a number. The wheel turns the number under the pointer."
)


class LatentSliders(QListView):
    """A scrolling list of sliders over the noise.

    It holds no value of its own: it reports what the hand does, and shows what it is given.

    Parameters
    ----------
    z_dim
        Number of dimensions.
    lockable
        Whether dimensions can be locked.
    parent
        The parent widget.

    Attributes
    ----------
    moved
        (dimension, value, gesture): a slider was moved; moves of one drag carry one gesture.
    zeroed, mirrored
        A dimension is to be set to zero, or to change its sign.
    lock_asked
        (dimension, locked): a dimension is to be locked or freed.
    pointed
        The dimension under the pointer, or of the keyboard's row; what foresight is shown for.
    """

    moved = Signal(int, float, object)
    zeroed = Signal(int)
    mirrored = Signal(int)
    lock_asked = Signal(int, bool)
    pointed = Signal(int)

    def __init__(self, z_dim: int, *, lockable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lockable = lockable
        self._model = LatentModel(z_dim, self)
        self._painter = LatentDelegate(self)
        self._painter.lockable = lockable
        self._painter.measure(self._model)
        self._drag: _Drag | None = None
        self._gesture: object = None  # of keys held down, typing, or the wheel
        self._wheel_at = -WHEEL_PAUSE
        self._wheel_turns = False
        self._wheel_rest = 0.0
        self._value_before = 0.0
        self._pointed = -1
        self.setModel(self._model)
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
        self.setMinimumHeight(ROW_HEIGHT * 4)
        self.setAccessibleName("Noise sliders")
        self.setAccessibleDescription(_HELP)
        self.setCurrentIndex(self._model.index(0))
        self._model.edited.connect(self._typed)
        self._model.stale.connect(self._repaint)
        Theme.current().changed.connect(self._restyle)

    # -- what is shown ----------------------------------------------------------------------

    @property
    def rows(self) -> LatentModel:
        """The model behind the list: order, effects and locks are set there."""
        return self._model

    def set_z(self, z: ArrayLike) -> None:
        """Show the noise, (D,)."""
        self._model.set_z(z)
        if QAccessible.isActive():
            event = QAccessibleEvent(self, QAccessible.Event.NameChanged)
            event.setChild(self.currentIndex().row())
            QAccessible.updateAccessibility(event)

    def set_space(self, z: ArrayLike, names: Sequence[str] = ()) -> None:
        """Show another generator's noise, (D,), or sliders that have names of their own."""
        self._drag = None
        self._model.set_space(z, tuple(names))
        self._painter.measure(self._model)
        self._pointed = -1
        self.setCurrentIndex(self._model.index(0))

    def set_rows(self, dimensions: ArrayLike) -> None:
        """Show these dimensions in this order; the keyboard stays on its dimension if it can."""
        held = self.current_dimension()
        self._model.set_rows(dimensions)
        row = max(0, self._model.row_of(held))
        if self._model.rowCount():
            self.setCurrentIndex(self._model.index(row))

    def current_dimension(self) -> int:
        """Return the dimension of the keyboard's row, -1 when there is no row."""
        index = self.currentIndex()
        return self._model.dimension(index.row()) if index.isValid() else -1

    def reveal(self, dimension: int) -> None:
        """Go to the row of a dimension and scroll it into view."""
        row = self._model.row_of(dimension)
        if row >= 0:
            self.setCurrentIndex(self._model.index(row))
            self.scrollTo(self._model.index(row))

    def parts_of(self, dimension: int) -> RowLayout | None:
        """Return where a dimension's slider and number are in the viewport, None if filtered."""
        row = self._model.row_of(dimension)
        return self._parts(self._model.index(row)) if row >= 0 else None

    def track_span(self) -> tuple[int, int]:
        """Return the horizontal positions of −3 and +3 σ in this widget's coordinates."""
        row = QRect(0, 0, self.viewport().width(), ROW_HEIGHT)
        track = self._painter.layout_of(row, self._model).track
        left = self.viewport().x() + track.left()
        return left, left + track.width()

    def _parts(self, index: QModelIndex) -> RowLayout:
        return self._painter.layout_of(self.visualRect(index), self._model)

    def _repaint(self, first: int, last: int) -> None:
        top = self.visualRect(self._model.index(first)).top()
        bottom = self.visualRect(self._model.index(last)).bottom()
        self.viewport().update(QRect(0, top, self.viewport().width(), bottom - top + 1))

    def _restyle(self) -> None:
        self._painter.measure(self._model)
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(240, 5 * ROW_HEIGHT)

    # -- the mouse --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            event.ignore()
            return
        self.setCurrentIndex(index)
        dimension = self._model.dimension(index.row())
        parts, where = self._parts(index), event.position().toPoint()
        if parts.number.contains(where):
            self._edit_current()
        elif self._lockable and parts.lock.contains(where):
            self.lock_asked.emit(dimension, not self._model.locked[dimension])
        elif _on_track(parts, where):
            self._begin_drag(dimension, parts, event)

    def _begin_drag(self, dimension: int, parts: RowLayout, event: QMouseEvent) -> None:
        value = float(self._model.z[dimension])
        x = event.position().x()
        on_handle = abs(x - parts.position_of(value)) <= HANDLE + 1
        if not on_handle and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            value = parts.value_at(x)
        self._drag = _Drag(dimension, parts, x, value)
        if not on_handle:
            self.moved.emit(dimension, value, self._drag)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            self._point_at(event.position().toPoint())
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.moved.emit(
            self._drag.dimension, self._drag.follow(event.position().x(), fine), self._drag
        )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._drag is not None:
            self._drag = None
            self._point_at(event.position().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._lockable and self._parts(index).lock.contains(event.position().toPoint()):
            self.mousePressEvent(event)  # a lock that is clicked quickly goes back and forth
        elif not self._parts(index).number.contains(event.position().toPoint()):
            self.zeroed.emit(self._model.dimension(index.row()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if not index.isValid():
            return
        self.setCurrentIndex(index)
        menu = self.menu_for(self._model.dimension(index.row()))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        where = self._parts(index).track.bottomLeft() if by_key else event.pos()
        menu.popup(self.viewport().mapToGlobal(where))

    def menu_for(self, dimension: int) -> QMenu:
        """Build what a right-click on a row offers."""
        name = self._model.name(dimension)
        locked = bool(self._model.locked[dimension])
        menu = QMenu(self)
        menu.addAction(f"Set {name} to zero\tHome", lambda: self.zeroed.emit(dimension))
        menu.addAction(f"Mirror {name}\tM", lambda: self.mirrored.emit(dimension))
        if self._lockable:
            menu.addAction(
                f"{'Free' if locked else 'Lock'} {name}\tL",
                lambda: self.lock_asked.emit(dimension, not locked),
            )
        menu.addSeparator()
        menu.addAction("Type a number…\tEnter", self._edit_current)
        return menu

    def wheelEvent(self, event: QWheelEvent) -> None:
        where = event.position().toPoint()
        index = self.indexAt(where)
        fresh = event.timestamp() - self._wheel_at > WHEEL_PAUSE
        self._wheel_at = event.timestamp()
        if fresh:
            # Decided once a gesture: a row that scrolls under the pointer is not turned by it.
            self._wheel_turns = index.isValid() and self._turns(index, where)
            self._gesture, self._wheel_rest = object(), 0.0
        if not self._wheel_turns or not index.isValid():
            super().wheelEvent(event)
            return
        delta = event.angleDelta()
        # With Alt, or on some systems Shift, the turn arrives as a sideways one.
        self._wheel_rest += (delta.y() or delta.x()) / 120
        notches = int(self._wheel_rest)
        if notches:
            self._wheel_rest -= notches
            self._nudge(self._model.dimension(index.row()), notches * _step(event, WHEEL, COARSE))
        event.accept()

    def _turns(self, index: QModelIndex, where: QPoint) -> bool:
        parts = self._parts(index)
        held = self.hasFocus() and index.row() == self.currentIndex().row()
        return parts.number.contains(where) or (held and _on_track(parts, where))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_row(-1)
        super().leaveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            if index.isValid():
                text = self._model.describe(self._model.dimension(index.row()))
                QToolTip.showText(event.globalPos(), f"<p><b>{text}</b></p><p>{_HELP}</p>", self)
            return True
        if event.type() == QEvent.Type.Leave and self._drag is None:
            self._hover_row(-1)
        return super().viewportEvent(event)

    def _point_at(self, where: QPoint) -> None:
        index = self.indexAt(where)
        self._hover_row(index.row() if index.isValid() else -1)
        if index.isValid():
            parts = self._parts(index)
            shape = Qt.CursorShape.ArrowCursor
            if parts.number.contains(where):
                shape = Qt.CursorShape.IBeamCursor
            elif _on_track(parts, where):
                shape = Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(shape)
            self._tell_pointed(self._model.dimension(index.row()))

    def _hover_row(self, row: int) -> None:
        if row == self._painter.hovered_row:
            return
        for changed in (self._painter.hovered_row, row):
            if 0 <= changed < self._model.rowCount():
                self.update(self._model.index(changed))
        self._painter.hovered_row = row

    def _tell_pointed(self, dimension: int) -> None:
        if dimension != self._pointed:
            self._pointed = dimension
            self.pointed.emit(dimension)

    # -- the keyboard -----------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, dimension = Qt.Key(event.key()), self.current_dimension()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        text = event.text()
        # What an open number box has no use for comes up to here too.
        editing = self.state() == QAbstractItemView.State.EditingState
        if editing or dimension < 0 or key in _NOT_OURS:
            event.ignore()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            if not event.isAutoRepeat():
                self._gesture = object()
            sign = 1 if key == Qt.Key.Key_Right else -1
            self._nudge(dimension, sign * _step(event, FINE, COARSE))
        elif key in _ROW_KEYS or (control and key in (Qt.Key.Key_Home, Qt.Key.Key_End)):
            self._go_to_row(key)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.zeroed.emit(dimension)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self._edit_current()
        elif control or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            event.ignore()
        elif key == Qt.Key.Key_M:
            self.mirrored.emit(dimension)
        elif key == Qt.Key.Key_L and self._lockable:
            self.lock_asked.emit(dimension, not self._model.locked[dimension])
        elif text and text in "0123456789-−.,":
            self._edit_current(text)
        else:
            event.ignore()

    def _go_to_row(self, key: Qt.Key) -> None:
        page = max(1, self.viewport().height() // ROW_HEIGHT - 1)
        last = self._model.rowCount() - 1
        row = self.currentIndex().row()
        row = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}.get(
            key,
            row
            + _ROW_KEYS.get(key, 0)
            * (page if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) else 1),
        )
        self.setCurrentIndex(self._model.index(min(max(row, 0), last)))
        self._tell_pointed(self.current_dimension())

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

    def _edit_current(self, text: str = "") -> None:
        self._gesture = object()
        self._value_before = float(self._model.z[self.current_dimension()])
        self.edit(self.currentIndex())
        box = self.indexWidget(self.currentIndex())
        if text and isinstance(box, NumberBox):
            box.begin_with(text)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        index = self.currentIndex()
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.RevertModelCache and index.isValid():
            self._typed(self._model.dimension(index.row()), self._value_before)

    def _typed(self, dimension: int, value: float) -> None:
        self.moved.emit(dimension, value, self._gesture)

    def _nudge(self, dimension: int, step: float) -> None:
        # On whole steps, so that ten to the right and ten to the left come back to the same place;
        # rounding also keeps what is shown and what is meant the same two decimals.
        value = round(float(self._model.z[dimension]) + step, 2)
        held = max(abs(float(self._model.z[dimension])), REACH)
        self.moved.emit(dimension, min(max(value, -held), held), self._gesture)


class _Drag:
    """One drag; the object itself is the gesture that its moves carry."""

    def __init__(self, dimension: int, parts: RowLayout, x: float, value: float) -> None:
        self.dimension = dimension
        self._value, self._x = value, x
        self._per_pixel = 2 * REACH / parts.track.width()

    def follow(self, x: float, fine: bool) -> float:
        """Return the value after the pointer went to ``x``."""
        self._value += (x - self._x) * self._per_pixel * (0.1 if fine else 1.0)
        self._x = x
        return min(max(self._value, -REACH), REACH)


_NOT_OURS = (Qt.Key.Key_Space, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
_ROW_KEYS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -1,
    Qt.Key.Key_PageDown: 1,
}


def _on_track(parts: RowLayout, where: QPoint) -> bool:
    return parts.track.adjusted(-HANDLE - 2, 0, HANDLE + 2, 0).contains(where)


def _step(event: QKeyEvent | QWheelEvent, fine: float, coarse: float) -> float:
    modifier = Qt.KeyboardModifier
    held = event.modifiers() & (modifier.ShiftModifier | modifier.ControlModifier)
    return coarse if held else fine
