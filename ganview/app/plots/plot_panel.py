"""The card that every plot is in: curves, or the words that stand where they will be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from ganview.app.plots.axes import CountAxis, FramedPlot, ValueAxis
from ganview.app.plots.exact_items import ExactLine, recorded
from ganview.app.plots.ghost_curves import GhostCurves
from ganview.app.plots.zooming import KEYS_TOLD, Zooming
from ganview.app.theme import HAIR, MEDIUM, SMALL, Theme, font
from ganview.app.widgets.layouts import column_layout, fill_layout
from ganview.app.widgets.legend import Legend
from ganview.app.widgets.panel import Panel
from ganview.app.widgets.text import TextLabel, set_tooltip
from ganview.app.widgets.widget_picture import WidgetPicture
from ganview.export.palette import Tokens
from ganview.glossary import explain

if TYPE_CHECKING:
    from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent


#: Width of a card from which on it has room for its legend beside the heading and for a sentence.
ROOMY = 360
#: Height of a card from which on a sentence leaves a plot 160 logical pixels of data.
TALL = 320
#: The term that explains whose curve it is.
TERMS = {
    "discriminator": "discriminator",
    "generator": "generator",
    "real": "real picture",
    "fake": "generated picture",
    "distance": "judge-FD",
    "accuracy": "class accuracy",
}


class PlotPanel(Panel):
    """A plot with its legend, and a sentence below it on how to read it.

    Who inherits it puts the legend where there is room for it, and draws.

    Parameters
    ----------
    legend
        (text, actor, dashed) of each curve.
    empty
        What is said before there are curves.
    """

    place_chosen = Signal(float)  # where on the x axis it was clicked
    pointed = Signal(object)  # where on the x axis the pointer is; None when it has left
    # Another part of the x axis was chosen, (left, right), or all of it, None.
    zoomed = Signal(object)
    # It was clicked twice: it is to be as large as it can be, or small again.
    enlarging_asked = Signal()

    def __init__(
        self, title: str, legend: list[tuple[str, str, bool]], empty: str, sentence: str = ""
    ) -> None:
        super().__init__(title)
        self._legend = Legend(legend)
        terms = [TERMS[actor] for _, actor, _ in legend if actor in TERMS]
        set_tooltip(self._legend, "\n".join(explain(term) for term in terms))
        self._plot = FramedPlot(
            enableMenu=False, axisItems={"bottom": CountAxis("bottom"), "left": ValueAxis("left")}
        )
        self._sentence = TextLabel(sentence, "muted", size="small", wrap=True)
        self._empty = TextLabel(empty, "muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        before = QWidget()
        column_layout((GhostCurves(legend[0][1]), 1), self._empty, inside=before)
        self._pages.addWidget(before)
        self._pages.addWidget(self._plot)
        fill_layout(self.body, (self._pages, 1), self._sentence)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._cursor = ExactLine(angle=90)
        self._cursor.setZValue(30)
        self._cursor.hide()
        self._plot.getPlotItem().addItem(self._cursor, ignoreBounds=True)
        self._place: float | None = None  # of the cursor
        self._pointer: float | None = None
        self._room = (False, False)
        self._crosshair = ExactLine(angle=90)
        self._crosshair.hide()
        self._caption = pg.TextItem(anchor=(0, 0))
        self._caption.setZValue(40)
        self._caption.hide()
        for one in (self._crosshair, self._caption):
            self._plot.getPlotItem().addItem(one, ignoreBounds=True)
        self._plot.setAccessibleName(title)
        self._plot.setAccessibleDescription(KEYS_TOLD)
        Zooming(self._plot).chosen.connect(self.zoomed)
        self._plot.scene().sigMouseMoved.connect(self._moved)
        self._plot.scene().sigMouseClicked.connect(self._clicked)
        Theme.current().changed.connect(self._tint)
        Theme.current().changed.connect(self._tint_cursor)
        self._tint_cursor(Theme.current().tokens)

    def set_title(self, title: str, subtitle: str = "") -> None:
        """Exchange the heading and the quieter words beside it."""
        super().set_title(title, subtitle)
        self._plot.setAccessibleName(title)

    def _show_curves(self, there: bool) -> None:
        """Show the plot, or the words that stand in for it."""
        self._pages.setCurrentIndex(1 if there else 0)

    def show_cursor(self, x: float | None) -> None:
        """Draw the cursor at a place on the x axis, and say the values there, or not at all."""
        if x != self._place:  # it is told with every snapshot: a line that stands costs no paint
            self._place = x
            self._cursor.setVisible(x is not None)
            if x is not None:
                self._cursor.setPos(x)
            self._tell_values()

    def show_crosshair(self, x: float | None, caption: str = "") -> None:
        """Draw a line at a place on the x axis, say the values there, or take it all away.

        Parameters
        ----------
        x
            The place; None takes the line away.
        """
        box, tokens = self._plot.getViewBox(), Theme.current().tokens
        (left, right), (_, top) = box.viewRange()
        there = x is not None and left <= x <= right
        self._crosshair.setVisible(there)
        self._caption.setVisible(there and bool(caption))
        if x is not None and there:
            self._crosshair.setPen(pg.mkPen(tokens.muted, width=1))
            self._crosshair.setPos(x)
            self._caption.setFont(font("small"))
            self._caption.setText(caption, tokens.text)
            self._caption.fill = pg.mkBrush(tokens.card)
            self._caption.setAnchor((0, 0) if x < (left + right) / 2 else (1, 0))
            self._caption.setPos(x, top)
        self._pointer = x
        self._tell_values()

    def set_room(self, width: int, height: int) -> None:
        """Make do with a width and a height of the card, both in logical pixels."""
        narrow, short = width < ROOMY, height < TALL
        if (narrow, short) != self._room:
            self._room = (narrow, short)
            self.body.setSpacing(HAIR if short else SMALL)
            above = HAIR if short else SMALL + 2
            self.body.setContentsMargins(MEDIUM, above, MEDIUM, above)
            self._fit(narrow, short)

    def _fit(self, narrow: bool, short: bool) -> None:
        """Place the legend and the sentence where there is room for them."""
        raise NotImplementedError

    def show_range(self, span: tuple[float, float] | None) -> None:
        """Show a part of the x axis, (left, right), or with None all of it."""
        raise NotImplementedError

    def record(self) -> WidgetPicture:
        """Return the card as it is on show, without what follows the pointer."""
        self.show_crosshair(None)
        with recorded(self._plot):
            return WidgetPicture.of(self)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)

    def _clicked(self, click: MouseClickEvent) -> None:
        box = self._plot.getViewBox()
        inside = box.sceneBoundingRect().contains(click.scenePos())
        if not inside or click.button() != Qt.MouseButton.LeftButton:
            return
        if click.double():
            self.enlarging_asked.emit()
        else:
            self.place_chosen.emit(box.mapSceneToView(click.scenePos()).x())

    def _moved(self, position: QPointF) -> None:
        box = self._plot.getViewBox()
        if box.sceneBoundingRect().contains(position):
            self.pointed.emit(box.mapSceneToView(position).x())

    def _tell_values(self) -> None:
        """Say the values at the pointer, or else at the cursor, or else those of now."""
        self._point_at(self._place if self._pointer is None else self._pointer)

    def _point_at(self, x: float | None) -> None:
        """Let the legend say the values at a place; with None those of now."""
        raise NotImplementedError

    def _tint_cursor(self, tokens: Tokens) -> None:
        self._cursor.setPen(pg.mkPen(tokens.accent, width=1.5))

    def _tint(self, tokens: Tokens) -> None:
        """Take on the colours of a theme."""
        raise NotImplementedError
