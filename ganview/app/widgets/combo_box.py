"""A QComboBox whose list, wheel and keys behave as this window needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from ganview.app.widgets.text import set_tooltip

NARROWEST, FRAME = 150, 8  # logical pixels
DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


class ComboBox(QComboBox):
    """A QComboBox whose list opens below it each time, and which the wheel turns only with focus.

    A text that is too long for the box ends in dots; letters belong to the box while it has the
    focus, and find an entry.

    Parameters
    ----------
    name, tip
        What it is called aloud, and its tooltip.
    entries
        What can be chosen: from the data of an entry to its text.
    """

    def __init__(
        self, name: str = "", tip: str = "", entries: Mapping[Any, str] | None = None
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        set_tooltip(self, tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.offer(entries or {})

    def offer(self, entries: Mapping[Any, str]) -> None:
        """Exchange the entries."""
        self.clear()
        for data, text in entries.items():
            self.addItem(text, data)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self._describe()

    def _describe(self) -> None:
        """Say the name before the tooltip: on Linux Qt calls a box by its entry."""
        said = filter(None, (self.accessibleName(), self.toolTip()))
        self.setAccessibleDescription(": ".join(said))

    def showPopup(self) -> None:
        """Open the list below the box, or above it where there is no room below."""
        super().showPopup()
        popup = self.view().window()
        self._show_all(popup)
        room = self.screen().availableGeometry()
        below = self.mapToGlobal(QPoint(0, self.height()))
        above = self.mapToGlobal(QPoint(0, -popup.height()))
        fits = below.y() + popup.height() <= room.bottom() + 1 or above.y() < room.top()
        where = below if fits else above
        where.setX(max(room.left(), min(where.x(), room.right() + 1 - popup.width())))
        popup.move(where)
        QTimer.singleShot(0, self._fit_rows)

    def _fit_rows(self) -> None:
        """Make the list as high as its entries, once it has its style, which Qt does not count."""
        view = self.view()
        if view.isVisible() and 0 < self.count() <= self.maxVisibleItems():
            rows = [self.model().index(row, self.modelColumn()) for row in (0, self.count() - 1)]
            first, last = map(view.visualRect, rows)
            popup = view.window()
            around = popup.height() - view.viewport().height()
            popup.resize(popup.width(), last.bottom() + 1 - first.top() + around)

    def _show_all(self, popup: QWidget) -> None:
        """Hide the arrows to scroll by where all entries fit: they would cover the last of them."""
        if self.count() <= self.maxVisibleItems():
            for part in popup.findChildren(QWidget, options=DIRECT):
                part.setVisible(part is self.view())

    def sizeHint(self) -> QSize:
        """Return the room of the widest text; the style sheet's frame takes more than Qt counts."""
        return super().sizeHint() + QSize(FRAME, 0)

    def minimumSizeHint(self) -> QSize:
        """Return the room of some letters: a longer text ends in dots."""
        return QSize(min(NARROWEST, self.sizeHint().width()), super().minimumSizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()  # a page that scrolls under the pointer must not turn it

    def event(self, event: QEvent) -> bool:
        """Keep letters from the window's shortcuts: they find an entry."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.ShiftModifier,
            )
            if plain and event.text().isprintable() and event.text():
                event.accept()
                return True
        if event.type() == QEvent.Type.ToolTipChange:
            self._describe()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        control = QStyle.ComplexControl.CC_ComboBox
        painter.drawComplexControl(control, option)
        room = self.style().subControlRect(
            control, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        text = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, room.width() - 4
        )
        option.currentText = text  # in which Qt sees no mark of a shortcut
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
