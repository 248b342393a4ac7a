"""Text on the screen: whatever a file put into it, it is shown as plain text."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QSizePolicy,
    QStyleOption,
    QTableWidgetItem,
    QToolTip,
    QWidget,
)

from ganview.app.theme import FontSize, font
from ganview.plain_text import printable

LONGEST = 2000  # characters of a label or a tooltip
LONGEST_NAME = 200  # characters of a name within a sentence
WORD_JOINER = "\u2060"  # invisible, and no letter of a tag


class TextLabel(QLabel):
    """A label that never takes its text for HTML, and shows control characters as escapes.

    Parameters
    ----------
    text
        At most `LONGEST` characters of it are shown. Line ends are kept.
    role
        One of the style sheet's: heading, muted, error or none.
    size
        Of the letters, a name of `ganview.app.theme.font`; usual where empty.
    wrap
        Whether it may take several lines.
    """

    def __init__(
        self, text: str = "", role: str = "", *, size: FontSize | None = None, wrap: bool = False
    ) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        if size:
            self.setFont(font(size))
        self.setWordWrap(wrap)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(visible_text(text))


class ElidedLabel(TextLabel):
    """A line of text that is cut to its width; the whole text is its tooltip then."""

    def __init__(self, text: str = "", role: str = "", *, size: FontSize | None = None) -> None:
        self.about = ""  # what it means, which its tooltip says always
        self._shorter: tuple[str, ...] = ()
        super().__init__(text, role, size=size)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str, *shorter: str) -> None:
        """Say a text, or the first of some shorter ones for which there is room."""
        self._shorter = tuple(_on_one_line(one) for one in shorter)
        super().setText(_on_one_line(text))
        self.update()

    @property
    def texts(self) -> tuple[str, ...]:
        """What it may say, from the longest on."""
        return (self.text(), *self._shorter)

    @property
    def shown(self) -> str:
        """What can be read of it."""
        width, metrics = self.contentsRect().width(), self.fontMetrics()
        fitting = (text for text in self.texts if metrics.horizontalAdvance(text) <= width)
        shortest = metrics.elidedText(self.texts[-1], Qt.TextElideMode.ElideRight, width)
        return next(fitting, shortest)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        room, shown = self.contentsRect(), self.shown
        whole = self.text() if shown != self.text() else ""
        set_tooltip(self, "\n".join(filter(None, (whole, self.about))))
        option = QStyleOption()
        option.initFrom(self)
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            QRect(room),
            int(self.alignment()),
            option.palette,
            self.isEnabled(),
            shown,
            QPalette.ColorRole.WindowText,
        )
        painter.end()


def visible_text(text: str) -> str:
    """Return text cut to `LONGEST`, its control characters but line ends as escapes."""
    if len(text) <= LONGEST and text.isprintable():
        return text
    return "\n".join(printable(line) for line in text[:LONGEST].split("\n"))


def _on_one_line(text: str) -> str:
    return visible_text(text).replace("\n", " ")


def name_text(name: str) -> str:
    """Return a name from a file as it may stand within a sentence: one line, not too long."""
    return printable(name, LONGEST_NAME)


def tooltip_text(text: str) -> str:
    """Return a text that Qt does not take for HTML, as it does what has a tag or ``&lt;``."""
    joined = visible_text(text).replace("<", f"<{WORD_JOINER}")
    return joined.replace("&lt;", f"&{WORD_JOINER}lt;")


def button_text(text: str) -> str:
    """Return a text for a button or menu, in which ``&`` is no mark of a shortcut."""
    return visible_text(text).replace("&", "&&")


def set_tooltip(target: QWidget | QAction | QTableWidgetItem, text: str) -> None:
    """Set a tooltip that is plain text; an empty one takes it away."""
    target.setToolTip(tooltip_text(text))


def set_item_tooltip(box: QComboBox, index: int, text: str) -> None:
    """Set the tooltip of an entry of a combo box."""
    box.setItemData(index, tooltip_text(text), Qt.ItemDataRole.ToolTipRole)


def show_tooltip(at: QPoint, text: str, widget: QWidget, area: QRect | None = None) -> None:
    """Show a tooltip at a point of the screen, as long as the pointer is in an area."""
    QToolTip.showText(at, tooltip_text(text), widget, widget.rect() if area is None else area)
