"""How much each dimension does, measured in the background for the class at hand."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from ganview.app.explorer.tab import Context
from ganview.app.latent_point import Floats, Part
from ganview.app.widgets.gestures import debounce
from ganview.runtime.jobs import LatestJob

if TYPE_CHECKING:
    from ganview.gan.model import Model

#: While a generator learns, its effects are measured again at most this often, in seconds.
LIVE_PAUSE = 5.0


class EffectMeter(QObject):
    """Keeps the effect of each dimension up to date while it is asked for."""

    measured = Signal(object)  # float32 (D,): mean change of the picture per σ

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._measuring = LatestJob(context.services.run, "measuring effects", self._show)
        self._known: tuple[Model, bytes] | None = None
        self._at = -LIVE_PAUSE
        self._later = debounce(self, self.measure)
        context.state.watch(self._moved)

    def measure(self) -> None:
        """Measure, unless it is known, or was measured a moment ago while the model learns."""
        model = self._context.services.model()
        place = self._context.state.place
        if model is None or model.spec.z_dim != place.z.size:
            return
        weights = np.zeros(0, np.float32) if place.class_is_random else place.weights
        key = (model, weights.tobytes())
        if self._known is not None and self._known[0] is model and self._known[1] == key[1]:
            return
        same_class = self._known is not None and self._known[1] == key[1]
        wait = LIVE_PAUSE - (time.monotonic() - self._at)
        if same_class and wait > 0:
            self._later.start(round(1000 * wait))
            return
        self._known, self._at = key, time.monotonic()
        mix = weights if weights.size else None

        def work() -> Floats:
            from ganview.gan.explore.effects import measure_effects

            return measure_effects(model, mix)

        self._measuring.order(work)

    def _moved(self, parts: Part) -> None:
        if parts & Part.CLASS and self._known is not None:
            # A user who goes through the classes, or over the mixing pad, comes to rest first.
            self._later.start(150)

    def _show(self, effects: Floats) -> None:
        if effects.size == self._context.state.z.size:
            self.measured.emit(effects)
