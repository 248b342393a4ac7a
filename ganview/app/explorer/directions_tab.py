"""The tab of directions: sliders along directions of the noise that have a meaning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar

from ganview.app.explorer.direction_sliders import (
    DirectionAmounts,
    fit_named_directions,
    load_kept_directions,
    quality_text,
    unsupervised_directions,
)
from ganview.app.explorer.tab import Context, Tab, Way
from ganview.app.latent_point import Floats, Part
from ganview.app.theme import HAIR, SMALL
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.latent_sliders import LatentSliders
from ganview.app.widgets.layouts import column_layout, row_layout
from ganview.app.widgets.slider_preview import STOPS, SliderPreview
from ganview.app.widgets.text import TextLabel
from ganview.runtime.jobs import LatestJob
from ganview.runtime.messages import RenderedImages

if TYPE_CHECKING:
    from ganview.gan.explore.directions import Direction
    from ganview.gan.model import Model

ROOMY = 400
FIND, AGAIN = "Find slant, thickness, width, height, loops", "Search again"


class DirectionsTab(Tab):
    """One slider a direction: named ones first, then the network's own."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.travel = DirectionAmounts(context.state)
        self.sliders = LatentSliders(1, lockable=False)
        self.preview = SliderPreview(self.sliders)
        self._found: Model | None = None
        self._live = False
        self._own: list[Direction] = []
        self._named: list[Direction] = []
        self._named_last = False
        self._previewed = self._moving = -1
        self._note = TextLabel("Looking for directions…", "muted", size="small", wrap=True)
        self._find = push_button(
            FIND,
            "Draw and measure 24,000 pictures, then fit a direction for each property; takes about "
            "half a minute, once a model",
        )
        self._stop = push_button("Stop", "Stop fitting")
        self._bar = QProgressBar()
        run = context.services.run
        self._lane = self.lane("preview", self._show_preview)
        self._looking = LatestJob(run, "looking for directions", self._show_own, self._fail)
        self._recalling = LatestJob(run, "recalling directions", self._show_kept, self._fail)
        self._fitting = LatestJob(
            run, "fitting named directions", self._show_named, self._fail, self._show_progress
        )
        self._previewing = LatestJob(run, "finding a preview", self._ask_preview)
        self._lay_out()
        self._connect()
        self._show_idle()

    def activate(self) -> None:
        """Find the network's own directions, once a model; show its preview again."""
        model = self.context.services.model()
        if model is None:
            return
        if not self._learned_on(model):
            self._found, self._live = model, self.context.services.live()
            self._named = []
            self._fitting.cancel()
            self._show_idle()
            self._recall(model)
            self._looking.order(lambda: unsupervised_directions(model))
        self._renew_preview()

    def _learned_on(self, model: Model) -> bool:
        """Tell whether what was found is of this model, or of an earlier step of it.

        A generator that learns on keeps its directions for a while: they are found again on
        request, not at each of its steps. Begun anew it is another one, alike as its layers are.
        """
        found = self._found
        if found is None or model is found:
            return found is model
        if not (self._live and self.context.services.live()) or found.spec != model.spec:
            return False
        return step_of(found) <= step_of(model)

    # -- laying out -------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.sliders.setAccessibleName("Direction sliders")
        self._note.setMinimumHeight(2 * self._note.fontMetrics().height())
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Part of the fitting that is done")
        row = row_layout(self._find, (self._bar, 1), self._stop, 0)
        column_layout(
            row,
            self._note,
            self.preview,
            (self.sliders, 1),
            0,
            gap=HAIR,
            margins=(0, SMALL, 0, 0),
            inside=self,
        )
        self.preview.hide()
        self.sliders.hide()

    def _connect(self) -> None:
        self.sliders.moved.connect(self._move)
        self.sliders.zeroed.connect(lambda index: self._move(index, 0.0, None))
        self.sliders.mirrored.connect(
            lambda index: self._move(index, -float(self.travel.amounts[index]), None)
        )
        self.sliders.pointed.connect(self._point_at)
        self.preview.chosen.connect(self._go_to_stop)
        self._find.clicked.connect(self._fit)
        self._stop.clicked.connect(self._leave_off)
        self.context.state.watch(self._moved)

    def resizeEvent(self, event: object) -> None:
        self.preview.set_zoom(2 if self.height() >= ROOMY else 1)

    # -- finding ----------------------------------------------------------------------------

    def _show_own(self, directions: list[Direction]) -> None:
        self._own = directions
        self._show_directions()

    @property
    def _folder(self) -> Path | None:
        """Where directions are kept; nowhere while the generator learns on."""
        services = self.context.services
        return None if services.live() else services.directions_folder

    def _recall(self, model: Model) -> None:
        """Show the named directions that were kept, or fit them now, once for each model."""
        folder = self._folder
        if folder is not None:
            self._recalling.order(lambda: (model, load_kept_directions(model, folder)))

    def _show_kept(self, kept: tuple[Model, list[Direction] | None]) -> None:
        model, directions = kept
        if model is not self._found:
            return
        if directions is None:
            self._fit_to(model)
        else:
            self._show_named(directions)

    def _fit(self) -> None:
        model = self.context.services.model()
        if model is not None:
            self._found, self._live = model, self.context.services.live()
            self._looking.order(lambda: unsupervised_directions(model))
            self._fit_to(model)

    def _fit_to(self, model: Model) -> None:
        self._find.hide()
        self._stop.show()
        self._bar.show()
        self._bar.setRange(0, 0)
        self._note.setText("")  # it was about the previous model
        folder = self._folder
        self._fitting.order(
            lambda progress, should_stop: fit_named_directions(model, folder, progress, should_stop)
        )

    def _leave_off(self) -> None:
        self._fitting.cancel()
        self._show_idle()
        self._note.setText("Stopped. The network's own directions are below.")

    def _show_progress(self, fraction: float, text: str) -> None:
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(1000 * fraction))
        if text:
            self._note.setText(f"{text}…")

    def _show_named(self, directions: list[Direction]) -> None:
        if directions:
            # Rows that are in view stay where they are: the pointer may be on one.
            if not self._named:
                self._named_last = bool(self._own) and self.in_view
            self._named = directions
            self._show_directions()
            if self._named_last:
                names = ", ".join(direction.name for direction in directions)
                self._note.setText(f"Found, at the end of the list: {names}.")
        self._show_idle()

    def _show_idle(self) -> None:
        self._find.setText(AGAIN if self._named else FIND)
        self._bar.hide()
        self._stop.hide()
        self._find.show()

    def _fail(self, sentence: str) -> None:
        self._show_idle()
        self._note.setText(sentence)

    def _show_directions(self) -> None:
        directions = [*self._named, *self._own]
        if self._named_last:
            directions = [*self._own, *self._named]
        self.travel.set_directions(directions)
        self.context.findings.set_directions(Way(one.name, one.vector) for one in directions)
        names = tuple(direction.name for direction in directions)
        for part in (self.sliders, self.preview):
            part.setVisible(bool(names))
        if self.sliders.show_names(names):
            self._previewed = 0
        self.sliders.set_z(self.travel.amounts)
        self._describe(self._previewed)
        self._renew_preview()

    # -- preview ----------------------------------------------------------------------------

    def _point_at(self, index: int) -> None:
        self._previewed = index
        self._describe(index)
        self._renew_preview()

    def _describe(self, index: int) -> None:
        if 0 <= index < len(self.travel.directions):
            self._note.setText(quality_text(self.travel.directions[index]))

    def _renew_preview(self) -> None:
        known = 0 <= self._previewed < len(self.travel.directions)
        if known and self.in_view and self.context.requester.latest is not None:
            self._previewing.order(self.travel.along(self._previewed, STOPS))

    def _ask_preview(self, z: Floats) -> None:
        place = self.context.state.place
        if z.shape[1] == place.z.size:
            self._lane.ask_at(place, z)

    def _show_preview(self, rendered: RenderedImages) -> None:
        if rendered.complete and 0 <= self._previewed < len(self.travel.directions):
            name = self.travel.directions[self._previewed].name
            self.preview.show_pictures(name, rendered.images)

    def _go_to_stop(self, sigma: float) -> None:
        if 0 <= self._previewed < len(self.travel.directions):
            self._move(self._previewed, sigma, None)

    def _move(self, index: int, amount: float, gesture: object) -> None:
        self._moving = index
        self.travel.move(index, amount, gesture)
        self._moving = -1

    # -- the state --------------------------------------------------------------------------

    def _moved(self, parts: Part) -> None:
        if parts & Part.SPACE:
            self._own, self._named, self._found = [], [], None
            self._named_last = False
            self._fitting.cancel()
            self._show_directions()
            self.preview.clear()
        if parts & Part.NOISE and self.travel.arrive():
            self.sliders.set_z(self.travel.amounts)
        # What lies along a slider stays where it is while that slider itself is moved.
        if parts & Part.PLACE and (self._moving < 0 or self._moving != self._previewed):
            self._renew_preview()


def step_of(model: Model) -> int:
    """Return how many steps a model has learned for; 0 if its file does not say."""
    step = model.info.get("step")
    return step if isinstance(step, int) else 0
