"""Presenter mode: the page on show alone, in large type, for a projector; Escape leaves it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QTabWidget, QWidget
from shiboken6 import isValid

from ganview.app.widgets.buttons import push_button

LARGER = 1.45  # times the usual type


class Presenter(QObject):
    """Hides what an audience doesn't need, and brings it back."""

    def __init__(self, window: QMainWindow, pages: QTabWidget, aside: Sequence[QWidget]) -> None:
        super().__init__(window)
        self._back = push_button("End presentation", "Bring everything back (Esc)", self._end)
        pages.setCornerWidget(self._back)
        self._back.hide()
        self._leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), window, self._end, enabled=False)
        self._window = window
        self._aside = (*aside, window.menuBar(), window.statusBar())
        self._fonts: list[tuple[QWidget, QFont]] = []
        self._usual: QFont | None = None

    @property
    def on(self) -> bool:
        """Whether the page is alone."""
        return self._usual is not None

    def toggle(self) -> None:
        """Begin to present, or end it."""
        if self.on:
            self._end()
        else:
            self._begin()

    def _begin(self) -> None:
        self._usual = QApplication.font()
        # Fonts that a widget was given don't follow the application's.
        self._fonts = [
            (widget, QFont(widget.font()))
            for widget in self._window.findChildren(QWidget)
            if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont)
        ]
        QApplication.setFont(_larger(self._usual))
        _polish()
        for widget, before in self._fonts:
            widget.setFont(_larger(before))
        self._leave.setEnabled(True)
        self._back.show()
        for widget in self._aside:
            widget.hide()

    def _end(self) -> None:
        self._leave.setEnabled(False)
        self._back.hide()
        usual, self._usual = self._usual, None
        if usual is not None:
            QApplication.setFont(usual)
            _polish()
        for widget, before in self._fonts:
            if isValid(widget):
                widget.setFont(before)
        self._fonts = []
        for widget in self._aside:
            widget.show()
        # What changed in it while it was hidden made it as high as the large type asks for.
        QApplication.postEvent(self._window.statusBar(), QEvent(QEvent.Type.LayoutRequest))


def _polish() -> None:
    """Let widgets that the style sheet speaks of, buttons among them, take on the new type."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.setStyleSheet(app.styleSheet())


def _larger(before: QFont) -> QFont:
    after = QFont(before)
    if before.pointSizeF() > 0:
        after.setPointSizeF(before.pointSizeF() * LARGER)
    else:
        after.setPixelSize(round(before.pixelSize() * LARGER))
    return after
