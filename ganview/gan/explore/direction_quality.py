"""How well a named direction does what its name says: the report beside its slider."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganview.gan.explore.attribute_samples import Scorer
from ganview.gan.explore.directions import Direction
from ganview.gan.explore.measures import MEASURES, measure_images
from ganview.gan.explore.surrogate import Surrogate
from ganview.gan.latent import draw_z, one_hot
from ganview.gan.model import Model

REACH = 2.0  # σ to both sides
POSITIONS = 9  # of the slider, from end to end
SEED = 12345  # of the starting points, which no direction was fitted on


def assess_direction(
    model: Model,
    direction: Direction,
    surrogate: Surrogate,
    judge: Scorer | None = None,
    starts: int = 100,
) -> dict[str, Any]:
    """Move the slider from −2 to 2 σ from many starting points, and measure the pictures.

    Parameters
    ----------
    direction : Direction
        Named as one of `MEASURES`.
    surrogate : Surrogate
        For the spread of the measures within each class, and for which classes have loops.
    judge : Scorer, optional
        Counts how often the class is kept.
    starts : int
        Starting points, from the standard normal distribution, all classes in turn.

    Returns
    -------
    dict
        ``rank_correlation``: Spearman's, of slider and measure, mean over starting points;
        ``change``: of its own measure per σ, in that measure's unit;
        ``others``: name to change per σ of each other measure, in its standard deviations within a
        class, without sign, mean over starting points;
        ``own``: the same of its own measure;
        ``class_held``: share of pictures at ±2 σ in which the judge sees the requested class
        (without classes: the class seen at 0), None without a judge;
        ``class_before``: the same share at 0;
        ``classes``: names of the classes it was tested in: all, but for loops those that have them.
    """
    spec = model.spec
    column = MEASURES.index(direction.name)
    chosen = np.arange(max(spec.classes, 1))
    if direction.name == "loop size" and surrogate.loops.any():
        chosen = np.flatnonzero(surrogate.loops)
    labels = chosen[np.arange(starts) % len(chosen)]
    amounts = np.linspace(-REACH, REACH, POSITIONS, dtype=np.float32)
    mix = one_hot(labels, spec.classes) if spec.classes else None
    z = draw_z(starts, spec.z_dim, SEED)
    places = np.stack([direction.apply(z, amount, mix) for amount in amounts], 1)  # (N, P, D)
    y = np.repeat(labels, POSITIONS) if spec.classes else None
    pictures = model.preview(places.reshape(-1, spec.z_dim), y)
    values = measure_images(pictures).reshape(starts, POSITIONS, -1).astype(np.float64)
    change = (values[:, -1] - values[:, 0]) / (2 * REACH)  # (N, M) per σ
    spread = np.maximum(surrogate.spread[labels, : len(MEASURES)], 1e-6)
    relative = np.nanmean(np.abs(change) / spread, axis=0)
    held, before = keep_class(model, judge, pictures, labels)
    names = spec.class_names
    return {
        "rank_correlation": float(np.nanmean(spearman(amounts, values[:, :, column]))),
        "change": float(np.nanmean(change[:, column])),
        "own": float(relative[column]),
        "others": {name: float(relative[i]) for i, name in enumerate(MEASURES) if i != column},
        "class_held": held,
        "class_before": before,
        "classes": [names[label] for label in chosen] if names else [],
    }


def keep_class(
    model: Model, judge: Scorer | None, pictures: NDArray[np.uint8], labels: NDArray[Any]
) -> tuple[float | None, float | None]:
    """Return the shares of pictures at both ends, and at the middle, that show their class."""
    if judge is None:
        return None, None
    seen = judge(pictures).argmax(1).reshape(len(labels), POSITIONS)
    middle = seen[:, POSITIONS // 2]
    wanted = labels if model.spec.classes else middle
    ends = seen[:, [0, -1]] == wanted[:, None]
    return float(ends.mean()), float((middle == wanted).mean())


def spearman(amounts: NDArray[Any], values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the rank correlation of amounts (P,) and values (N, P), (N,); ties get mean ranks.

    A measure that does not move at all has correlation 0; one that is not a number has none (NaN).
    """
    x = ranks(np.asarray(amounts, np.float64)[None])
    y = ranks(np.asarray(values, np.float64))
    x, y = x - x.mean(1, keepdims=True), y - y.mean(1, keepdims=True)
    size = np.sqrt((x**2).sum(1) * (y**2).sum(1))
    found = np.where(size > 0, (x * y).sum(1) / np.where(size > 0, size, 1), 0.0)
    return np.where(np.isfinite(values).all(1), found, np.nan)


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ranks along the last axis, from 0, ties sharing their mean."""
    below = (values[..., :, None] > values[..., None, :]).sum(-1)
    equal = (values[..., :, None] == values[..., None, :]).sum(-1)
    ranked: NDArray[np.float64] = below + (equal - 1) / 2
    return ranked
