"""Gestures: a drag, a turn of the wheel, a fine or a coarse step, and a rest.

A `Drag` is itself the gesture that its moves carry, so that one undo takes them back together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QInputEvent, QKeySequence, QShortcut, QWheelEvent
from PySide6.QtWidgets import QWidget

from ganview.app.latent_point import REACH
from ganview.app.widgets.latent_rows import RowLayout

#: A pause of this many milliseconds between two wheel events begins another gesture.
WHEEL_PAUSE = 500
#: What an arrow key does to a point, as (across, down).
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
NOTCH = 120  # of Qt's units for the angle of a wheel


class Drag:
    """One drag of a slider.

    Parameters
    ----------
    x
        Where the pointer is, in pixels of the view.
    value
        Where the slider is, in σ.
    """

    def __init__(self, dimension: int, parts: RowLayout, x: float, value: float) -> None:
        self.dimension = dimension
        self._value, self._x = value, x
        self._per_pixel = 2 * REACH / parts.track.width()

    def follow(self, x: float, fine: bool) -> float:
        """Return the value after the pointer went to ``x``."""
        self._value += (x - self._x) * self._per_pixel * (0.1 if fine else 1.0)
        self._x = x
        return min(max(self._value, -REACH), REACH)


class Wheel:
    """The wheel's present gesture."""

    def __init__(self) -> None:
        # Whether this gesture turns a number instead of scrolling: decided when it begins, so that
        # a row that scrolls under the pointer is not turned by it.
        self.turns = False
        self._last = -WHEEL_PAUSE
        self._rest = 0.0

    def begins(self, event: QWheelEvent) -> bool:
        """Tell whether another gesture begins with this event."""
        fresh = event.timestamp() - self._last > WHEEL_PAUSE
        self._last = event.timestamp()
        if fresh:
            self._rest = 0.0
        return fresh

    def notches(self, event: QWheelEvent) -> int:
        """Return how many whole notches have come together, down negative."""
        delta = event.angleDelta()
        # With Alt, or on some systems Shift, the turn arrives as a sideways one.
        self._rest += (delta.y() or delta.x()) / NOTCH
        notches = int(self._rest)
        self._rest -= notches
        return notches


def is_coarse(event: QInputEvent) -> bool:
    """Tell whether Shift or Ctrl is held, which makes a step a long one."""
    modifier = Qt.KeyboardModifier
    return bool(event.modifiers() & (modifier.ShiftModifier | modifier.ControlModifier))


def add_keys(widget: QWidget, keys: Iterable[str], work: Callable[[], object]) -> None:
    """Do ``work`` when one of some keys is pressed while a widget has the focus."""
    for key in keys:
        shortcut = QShortcut(QKeySequence(key), widget)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(work)


def focus_inside(widget: QWidget) -> None:
    """Give the keyboard to the first control in a widget that takes it."""
    for inside in widget.findChildren(QWidget):
        reached = inside.isVisibleTo(widget) and inside.isEnabled()
        if reached and inside.focusPolicy() & Qt.FocusPolicy.TabFocus:
            inside.setFocus(Qt.FocusReason.OtherFocusReason)
            return


def debounce(owner: QObject, work: Callable[[], object], rest_ms: int = 0) -> QTimer:
    """Return a timer that does ``work`` once, ``rest_ms`` after it was last started."""
    timer = QTimer(owner, singleShot=True, interval=rest_ms)
    timer.timeout.connect(work)
    return timer


def reach_before(following: QWidget, widget: QWidget) -> None:
    """Let Tab stop at a widget just before it stops at another."""
    before: QWidget | None = following.previousInFocusChain()
    while before is not None and before is not following:
        if before.focusPolicy() & Qt.FocusPolicy.TabFocus:
            break
        before = before.previousInFocusChain()
    if before is not None:
        QWidget.setTabOrder(before, widget)


def reach_after(before: QWidget, inside: QWidget) -> None:
    """Let Tab go from a control to those in a widget, in their order, before it goes elsewhere.

    What is built late would otherwise be reached last.
    """
    found: list[QWidget] = []
    at = inside.nextInFocusChain()
    while at is not None and at is not inside:
        if inside.isAncestorOf(at) and at.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(at)
        at = at.nextInFocusChain()
    for following in found:
        QWidget.setTabOrder(before, following)
        before = following
