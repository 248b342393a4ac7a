"""Directions of the noise found in the generator itself: principal components and SeFa."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from ganview.gan.explore.effects import condition_for
from ganview.gan.latent import draw_labels, draw_z
from ganview.gan.model import Model
from ganview.gan.principal_axes import principal_axes

Array = NDArray[np.float32]

SAMPLES, SEED = 3000, 0  # of the draws whose features are analysed


@dataclass(frozen=True, eq=False)
class Direction:
    """A way through the noise, straight unless a subclass bends it."""

    name: str  # what it is called
    vector: Array  # float32 (D,) of length 1: the direction, or for a bent one its mean
    kind: str  # how it was found: "principal", "sefa" or "named"
    # Plain values that say how well it does: for "principal" and "sefa" the ``share`` of the
    # variation that it accounts for; for "named" see `direction_quality.assess_direction`.
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


def principal_directions(model: Model, count: int = 10) -> list[Direction]:
    """Find the principal components of early features (GANSpace; Härkönen et al., 2020).

    Features are what the second layer makes of noise and class, less their mean in each class. Each
    component's direction is the one of z that best explains z from that component's coordinate. At
    most D are returned.
    """
    spec = model.spec
    count = min(count, spec.z_dim)
    with torch.inference_mode():
        z = torch.from_numpy(draw_z(SAMPLES, spec.z_dim, SEED))
        features = early_features(model, z, condition_for(model, None, SAMPLES, SEED))
        if spec.classes:
            labels = torch.from_numpy(draw_labels(SAMPLES, spec.class_prior, SEED))
            features = features - class_means(features, labels, spec.classes)[labels]
        else:
            features = features - features.mean(0)
        random = torch.Generator().manual_seed(SEED)
        components, variances = principal_axes(features, count, random)
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
