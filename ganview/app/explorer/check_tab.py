"""The tab that checks the picture: whether it is a copy, and what D thinks of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout

from ganview.app.explorer.picture_requester import Pictures
from ganview.app.explorer.rarity_label import RARITY_TIP
from ganview.app.explorer.tab import Context, Tab
from ganview.app.explorer.training_set import Nearest, find_nearest
from ganview.app.formatting import rarity_of
from ganview.app.latent_point import Floats, Part
from ganview.app.theme import LARGE, SMALL, Theme
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.colour_key import ColourKey
from ganview.app.widgets.gestures import debounce
from ganview.app.widgets.layouts import fill_layout, row_layout
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.text import TextLabel, set_tooltip
from ganview.app.widgets.tile_strip import TileStrip
from ganview.export.palette import Tokens
from ganview.runtime.jobs import LatestJob

if TYPE_CHECKING:
    from ganview.data.source import DataSource
    from ganview.gan.model import Model

NEIGHBOURS = 5
LOOKING = "Looking through the training pictures…"
#: While a generator learns, it is looked at again at most this often, in seconds.
LIVE_PAUSE = 1.0
LEAST_PUSH = 84  # pixels a side of the picture of where D pushes G


class CheckTab(Tab):
    """The nearest training pictures, and the discriminator's answer."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.nearest = TileStrip(gap=4, maximum=4)
        self.push = PictureView()
        self._verdict = TextLabel(LOOKING, "muted", size="small", wrap=True)
        self._belief = TextLabel("")
        self._rarity = TextLabel("", "muted", size="small", wrap=True)
        self._legend = ColourKey()
        self._looked: Pictures | None = None
        self._looked_at = -LIVE_PAUSE
        self._named: DataSource | None = None
        self._unnamed: DataSource | None = None
        self._open_data = push_button(
            "Open these images",
            "Read the training images that this run names, to search them",
            self._name_data,
        )
        self._open_data.setVisible(False)
        self._pushed: tuple[NDArray[np.uint8], Floats] | None = None
        self._search = LatestJob(
            context.services.run, "searching the training set", self._show_nearest, self._no_set
        )
        self._asking = LatestJob(
            context.services.run, "asking the discriminator", self._show_push, self._no_critic
        )
        self._later = debounce(self, self.activate)
        self._lay_out()
        context.requester.arrived.connect(self._follow)
        context.state.watch(self._moved)
        Theme.current().changed.connect(self._paint_push)

    def activate(self) -> None:
        """Look at the present picture."""
        self._follow(self.context.requester.latest)

    def _lay_out(self) -> None:
        self.nearest.expect(NEIGHBOURS)
        self.nearest.set_captions([" "] * NEIGHBOURS)
        self.nearest.setAccessibleName("Nearest training pictures")
        self.push.setAccessibleName("Where D pushes G")
        set_tooltip(
            self.push,
            "−∂L_G/∂x: where the picture should be lighter or darker for D to believe it more; "
            "what G learns from",
        )
        self.push.set_alignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.push.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.push.setMinimumSize(LEAST_PUSH, LEAST_PUSH)
        set_tooltip(self._rarity, RARITY_TIP)
        left, right = QVBoxLayout(), QVBoxLayout()
        for side, title in ((left, "Is it copying?"), (right, "What D thinks")):
            side.setSpacing(SMALL)
            side.addWidget(TextLabel(title, "heading"))
        fill_layout(left, self._verdict, self._open_data, (self.nearest, 1))
        fill_layout(right, self._belief, self._rarity, (self.push, 1), self._legend)
        row_layout((left, 3), (right, 2), gap=LARGE, margins=(0, SMALL, 0, 0), inside=self)

    def _follow(self, pictures: Pictures | None) -> None:
        model = self.context.services.model()
        if pictures is None or model is None or not self.in_view:
            return
        wait = LIVE_PAUSE - (time.monotonic() - self._looked_at)
        if self._looked is not None and pictures.model is not self._looked.model and wait > 0:
            self._later.start(round(1000 * wait))
            return
        self._later.stop()
        self._looked, self._looked_at = pictures, time.monotonic()
        picture = pictures.picture
        # A copy: torch wants arrays that could be written.
        weights = pictures.place.weights.copy() if pictures.place.weights.size else None
        run, known = self.context.services.run_folder(), list(self.context.services.known_data())
        if self._named is not None:
            known.append(self._named)
        self._search.order(lambda: find_nearest(model, picture, NEIGHBOURS, run, known))
        self._asking.order(lambda: examine(model, picture, weights))

    def _moved(self, parts: Part) -> None:
        """Forget what was found of a generator of another kind: it knew other pictures."""
        if parts & Part.SPACE:
            self._looked_at = -LIVE_PAUSE
            self._search.cancel()
            self._asking.cancel()
            self.nearest.set_images(None)
            self.nearest.set_captions([" "] * NEIGHBOURS)
            self.nearest.expect(NEIGHBOURS)
            self._verdict.setText(LOOKING)
            self._open_data.setVisible(False)
            self._no_critic("")

    # -- copies -----------------------------------------------------------------------------

    def _name_data(self) -> None:
        self._named = self._unnamed
        self._looked_at = -LIVE_PAUSE
        self.activate()

    def _show_nearest(self, found: Nearest | DataSource) -> None:
        self._open_data.setVisible(not isinstance(found, Nearest))
        if not isinstance(found, Nearest):
            self._unnamed = found
            self._no_set(f"This run says that its training images are in {found.name}.")
            return
        self.nearest.set_images(found.pictures)
        self.nearest.set_captions([f"{distance:.2f}" for distance in found.distances])
        self.nearest.set_tile_text(
            lambda index: (
                f"Training picture of class {found.names[index] or 'unknown'}, "
                f"{found.distances[index]:.3f} away"
            )
        )
        ratio = float(found.distances[0]) / found.usual if found.usual else 0.0
        if found.copied:
            word = "This looks copied"
        elif ratio < 1:
            word = "Like a training picture, but no closer than real ones are to each other"
        else:
            word = "Not a copy"
        self._verdict.setText(
            f"{word}. Distance (RMSE) to the nearest training picture: {found.distances[0]:.3f}. "
            f"Usual for a real one: {found.usual:.3f}; for two at random: {found.pair:.3f}."
        )

    def _no_set(self, sentence: str) -> None:
        self.nearest.set_images(None)
        self._verdict.setText(sentence)

    # -- the critic -------------------------------------------------------------------------

    def _show_push(self, answer: tuple[NDArray[np.uint8], str, str, Floats]) -> None:
        picture, said, rare, push = answer
        self._rarity.setText(rare)
        self._pushed = (picture, push)
        self._belief.setText(f"{said}.")
        tokens = Theme.current().tokens
        self._legend.show_entries(
            [("", "It pushes G to paint"), (tokens.real, "lighter"), (tokens.fake, "darker")]
        )
        self._paint_push()

    def _paint_push(self) -> None:
        if self._pushed is not None:
            self.push.set_picture(overlay(*self._pushed, Theme.current().tokens))

    def _no_critic(self, sentence: str) -> None:
        self._pushed = None
        self._belief.setText("")
        self._rarity.setText("")
        self._legend.show_entries([("", sentence)])
        self.push.set_picture(None)


def examine(
    model: Model, picture: NDArray[np.uint8], weights: Floats | None
) -> tuple[NDArray[np.uint8], str, str, Floats]:
    """Return the picture, what D says of it, how rare it is, and where D pushes G, (H, W)."""
    from ganview.gan import d_response
    from ganview.runtime.landscapes import rank_pictures

    step = model.info.get("step")  # D learns on, and thinks otherwise then
    when = f" at step {step:,}" if isinstance(step, int) else ""
    mixed = weights is None or not (weights == 1).any()
    label = None if weights is None or mixed else int(weights.argmax())
    ranked = rank_pictures(model, picture[None], [label])
    return (
        picture,
        model.objective.describe_answer(d_response.read_picture(model, picture, weights)) + when,
        "" if ranked is None else f"Rarity: {rarity_of(ranked, 0)}.",
        d_response.input_gradient(model, picture, weights),
    )


def overlay(picture: NDArray[np.uint8], push: Floats, tokens: Tokens) -> NDArray[np.uint8]:
    """Lay the push over the picture, (H, W, 3): one colour for lighter, another for darker."""
    grey = picture if picture.ndim == 2 else picture.mean(axis=2)
    ground = np.repeat(grey[..., None].astype(np.float32), 3, axis=2) * 0.55
    most = float(np.abs(push).max()) or 1.0
    strength = np.abs(push)[..., None] / most
    colours = [_rgb(QColor(tokens.actor(name))) for name in ("real", "fake")]
    colour = np.where(push[..., None] > 0, colours[0], colours[1])
    mixed: NDArray[Any] = (1 - strength) * ground + strength * colour
    return np.clip(mixed, 0, 255).astype(np.uint8)


def _rgb(colour: QColor) -> Floats:
    return np.array([colour.red(), colour.green(), colour.blue()], np.float32)
