"""Directions of the noise fitted to a measure: slant, thickness, width, height, loop size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import nn

from ganview.gan.explore.attribute_samples import OnProgress, Scorer, ShouldStop
from ganview.gan.explore.direction_quality import assess_direction
from ganview.gan.explore.directions import Array, Direction
from ganview.gan.explore.effects import condition_for
from ganview.gan.explore.measures import MEASURES
from ganview.gan.explore.surrogate import CLASS, Surrogate, fit_surrogate
from ganview.gan.latent import draw_z, normalise_mix
from ganview.gan.model import Model

SEED = 0  # of all draws
STEP = 0.25  # σ that a curved direction is followed at once
SOFTNESS = 0.003  # ridge that keeps a direction finite where measures cannot be told apart

HELD = {
    "slant": ("thickness", "width", "height"),
    "thickness": ("slant", "width", "height"),
    "width": ("slant", "thickness", "height"),
    "height": ("slant", "thickness", "width"),
    # a loop is as large as its digit is wide: to hold the width too would leave it no room
    "loop size": ("slant", "thickness", "height"),
}
"""What each named direction keeps as it is."""


@dataclass(frozen=True, eq=False)
class NamedDirection(Direction):
    """A bent direction: at every place the one in which its measure grows and others rest.

    It is the flow of the measure's slope, less what would change the measures that are held and how
    clearly the class is seen, at a speed of 1 σ of noise for an amount of 1.
    """

    surrogate: Surrogate = field(kw_only=True)

    def apply(self, z: ArrayLike, amount: ArrayLike, mix: ArrayLike | None = None) -> Array:
        """Move z along the direction; see `Direction.apply`."""
        start = np.asarray(z, np.float32)
        points: NDArray[Any] = np.array(np.atleast_2d(start))  # (N, D)
        classes = self.surrogate.weights[0].shape[0] - points.shape[1]
        weights = np.ones(classes, np.float32) if mix is None else np.asarray(mix, np.float32)
        weights = normalise_mix(weights) if classes else np.zeros(0, np.float32)
        weights = np.broadcast_to(weights, (len(points), classes))
        whole = np.broadcast_to(np.asarray(amount, np.float32), len(points))[:, None]
        steps = int(np.ceil(np.abs(whole).max(initial=0) / STEP))
        step: NDArray[Any] = whole / np.float32(max(steps, 1))
        for _ in range(steps):  # midpoint rule: an error of third order a step
            half: NDArray[Any] = points + step / 2 * self.heading(points, weights)
            points = points + step * self.heading(half, weights)
        return points.reshape(start.shape)

    def heading(self, z: NDArray[Any], mix: NDArray[Any]) -> Array:
        """Return the unit vectors (N, D) in which it goes at z (N, D) and class weights (N, K)."""
        slopes = self.surrogate.slopes(z, mix)  # (N, M, D)
        own = slopes[:, MEASURES.index(self.name)]
        held = [MEASURES.index(other) for other in HELD[self.name]]
        held += range(CLASS, slopes.shape[1])
        others = slopes[:, held]  # (N, O, D)
        gram = others @ others.transpose(0, 2, 1)
        gram = gram + SOFTNESS * np.eye(len(held), dtype=np.float32)
        shares = np.linalg.solve(gram, others @ own[:, :, None])  # (N, O, 1)
        rest = own - (shares * others).sum(1)
        unit: Array = rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-9)
        return unit


def named_directions(
    model: Model,
    count: int = 24_000,
    judge: Scorer | None = None,
    examiner: Scorer | None = None,
    names: Sequence[str] = MEASURES,
    progress: OnProgress = lambda _share, _text: None,
    cancelled: ShouldStop = lambda: False,
) -> list[Direction]:
    """Fit the directions that a person names: slant, thickness, width, height, loop size.

    Parameters
    ----------
    model : Model
        Whose noise to find them in.
    count : int
        Pictures to learn from: 24,000 take some 15 s on one core with the small generator.
    judge : Scorer, optional
        Says how clearly the class is seen, so that the directions can keep it.
    examiner : Scorer, optional
        Counts for the quality report how often the class was kept; best another than the judge.
    names : sequence of str
        Which of `MEASURES`.
    progress, cancelled : callable
        Told the share done and what goes on; asked now and then whether to give up.

    Returns
    -------
    list of Direction
        Each with its ``quality`` from `direction_quality.assess_direction`; empty when cancelled.
    """
    surrogate = fit_surrogate(
        model, count, SEED, judge, lambda share, text: progress(0.9 * share, text), cancelled
    )
    if surrogate is None:
        return []
    found: list[Direction] = []
    for index, name in enumerate(names):
        if cancelled():
            return []
        progress(0.9 + 0.1 * index / len(names), f"Testing {name}")
        direction = fit_direction(name, surrogate, model)
        quality = assess_direction(model, direction, surrogate, examiner or judge)
        found.append(replace(direction, quality=quality))
    return found


def fit_direction(name: str, surrogate: Surrogate, model: Model) -> NamedDirection:
    """Return the named direction, with its mean over draws of noise and class as vector."""
    empty = NamedDirection(
        name, np.zeros(model.spec.z_dim, np.float32), "named", surrogate=surrogate
    )
    z = draw_z(500, model.spec.z_dim, SEED + 1)
    condition = condition_for(model, None, 500, SEED + 1)
    if condition is None:
        mix = np.zeros((500, 0), np.float32)
    else:
        mix = nn.functional.one_hot(condition, model.spec.classes).float().numpy()
    mean = empty.heading(z, mix).mean(0)
    return replace(empty, vector=mean / max(float(np.linalg.norm(mean)), 1e-9))
