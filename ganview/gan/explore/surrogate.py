"""A small network that guesses what a generator's picture will measure, from noise and class alone.

Where the measures of strokes lead in the noise is then a matter of its slopes: exact, smooth, and a
thousand times cheaper than the pictures themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import silu, smooth_l1_loss

from ganview.gan.explore.attribute_samples import (
    Array,
    OnProgress,
    Scorer,
    ShouldStop,
    has_loops,
    measure_samples,
    standardise,
)
from ganview.gan.explore.measures import MEASURES
from ganview.gan.model import Model

HIDDEN = 256
EPOCHS = 15
BATCH = 256
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 1e-2
TESTED = 20  # one sample in this many is kept for testing
CLASS = len(MEASURES)  # the column after the measures: how clearly the class is seen


@dataclass(frozen=True)
class Surrogate:
    """Two hidden layers in numpy, their answer in standard deviations within a class.

    Parameters
    ----------
    weights : tuple of ndarray
        (D + K, H), (H, H), (H, M).
    biases : tuple of ndarray
        (H,), (H,), (M,).
    spread : ndarray
        float32 (max(K, 1), M): the standard deviation of each measure within each class.
    loops : ndarray
        bool (max(K, 1),): whether pictures of a class usually enclose some ground.
    fit : ndarray
        float32 (M,): share of the variance within classes that it explains, on samples kept back.

    Notes
    -----
    M is 5, the `MEASURES`, or 6 where a judge was asked how clearly it sees the class.
    """

    weights: tuple[Array, Array, Array]
    biases: tuple[Array, Array, Array]
    spread: Array
    loops: NDArray[np.bool_]
    fit: Array

    def slopes(self, z: Array, mix: Array) -> Array:
        """Return ∂measure/∂z (N, M, D) at z (N, D) and class weights (N, K)."""
        w1, w2, w3 = self.weights
        b1, b2, _ = self.biases
        h, slope1 = _silu(np.concatenate([z, mix], 1) @ w1 + b1)
        _, slope2 = _silu(h @ w2 + b2)
        back: Array = (w3.T[None] * slope2[:, None]) @ w2.T  # (N, M, H)
        found: Array = (back * slope1[:, None]) @ w1[: z.shape[1]].T
        return found


def _silu(a: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return a · sigmoid(a) and its slope."""
    with np.errstate(over="ignore"):  # exp of a large number: the sigmoid is 0, as it should be
        s = 1 / (1 + np.exp(-a))
    return a * s, s * (1 + a * (1 - s))


def fit_surrogate(
    model: Model,
    count: int = 24_000,
    seed: int = 0,
    judge: Scorer | None = None,
    progress: OnProgress = lambda _share, _text: None,
    cancelled: ShouldStop = lambda: False,
) -> Surrogate | None:
    """Fit a surrogate to a generator; some 15 s on one core for the small one.

    Parameters
    ----------
    model : Model
        Whose generator to sample.
    count : int
        Pictures to learn from.
    seed : int
        Of the draws, and of the surrogate's weights.
    judge : Scorer, optional
        Says how clearly a class is seen, so that directions can keep it.
    progress, cancelled : callable
        Told the share done and what goes on; asked now and then whether to give up.

    Returns
    -------
    Surrogate or None
        None when cancelled.
    """
    samples = measure_samples(
        model, count, seed, judge, lambda share, text: progress(share / 2, text), cancelled
    )
    if samples is None:
        return None
    loops = has_loops(samples, model.spec.image_shape)
    targets, trust, spread = standardise(samples, loops)
    x = torch.from_numpy(np.concatenate([samples.z, samples.mix], 1))
    layers = train_layers(
        x, targets, trust, seed, lambda share: progress((1 + share) / 2, "Learning"), cancelled
    )
    if layers is None:
        return None
    with torch.inference_mode():
        kept = slice(0, None, TESTED)
        rest = (mlp(layers, x[kept]) - targets[kept]).square() * trust[kept]
        whole = targets[kept].square() * trust[kept]
        fit = 1 - rest.sum(0) / whole.sum(0).clamp_min(1e-6)
    arrays = [layer.detach().numpy() for layer in layers]
    return Surrogate(
        (arrays[0], arrays[2], arrays[4]),
        (arrays[1], arrays[3], arrays[5]),
        spread,
        loops,
        fit.numpy(),
    )


def train_layers(
    x: Tensor,
    targets: Tensor,
    trust: Tensor,
    seed: int,
    progress: Callable[[float], None],
    cancelled: ShouldStop,
) -> list[Tensor] | None:
    """Train the layers on all but every twentieth sample; None when cancelled."""
    random = torch.Generator().manual_seed(seed)
    layers = fresh_layers([x.shape[1], HIDDEN, HIDDEN, targets.shape[1]], random)
    used = torch.arange(len(x))
    used = used[used % TESTED != 0]
    per_epoch = max(1, len(used) // BATCH)
    steps = EPOCHS * per_epoch
    with torch.inference_mode(False), torch.enable_grad():
        for layer in layers:
            layer.requires_grad_()
        adam = torch.optim.AdamW(layers, lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY, fused=True)
        cycle = torch.optim.lr_scheduler.OneCycleLR(adam, LEARNING_RATE, steps)
        for step in range(steps):
            at = step % per_epoch
            if at == 0:
                order = used[torch.randperm(len(used), generator=random)]
            if step % 50 == 0:
                progress(step / steps)
                if cancelled():
                    return None
            batch = order[at * BATCH : (at + 1) * BATCH]
            away = smooth_l1_loss(mlp(layers, x[batch]), targets[batch], reduction="none")
            loss = (away * trust[batch]).mean()
            adam.zero_grad()
            loss.backward()
            adam.step()
            cycle.step()
    return layers


def fresh_layers(sizes: list[int], random: torch.Generator) -> list[Tensor]:
    """Return weights (in, out) and biases in turn, uniform within ±1/√in."""
    layers = []
    for inputs, outputs in pairwise(sizes):
        for shape in ((inputs, outputs), (outputs,)):
            spread = torch.rand(shape, generator=random) * 2 - 1
            layers.append(spread * inputs**-0.5)
    return layers


def mlp(layers: list[Tensor], x: Tensor) -> Tensor:
    """Return the network's answer (B, M) to x (B, D + K)."""
    w1, b1, w2, b2, w3, b3 = layers
    return silu(silu(x @ w1 + b1) @ w2 + b2) @ w3 + b3
