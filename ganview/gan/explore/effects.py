"""How much each number of z changes the picture, for all of them at once."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ganview.gan.latent import draw_labels, draw_z, normalise_mix
from ganview.gan.model import Model

PROBES = 4  # random questions asked of each sample


def measure_effects(
    model: Model, mix: ArrayLike | None = None, samples: int = 64, seed: int = 0
) -> NDArray[np.float32]:
    """Measure the mean change of the picture per σ of each noise dimension.

    It is the root mean square of ∂x/∂z_d over pixels and draws of z. All dimensions come out of one
    pass: for noise u over the pixels, E[(uᵀ ∂x/∂z_d)²] is that square (Hutchinson, 1989), and
    one backward pass gives uᵀ ∂x/∂z whole. D finite differences would need D times the work.

    Parameters
    ----------
    mix : array_like, optional
        Class weights (K,); None for classes drawn from the training set's frequencies.

    Returns
    -------
    ndarray
        float32 (D,), in shares of full contrast (0 to 1) per σ.
    """
    spec = model.spec
    random = torch.Generator().manual_seed(seed + 1)
    with torch.inference_mode(False), torch.enable_grad():
        squares = torch.zeros(spec.z_dim)
        z = torch.from_numpy(draw_z(samples, spec.z_dim, seed)).requires_grad_()
        x = model.generator(z, condition_for(model, mix, samples, seed)).clamp(-1, 1)
        for probe in range(PROBES):
            u = torch.randn(x.shape, generator=random)
            # A sum, since for anything else torch first imports a library of symbols: a second
            # of Python in which the other threads wait.
            (slope,) = torch.autograd.grad((x * u).sum(), z, retain_graph=probe + 1 < PROBES)
            squares += slope.detach().square().mean(0)
    pixels = x[0].numel()
    # x spans [−1, 1], a picture [0, 1]
    effects: NDArray[np.float32] = (squares / PROBES / pixels).sqrt().div(2).numpy()
    return effects


def condition_for(model: Model, mix: ArrayLike | None, count: int, seed: int) -> Tensor | None:
    """Return y for ``count`` pictures: one mixture for all, or labels drawn from the prior."""
    if model.spec.classes == 0:
        return None
    if mix is None:
        return torch.from_numpy(draw_labels(count, model.spec.class_prior, seed))
    return torch.from_numpy(normalise_mix(mix)).expand(count, -1)
