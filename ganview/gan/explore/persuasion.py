"""Ways of moving noise so that D holds the picture for more real: a gradient step, a random try."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganview.gan.d_response import discriminator_of
from ganview.gan.model import Model, as_condition

Floats = NDArray[np.float32]
STEP = 0.5  # length of a step by the gradient, in standard deviations of the noise


def judged_pictures(
    model: Model, z: Floats, y: int | None
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return pictures of noise z (N, z_dim), uint8 (N, H, W[, 3]), and what D says of each (N,).

    Raises
    ------
    UserError
        The model has no discriminator.
    """
    discriminator_of(model)
    labels = None if y is None else np.full(len(z), y)
    answers = model.read_images(
        model.generate(torch.tensor(z), as_condition(labels)), as_condition(labels)
    )
    assert answers is not None
    return model.sample(z.copy(), labels), answers


def step_by_gradient(model: Model, z: Floats, y: int | None) -> Floats:
    """Return noise z (z_dim,) moved `STEP` along the gradient of D's logit.

    The noise keeps within the length that noise of its size has, √z_dim, or its own: beyond, what
    D says of it means little.

    Raises
    ------
    UserError
        The model has no discriminator.
    """
    discriminator, generator = discriminator_of(model), model.generator
    label = as_condition(None if y is None else np.array([y]))
    with torch.inference_mode(False), torch.enable_grad():
        place = torch.tensor(z)[None].requires_grad_()
        logit: Tensor = discriminator(generator(place, label), label).sum()
        (slope,) = torch.autograd.grad(logit, place)
    moved = z + STEP * slope[0].numpy() / (float(slope.norm()) or 1.0)
    most = max(float(np.sqrt(z.size)), float(np.linalg.norm(z)))
    within = min(1.0, most / (float(np.linalg.norm(moved)) or 1.0))
    return np.asarray(within * moved, np.float32)


def unit_directions(count: int, z_dim: int, random: np.random.Generator) -> Floats:
    """Return up to ``count`` orthogonal directions of the noise, (count, z_dim), of length 1."""
    drawn = random.standard_normal((z_dim, min(count, z_dim)))
    return np.linalg.qr(drawn)[0].T.astype(np.float32)
