"""Whether the window animates: it does, unless the desktop or the user asks for less motion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEasingCurve, QObject, Qt, QVariantAnimation, Signal
from PySide6.QtWidgets import QApplication

MotionChoice = Literal["system", "still"]


class Motion(QObject):
    """The one switch of all motion; lives as a child of the `QApplication`."""

    changed = Signal(bool)  # things move from now on, or (False) they don't
    returned = Signal()  # the user is back from another program, perhaps the desktop's settings

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._choice: MotionChoice = "system"
        self._desktop_still = False
        self.on = True  # whether things move
        app.applicationStateChanged.connect(self._come_back)

    @classmethod
    def current(cls) -> Motion:
        """Return the switch of the running application, made on first use."""
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("Motion.current() needs a QApplication")
        found = app.findChild(cls)
        return found if isinstance(found, cls) else cls(app)

    def set_choice(self, choice: MotionChoice) -> None:
        """Do as the desktop says, or stay still whatever it says."""
        self._choice = choice
        self._settle()

    def set_desktop_still(self, still: bool) -> None:
        """Take note of what the desktop says."""
        self._desktop_still = still
        self._settle()

    def _come_back(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.returned.emit()

    def _settle(self) -> None:
        on = self._choice == "system" and not self._desktop_still
        if on is not self.on:
            self.on = on
            self.changed.emit(on)


class Glide(QVariantAnimation):
    """One motion from 0 to 1, which is at its end at once where nothing is to move.

    Parameters
    ----------
    show
        Draws a moment of it, given a part from 0 to 1.
    """

    def __init__(self, owner: QObject, ms: int, show: Callable[[float], object]) -> None:
        super().__init__(owner)
        self._show = show
        self.setDuration(ms)
        self.setStartValue(0.0)
        self.setEndValue(1.0)
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.valueChanged.connect(show)

    def go(self) -> None:
        """Begin, from the beginning if it is under way."""
        self.stop()
        if Motion.current().on:
            self._show(0.0)
            self.start()
        else:
            self._show(1.0)
