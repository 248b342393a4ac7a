"""Directions of the noise that mean something: found in the generator, or fitted to a measure."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from ganview.gan.explore.attribute_samples import OnProgress, Scorer, ShouldStop
from ganview.gan.explore.effects import condition_for
from ganview.gan.explore.measures import MEASURES
from ganview.gan.explore.surrogate import CLASS, Surrogate, fit_surrogate
from ganview.gan.latent import draw_labels, draw_z, normalise_mix
from ganview.gan.model import Model

Array = NDArray[np.float32]

SAMPLES = 3000  # draws whose features are analysed
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
class Direction:
    """A way through the noise, straight unless a subclass bends it.

    Parameters
    ----------
    name : str
        What it is called.
    vector : ndarray
        float32 (D,) of length 1: the direction, or for a bent one its mean.
    kind : {"principal", "sefa", "named"}
        How it was found.
    quality : dict
        Plain values that say how well it does: for "principal" and "sefa" the ``share`` of the
        variation that it accounts for; for "named" see `direction_quality.assess`.
    """

    name: str
    vector: Array
    kind: str
    quality: dict[str, Any] = field(default_factory=dict)

    def apply(
        self,
        z: ArrayLike,
        amount: ArrayLike,
        mix: ArrayLike | None = None,  # noqa: ARG002  a straight one is the same in every class
    ) -> Array:
        """Move z along the direction.

        Parameters
        ----------
        z : array_like
            (D,) or (N, D).
        amount : array_like
            σ, one for all or (N,).
        mix : array_like, optional
            Class weights (K,) or (N, K), which a bent direction asks for; all alike if not given.

        Returns
        -------
        ndarray
            float32, of the shape of z. Steps add up: moving by a and then by b is moving by a + b,
            and moving back returns (to rounding if straight, to some thousandths if bent).
        """
        start = np.asarray(z, np.float32)
        return start + np.asarray(amount, np.float32)[..., None] * self.vector


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


def sefa_directions(model: Model, count: int = 10) -> list[Direction]:
    """Factorise the generator's first layer (SeFa; Shen and Zhou, 2021).

    The eigenvectors of AᵀA, A being the weights that z meets first, are the directions in which the
    layer's output moves most. At most D are returned.
    """
    with torch.inference_mode():
        weights = model.generator.first.weight[:, : model.spec.z_dim].double()
        values, vectors = torch.linalg.eigh(weights.T @ weights)
        shares = values.flip(0) / values.sum()
        columns = vectors.flip(1)[:, :count]
    return named_in_order("SeFa", "sefa", columns, shares)


def principal_directions(model: Model, count: int = 10, seed: int = 0) -> list[Direction]:
    """Find the principal components of early features (GANSpace; Härkönen et al., 2020).

    Features are what the second layer makes of noise and class, less their mean in each class. Each
    component's direction is the one of z that best explains z from that component's coordinate. At
    most D are returned.
    """
    spec = model.spec
    count = min(count, spec.z_dim)
    with torch.inference_mode():
        z = torch.from_numpy(draw_z(SAMPLES, spec.z_dim, seed))
        features = early_features(model, z, condition_for(model, None, SAMPLES, seed))
        if spec.classes:
            labels = torch.from_numpy(draw_labels(SAMPLES, spec.class_prior, seed))
            features = features - class_means(features, labels, spec.classes)[labels]
        else:
            features = features - features.mean(0)
        components, variances = pca(features, count, seed)
        coordinates = features @ components  # (N, count)
        columns = (z.T @ coordinates).double()
        shares = variances / features.var(0).sum()
    return named_in_order("Component", "principal", columns, shares)


def early_features(model: Model, z: Tensor, y: Tensor | None) -> Tensor:
    """Return what the generator's second weight layer puts out, flat (N, F)."""
    kinds = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)
    seen: list[Tensor] = []

    def keep(_layer: nn.Module, _inputs: Any, output: Tensor) -> None:
        seen.append(output.flatten(1))

    # Of a copy: hooks would also hear what another thread draws from the model meanwhile.
    generator = copy.deepcopy(model.generator)
    layers = [layer for layer in generator.modules() if isinstance(layer, kinds)]
    for layer in layers:
        layer.register_forward_hook(keep)
    parts = []
    for start in range(0, len(z), 500):
        seen.clear()
        part = slice(start, start + 500)
        generator(z[part], None if y is None else y[part])
        parts.append(seen[min(1, len(seen) - 1)])  # in the order of use
    return torch.cat(parts)


def class_means(features: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Return the mean features (K, F) of each class; zero for a class without samples."""
    chosen = nn.functional.one_hot(labels, classes).float()  # (N, K)
    return chosen.T @ features / chosen.sum(0).clamp_min(1)[:, None]


def pca(features: Tensor, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Return the leading principal axes (F, count) and variances (count,) of centred features.

    By subspace iteration (Halko et al., 2011) with a start of its own.
    """
    random = torch.Generator().manual_seed(seed)
    width = min(count + 10, *features.shape)
    basis = torch.randn(features.shape[1], width, generator=random)
    for _ in range(4):
        basis = torch.linalg.qr(features.T @ (features @ basis)).Q
    _, lengths, axes = torch.linalg.svd(features @ basis, full_matrices=False)
    return basis @ axes.T[:, :count], lengths[:count].square() / (len(features) - 1)


def named_in_order(name: str, kind: str, columns: Tensor, shares: Tensor) -> list[Direction]:
    """Return directions from the columns of (D, count), numbered from 1, of a settled sign."""
    directions = []
    for index, column in enumerate(columns.T):
        # the sign of an axis is arbitrary: its largest number is made positive
        sign = column[column.abs().argmax()].sign()
        vector = (sign * column / column.norm().clamp_min(1e-12)).float().numpy()
        quality = {"share": float(shares[index])}
        directions.append(Direction(f"{name} {index + 1}", vector, kind, quality))
    return directions


def named_directions(
    model: Model,
    count: int = 24_000,
    seed: int = 0,
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
    seed : int
        Of all draws.
    judge : Judge, optional
        Says how clearly the class is seen, so that the directions can keep it.
    examiner : Judge, optional
        Counts for the quality report how often the class was kept; best another than the judge.
    names : sequence of str
        Which of `MEASURES`.
    progress, cancelled : callable
        Told the share done and what goes on; asked now and then whether to give up.

    Returns
    -------
    list of Direction
        Each with its ``quality`` from `direction_quality.assess`; empty when cancelled.
    """
    from ganview.gan.explore.direction_quality import assess_direction

    surrogate = fit_surrogate(
        model, count, seed, judge, lambda share, text: progress(0.9 * share, text), cancelled
    )
    if surrogate is None:
        return []
    found: list[Direction] = []
    for index, name in enumerate(names):
        if cancelled():
            return []
        progress(0.9 + 0.1 * index / len(names), f"Testing {name}")
        direction = fit_direction(name, surrogate, model, seed)
        quality = assess_direction(model, direction, surrogate, examiner or judge)
        found.append(replace(direction, quality=quality))
    return found


def fit_direction(name: str, surrogate: Surrogate, model: Model, seed: int) -> NamedDirection:
    """Return the named direction, with its mean over draws of noise and class as vector."""
    empty = NamedDirection(
        name, np.zeros(model.spec.z_dim, np.float32), "named", surrogate=surrogate
    )
    z = draw_z(500, model.spec.z_dim, seed + 1)
    condition = condition_for(model, None, 500, seed + 1)
    if condition is None:
        mix = np.zeros((500, 0), np.float32)
    else:
        mix = nn.functional.one_hot(condition, model.spec.classes).float().numpy()
    mean = empty.heading(z, mix).mean(0)
    return replace(empty, vector=mean / max(float(np.linalg.norm(mean)), 1e-9))
