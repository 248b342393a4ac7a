"""The row of classes, with *any* at its end: which label y the generator is given."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QWidget

from ganview.app.theme import HAIR, font
from ganview.app.widgets.flow_layout import FlowLayout
from ganview.app.widgets.layouts import ScrollRoom
from ganview.app.widgets.text import button_text, set_tooltip

ANY = -1
HEIGHT, MOST_LINES = 20, 3  # pixels of a button, and lines of them that are seen at once
USUAL, TIGHT = (27, 16), (22, 8)  # least width of a button, and what it has around its text

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class _ClassButton(QPushButton):
    """Leaves the arrow keys to the row, where Qt would go to the nearest button of another line.

    Exclusive, it is a radio button to a screen reader; a tool button would be a check box even so.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAutoExclusive(True)

    def show_checked(self, checked: bool) -> None:
        """Check it or not, also where that leaves none of its row checked."""
        self.setAutoExclusive(False)
        self.setChecked(checked)
        self.setAutoExclusive(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in _STEPS:
            event.ignore()
        else:
            super().keyPressEvent(event)


class ClassPicker(QWidget):
    """One button a class and one for *any*; the arrow keys go along them.

    `show_choice` sets the selection; pressing a button only asks for one.
    """

    chosen = Signal(int)  # index of the class that was asked for, -1 for *any*

    def __init__(self, names: Sequence[str] = ()) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._buttons: list[_ClassButton] = []
        self._flow = FlowLayout(HAIR, self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Class")
        self.set_names(names)

    def set_names(self, names: Sequence[str]) -> None:
        """Offer other classes; none at all leaves no button."""
        if tuple(names) == self._names and self._buttons:
            return
        self._flow.clear()
        self._names = tuple(names)
        self._buttons = [self._button(label) for label in range(len(names))]
        if names:
            self._buttons.append(self._button(ANY))
        for button in self._buttons:
            self._flow.addWidget(button)
        self.show_choice(0)
        if self.parent() is not None or not names:  # shown without a place it would be a window
            self.setVisible(bool(names))
        self.updateGeometry()

    def show_choice(self, label: int | None) -> None:
        """Mark a class, -1 for *any*, or None for none of them (a mixture)."""
        shown = None if label is None else label % max(1, len(self._buttons))
        for index, button in enumerate(self._buttons):
            button.show_checked(index == shown)
            # One stop for the Tab key; the arrow keys go on from there.
            stop = index == (shown or 0)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if stop else Qt.FocusPolicy.ClickFocus)

    @property
    def offers(self) -> bool:
        """Whether there are classes."""
        return bool(self._names)

    @property
    def marked(self) -> QPushButton | None:
        """The button of the class that is shown as chosen."""
        return next((button for button in self._buttons if button.isChecked()), None)

    def _button(self, label: int) -> _ClassButton:
        button = _ClassButton(self)
        name = "any" if label == ANY else self._names[label]
        button.setText(button_text(name))
        button.setFont(font("number"))
        button.setFixedWidth(self._width(name))
        # The sheet's side padding would push a digit out of so narrow a button.
        button.setStyleSheet(f"QPushButton {{ padding: 0; min-height: {HEIGHT - 2}px; }}")
        if label == ANY:
            button.setAccessibleName("any class")
            set_tooltip(
                button,
                "Draw the class y from the frequencies of the training set, anew at each "
                "Random: pictures as p(x), not p(x|y) (Ctrl+Shift+Y)",
            )
        else:
            button.setAccessibleName(f"class {name}")
            keys = f" (Alt+{label})" if label < 10 else ""
            set_tooltip(button, f"Class {name}: sets y, keeps z{keys}")
        button.clicked.connect(lambda: self.chosen.emit(label))
        return button

    def fit(self, width: int) -> None:
        """Make the buttons narrower where they would need more than one line of a width."""
        names = [*self._names, "any"]
        tight = sum(self._width(name) + HAIR for name in names) - HAIR > width
        for name, button in zip(names, self._buttons, strict=False):
            button.setFixedWidth(self._width(name, tight=tight))

    @staticmethod
    def _width(name: str, *, tight: bool = False) -> int:
        least, around = TIGHT if tight else USUAL
        return max(least, QFontMetrics(font("number")).horizontalAdvance(name) + around)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        held = self.focusWidget()
        at = next((i for i, button in enumerate(self._buttons) if button is held), -1)
        if step is None or at < 0:
            super().keyPressEvent(event)
            return
        button = self._buttons[(at + step) % len(self._buttons)]
        button.setFocus(Qt.FocusReason.TabFocusReason)
        button.click()


class PickerRoom(ScrollRoom):
    """Shows a picker whole up to some lines, and lets more be scrolled, the choice in view."""

    def __init__(self, picker: ClassPicker) -> None:
        super().__init__(picker)
        self._picker = picker
        self._lines = MOST_LINES
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.follow()

    def set_room(self, height: int) -> None:
        """Show as many lines as a height has room for: one at least, at most `MOST_LINES`."""
        self._lines = max(1, min(MOST_LINES, height // (HEIGHT + HAIR)))
        self.follow()

    def follow(self) -> None:
        """Make room for the classes that there are now, and scroll to the chosen one."""
        if self.parent() is not None:  # else it would be a window
            self.setVisible(self._picker.offers)
        self._picker.fit(self.viewport().width())
        wanted = self._picker.heightForWidth(self.viewport().width())
        self.setFixedHeight(min(wanted, self._lines * (HEIGHT + HAIR)))
        if (button := self._picker.marked) is not None:
            self.ensureWidgetVisible(button, 0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.follow()
