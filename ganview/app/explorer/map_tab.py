"""The tab of the map: a plane of noise as a field of pictures, with a preview at the pointer."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from ganview.app.explorer.colouring import belief_colours, class_hues, tinted
from ganview.app.explorer.latent_plane import KIND, Plane, cell_centres, drawing_order, shown_images
from ganview.app.explorer.plane_controls import PINS, PlaneControls
from ganview.app.explorer.reading import NO_CLASSIFIER, class_probabilities
from ganview.app.explorer.tab import Context, Tab
from ganview.app.latent_point import Floats, Part
from ganview.app.theme import MEDIUM, SMALL, Theme
from ganview.app.widgets.colour_key import ColourKey
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.gestures import debounce
from ganview.app.widgets.latent_rows import sigma_text
from ganview.app.widgets.layouts import ScrollRoom, column_layout, fill_layout, row_layout
from ganview.app.widgets.map_view import MapView
from ganview.app.widgets.text import TextLabel
from ganview.app.widgets.tile_strip import TileStrip
from ganview.runtime.jobs import LatestJob
from ganview.runtime.messages import RenderedImages

#: Pictures a side: of these as many as have so many pixels each, as fewer would be specks.
COUNT, FEW, FEWEST, CLEAR = 20, 10, 5, 16
#: Least width of the field, of the controls and of the picture under the pointer, and height from
#: which that is larger and below the controls.
LEAST, CONTROLS, PROBED, ROOMY = 96, 226, 116, 400
PLAIN, DIGIT, BELIEF = "plain", "digit", "belief"
COLOURINGS = {
    PLAIN: "As they are",
    DIGIT: "Coloured by the class read",
    BELIEF: "Coloured by D's belief",
}
#: Milliseconds without a move before the map is drawn around a new place.
REST = 120
#: While a generator learns, its map is drawn again at most this often, in seconds.
LIVE_PAUSE = 2.0


class MapTab(Tab):
    """A field of pictures; the pointer probes it, a click goes there."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._count, self._side = COUNT, LEAST
        self.field = MapView(COUNT)
        self._lane = self.lane("thumbnails", self._show)
        self._probe_lane = self.lane("preview", self._show_probe)
        self._reading = LatestJob(context.services.run, "reading the map", self._show_read)
        self._plane: Plane | None = None
        self._images: NDArray[np.uint8] | None = None
        self._beliefs: Floats | None = None
        self._read: NDArray[np.intp] | None = None
        self._classes: int | None = None  # 0 without a classifier, None before it is asked
        self._drawn_at = -LIVE_PAUSE
        self._later = debounce(self, self._draw)
        self.controls, self._colour = (
            PlaneControls(),
            ComboBox(
                "Colours of the map",
                "Colour the pictures by what a classifier reads, or by what D thinks",
                COLOURINGS,
            ),
        )
        self._probe = TileStrip(maximum=7)
        self._where = TextLabel("", "muted", size="small", wrap=True)
        self._legend = ColourKey()
        self._lay_out()
        self._connect()
        self._show_space()

    def activate(self) -> None:
        """Draw the map with the present model."""
        self._offer_findings()
        wait = LIVE_PAUSE - (time.monotonic() - self._drawn_at)
        if self._plane is not None and wait > 0:
            if not self._later.isActive():
                self._later.start(round(1000 * wait))
        else:
            self._draw()

    def _offer_findings(self) -> None:
        self.controls.offer_directions(self.context.findings.directions)
        self.controls.suggest(self.context.findings.dims_by_effect)

    def inputs(self) -> tuple[Floats, Floats | None, float] | None:
        """Return noise (N, D) before ψ, row by row, class weights (L, K) and ψ of the map.

        On a plane through pins, whose ψ may differ, the noise has had its ψ, and that is 1.
        """
        plane, place = self._plane or self._make_plane(), self.context.state.place
        if plane is None:
            return None
        if plane.pins:
            return *self._batch(plane, cell_centres(COUNT)), 1.0
        weights = place.weights[None] if place.weights.size else None
        return plane.points(cell_centres(COUNT)), weights, place.psi

    # -- laying out -------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.field.setAccessibleName("Map of the noise")
        self.field.setAccessibleDescription("Arrow keys move the pointer, Enter goes there.")
        self._probe.only_look()
        self._probe.setAccessibleName("Picture under the pointer")
        column = column_layout(self.controls, self._colour, self._legend, 1)
        pointed = column_layout(self._probe, self._where, 1)
        beside = QWidget()
        self._beside = QBoxLayout(QBoxLayout.Direction.TopToBottom, beside)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.setSpacing(MEDIUM)
        fill_layout(self._beside, (column, 1), pointed)
        self.field.setMinimumWidth(LEAST)
        # The field is whole in view, however little room there is for what is beside it.
        parts = (self.field, 100), (ScrollRoom(beside), 1)
        row_layout(*parts, gap=MEDIUM, margins=(0, SMALL, 0, 0), inside=self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < ROOMY
        across = low and self.width() >= LEAST + 2 * MEDIUM + CONTROLS + PROBED
        ways = QBoxLayout.Direction
        self._beside.setDirection(ways.LeftToRight if across else ways.TopToBottom)
        self._where.setFixedWidth(PROBED if across else CONTROLS)
        # At most, not fixed: the page could never become narrower again, only be scrolled.
        beside = CONTROLS + MEDIUM + (PROBED + MEDIUM if across else 0)
        self._side = max(LEAST, min(self.height() - SMALL, self.width() - beside))
        self.field.setMaximumWidth(self._side)
        zoom = 4 if low else 7
        self._probe.setFixedSize(28 * zoom, 28 * zoom)
        if self.in_view and self._plane is not None and self._count != self._fitting_count():
            self._later.start(REST)

    def _fitting_count(self) -> int:
        """Return how many pictures a side can be told apart."""
        return next((n for n in (COUNT, FEW) if self._side >= n * CLEAR), FEWEST)

    def _connect(self) -> None:
        self.controls.changed.connect(self._draw)
        self._colour.activated.connect(lambda _index: self._recolour())
        self.field.probed.connect(self._ask_probe)
        self.field.left.connect(self._show_words)
        self.field.chosen.connect(self._go_to)
        self.context.pins.watch(self._follow)
        self.context.findings.watch(self._offer_findings)
        self.context.state.watch(self._moved)
        Theme.current().changed.connect(self._paint)

    # -- the plane --------------------------------------------------------------------------

    def _make_plane(self) -> Plane | None:
        context = self.context
        return self.controls.plane(context.state.z, context.pins, context.findings.directions)

    def _draw(self) -> None:
        """Ask for the field if it is another one."""
        if self.context.requester.latest is None:
            return
        plane = self._make_plane()
        self._plane = plane
        self._show_words()
        if plane is None:
            self._lane.forget()
            self._images = self._beliefs = self._read = None
            self.field.clear()
            self.field.set_axes(None)
            self._probe.set_images(None)
            return
        self._count = self._fitting_count()
        sequence, _strides = drawing_order(self._count)
        z, y = self._batch(plane, cell_centres(self._count)[sequence])
        self._read = self._classes = None
        self._drawn_at = time.monotonic()
        self._lane.ask(z, y, want_belief=self._colour.currentData() == BELIEF)
        self._show_here()

    def _batch(self, plane: Plane, where: Floats) -> tuple[Floats, Floats | None]:
        """Return the noise (N, D), after ψ, and class weights (N, K) at points (N, 2)."""
        weights, psi = plane.kinds(where, self.context.state.place)
        return plane.points(where) * psi[:, None], weights if weights.size else None

    def _show_here(self) -> None:
        plane = self._plane
        if plane is None:
            return
        ends = "" if plane.pins else f"{plane.reach:g} σ"
        self.field.set_axes(plane.names, ends)
        self.field.set_here(plane.project(self.context.state.z))
        marks = []
        if self.controls.kind == PINS:
            pins = [self.context.pins[index] for index in range(3)]
            marks = [(*plane.project(pin.place.z), pin.name) for pin in pins]
        self.field.set_marks(marks)

    # -- pictures ---------------------------------------------------------------------------

    def _show(self, rendered: RenderedImages) -> None:
        self._images, self._beliefs = rendered.images, rendered.beliefs
        if rendered.complete and self._colour.currentData() == DIGIT:
            self._order_reading()
        self._paint()

    def _paint(self) -> None:
        if self._images is None or not len(self._images):
            return
        images, colour = self._images, self._colour.currentData()
        tokens = Theme.current().tokens
        if colour == DIGIT and self._read is not None and len(self._read) == len(images):
            images = tinted(images, class_hues(self._classes or 0)[self._read])
        elif colour == BELIEF and self._beliefs is not None and not self._why_no_belief():
            images = tinted(images, belief_colours(self._beliefs, tokens))
        shown = shown_images(self._count, len(images))
        whole = images[shown]
        whole[shown < 0] = 0
        self.field.set_pictures(whole)

    def _recolour(self) -> None:
        colour = self._colour.currentData()
        self._show_legend()
        if colour == BELIEF and self._beliefs is None:
            self._draw()
        elif colour == DIGIT and self._read is None:
            self._order_reading()
        self._paint()

    def _order_reading(self) -> None:
        images, model = self._images, self.context.services.model()
        if images is None or model is None:
            return

        def work() -> Any:
            return images, class_probabilities(model, images)

        self._reading.order(work)

    def _show_read(self, result: Any) -> None:
        images, probabilities = result
        self._classes = 0 if probabilities is None else probabilities.shape[1]
        if images is self._images and probabilities is not None:
            self._read = probabilities.argmax(axis=1)
            self._paint()
        self._show_legend()

    def _show_legend(self) -> None:
        self._legend.show_entries(self._legend_entries())

    def _legend_entries(self) -> list[tuple[str, str]]:
        colour, tokens = self._colour.currentData(), Theme.current().tokens
        if colour == DIGIT:
            if not self._classes:
                return [("", NO_CLASSIFIER)] if self._classes == 0 else []
            hues = (255 * class_hues(self._classes)).round().astype(int).tolist()
            names = self.context.state.space.class_names
            names = names if len(names) == len(hues) else tuple(map(str, range(len(hues))))
            return [
                (f"#{red:02x}{green:02x}{blue:02x}", name)
                for (red, green, blue), name in zip(hues, names, strict=True)
            ]
        if colour == BELIEF:
            if why := self._why_no_belief():
                return [("", why)]
            return [
                (tokens.fake, "D says fake"),
                ("", "grey: can't tell"),
                (tokens.real, "D says real"),
            ]
        return []

    def _why_no_belief(self) -> str:
        model = self.context.services.model()
        if model is not None and model.discriminator is None:
            return "This model was saved without its discriminator."
        if model is not None and model.objective.belief is None:
            return "This model's D is a critic: it gives scores, not beliefs."
        return ""

    # -- the pointer ------------------------------------------------------------------------

    def _ask_probe(self, x: float, y: float) -> None:
        plane = self._plane
        if plane is None:
            return
        self._probe_lane.ask(*self._batch(plane, np.array([[x, y]], np.float32)))
        right, up = sigma_text(x * plane.reach), sigma_text(-y * plane.reach)
        self._where.setText(f"{plane.names[0]} {right} σ\n{plane.names[1]} {up} σ")

    def _show_probe(self, rendered: RenderedImages) -> None:
        self._probe.set_images(rendered.images[:1])

    def _show_words(self) -> None:
        if self._plane is not None:
            text = ""  # the sentence above the tab says what to do
        elif self.controls.kind == PINS:
            text = "Pin three places first (P); they must not lie on one line."
        else:
            text = "The tab Directions finds directions; choose two different ones here."
        self._where.setText(text)

    def _go_to(self, x: float, y: float, gesture: object) -> None:
        if self._plane is not None:
            state = self.context.state
            state.move(self._plane.place_at(x, y, state.place), gesture)

    # -- the state --------------------------------------------------------------------------

    def _moved(self, parts: Part) -> None:
        if parts & Part.SPACE:
            self._show_space()
        if not self.in_view or not parts & Part.PLACE:
            return
        plane = self._make_plane()
        same = plane is not None and plane.same(self._plane)
        if same and (self.controls.kind == PINS or not parts & KIND):
            self._show_here()
        else:
            self._later.start(REST)

    def _follow(self) -> None:
        if self.in_view:
            self._later.start(REST)

    def _show_space(self) -> None:
        self.controls.begin(self.context.state.space.z_dim)
        self._plane = None
