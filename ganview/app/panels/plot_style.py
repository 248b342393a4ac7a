"""What all plots share: their axes, and the words below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg

from ganview.app.theme import HAIR, MEDIUM, font

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ganview.app.theme import Tokens

#: What the x axis counts, by column of the history.
WORDS = {"step": "step", "images_seen": "images seen"}


def style_axes(plot: pg.PlotWidget, axes: Iterable[str] = ("left", "bottom")) -> None:
    """Give a plot quiet axes, no menu, and ranges that only its owner sets."""
    plot.setAntialiasing(False)
    plot.setMinimumHeight(96)
    plot.setFrameShape(plot.Shape.NoFrame)
    item = plot.getPlotItem()
    item.hideButtons()
    # pyqtgraph makes a menu all the same, and leaves it without a parent to go with.
    item.ctrlMenu.setParent(plot, item.ctrlMenu.windowFlags())
    item.disableAutoRange()
    item.setContentsMargins(0, HAIR, MEDIUM if "right" not in axes else 0, 0)
    item.getViewBox().setDefaultPadding(0.0)
    item.getAxis("left").setWidth(40)
    item.getAxis("bottom").label.setFont(font("small"))
    item.getAxis("bottom").setHeight(34)
    for name in axes:
        axis = item.getAxis(name)
        axis.setStyle(
            tickFont=font("small"),
            tickLength=0,
            tickTextOffset=6,
            hideOverlappingLabels=False,
        )
        axis.enableAutoSIPrefix(False)
        axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)


def tint_axes(plot: pg.PlotWidget, axes: Iterable[str], tokens: Tokens) -> None:
    """Let a plot's ground and axes take on the colours of a theme."""
    plot.setBackground(tokens.card)
    for name in axes:
        axis = plot.getPlotItem().getAxis(name)
        axis.setPen(pg.mkPen(tokens.line))
        axis.setTextPen(pg.mkPen(tokens.muted))
