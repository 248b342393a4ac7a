"""The page Landscape: which pictures are common, which are rare, real and generated."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QHideEvent, QShowEvent

from ganview.app.controllers.bridge import AT_REST
from ganview.app.formatting import rarity_text
from ganview.app.latent_point import Floats, LatentPoint
from ganview.app.pages.landscape_panel import LandscapePanel
from ganview.app.pages.landscape_words import HINT, MADE_ONCE, classes_text, help_text, nearest_text
from ganview.app.pages.page import Page, PageContext
from ganview.app.theme import Theme
from ganview.app.widgets.gestures import debounce
from ganview.app.widgets.layouts import column_layout
from ganview.app.widgets.text import set_tooltip
from ganview.export.landscape_pane import Pane
from ganview.runtime.jobs import LatestJob, OnProgress, ShouldStop
from ganview.runtime.landscape_files import Drawing
from ganview.runtime.landscape_panes import (
    Points,
    compose_panes,
    fake_places,
    nearest_pair,
    nearest_place,
    real_places,
    stops_along,
    usual_pair,
)
from ganview.runtime.landscapes import (
    Ground,
    Look,
    Numbers,
    PicturePosition,
    count_in_numbers,
    data_of_run,
    ground_of,
    look_at,
    position_of,
)
from ganview.runtime.messages import RunState

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganview.data.source import DataSource
    from ganview.gan.model import Model

FEW, WHOLE = 250, 1000  # pictures: of a first look and while it learns, and at rest
QUICK = 0.004  # seconds that finding a place may take the window itself
SHARE = 0.01  # of the time that looks may take while a run trains here
TRAIL = 60  # places of the explorer's picture that are remembered
RETRY = 5.0  # seconds until a run that trains is looked at again after that failed
RARER = 0.05  # by which "rarer" is rarer, at least


class LandscapePage(Page):
    """Fields of real and generated pictures, with what is common, rare or missing in words."""

    least_width = 560  # for two fields side by side

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.panel = LandscapePanel()  # the fields and their controls
        self.look: Look | None = None  # what was found of the generator that is looked at
        self._position: PicturePosition | None = None
        self._kept: Look | None = None  # compared with
        self._trail: list[PicturePosition] = []
        self._source = ""  # key of the source that it is of
        self._place: LatentPoint | None = None  # that the newest of them is of
        self._moved, self._moved_at = False, 0.0
        self._quick: Ground | None = None  # on whose map a place is found without a wait
        self._asked: tuple[object, ...] = ()
        self._named: DataSource | None = None  # what the user said may be opened
        self._declined: object = None  # of what the user wants no landscape
        self._answer: Callable[[], object] = self.refresh  # to the button in place of one
        self._failed: tuple[object, ...] | None = None  # what could not be looked at
        self._next_look = 0.0
        self._ordered = 0  # pictures of the look that is still to come
        run = context.run_job
        self._looking = LatestJob(
            run, "drawing the landscape", self._take_look, self._no_look, self._show_progress
        )
        read = context.run_short_job
        self._painting = LatestJob(read, "painting the landscape", self._show_panes, self._no_look)
        self._counting = LatestJob(run, "counting pictures", self._show_numbers, self._no_look)
        self._position_job = LatestJob(read, "finding a place on the map", self._show_position)
        self._later = debounce(self, self.refresh)
        self._probed = False  # whether the pointer is at a place
        column_layout(self.panel, inside=self)
        panel, view = self.panel, self.panel.view
        panel.chosen.connect(self._choose)
        panel.kept.connect(self._keep)
        panel.painted_otherwise.connect(self._paint)
        panel.wanted.connect(self._open_wanted)
        panel.answered.connect(lambda: self._answer())
        view.probed.connect(self._probe)
        view.left.connect(self._leave)
        view.chosen.connect(self._choose_place)
        view.way_drawn.connect(self._travel)
        context.app_model.picture_shown.connect(self._follow_picture)
        Theme.current().changed.connect(self._paint)

    @property
    def drawing(self) -> Drawing:
        """How it is on show, for an export."""
        view = self.panel.view
        return Drawing(self.panel.showing, view.flat, view.camera, tokens=Theme.current().tokens)

    # -- what is looked at ----------------------------------------------------------------------

    def _generator(self) -> tuple[object, Callable[[], Model]] | None:
        """Return which generator is looked at, and what gets it in a background thread."""
        app_model = self.context.app_model
        run, moment = app_model.run, app_model.moment
        if run is not None and moment is not None:
            return moment.step, lambda: run.model_at(moment.step)
        model = app_model.model if run is None else app_model.run_model
        return None if model is None else (model, lambda: model)

    def refresh(self) -> None:
        generator = self._generator()
        if generator is None or not self.isVisible():
            return
        which, read_model = generator
        psi, label = self.panel.psi, self.panel.showing.label
        asked = (which, self.context.app_model.run, psi, label)
        learning = self.context.training.state is RunState.TRAINING
        if self._subject(asked) == self._declined:
            return
        done = self.look is not None and (learning or len(self.look.cloud.z) >= WHOLE)
        if asked == self._failed or (asked == self._asked and done):
            return
        if self._ordered and asked == self._asked:
            return
        if self._ordered == FEW and asked[1:] == self._asked[1:]:
            return  # once that is there, it goes on with the newer generator
        # While a slider is dragged, the marker behind it has the processors to itself.
        wait = max(self._next_look, self._moved_at + AT_REST) - time.monotonic()
        if learning and wait > 0 and asked[1:] == self._asked[1:]:
            self._later.start(math.ceil(1000 * wait))
            return
        first = self.look is None or asked[1:] != self._asked[1:]
        other = asked != self._asked  # also while the moments of a run are played
        pictures = self._ordered = FEW if first or learning or other else WHOLE
        self._asked = asked
        run, known = self.context.app_model.run, list(self.context.training.data.recent)
        if self._named is not None:
            known.append(self._named)

        def work(progress: OnProgress, should_stop: ShouldStop) -> Look | DataSource:
            model = read_model()
            ground = ground_of(model, lambda: data_of_run(model, run, known), progress, should_stop)
            if not isinstance(ground, Ground):
                return ground
            return look_at(
                model, ground, pictures=pictures, psi=psi, label=label, should_stop=should_stop
            )

        self._looking.order(work, overtake=other)

    def _take_look(self, look: Look | DataSource) -> None:
        self._ordered = 0
        if not isinstance(look, Look):
            why = f"This run says that its training images are in {look.name}."
            self._no_look(why, "Open these images", lambda: self._begin(look))
            return
        known = self.look
        self.look = look
        self._next_look = time.monotonic() + look.seconds / SHARE
        names = look.ground.landscape.class_names
        if known is None or known.ground is not look.ground:
            self.panel.offer_classes(names)
        if look.shares is not None:
            self.panel.say_missing(*classes_text(look.shares, names, len(look.cloud.z)))
        self._paint()
        self._show_usual()
        if known is None:
            self._follow_picture(self.context.app_model.picture)
        self.refresh()  # the rest of the pictures, or a newer generator

    def _show_progress(self, share: float, text: str) -> None:
        self.look = None  # what was on show is of other data
        self._say_none(f"{text}… {share:.0%}", "Cancel", self._give_up)

    def _say_none(self, sentence: str, answer: str, do: Callable[[], object]) -> None:
        self._answer = do
        self.panel.say_none(sentence, answer)

    def _give_up(self) -> None:
        self._looking.cancel()
        self._ordered, self._declined = 0, self._subject(self._asked)
        self._say_none(MADE_ONCE, "Make the landscape", self._begin)

    def _begin(self, named: DataSource | None = None) -> None:
        self._named = named or self._named
        self._failed, self._declined, self._asked = None, None, ()
        self.panel.say_none("Drawing the landscape…")
        self.refresh()

    def _subject(self, asked: tuple[object, ...]) -> object:
        return asked[0] if asked[1] is None else asked[1]  # the model where there is no run

    def _no_look(
        self, sentence: str, answer: str = "Try again", do: Callable[[], object] | None = None
    ) -> None:
        self._ordered = 0
        self.look, self._failed = None, self._asked
        self._next_look = time.monotonic() + RETRY
        self._say_none(sentence, answer, do or self._begin)

    def _choose(self) -> None:
        self._paint()
        self._show_usual()
        self._show_trail()
        self.refresh()

    def _keep(self) -> None:
        if self.look is not None:
            self._kept = self.look
            self.panel.say("Kept. Move along the time line, or bring another run into focus.")

    # -- showing ---------------------------------------------------------------------------------

    def _paint(self) -> None:
        look, kept, showing = self.look, self._kept, self.panel.showing
        tokens = Theme.current().tokens
        flat = self.panel.view.flat
        if look is None:
            return
        if self.panel.counts:
            self._counting.order(lambda: count_in_numbers(look, showing.label))
            return
        worth = look.ground.landscape.worth
        set_tooltip(self.panel.view, help_text(worth, within=showing.within))

        def work() -> tuple[Pane, ...]:
            panes = compose_panes(look, showing, tokens, kept)
            for pane in panes:
                pane.ground(lit=not flat)
            return panes

        self._painting.order(work)

    def _show_numbers(self, numbers: Numbers) -> None:
        self._next_look += numbers.seconds / SHARE
        if (look := self.look) is not None:
            self.panel.show_numbers(numbers, look.ground.landscape.class_names)

    def _show_panes(self, panes: tuple[Pane, ...]) -> None:
        if self.look is not None:
            self.panel.show_panes(panes)

    # -- mouse and keyboard ----------------------------------------------------------------------

    def _points(self) -> tuple[Points, Points] | None:
        if self.look is None:
            return None
        return real_places(self.look.ground, self.panel.showing), fake_places(
            self.look, self.panel.showing
        )

    def _probe(self, _pane: int, x: float, y: float) -> None:
        if (look := self.look) is not None:
            self._probed, pair = True, nearest_pair(look, self.panel.showing, x, y)
            self._show_pair(look, pair)
            self.panel.say(nearest_text(look, *pair) or HINT)

    def _leave(self) -> None:
        self._probed = False
        self._show_usual()
        self.panel.say(HINT)

    def _show_usual(self) -> None:
        """Show the most typical generated picture beside the nearest real one, until one points."""
        if self.look is not None and not self._probed:
            self._show_pair(self.look, usual_pair(self.look, self.panel.showing))

    def _show_pair(self, look: Look, pair: tuple[int | None, int | None]) -> None:
        real, fake = pair
        self.panel.show_nearest(
            None if real is None else look.ground.pictures[real],
            None if fake is None else look.cloud.images[fake],
        )

    def _rank_text(self, rank: float, label: int) -> str:
        assert self.look is not None
        return rarity_text(rank, self.look.ground.landscape.class_names, int(label))

    def _choose_place(self, _pane: int, x: float, y: float) -> None:
        points = self._points()
        if points is not None and len(points[1][0]):
            places, _labels, index = points[1]
            self._open(int(index[nearest_place(places, x, y)]))

    def _travel(self, _pane: int, way: list[tuple[float, float]]) -> None:
        points, look = self._points(), self.look
        self.panel.stop_drawing()
        if points is None or look is None or not len(points[1][0]):
            return
        cloud, index = look.cloud, points[1][2]
        stops = index[stops_along(points[1][0], way)]
        if len(stops) < 2:
            self.panel.say("The line passes one generated picture only: draw a longer one.")
            return
        classes = len(look.ground.landscape.class_names)
        weights = np.zeros((len(stops), 0), np.float32)
        if cloud.asked is not None:
            weights = np.eye(classes, dtype=np.float32)[cloud.asked[stops]]
        z = cloud.z[stops] * np.float32(cloud.psi)
        self.context.app_model.explore_run()  # they are its own
        self.context.travel([LatentPoint(*place) for place in zip(z, weights, strict=True)])
        self.panel.say(f"Pinned {len(stops)} pictures along the line.")

    def _open(self, at: int) -> None:
        look = self.look
        if look is None:
            return
        cloud = look.cloud
        z: Floats = cloud.z[at] * np.float32(cloud.psi)
        self.context.explore(z, None if cloud.asked is None else int(cloud.asked[at]))
        self.panel.say(f"Opened: {self._rank_text(float(cloud.ranks[at]), cloud.labels[at])}.")

    def _open_wanted(self, want: str) -> None:
        points, look = self._points(), self.look
        if want == "rarer":
            self._open_rarer()
        elif points is not None and look is not None and len(points[1][2]):
            index = points[1][2]
            ranks = look.cloud.ranks[index]
            self._open(int(index[ranks.argmax() if want == "rarest" else ranks.argmin()]))

    def _open_rarer(self) -> None:
        look, here = self.look, self._position
        if look is None or here is None:
            return
        cloud = look.cloud
        fit = (cloud.labels == here.label) & (cloud.ranks > here.rank + RARER)
        if not fit.any():
            self.panel.say("None of the generated pictures of this class is rarer.")
            return
        away = np.square(cloud.features.numpy() - here.features).sum(1)
        self._open(int(np.where(fit, away, np.inf).argmin()))

    # -- the explorer's picture -------------------------------------------------------------------

    def _follow_picture(self, shown: tuple[LatentPoint, NDArray[np.uint8]] | None) -> None:
        look = self.look
        if shown is None or look is None or not self.isVisible():
            return
        (place, picture), ground = shown, look.ground
        if self._source != self.context.app_model.source:
            self._source, self._trail = self.context.app_model.source, []
        self._moved, self._place = place is not self._place, place
        self._moved_at = time.monotonic() if self._moved else self._moved_at
        label = None if place.label is None or place.mixed else place.label

        def work() -> tuple[PicturePosition, Ground | None]:
            began = time.thread_time()
            position = position_of(ground, picture, label)
            return position, ground if time.thread_time() - began < QUICK else None

        if self._quick is ground:  # a thread would be late while all processors train
            self._show_position(work())
        else:
            self._position_job.order(work)

    def _show_position(self, found: tuple[PicturePosition, Ground | None]) -> None:
        self._position, self._quick = found
        if len(self._trail) and not self._moved:  # a generator that learns on drew another picture
            self._trail.pop()
        self._trail = [*self._trail[1 - TRAIL :], self._position]
        self._show_trail()

    def _show_trail(self) -> None:
        showing = self.panel.showing
        if not showing.within:
            self.panel.view.set_trail([position.place for position in self._trail])
            return
        own = [
            position.within
            for position in self._trail
            if showing.label is None or position.label == showing.label
        ]
        self.panel.view.set_trail(own)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow_picture(self.context.app_model.picture)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._later.stop()
