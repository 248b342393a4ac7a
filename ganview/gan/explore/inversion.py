"""From a picture back to its noise and class, by optimisation.

All classes are tried from several starts in one batch; those that fall behind are dropped, until
the best are polished. The cost is the squared error of the picture plus a prior on z: without one,
z runs off to where no slider reaches and no other class has a picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ganview.errors import UserError
from ganview.gan.explore.attribute_samples import Scorer
from ganview.gan.explore.lbfgs import BatchedLBFGS, Problem, Values
from ganview.gan.latent import draw_z
from ganview.gan.model import Model, to_uint8

NOISE = 0.1  # assumed error of a pixel, 0 to 1: the larger, the more z stays typical
POOL = 48  # draws a class among which starts are looked for
STARTS = 2  # starts a class
STARTS_OF_ONE = 8  # starts when the class is given
STAGES = ((20, 8), (6, 16), (2, 32))  # how many candidates, for how many steps
SHRUNK = 0.8  # a start is pulled towards the mean, where slopes are kinder
CLASS_WEIGHT = 0.003  # of the judge's −log p(y | target) against squared errors
CLASS_PRIOR = 20  # without a judge, z weighs so much more when classes are compared
SHOWN = 0.15  # RMSE above which the result must be called a poor likeness


@dataclass(frozen=True)
class Inversion:
    """The noise and class found so far, and the picture that they draw."""

    z: NDArray[np.float32]  # float32 (D,)
    label: int | None  # its class, None without classes
    rmse: float  # root mean square error of the reconstruction a pixel and channel, 0 to 1
    reconstruction: NDArray[np.uint8]  # uint8 (H, W) or (H, W, 3)
    # float32 (H, W) or (H, W, 3), target minus reconstruction, −1 to 1.
    residual: NDArray[np.float32]
    # step, steps: steps done, of how many
    step: int = 0
    steps: int = 0

    @property
    def poor(self) -> bool:
        """Whether the generator has nothing close to the target."""
        return self.rmse > SHOWN


def invert(
    model: Model,
    target: ArrayLike,
    label: int | None = None,
    progress: Callable[[Inversion], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    *,
    noise: float = NOISE,
    judge: Scorer | None = None,
    seed: int = 0,
) -> Inversion:
    """Find the noise and class whose picture is closest to a target.

    Parameters
    ----------
    target : array_like
        (H, W) or (H, W, 3) of the model's shape, 0 to 1, as `prepare_picture` returns it.
    label : int, optional
        The class to look in; all are tried if not given.
    progress : callable, optional
        Called with the best answer so far after the start and after every few steps.
    cancelled : callable, optional
        Asked after every step whether to stop; the best answer so far is returned then.
    noise : float
        Assumed error of a pixel, 0 to 1: the cost is ‖x − G(z)‖²/noise² + ‖z‖², the posterior of z.
    judge : Scorer, optional
        Says which classes the target looks like. Without it the class is the one that explains the
        target with the most ordinary z, which is right less often: a generator can bend a 4 out of
        its nines.

    Raises
    ------
    UserError
        The target does not have the model's shape.
    """
    with torch.inference_mode(False), torch.enable_grad():
        x = to_target(model, target)
        search = Search(model, x, label, noise, class_penalty(model, x, judge), seed)
        for candidates, steps in STAGES:
            search.select(candidates)
            for _ in range(steps):
                if cancelled is not None and cancelled():
                    return search.best()
                search.advance()
                if progress is not None and search.step % 4 == 0:
                    progress(search.best())
        return search.best()


def to_target(model: Model, target: ArrayLike) -> Tensor:
    """Return x (C, H, W) in [−1, 1]; raises `UserError` unless it has the model's shape."""
    array = np.asarray(target, np.float32)
    channels, height, width = model.spec.image_shape
    wanted = (height, width) if channels == 1 else (height, width, channels)
    if array.shape != wanted or not np.isfinite(array).all():
        raise UserError(f"The picture must have {width} × {height} pixels for this model.")
    x = torch.tensor(array) * 2 - 1
    return x[None] if channels == 1 else x.permute(2, 0, 1).contiguous()


def class_penalty(model: Model, target: Tensor, judge: Scorer | None) -> Tensor | None:
    """Return −log p(y | target) (K,) as the judge sees it, None without judge or classes."""
    if judge is None or model.spec.classes == 0:
        return None
    scores = torch.as_tensor(judge(to_uint8(target[None]))[0], dtype=torch.float32)
    return -scores.log_softmax(0)


class Search:
    """Candidates (B,) on their way to the target, each with a class of its own."""

    def __init__(
        self,
        model: Model,
        target: Tensor,
        label: int | None,
        noise: float,
        doubt: Tensor | None,
        seed: int,
    ) -> None:
        self.model = model
        self.target = target
        self.step = 0
        self.steps = sum(steps for _, steps in STAGES)
        self.doubt = doubt
        # the prior's weight, when both squares are means over pixels and over dimensions
        self.weight = noise**2 * model.spec.z_dim / target.numel()
        z, self.labels = starting_points(model, target, label, seed)
        self.descent = BatchedLBFGS(self._problem(self.labels), z)

    def _problem(self, labels: Tensor | None) -> Problem:
        """Return the cost as a function of z (B, D), with the squared error as extra."""

        def values(z: Tensor) -> Values:
            z = z.detach().requires_grad_()
            x = self.model.generator(z, labels).clamp(-1, 1)
            error = ((x - self.target) / 2).square().flatten(1).mean(1)
            cost = error + self.weight * z.square().mean(1)
            (slope,) = torch.autograd.grad(cost.sum(), z)
            return Values(cost.detach(), slope, error.detach())

        return values

    def advance(self) -> None:
        """Take one step in every candidate."""
        self.descent.step()
        self.step += 1

    def ranks(self) -> Tensor:
        """Return what candidates are compared by (B,): cost, and what speaks for the class."""
        costs = self.descent.values.cost
        if self.labels is None:
            return costs
        if self.doubt is not None:
            return costs + CLASS_WEIGHT * self.doubt[self.labels]
        prior = self.weight * self.descent.point.square().mean(1)
        return costs + (CLASS_PRIOR - 1) * prior

    def select(self, count: int) -> None:
        """Go on with the ``count`` best candidates."""
        costs = self.ranks()
        rows = costs.topk(min(count, len(costs)), largest=False).indices
        if self.labels is not None:
            self.labels = self.labels[rows]
        self.descent.keep(rows, self._problem(self.labels))

    def best(self) -> Inversion:
        """Return the best candidate."""
        row = int(self.ranks().argmin())
        z = self.descent.point[row]
        label = None if self.labels is None else int(self.labels[row])
        y = None if self.labels is None else self.labels[row : row + 1]
        x = self.model.generate(z[None], y)
        difference = (self.target - x[0]) / 2
        residual = difference[0] if len(difference) == 1 else difference.permute(1, 2, 0)
        return Inversion(
            z=z.numpy().copy(),
            label=label,
            rmse=float(self.descent.values.extra[row].sqrt()),
            reconstruction=to_uint8(x)[0],
            residual=residual.numpy().copy(),
            step=self.step,
            steps=self.steps,
        )


def starting_points(
    model: Model, target: Tensor, label: int | None, seed: int
) -> tuple[Tensor, Tensor | None]:
    """Return points z (B, D) and labels (B,) to start from: the nearest of some draws a class."""
    classes = model.spec.classes
    given = classes == 0 or label is not None
    count = STARTS_OF_ONE if given else STARTS
    pool = torch.from_numpy(draw_z(POOL, model.spec.z_dim, seed))
    chosen = [None] if classes == 0 else range(classes) if label is None else [label]
    points, labels = [], []
    for choice in chosen:
        y = None if choice is None else torch.full((POOL,), choice)
        errors = (model.generate(pool, y) - target).square().flatten(1).mean(1)
        points.append(pool[errors.topk(count, largest=False).indices] * SHRUNK)
        labels += [choice] * count
    return torch.cat(points), None if classes == 0 else torch.tensor(labels)
