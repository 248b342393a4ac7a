"""The card that every plot is in: curves, or the words that stand where they will be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from ganview.app.plots.axes import CountAxis
from ganview.app.plots.ghost_curves import GhostCurves
from ganview.app.theme import Theme, font
from ganview.app.widgets.legend import Legend
from ganview.app.widgets.panel import Panel
from ganview.app.widgets.text import TextLabel
from ganview.export.palette import Tokens

if TYPE_CHECKING:
    from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent


class PlotPanel(Panel):
    """A plot with its legend, and a sentence below it on how to read it.

    Who inherits it puts the legend where there is room for it, and draws.

    Parameters
    ----------
    title
        Heading.
    legend
        (text, actor, dashed) of each curve.
    empty
        What is said before there are curves.
    sentence
        How to read it.

    Attributes
    ----------
    place_chosen
        Where on the x axis it was clicked.
    """

    place_chosen = Signal(float)

    def __init__(
        self, title: str, legend: list[tuple[str, str, bool]], empty: str, sentence: str = ""
    ) -> None:
        super().__init__(title)
        self._legend = Legend(legend)
        self._plot = pg.PlotWidget(enableMenu=False, axisItems={"bottom": CountAxis("bottom")})
        self._sentence = TextLabel(sentence, "muted")
        self._sentence.setFont(font("small"))
        self._sentence.setWordWrap(True)
        self._empty = TextLabel(empty, "muted")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        before = QWidget()
        column = QVBoxLayout(before)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(GhostCurves(legend[0][1]), 1)
        column.addWidget(self._empty)
        self._pages.addWidget(before)
        self._pages.addWidget(self._plot)
        self.body.addWidget(self._pages, 1)
        self.body.addWidget(self._sentence)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.setZValue(30)
        self._cursor.hide()
        self._plot.getPlotItem().addItem(self._cursor, ignoreBounds=True)
        self._plot.scene().sigMouseMoved.connect(self._moved)
        self._plot.scene().sigMouseClicked.connect(self._clicked)
        Theme.current().changed.connect(self._tint)

    def _show_curves(self, there: bool) -> None:
        """Show the plot, or the words that stand in for it."""
        self._pages.setCurrentIndex(1 if there else 0)

    def show_cursor(self, x: float | None) -> None:
        """Draw the cursor at a place on the x axis, or not at all."""
        self._cursor.setVisible(x is not None)
        if x is not None:
            self._cursor.setPen(pg.mkPen(Theme.current().tokens.accent, width=1.5))
            self._cursor.setPos(x)

    def _clicked(self, click: MouseClickEvent) -> None:
        box = self._plot.getViewBox()
        inside = box.sceneBoundingRect().contains(click.scenePos())
        if inside and click.button() == Qt.MouseButton.LeftButton and not click.double():
            self.place_chosen.emit(box.mapSceneToView(click.scenePos()).x())

    def _moved(self, position: QPointF) -> None:
        box = self._plot.getViewBox()
        if box.sceneBoundingRect().contains(position):
            self._point_at(box.mapSceneToView(position).x())

    def _point_at(self, x: float) -> None:
        """Let the legend say the values under the pointer."""
        raise NotImplementedError

    def _tint(self, tokens: Tokens) -> None:
        """Take on the colours of a theme."""
        raise NotImplementedError
