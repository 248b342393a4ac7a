"""The tab that mixes classes, with what a classifier reads in the result."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout

from ganview.app.explorer.reading import NO_CLASSIFIER, LiveClassifier
from ganview.app.explorer.tab import Context, Tab
from ganview.app.formatting import with_article
from ganview.app.latent_point import Floats, Part
from ganview.app.theme import MEDIUM, SMALL
from ganview.app.widgets.class_pad import ClassPad
from ganview.app.widgets.class_weight_bars import ClassWeightBars
from ganview.app.widgets.layouts import ScrollRoom, column_layout, row_layout
from ganview.app.widgets.text import TextLabel

NONE = "This generator was trained without classes: there is no y to mix."


def mixer(x: float, y: float, classes: int) -> Floats:
    """Return the class weights (K,) of a point of the pad."""
    from ganview.gan.latent import ring_mix

    return ring_mix(x, y, classes)


class MixTab(Tab):
    """A pad and bars over the class weights."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.pad = ClassPad(mixer)
        self.bars = ClassWeightBars()
        self._verdict = TextLabel("", "muted", wrap=True, size="small")
        self._reading = LiveClassifier(context, self)
        self._none = TextLabel(NONE, "muted")
        self._lay_out()
        for part in (self.pad.mixed, self.bars.asked):
            part.connect(context.state.mix)
        self._reading.read.connect(self._show_read)
        context.requester.arrived.connect(self._read)
        context.state.watch(self._moved)
        self._show_space()

    def activate(self) -> None:
        """Show and read the present picture."""
        self._show_place()
        self._read()

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(SMALL)
        column.addWidget(ScrollRoom(self.bars), 1)  # the pad stays in view beside many classes
        column.addWidget(self._verdict)
        row = row_layout((self.pad, 1), (column, 1), gap=MEDIUM)
        column_layout(
            (self._none, 0, Qt.AlignmentFlag.AlignTop),
            (row, 1),
            margins=(0, SMALL, 0, 0),
            inside=self,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.pad.setMaximumHeight(max(self.pad.minimumSizeHint().height(), self.width() // 2))

    def _moved(self, parts: Part) -> None:
        if parts & Part.SPACE:
            self._show_space()
        if parts & Part.CLASS and self.in_view:
            self._show_place()

    def _show_space(self) -> None:
        names = self.context.state.space.class_names
        self.pad.set_names(names)
        self.bars.set_names(names)
        for part in (self.pad, self.bars, self._verdict):
            part.setVisible(bool(names))
        self._none.setVisible(not names)
        self._show_place()

    def _show_place(self) -> None:
        weights = self.context.state.place.weights
        self.bars.show_weights(weights)
        if weights.size:
            self.pad.show_weights(weights)

    def _read(self) -> None:
        if self.in_view and self.context.state.space.classes:
            self._reading.order(self.context.requester.latest)

    def _show_read(self, read: Floats | None) -> None:
        self.bars.show_read(read)
        if read is None:
            self._verdict.setText(NO_CLASSIFIER)
            return
        best = int(read.argmax())
        name = self.context.state.space.class_names[best]
        sure = float(read[best])
        word = "surely" if sure > 0.95 else "probably" if sure > 0.6 else "perhaps"
        self._verdict.setText(f"A separate classifier says this is {word} {with_article(name)}.")
