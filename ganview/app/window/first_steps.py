"""Six short hints at the first start, each beside the part of the window that it explains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ganview.app.theme import MEDIUM, SMALL, Theme
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.layouts import fill_layout, row_layout
from ganview.app.widgets.text import TextLabel
from ganview.app.window.main_window import MainWindow

WIDTH, GAP = 300, 8


@dataclass(frozen=True)
class Hint:
    """One bubble."""

    where: Callable[[], QWidget]  # returns the widget that it stands beside
    # title, text: what it says
    title: str
    text: str


def first_hints(window: MainWindow) -> tuple[Hint, ...]:
    """Return the six hints of the first start."""
    return (
        Hint(
            lambda: window.training_bar.train_button,
            "Press Train",
            "Two networks begin to learn: the generator G draws, and the discriminator D tells its "
            "pictures from real ones.",
        ),
        Hint(
            lambda: window.pages,
            "Watch G draw",
            "Each place of the grid keeps its noise, so that you see the same pictures get better. "
            "Click one to explore it.",
        ),
        Hint(
            lambda: window.plots,
            "Read the curves",
            "A falling loss is not the goal of this game; better pictures are. Quality measures "
            "them.",
        ),
        Hint(
            lambda: window.explorer,
            "Move through the noise",
            "Random draws other noise; a slider changes one number of it. The picture follows at "
            "once.",
        ),
        Hint(
            lambda: window.explorer.tabs,
            "Draw something",
            "In Draw the generator finds what you drew. Choose another class, and your own hand "
            "writes that, too.",
        ),
        Hint(
            lambda: window.menuBar(),
            "When a word is new",
            "Most things explain themselves when the pointer rests on them. All terms are in "
            "Help ▸ Glossary.",
        ),
    )


class FirstSteps(QFrame):
    """Shows one hint after the other over a window, and takes no focus by itself.

    Parameters
    ----------
    done
        Called when the last was read, or the rest is not wanted.
    """

    def __init__(self, window: QWidget, hints: Sequence[Hint], done: Callable[[], object]) -> None:
        super().__init__(window)
        self._window = window
        self._hints, self._done, self._at = tuple(hints), done, 0
        self.setObjectName("firstSteps")
        self.setFixedWidth(WIDTH)
        self._title, self._text = TextLabel("", "heading", size="heading"), TextLabel("", wrap=True)
        self._count = TextLabel("", "muted")
        self._skip, self._next = (
            push_button("Skip", do=self.end),
            push_button("Next", do=self._go_on),
        )
        self._skip.setProperty("flat", True)
        self._next.setProperty("primary", True)
        buttons = row_layout((self._count, 1), self._skip, self._next)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, MEDIUM, MEDIUM, SMALL + 2)
        column.setSpacing(SMALL)
        fill_layout(column, self._title, self._text, buttons)
        window.installEventFilter(self)
        Theme.current().changed.connect(self._tint)
        self._tint()
        self._show_hint()

    def end(self) -> None:
        """Close it for good."""
        self._window.removeEventFilter(self)
        self.hide()
        self._done()
        self.deleteLater()

    def take_focus(self) -> None:
        """Let the keyboard go on to the next hint."""
        self._next.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay beside its place when the window has another size; Escape ends it from anywhere."""
        if event.type() == QEvent.Type.Resize:
            self._move()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            escapes = event.key() == Qt.Key.Key_Escape  # which nothing else wanted
            if escapes:
                self.end()
            return escapes
        return super().eventFilter(watched, event)

    def _go_on(self) -> None:
        self._at += 1
        if self._at == len(self._hints):
            self.end()
        else:
            self._show_hint()

    def _show_hint(self) -> None:
        hint, last = self._hints[self._at], self._at == len(self._hints) - 1
        self._title.setText(hint.title)
        self._text.setText(hint.text)
        self._count.setText(f"{self._at + 1} of {len(self._hints)}")
        self._next.setText("Done" if last else "Next")
        self._skip.setVisible(not last)
        self.setAccessibleName(f"{hint.title}. {hint.text}")
        self.setFixedHeight(self._column.heightForWidth(WIDTH))
        self._move()
        self.show()
        self.raise_()

    def _move(self) -> None:
        """Stand below the widget, else above it, within the window."""
        window, target = self._window, self._hints[self._at].where()
        if not target.isVisible():
            return
        corner = target.mapTo(window, QPoint(0, 0))
        below = corner.y() + target.height() + GAP
        inside = corner.y() + max(GAP, (target.height() - self.height()) // 2)
        above = corner.y() - self.height() - GAP
        fits = below + self.height() <= window.height()
        y = below if fits else above if above >= 0 else inside
        x = corner.x() + (target.width() - self.width()) // 2
        self.move(
            max(GAP, min(x, window.width() - self.width() - GAP)),
            max(GAP, min(y, window.height() - self.height() - GAP)),
        )

    def _tint(self) -> None:
        tokens = Theme.current().tokens
        self.setStyleSheet(
            f"#firstSteps {{ background: {tokens.card}; border: 2px solid {tokens.discriminator};"
            " border-radius: 10px; }"
        )
