"""The page Landscape: which pictures are common, which are rare, real and generated."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout

from ganview.app.latent_point import Floats, LatentPoint
from ganview.app.pages.landscape_panes import (
    Points,
    Showing,
    compose_panes,
    fake_places,
    nearest_place,
    real_places,
)
from ganview.app.pages.page import Page, PageContext
from ganview.app.theme import SMALL, Theme, font
from ganview.app.widgets.gestures import debounce
from ganview.app.widgets.landscape_view import LandscapeView, Pane
from ganview.app.widgets.panel import Panel
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.text import TextLabel, set_item_tooltip, set_tooltip
from ganview.app.widgets.value_slider import ValueSlider
from ganview.runtime.jobs import LatestJob
from ganview.runtime.messages import RunState

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganview.runtime.landscapes import Look, PicturePosition

FIRST, WHOLE, LIVE = 250, 1000, 500  # pictures: of the first look, at rest, and while it learns
SHARE = 0.02  # of the time that looks may take while a run trains here
PSI_MAX = 1.5
TRAIL = 60  # places of the explorer's picture that are remembered
RARER = 0.05  # by which "rarer" is rarer, at least
THUMB = 56  # pixels
MODES = {
    "both": ("Real | generated", "Both, side by side, seen from the same side"),
    "real": ("Real", "The training set's own pictures"),
    "generated": ("Generated", "What the generator draws"),
    "difference": ("Difference", "Hills where it draws too many, pits where it draws too few"),
}
HELP = (
    "Each picture is described by 64 numbers, the features of a frozen classifier called the "
    "judge, and laid into a plane so that like pictures lie together. Hills are high where it is "
    "crowded. That is not p(x) itself: a plane can't hold all that 64 numbers say, and the judge "
    "sees shapes that tell classes apart, but hardly grain or sharpness. "
)
HELP_WITHIN = (
    "Within a class, the distance from the middle says how rare a picture is, by its distance from "
    "real ones in all 64 numbers; the direction says in which way it differs."
)
HINT = "Point at a hill to see who lives there; click to open that picture in the explorer."


class LandscapePage(Page):
    """Fields of real and generated pictures, with what is common, rare or missing in words.

    Attributes
    ----------
    view
        The fields themselves.
    """

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.view = LandscapeView()
        self._look: Look | None = None
        self._position: PicturePosition | None = None
        self._trail: list[PicturePosition] = []
        self._asked: tuple[object, ...] = ()
        self._next_look = 0.0
        run = context.run_job
        self._looking = LatestJob(run, "drawing the landscape", self._take_look, self._no_look)
        self._painting = LatestJob(run, "painting the landscape", self._show_panes, self._no_look)
        self._position_job = LatestJob(run, "finding a place on the map", self._show_position)
        self._later = debounce(self, self.refresh)
        self._classes, self._mode, self._form = QComboBox(), QComboBox(), QComboBox()
        self._psi = ValueSlider(0.0, PSI_MAX, rest=1.0)
        self._psi_number = TextLabel("1.00")
        self._usual = QPushButton("Most usual")
        self._rarest = QPushButton("Rarest")
        self._rarer = QPushButton("Like this, but rarer")
        self._verdict = TextLabel("")
        self._hint = TextLabel(HINT, "muted")
        self._real, self._fake = PictureView(), PictureView()
        self._lay_out()
        self._connect()

    # -- laying out -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        panel = Panel("Landscape")
        panel.header.addWidget(self._classes)
        panel.header.addWidget(self._mode)
        panel.header.addWidget(self._form)
        for mode, (title, tip) in MODES.items():
            self._mode.addItem(title, mode)
            set_item_tooltip(self._mode, self._mode.count() - 1, tip)
        self._form.addItems(["Hills", "Flat map"])
        self._classes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._classes.setAccessibleName("All classes or one")
        self._mode.setAccessibleName("Whose pictures")
        self._form.setAccessibleName("Hills or flat map")
        self.view.setAccessibleName("Landscape")
        row = QHBoxLayout()
        row.setSpacing(SMALL)
        name = TextLabel("Diversity ψ")
        name.setBuddy(self._psi)
        self._psi.setAccessibleName("Diversity ψ of the landscape")
        set_tooltip(
            self._psi,
            "The generated pictures are drawn with ψ·z: below 1 they move to the middle of the "
            "hills and the rare ones at the edges are lost. Double-click or Home: 1.",
        )
        self._psi_number.setFont(font("number"))
        for widget in (name, self._psi, self._psi_number, self._usual, self._rarest, self._rarer):
            row.addWidget(widget, 1 if widget is self._psi else 0)
        set_tooltip(self._usual, "Open the most usual of the generated pictures in the explorer")
        set_tooltip(self._rarest, "Open the rarest of the generated pictures in the explorer")
        set_tooltip(
            self._rarer, "Open the generated picture that is most like the explorer's, but rarer"
        )
        words = QHBoxLayout()
        words.setSpacing(SMALL)
        for thumb, what in (
            (self._real, "Nearest real picture"),
            (self._fake, "Nearest generated"),
        ):
            thumb.setFixedSize(THUMB, THUMB)
            thumb.setAccessibleName(what)
            set_tooltip(thumb, what)
            words.addWidget(thumb)
        column = QVBoxLayout()
        for label in (self._verdict, self._hint):
            label.setFont(font("small"))
            label.setWordWrap(True)
            column.addWidget(label)
        words.addLayout(column, 1)
        panel.body.addWidget(self.view, 1)
        panel.body.addLayout(row)
        panel.body.addLayout(words)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(panel)
        self.view.set_panes((), "Drawing the landscape…")

    def _connect(self) -> None:
        self._classes.activated.connect(lambda _index: self._choose_class())
        self._mode.activated.connect(lambda _index: self._paint())
        self._form.activated.connect(lambda index: self._choose_form(flat=index == 1))
        self._psi.moved.connect(self._choose_psi)
        self._usual.clicked.connect(lambda: self._open_ranked(rarest=False))
        self._rarest.clicked.connect(lambda: self._open_ranked(rarest=True))
        self._rarer.clicked.connect(self._open_rarer)
        self.view.probed.connect(self._probe)
        self.view.left.connect(lambda: self._hint.setText(HINT))
        self.view.chosen.connect(self._choose_place)
        self.context.app_model.picture_shown.connect(self._follow_picture)
        Theme.current().changed.connect(self._paint)

    # -- what is looked at ----------------------------------------------------------------------

    @property
    def showing(self) -> Showing:
        """What of the landscape is shown."""
        label = self._classes.currentData()
        within = self._classes.currentIndex() > 0
        return Showing(self._mode.currentData() or "both", label, within)

    def choose(self, *, label: int | None = None, mode: str = "both", flat: bool = False) -> None:
        """Show the map of all or that within a class; some pictures; hills or flat."""
        self._classes.setCurrentIndex(0 if label is None else label + 1)
        self._mode.setCurrentIndex(list(MODES).index(mode))
        self._form.setCurrentIndex(int(flat))
        self.view.set_flat(flat)
        self._choose_class()

    def refresh(self) -> None:
        model = self.context.app_model.samples_model
        if model is None or not self.isVisible():
            return
        psi, label = self._psi.number(), self.showing.label
        asked = (model, psi, label)
        learning = self.context.training.state is RunState.TRAINING
        if asked == self._asked and (learning or self._has_whole):
            return
        if self._looking.busy and asked[1:] == self._asked[1:]:
            return  # once that is there, it goes on with the newer generator
        wait = self._next_look - time.monotonic()
        if learning and wait > 0 and asked[1:] == self._asked[1:]:
            self._later.start(math.ceil(1000 * wait))
            return
        first = self._look is None or asked[1:] != self._asked[1:]
        pictures = FIRST if first else LIVE if learning else WHOLE
        self._asked = asked

        def work(should_stop: Callable[[], bool]) -> Look:
            from ganview.runtime.landscapes import look_at

            return look_at(model, pictures=pictures, psi=psi, label=label, should_stop=should_stop)

        self._looking.order(work, overtake=first)

    @property
    def _has_whole(self) -> bool:
        return self._look is not None and len(self._look.cloud.z) >= WHOLE

    def _take_look(self, look: Look) -> None:
        known = self._look
        self._look = look
        self._next_look = time.monotonic() + look.seconds / SHARE
        names = look.ground.landscape.class_names
        if known is None or known.ground is not look.ground:
            self._offer_classes(names)
        self._say_verdict(look)
        self._paint()
        if known is None:
            self._follow_picture(self.context.app_model.picture)
        self.refresh()  # the rest of the pictures, or a newer generator

    def _no_look(self, sentence: str) -> None:
        self._look = None
        self.view.set_panes((), sentence)
        self._verdict.setText("")

    def _offer_classes(self, names: tuple[str, ...]) -> None:
        with QSignalBlocker(self._classes):
            index = self._classes.currentIndex()
            self._classes.clear()
            self._classes.addItem("p(x): all", None)
            if not names:
                self._classes.addItem("By rarity", None)
            for label, name in enumerate(names):
                self._classes.addItem(f"p(x|y={name})", label)
            self._classes.setCurrentIndex(max(0, min(index, self._classes.count() - 1)))

    def _choose_class(self) -> None:
        self._paint()
        self._show_trail()
        self.refresh()

    def _choose_form(self, *, flat: bool) -> None:
        self.view.set_flat(flat)
        self._paint()

    def _choose_psi(self, psi: float, _gesture: object) -> None:
        self._psi_number.setText(f"{psi:.2f}")
        self.refresh()

    # -- showing ---------------------------------------------------------------------------------

    def _paint(self) -> None:
        look, showing, tokens = self._look, self.showing, Theme.current().tokens
        flat = self.view.flat
        if look is None:
            return
        self._set_help()

        def work() -> tuple[Pane, ...]:
            panes = compose_panes(look, showing, tokens)
            for pane in panes:
                pane.ground(lit=not flat)
            return panes

        self._painting.order(work)

    def _show_panes(self, panes: tuple[Pane, ...]) -> None:
        self.view.set_panes(panes)

    def _set_help(self) -> None:
        assert self._look is not None
        worth = self._look.ground.landscape.worth
        text = HELP + (HELP_WITHIN if self.showing.within else "")
        text += (
            f" Of the 10 real pictures nearest to one on the map of all, {worth.neighbours:.0%} "
            "are among the 100 nearest by all 64 numbers"
        )
        if not math.isnan(worth.accuracy):
            text += f", and their class is right for {worth.accuracy:.1%}"
        set_tooltip(
            self.view, f"{text} ({worth.pictures:,} pictures that the map was not made of)."
        )

    def _say_verdict(self, look: Look) -> None:
        """Say which classes are missing."""
        shares, names = look.shares, look.ground.landscape.class_names
        if shares is None:
            return
        count = len(look.cloud.z)
        lost = join_names([f"{names[label]}s" for label in shares.lost])
        few = join_names([f"{names[label]}s" for label in shares.few])
        text = ""
        if lost:
            text = f"⚠ No {lost} among {count:,} generated pictures."
        if few:
            text += f"{' ' if text else ''}{'⚠ ' if not text else ''}Too few {few}."
        self._verdict.setProperty("role", "error" if text else "muted")
        self._verdict.style().polish(self._verdict)
        self._verdict.setText(
            text or f"All {len(names)} classes come about as often as they should."
        )

    # -- the hand -----------------------------------------------------------------------------

    def _points(self) -> tuple[Points, Points] | None:
        if self._look is None:
            return None
        return real_places(self._look.ground, self.showing), fake_places(self._look, self.showing)

    def _probe(self, _pane: int, x: float, y: float) -> None:
        points, look = self._points(), self._look
        if points is None or look is None:
            return
        (real, real_labels, real_index), (fake, _labels, fake_index) = points
        names = look.ground.landscape.class_names
        said = []
        if len(real):
            at = nearest_place(real, x, y)
            self._real.set_picture(look.ground.pictures[real_index[at]])
            said.append(f"real {names[real_labels[at]]}" if names else "real")
        if len(fake):
            at = int(fake_index[nearest_place(fake, x, y)])
            self._fake.set_picture(look.cloud.images[at])
            rank = float(look.cloud.ranks[at])
            read = f" that reads as {names[look.cloud.read[at]]}" if names else ""
            said.append(
                f"a generated picture{read}, {self._rank_text(rank, look.cloud.labels[at])}"
            )
        self._hint.setText(f"Nearest here: {', and '.join(said)}." if said else HINT)

    def _rank_text(self, rank: float, label: int) -> str:
        assert self._look is not None
        return rank_text(rank, self._look.ground.landscape.class_names, int(label))

    def _choose_place(self, _pane: int, x: float, y: float) -> None:
        points = self._points()
        if points is not None and len(points[1][0]):
            places, _labels, index = points[1]
            self._open(int(index[nearest_place(places, x, y)]))

    def _open(self, at: int) -> None:
        look = self._look
        if look is None:
            return
        cloud = look.cloud
        z: Floats = cloud.z[at] * np.float32(cloud.psi)
        self.context.explore(z, None if cloud.asked is None else int(cloud.asked[at]))
        self._hint.setText(f"Opened: {self._rank_text(float(cloud.ranks[at]), cloud.labels[at])}.")

    def _open_ranked(self, *, rarest: bool) -> None:
        points, look = self._points(), self._look
        if points is None or look is None or not len(points[1][2]):
            return
        index = points[1][2]
        ranks = look.cloud.ranks[index]
        self._open(int(index[np.nanargmax(ranks) if rarest else np.nanargmin(ranks)]))

    def _open_rarer(self) -> None:
        look, here = self._look, self._position
        if look is None or here is None:
            return
        cloud = look.cloud
        fit = (cloud.labels == here.label) & (cloud.ranks > here.rank + RARER)
        if not fit.any():
            self._hint.setText("None of the generated pictures of this class is rarer.")
            return
        away = np.square(cloud.features.numpy() - here.features).sum(1)
        self._open(int(np.where(fit, away, np.inf).argmin()))

    # -- the explorer's picture -------------------------------------------------------------------

    def _follow_picture(self, shown: tuple[LatentPoint, NDArray[np.uint8]] | None) -> None:
        look = self._look
        if shown is None or look is None or not self.isVisible():
            return
        (place, picture), ground = shown, look.ground
        label = None if place.label is None or place.mixed else place.label

        def work() -> PicturePosition:
            from ganview.runtime.landscapes import position_of

            return position_of(ground, picture, label)

        self._position_job.order(work)

    def _show_position(self, position: PicturePosition) -> None:
        self._position = position
        self._trail = [*self._trail[1 - TRAIL :], position]
        self._show_trail()

    def _show_trail(self) -> None:
        showing = self.showing
        if not showing.within:
            self.view.set_trail([position.place for position in self._trail])
            return
        own = [
            position.within
            for position in self._trail
            if showing.label is None or position.label == showing.label
        ]
        self.view.set_trail(own)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow_picture(self.context.app_model.picture)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._later.stop()
        self._looking.cancel()


def join_names(names: list[str]) -> str:
    """Return names as in "4s, 7s and 9s"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def rank_text(rank: float, names: tuple[str, ...], label: int) -> str:
    """Say in words how rare a picture is among the real ones of its class."""
    if math.isnan(rank):
        return "too few real pictures to tell how rare it is"
    kind = f"real {names[label]}s" if names else "real pictures"
    if rank >= 0.5:
        return (
            f"rarer than {rank:.0%} of {kind}" if rank < 0.995 else f"rarer than 99.5 % of {kind}"
        )
    return f"more usual than {1 - rank:.0%} of {kind}"
