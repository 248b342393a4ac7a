"""The slider list as a control: what mouse, wheel and keyboard do to the noise, in σ."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QMenu, QWidget

from ganview.app.latent_point import REACH
from ganview.app.widgets.gestures import Drag, Wheel, is_coarse
from ganview.app.widgets.latent_list import LatentList
from ganview.app.widgets.latent_rows import HANDLE, ROW_HEIGHT, RowLayout
from ganview.app.widgets.number_box import NumberBox
from ganview.app.widgets.text import button_text, show_tooltip

FINE, COARSE, WHEEL = 0.05, 0.5, 0.1  # steps in σ

_HELP = (
    "Drag to change this number of the noise z, in standard deviations; Shift while dragging is "
    "ten times finer. Double-click: zero. Right-click: more. ← → fine, Shift+← → coarse, Home "
    "zero, M mirror, L lock, or type a number. The wheel turns it on its number box, and on the "
    "track of the row that has the focus."
)
#: What the pointer is told: two lines, since more would hide the rows below.
_TIP = "Drag, or turn the wheel with the focus here. Double-click: zero. Right-click: more."


class LatentSliders(LatentList):
    """A scrolling list of sliders over the noise, for mouse, wheel and keyboard.

    It holds no value of its own: it reports what the user does, and shows what it is given.
    """

    # (dimension, value, gesture): a slider was moved; moves of one drag carry one gesture.
    moved = Signal(int, float, object)
    # zeroed, mirrored: a dimension is to be set to zero, or to change its sign
    zeroed = Signal(int)
    mirrored = Signal(int)
    lock_asked = Signal(int, bool)  # (dimension, locked): a dimension is to be locked or freed

    def __init__(self, z_dim: int, *, lockable: bool = True) -> None:
        super().__init__(z_dim, lockable=lockable)
        self._lockable = lockable
        self._drag: Drag | None = None
        self._wheel = Wheel()
        self._gesture: object = None  # of keys held down, typing, or the wheel
        self._value_before = 0.0
        self.setAccessibleDescription(_HELP)
        self.rows.edited.connect(self._typed)

    def set_space(self, z: ArrayLike, names: Sequence[str] = ()) -> None:
        """Show another generator's noise, (D,), or sliders that have names of their own."""
        self._drag = None
        super().set_space(z, names)

    # -- the mouse --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            event.ignore()
            return
        self.setCurrentIndex(index)
        dimension = self.rows.dimension(index.row())
        parts, where = self._parts(index), event.position().toPoint()
        if parts.number.contains(where):
            self._edit_current()
        elif self._lockable and parts.lock.contains(where):
            self.lock_asked.emit(dimension, not self.rows.locked[dimension])
        elif parts.on_track(where):
            self._begin_drag(dimension, parts, event)

    def _begin_drag(self, dimension: int, parts: RowLayout, event: QMouseEvent) -> None:
        value = float(self.rows.z[dimension])
        x = event.position().x()
        on_handle = abs(x - parts.position_of(value)) <= HANDLE + 1
        if not on_handle and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            value = parts.value_at(x)
        self._drag = Drag(dimension, parts, x, value)
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
            self.zeroed.emit(self.rows.dimension(index.row()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if not index.isValid():
            return
        self.setCurrentIndex(index)
        menu = self.menu_for(self.rows.dimension(index.row()))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        where = self._parts(index).track.bottomLeft() if by_key else event.pos()
        menu.popup(self.viewport().mapToGlobal(where))

    def menu_for(self, dimension: int) -> QMenu:
        """Build what a right-click on a row offers."""
        name = button_text(self.rows.name(dimension))
        locked = bool(self.rows.locked[dimension])
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
        if self._wheel.begins(event):
            self._wheel.turns = index.isValid() and self._turns(index, where)
            self._gesture = object()
        if not self._wheel.turns or not index.isValid():
            super().wheelEvent(event)
            return
        notches = self._wheel.notches(event)
        if notches:
            self._nudge(
                self.rows.dimension(index.row()), notches * (COARSE if is_coarse(event) else WHEEL)
            )
        event.accept()

    def _turns(self, index: QModelIndex, where: QPoint) -> bool:
        parts = self._parts(index)
        held = self.hasFocus() and index.row() == self.currentIndex().row()
        return held and (parts.number.contains(where) or parts.on_track(where))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_row(-1)
        super().leaveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            if index.isValid():
                text = self.rows.describe(self.rows.dimension(index.row()))
                show_tooltip(event.globalPos(), f"{text}\n{_TIP}", self)
            return True
        if event.type() == QEvent.Type.Leave and self._drag is None:
            self._hover_row(-1)
        return super().viewportEvent(event)

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
            self._nudge(dimension, sign * (COARSE if is_coarse(event) else FINE))
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
            self.lock_asked.emit(dimension, not self.rows.locked[dimension])
        elif text and text in "0123456789-−.,":
            self._edit_current(text)
        else:
            event.ignore()

    def _go_to_row(self, key: Qt.Key) -> None:
        row, last = self.currentIndex().row(), self.rows.rowCount() - 1
        page = max(1, self.viewport().height() // ROW_HEIGHT - 1)
        moves = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -row,
            Qt.Key.Key_End: last - row,
        }
        self.setCurrentIndex(self.rows.index(min(max(row + moves[key], 0), last)))
        self._tell_pointed(self.current_dimension())

    def _edit_current(self, text: str = "") -> None:
        self._gesture = object()
        self._value_before = float(self.rows.z[self.current_dimension()])
        self.edit(self.currentIndex())
        box = self.indexWidget(self.currentIndex())
        if text and isinstance(box, NumberBox):
            box.begin_with(text)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        index = self.currentIndex()
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.RevertModelCache and index.isValid():
            self._typed(self.rows.dimension(index.row()), self._value_before)

    def _typed(self, dimension: int, value: float) -> None:
        self.moved.emit(dimension, value, self._gesture)

    def _nudge(self, dimension: int, step: float) -> None:
        # On whole steps, so that ten to the right and ten to the left come back to the same place;
        # rounding also keeps what is shown and what is meant the same two decimals.
        value = round(float(self.rows.z[dimension]) + step, 2)
        held = max(abs(float(self.rows.z[dimension])), REACH)
        self.moved.emit(dimension, min(max(value, -held), held), self._gesture)


_NOT_OURS = (Qt.Key.Key_Space, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
_ROW_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
