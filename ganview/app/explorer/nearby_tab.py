"""The tab of neighbours: nine pictures a small step from here, to walk from one to the next."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt

from ganview.app.explorer.tab import Context, Tab
from ganview.app.latent_point import Floats, Part
from ganview.app.theme import MEDIUM, SMALL
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.layouts import column_layout, row_layout
from ganview.app.widgets.text import TextLabel, set_tooltip
from ganview.app.widgets.tile_strip import TileStrip
from ganview.app.widgets.value_slider import ValueSlider
from ganview.runtime.messages import RenderedImages

CANDIDATES = 9
USUAL_STEP = 0.35


class NearbyTab(Tab):
    """Nine candidates; a click goes to one, and nine others appear around it."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.strip = TileStrip(gap=4, maximum=6, even=True, centred=True)
        self.step = ValueSlider(0.05, 1.0, rest=USUAL_STEP)
        self._number = TextLabel(f"{USUAL_STEP:.2f}", size="number")
        self._again = push_button(
            "Draw nine others", "Draw nine other neighbours of the same point", self._draw
        )
        self._lane = self.lane("thumbnails", self._show)
        self._candidates: Floats = np.zeros((0, 0), np.float32)
        self._around: object = None
        self._lay_out()
        self.strip.tile_activated.connect(self._go_to)
        self.step.moved.connect(lambda _value, _gesture: self._draw())
        context.state.watch(self._moved)

    def activate(self) -> None:
        """Offer candidates of the present place; the same ones if it is the same."""
        if self._around is self.context.state.place:
            self._ask()
        else:
            self._draw()

    def _lay_out(self) -> None:
        self.strip.expect(CANDIDATES)
        self.strip.setAccessibleName("Nine neighbours")
        self.strip.set_tile_text(lambda index: f"Neighbour {index + 1}; click to go there")
        self.step.setAccessibleName("Size of the step")
        set_tooltip(
            self.step,
            "How much of z is replaced: 0.05 hardly any, 1 all of it. Locked dimensions stay.",
        )
        hint = TextLabel("Undo goes back to the picture before.", "muted", size="small", wrap=True)
        row = row_layout(TextLabel("Step"), (self.step, 1), self._number)
        column = column_layout(row, (self._again, 0, Qt.AlignmentFlag.AlignLeft), hint, 1)
        row_layout((self.strip, 3), (column, 2), gap=MEDIUM, margins=(0, SMALL, 0, 0), inside=self)

    def _draw(self) -> None:
        state = self.context.state
        self._number.setText(f"{self.step.number():.2f}")
        self._candidates = state.nearby(CANDIDATES, self.step.number())
        self._around = state.place
        self._ask()

    def _ask(self) -> None:
        if self.context.requester.latest is not None and len(self._candidates):
            self._lane.ask_at(self.context.state.place, self._candidates)

    def _show(self, rendered: RenderedImages) -> None:
        if rendered.complete:
            self.strip.set_images(rendered.images)

    def _go_to(self, index: int) -> None:
        if index < len(self._candidates):
            self.context.state.set_z(self._candidates[index])

    def _moved(self, parts: Part) -> None:
        if parts & Part.PLACE and self.in_view:
            self._draw()
