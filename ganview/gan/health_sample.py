"""The health of training at one step: gradients, updates, answers and variety, in few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class LayerHealth(NamedTuple):
    """The norm of a layer's gradient, and the size of its update over that of its weights."""

    gradient: float
    ratio: float


@dataclass(frozen=True)
class HealthSample:
    """The health of training at one step."""

    step: int  # number of the step
    # By network, ``G`` or ``D``, its layers from input to output; none of a player that was not
    # updated.
    layers: dict[str, dict[str, LayerHealth]]
    # real, fake: D's answers to some of the batch: beliefs, 0 to 1, or a critic's scores
    real: list[float]
    fake: list[float]
    # Mean distance between two fakes of the batch over that between two of its real images: near 1
    # they are as varied, near 0 they are all alike.
    variety: float
    # learning_rate, gamma: G's learning rate and the weight of the penalty
    learning_rate: float
    gamma: float
