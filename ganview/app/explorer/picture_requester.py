"""Asks the renderer for the pictures of the explorer's place, and takes in what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from ganview.app.explorer.explorer_state import ExplorerState
from ganview.app.explorer.services import Request
from ganview.app.latent_point import Floats, LatentPoint, Part
from ganview.runtime.messages import RenderedImages

if TYPE_CHECKING:
    from ganview.gan.model import Model

Pixels = NDArray[np.uint8]
#: Each ψ that the strip of a generator without classes shows.
DIVERSITIES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)


@dataclass(frozen=True)
class Pictures:
    """What one place looks like."""

    place: LatentPoint  # the place that was drawn
    picture: Pixels  # uint8 (H, W) or (H, W, 3)
    # The same noise in every class, or without classes at each of `DIVERSITIES`,
    # uint8 (K, H, W[, 3]).
    strip: Pixels
    seconds: float  # from the request to the finished pictures
    stamp: int  # number of the request
    model: Model | None  # what drew them


class PictureRequester(QObject):
    """Turns each change of place into one request, and each answer into `Pictures`."""

    LANE = "picture"
    arrived = Signal(object)  # `Pictures` of the newest place that was drawn
    failed = Signal(str)  # one sentence: why there is no picture

    def __init__(
        self, state: ExplorerState, request: Request, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._request = request
        self._asked: dict[int, LatentPoint] = {}
        self._ready = False
        self.latest: Pictures | None = None  # the newest pictures
        state.watch(self._moved, first=True)

    def start(self) -> None:
        """Begin asking: there is a model now."""
        self._ready = True
        self.refresh()

    def refresh(self) -> None:
        """Ask for the present place again, as after another model was loaded."""
        if not self._ready:
            return
        place = self._state.place
        z, y = batch_of(place)
        stamp = self._request(self.LANE, z, y)
        self._asked[stamp] = place

    def take(self, rendered: RenderedImages) -> None:
        """Take in an answer of the renderer on the lane ``picture``."""
        place = self._asked.get(rendered.stamp)
        # Older requests were overtaken: their answers never come. This one may come once more.
        self._asked = {k: v for k, v in self._asked.items() if k >= rendered.stamp}
        if rendered.error:
            self.failed.emit(rendered.error)
            return
        if place is None or not rendered.complete:
            return
        index = -1 if place.label is None or place.mixed else place.label
        self.latest = Pictures(
            place=place,
            picture=rendered.images[index],
            strip=rendered.images[: strip_length(place)],
            seconds=rendered.seconds,
            stamp=rendered.stamp,
            model=rendered.model,
        )
        self.arrived.emit(self.latest)

    def _moved(self, parts: Part) -> None:
        if parts & (Part.PLACE | Part.SPACE):
            self.refresh()


def batch_of(place: LatentPoint) -> tuple[Floats, Floats | None]:
    """Return the noise (N, D) and class weights (N, K) that draw a place and its strip.

    The strip is first. The picture is one of it, or the last of the batch when classes are mixed
    or there are none.
    """
    classes = place.weights.size
    if not classes:
        factors = np.array([*DIVERSITIES, place.psi], np.float32)
        return factors[:, None] * place.z, None
    y = np.eye(classes, dtype=np.float32)
    if place.mixed:
        y = np.concatenate([y, place.weights[None]])
    return np.repeat(place.effective_z()[None], len(y), axis=0), y


def strip_length(place: LatentPoint) -> int:
    """Return how many pictures of the batch of a place are its strip."""
    return place.weights.size or len(DIVERSITIES)
