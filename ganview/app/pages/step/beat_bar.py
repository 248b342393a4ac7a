"""The beats of a step in a line, to see where one is and to go to any of them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.pages.step.beats import BEATS, LAST
from ganview.app.theme import Theme, font
from ganview.app.widgets.text import set_tooltip

PAD = 5.0


class BeatBar(QWidget):
    """One cell a beat, as wide as its words."""

    chosen = Signal(int)  # index of a beat that was clicked, or reached with the arrow keys

    def __init__(self) -> None:
        super().__init__()
        self._beat = LAST
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Beats of the step")
        set_tooltip(self, "The beats of one step; ← and → go from beat to beat.")
        Theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(520, round(QFontMetricsF(font("small")).height()) + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, self.sizeHint().height())

    def show_beat(self, beat: int) -> None:
        """Mark the beat on show."""
        if beat != self._beat:
            self._beat = beat
            self.setAccessibleDescription(f"{BEATS[beat].name}, {beat + 1} of {len(BEATS)}")
            self.update()

    def beat_rect(self, beat: int) -> QRectF:
        """Return where a beat's cell is."""
        widths = self._wanted_widths(self._texts())
        share = self.width() / sum(widths)
        left = share * sum(widths[:beat])
        return QRectF(left, 0, share * widths[beat], self.height())

    def _texts(self) -> list[str]:
        """Return what the cells say: names or, where there is no room, numbers beside one name."""
        names = [beat.name for beat in BEATS]
        if sum(self._wanted_widths(names)) <= self.width():
            return names
        return [name if index == self._beat else f"{index + 1}" for index, name in enumerate(names)]

    def _wanted_widths(self, texts: list[str]) -> list[float]:
        metrics = QFontMetricsF(font("small"))
        return [metrics.horizontalAdvance(text) + 2 * PAD for text in texts]

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = Theme.current().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("small"))
        metrics, texts = QFontMetricsF(font("small")), self._texts()
        shown = self._beat if self.isEnabled() else -1  # without a step no beat is on show
        for index, beat in enumerate(BEATS):
            box = self.beat_rect(index).adjusted(1, 1, -1, -1)
            colour = tokens.actor(beat.actor) if beat.actor else tokens.accent
            here = index == shown
            painter.setPen(QPen(QColor(colour if index <= shown else tokens.line), 1))
            painter.setBrush(QColor(colour) if here else QColor(tokens.card))
            painter.drawRoundedRect(box, 4, 4)
            ink = tokens.card if here else tokens.text if index < shown else tokens.muted
            painter.setPen(QColor(ink))
            text = metrics.elidedText(texts[index], Qt.TextElideMode.ElideRight, box.width() - 2)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, inset in ((tokens.accent, 1), (tokens.card, 3)):
                painter.setPen(QPen(QColor(colour), 2))
                where = self.beat_rect(self._beat).adjusted(inset, inset, -inset, -inset)
                painter.drawRoundedRect(where, 4, 4)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(event.position())

    def _choose(self, where: QPointF) -> None:
        for index in range(len(BEATS)):
            box = self.beat_rect(index)
            if box.left() <= where.x() < box.right():
                self.chosen.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: LAST}
        key = Qt.Key(event.key())
        if key in steps:
            self.chosen.emit(min(max(self._beat + steps[key], 0), LAST))
        elif key in ends:
            self.chosen.emit(ends[key])
        else:
            super().keyPressEvent(event)
