"""What one step of training did, in numbers: from the noise to the weights, and judged again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganview.gan.objectives import OBJECTIVES, Objective, with_logits
from ganview.gan.players import Players

Floats = NDArray[np.float32]


class Pinned(NamedTuple):
    """Noise (z_dim,) float32 and a label, or None, to be followed through a step.

    G does not learn from it: it is drawn and judged beside the batch, by the batch norm's averages
    where there is any.
    """

    z: Floats
    y: int | None


class CostTerm(NamedTuple):
    """A part of a player's cost: its name, its formula, and its mean over the batch, weighted."""

    name: str
    formula: str
    value: float


class LayerUpdate(NamedTuple):
    """Euclidean norms over one layer: of the gradient, the weights before, and their change."""

    name: str
    gradient: float
    weight: float
    update: float

    @property
    def ratio(self) -> float:
        """Size of the update over size of the weights; 0 where all weights were 0."""
        return self.update / self.weight if self.weight else 0.0


class Answers(NamedTuple):
    """D's logits at one moment of the step.

    Where only differences of logits matter, the offset common to all is taken out.
    """

    # real, fake: of each row of the trace, float32 (R,)
    real: Floats
    fake: Floats
    # all_real, all_fake: of the whole batch, (B,)
    all_real: Floats
    all_fake: Floats


@dataclass(frozen=True, eq=False)
class StepTrace:
    """One step, followed on some rows of its batch.

    Both gradients are taken at the weights before the step (see `ganview.gan.trainer`): ``before``
    is what both costs are computed from. The arrays are (R, …), R rows of the batch, the pinned
    noise first if there is any.
    """

    step: int  # number of the step, from 1
    players: Players  # which of the two were updated
    objective: str  # name in `OBJECTIVES`
    class_names: tuple[str, ...]  # empty without classes
    is_pinned: bool  # whether row 0 is the pinned noise
    z: Floats  # noise, float32 (R, z_dim)
    # Labels (R,) int64, of clusters where there are no classes; None without either.
    y: NDArray[np.int64] | None
    # x, x_hat: real images and fakes before the step, float32 (R, C, H, W), about −1 to 1
    x: Floats
    x_hat: Floats
    x_hat_after: Floats  # G's images of the same noise after the step
    # before, after, again: D's logits on x and x̂; D after the step on the same images; D after the
    # step on x and on ``x_hat_after``
    before: Answers
    after: Answers
    again: Answers
    # Logits (R,) of D before the step on ``x_hat_after``: what G's update alone did.
    fake_by_old_d: Floats
    # pair_cost_d, pair_cost_g: the objective's costs of each pair alone (R,); their mean over the
    # batch is the loss
    pair_cost_d: Floats
    pair_cost_g: Floats
    # told_real, told_fake: what D is told: −∂L_D/∂logit of each pair (R,), positive where its
    # answer shall rise
    told_real: Floats
    told_fake: Floats
    dcost_g_dx_hat: Floats  # of each row (R, C, H, W), per image: G goes against it
    # costs_d, costs_g: the parts of the costs that were minimised, before the step
    costs_d: tuple[CostTerm, ...]
    costs_g: tuple[CostTerm, ...]
    # layers_g, layers_d: from input to output; without a gradient and change where the player was
    # not updated
    layers_g: tuple[LayerUpdate, ...]
    layers_d: tuple[LayerUpdate, ...]
    is_applied: bool = True  # whether the weights moved; if not, what is called after is as before

    @property
    def rows(self) -> int:
        """How many rows of the batch are followed."""
        return len(self.z)

    @property
    def rule(self) -> Objective:
        """The objective."""
        return OBJECTIVES[self.objective]

    def formula_d(self, row: int) -> str:
        """Return D's cost of one pair with its logits written in."""
        return with_logits(
            self.rule.d_formula, float(self.before.real[row]), float(self.before.fake[row])
        )

    def formula_g(self, row: int) -> str:
        """Return G's cost of one pair with its logits written in."""
        return with_logits(
            self.rule.g_formula, float(self.before.real[row]), float(self.before.fake[row])
        )

    def belief(self, logits: Floats) -> Floats:
        """Return what D says by logits: beliefs in [0, 1], or a critic's scores."""
        import torch

        said: Floats = self.rule.read_logits(torch.tensor(logits)).numpy()
        return said

    def class_name(self, row: int) -> str:
        """Return the class of a row as it is shown; empty without classes."""
        if self.y is None:
            return ""
        y = int(self.y[row])
        return self.class_names[y] if self.class_names else f"cluster {y}"


def to_pixels(x: Floats) -> NDArray[np.uint8]:
    """Quantise images (R, C, H, W) in [−1, 1] to uint8 (R, H, W) grey or (R, H, W, 3) colour."""
    levels = np.rint((np.clip(x, -1, 1) + 1) * 127.5).astype(np.uint8)
    grey = levels.shape[1] == 1
    return np.ascontiguousarray(levels[:, 0] if grey else levels.transpose(0, 2, 3, 1))
