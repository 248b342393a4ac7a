"""The tab of sliders: one row a latent dimension, with a preview, sorted by effect if asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QMenu, QToolButton

from ganview.app.explorer.effects import EffectMeter
from ganview.app.explorer.tab import Context, Tab
from ganview.app.latent_point import Floats, LatentPoint, Part
from ganview.app.theme import HAIR
from ganview.app.widgets.buttons import IconButton
from ganview.app.widgets.latent_sliders import LatentSliders
from ganview.app.widgets.latent_strip import LatentStrip
from ganview.app.widgets.layouts import column_layout, row_layout
from ganview.app.widgets.slider_preview import STOPS, SliderPreview
from ganview.runtime.messages import RenderedImages

#: How many of the strongest sliders can be shown alone.
FEW = (10, 20, 40)
#: A tab at least this high shows the preview twice as large.
ROOMY = 400


class SlidersTab(Tab):
    """Shows the noise of a state, and moves it."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        state = context.state
        self.sliders = LatentSliders(state.space.z_dim)
        self.preview = SliderPreview(self.sliders)
        self.cells = LatentStrip()
        self._lane = self.lane("preview", self._show_preview)
        self._meter = EffectMeter(context, self)
        self._previewed: tuple[int, LatentPoint] | None = None
        self._few = 0
        self._sort = IconButton(
            "sort",
            "Strongest first",
            "Sort by effect: how much the picture changes per σ, measured for this class",
        )
        self._filter = IconButton(
            "filter",
            "How many sliders",
            "Show all sliders, or only those with the strongest effect",
        )
        self._lay_out()
        self.sliders.moved.connect(state.set_dimension)
        self.sliders.zeroed.connect(state.reset)
        self.sliders.mirrored.connect(state.mirror)
        self.sliders.lock_asked.connect(state.lock)
        self.sliders.pointed.connect(self._ask_preview)
        self.sliders.pointed.connect(self.cells.mark)
        self.cells.moved.connect(state.set_dimension)
        self.cells.zeroed.connect(state.reset)
        self.cells.pointed.connect(self._ask_preview)
        self.cells.chosen.connect(self.sliders.reveal)
        self.preview.chosen.connect(self._go_to_stop)
        self._meter.measured.connect(self._show_effects)
        self._sort.toggled.connect(self._sort_rows)
        state.watch(self._moved)
        context.requester.arrived.connect(self._follow)
        self._show_space()

    def activate(self) -> None:
        """Ask for the preview and measure again: the model may be another."""
        self._meter.measure()
        pointed, self._previewed = self._pointed(), None
        self._ask_preview(pointed)

    # -- laying out -------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._sort.setCheckable(True)
        self._filter.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._filter.setMenu(self._filter_menu())
        self._filter.setCheckable(True)
        for button in (self._sort, self._filter):
            button.setProperty("flat", True)
            button.setFixedSize(28, 28)
            button.setStyleSheet(
                "QToolButton { padding: 0; min-height: 0; }"
                "QToolButton::menu-indicator { image: none; }"
            )
        top = Qt.AlignmentFlag.AlignTop
        row_layout(
            1,
            (self._sort, 0, top),
            (self._filter, 0, top),
            gap=HAIR,
            margins=(0, 0, HAIR, 0),
            inside=self.preview,
        )
        column_layout(
            self.cells,
            self.preview,
            (self.sliders, 1),
            gap=HAIR,
            margins=(0, HAIR, 0, 0),
            inside=self,
        )

    def _filter_menu(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for count in (0, *FEW):
            text = f"The {count} strongest" if count else "All sliders"
            action = QAction(text, group, checkable=True, checked=count == 0)
            action.triggered.connect(lambda _=False, count=count: self._show_few(count))
            menu.addAction(action)
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.preview.set_zoom(2 if self.height() >= ROOMY else 1)

    # -- order ------------------------------------------------------------------------------

    def _show_few(self, count: int) -> None:
        self._few = count
        self._filter.setChecked(count > 0)
        self._arrange()

    def _show_effects(self, effects: Floats) -> None:
        self.sliders.rows.set_effects(effects)
        self.context.findings.set_dims_by_effect(np.argsort(-effects, kind="stable").tolist())
        self.preview.update()
        self._arrange()

    def _sort_rows(self) -> None:
        """Put the rows in another order, and show the first of them."""
        self._arrange()
        self.sliders.setCurrentIndex(self.sliders.model().index(0, 0))
        self.sliders.scrollToTop()

    def _arrange(self) -> None:
        effects = self.sliders.rows.effects
        z_dim = self.context.state.space.z_dim
        rows = np.arange(z_dim)
        if effects is not None and (self._sort.isChecked() or self._few):
            telling = np.argsort(-effects, kind="stable")[: self._few or z_dim]
            rows = telling if self._sort.isChecked() else np.sort(telling)
        self.sliders.set_rows(rows)

    # -- preview --------------------------------------------------------------------------

    def _pointed(self) -> int:
        return self._previewed[0] if self._previewed else max(0, self.sliders.current_dimension())

    def _ask_preview(self, dimension: int) -> None:
        """Ask for the pictures along a slider, unless they can't have changed."""
        place = self.context.state.place
        if self.context.requester.latest is None or not 0 <= dimension < place.z.size:
            return
        z = np.repeat(place.z[None], len(STOPS), axis=0)
        z[:, dimension] = STOPS
        middle, old = replace(place, z=z[STOPS.index(0)]), self._previewed
        if old is not None and old[0] == dimension and not old[1].parts_unlike(middle):
            return
        self._previewed = dimension, middle
        self._lane.ask_at(place, z)

    def _show_preview(self, rendered: RenderedImages) -> None:
        if self._previewed is not None and rendered.complete:
            self.preview.show_pictures(self.sliders.rows.name(self._previewed[0]), rendered.images)

    def _go_to_stop(self, sigma: float) -> None:
        if self._previewed is not None:
            self.context.state.set_dimension(self._previewed[0], sigma)

    # -- the state --------------------------------------------------------------------------

    def _moved(self, parts: Part) -> None:
        state = self.context.state
        if parts & Part.SPACE:
            self._show_space()
        if parts & Part.NOISE:
            self.sliders.set_z(state.z)
            self.cells.set_z(state.z)
        if parts & Part.LOCKS:
            self.sliders.rows.set_locked(state.locked)

    def _follow(self) -> None:
        """Preview a place once its picture is there: the picture comes first."""
        if self.in_view:
            self._ask_preview(self._pointed())

    def _show_space(self) -> None:
        self._previewed = None
        self.context.findings.set_dims_by_effect(())
        self.preview.clear()
        self.sliders.set_space(self.context.state.z)
        self.cells.set_z(self.context.state.z)
        self._arrange()
