"""Six short hints at the first start, each beside the part of the window that it explains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ganview.app.theme import MEDIUM, SMALL, Theme
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.layouts import fill_layout, row_layout
from ganview.app.widgets.text import TextLabel
from ganview.app.window.main_window import MainWindow

WIDTH, GAP, ROUND = 300, 4, 10
TAIL = 10  # pixels by which a bubble's tail is long, and half as wide


@dataclass(frozen=True)
class Hint:
    """One bubble."""

    # Returns the widget that it points at, and which part of that.
    where: Callable[[], tuple[QWidget, QRect]]
    # title, text: what it says
    title: str
    text: str


def whole(widget: QWidget) -> tuple[QWidget, QRect]:
    """Return a widget and all of its room."""
    return widget, widget.rect()


def first_hints(window: MainWindow) -> tuple[Hint, ...]:
    """Return the six hints of the first start."""
    tabs, menus = window.explorer.tabs, window.menuBar()
    draw = [tabs.tabText(index) for index in range(tabs.count())].index("Draw")
    return (
        Hint(
            lambda: whole(window.training_bar.train_button),
            "Press Train",
            "Two networks begin to learn: the generator G draws, and the discriminator D tells its "
            "pictures from real ones.",
        ),
        Hint(
            lambda: whole(window.pages),
            "Watch G draw",
            "Each place of the grid keeps its noise, so that you see the same pictures get better. "
            "Click one to explore it.",
        ),
        Hint(
            lambda: whole(window.plots),
            "Read the curves",
            "A falling loss is not the goal of this game; better pictures are. Quality measures "
            "them.",
        ),
        Hint(
            lambda: whole(window.explorer),
            "Move through the noise",
            "Random draws other noise; a slider changes one number of it. The picture follows at "
            "once.",
        ),
        Hint(
            lambda: (tabs.tabBar(), tabs.tabBar().tabRect(draw)),
            "Draw something",
            "In Draw the generator finds what you drew. Choose another class, and your own hand "
            "writes that, too.",
        ),
        Hint(
            lambda: (menus, menus.actionGeometry(menus.actions()[-1])),
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

    Attributes
    ----------
    tip
        Where the tail ends, in pixels of the window.
    """

    def __init__(self, window: QWidget, hints: Sequence[Hint], done: Callable[[], object]) -> None:
        super().__init__(window)
        self._window = window
        self._hints, self._done, self._at = tuple(hints), done, 0
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
        column.setContentsMargins(MEDIUM, TAIL + MEDIUM, MEDIUM, TAIL + SMALL + 2)
        column.setSpacing(SMALL)
        fill_layout(column, self._title, self._text, buttons)
        self.tip = QPoint()
        window.installEventFilter(self)
        Theme.current().changed.connect(self.update)
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
        """Stand below what it points at, else above, else in it; the tail ends at the near edge."""
        widget, part = self._hints[self._at].where()
        if not widget.isVisible():
            return
        room, target = self._window.rect(), part.translated(widget.mapTo(self._window, QPoint()))
        self.tip = QPoint(target.center().x(), target.bottom() + GAP)
        at = QPoint(self.tip.x() - WIDTH // 2, self.tip.y())
        if at.y() + self.height() > room.height():
            self.tip.setY(max(target.top() - GAP, self.height() + GAP))
            at.setY(self.tip.y() - self.height())
        at.setX(max(GAP, min(at.x(), room.width() - WIDTH - GAP)))
        self.move(at)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, tip = Theme.current().tokens, QPointF(self.tip - self.pos())
        bubble, tail = QPainterPath(), QPainterPath()
        bubble.addRoundedRect(QRectF(self.rect()).adjusted(1, TAIL, -1, -TAIL), ROUND, ROUND)
        inner = TAIL + ROUND if tip.y() < self.height() / 2 else self.height() - TAIL - ROUND
        base = max(2 * TAIL, min(tip.x(), self.width() - 2 * TAIL))
        corners = [QPointF(base - TAIL, inner), tip, QPointF(base + TAIL, inner)]
        tail.addPolygon(QPolygonF(corners))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.discriminator), 2))
        painter.setBrush(QColor(tokens.card))
        painter.drawPath(bubble.united(tail))
