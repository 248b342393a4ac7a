"""What every tab of the explorer is given, and what it answers to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from ganview.app.explorer.explorer_state import ExplorerState, Watched
from ganview.app.explorer.picture_requester import PictureRequester
from ganview.app.explorer.pins import Pins
from ganview.app.explorer.services import ExplorerServices, Request
from ganview.app.latent_point import Floats, LatentPoint
from ganview.runtime.messages import RenderedImages


@dataclass(frozen=True, eq=False)
class Way:
    """A direction of the noise."""

    name: str  # what it is called
    vector: Floats  # float32 (D,), of unit length


class Findings(Watched[[]]):
    """What one tab has found in the model at hand and another may use."""

    def __init__(self) -> None:
        super().__init__()
        self.directions: tuple[Way, ...] = ()  # directions of the noise
        # Dimensions of the noise, those that change the picture most first; empty until measured.
        self.dims_by_effect: tuple[int, ...] = ()

    def set_directions(self, directions: Iterable[Way]) -> None:
        """Replace the directions."""
        self.directions = tuple(directions)
        self._tell()

    def set_dims_by_effect(self, dims: Iterable[int]) -> None:
        """Replace the order of the dimensions."""
        self.dims_by_effect = tuple(dims)
        self._tell()


@dataclass(frozen=True)
class Context:
    """What a tab works with."""

    state: ExplorerState  # where the explorer stands
    requester: PictureRequester  # the pictures of that place
    services: ExplorerServices  # the window's services
    say: Callable[[str], None]  # shows a sentence below the picture; an empty one takes it away
    pins: Pins = field(default_factory=Pins)  # the places that were pinned
    # What the tabs have found in the model at hand.
    findings: Findings = field(default_factory=Findings)

    def pin(self) -> None:
        """Pin the present place."""
        pin = self.pins.add(self.state.place, self.picture())
        self.say(f"Pinned as {pin.name}.")

    def picture(self) -> NDArray[np.uint8] | None:
        """Return the picture of the present place, None while it is still to come."""
        latest = self.requester.latest
        return latest.picture if latest and latest.place is self.state.place else None


class Tab(QWidget):
    """A page of tools. It works only while it is shown."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.in_view = False  # whether it is the tab that is looked at
        self._lanes: list[Lane] = []

    def lane(self, name: str, show: Callable[[RenderedImages], None]) -> Lane:
        """Return a lane whose answers this tab takes."""
        self._lanes.append(Lane(self.context.services.request, name, show))
        return self._lanes[-1]

    def set_in_view(self, in_view: bool) -> None:
        """Begin to work, or leave off."""
        self.in_view = in_view
        if in_view:
            self.activate()

    def activate(self) -> None:
        """Catch up with place and model: it has come into view, or the model has changed."""

    def take(self, rendered: RenderedImages) -> None:
        """Look whether an answer of the renderer is for this tab."""
        for lane in self._lanes:
            lane.take(rendered)

    def heightForWidth(self, width: int) -> int:
        """Return the least height: only where that is not there a tab is scrolled."""
        layout = self.layout()
        return layout.minimumHeightForWidth(width) if layout is not None else -1


class Lane:
    """One asker on a lane of the renderer: takes the newest answer that is its own."""

    def __init__(self, request: Request, name: str, show: Callable[[RenderedImages], None]) -> None:
        self._request, self._name, self._show = request, name, show
        self._stamp = 0

    def ask(self, z: Floats, y: Floats | None, *, want_belief: bool = False) -> None:
        """Ask for pictures of z (N, D) and class weights (N, K)."""
        self._stamp = self._request(self._name, z, y, want_belief=want_belief)

    def ask_at(self, place: LatentPoint, z: Floats) -> None:
        """Ask for pictures of z (N, D) with the classes and ψ of a place."""
        y = np.repeat(place.weights[None], len(z), axis=0) if place.weights.size else None
        self.ask(z * np.float32(place.psi), y)

    def forget(self) -> None:
        """Take no answer to what was asked so far."""
        self._stamp = 0

    def take(self, rendered: RenderedImages) -> None:
        """Show an answer if it is to the newest question and has pictures."""
        mine = rendered.lane == self._name and rendered.stamp == self._stamp
        if mine and not rendered.error and len(rendered.images):
            self._show(rendered)
