"""How D responds to one picture: its answer, and the gradient that it would give G."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ganview.errors import UserError
from ganview.gan.model import Model, as_condition
from ganview.gan.networks.base import Discriminator


def discriminator_of(model: Model) -> Discriminator:
    """Return the model's discriminator; raises `UserError` where there is none."""
    if model.discriminator is None:
        raise UserError("This model was saved without its discriminator, so D has no say here.")
    return model.discriminator


def to_image(picture: NDArray[Any]) -> Tensor:
    """Return x (1, C, H, W) in [−1, 1] of a picture (H, W[, C]), uint8 or float 0 to 1."""
    array = np.asarray(picture)
    scale = 255 if array.dtype == np.uint8 else 1
    x = torch.tensor(array, dtype=torch.float32) * (2 / scale) - 1
    return x[None, None] if x.ndim == 2 else x.permute(2, 0, 1)[None]


def to_condition(model: Model, y: int | ArrayLike | None) -> Tensor | None:
    """Return y as the networks take it, for one picture, of a label, class weights (K,) or None.

    Raises
    ------
    ValueError
        The model has classes and none is given.
    """
    if model.spec.classes == 0:
        return None
    if y is None:
        raise ValueError("a conditional model needs a class")
    condition = as_condition(np.asarray(y))
    assert condition is not None
    return condition[None]


def read_picture(model: Model, picture: NDArray[Any], y: int | ArrayLike | None = None) -> float:
    """Return what D says of one picture: a belief in [0, 1], or a critic's score.

    Parameters
    ----------
    model : Model
        With its discriminator.
    picture : ndarray
        (H, W) or (H, W, 3), uint8, or float 0 to 1.
    y : int or array_like, optional
        Label, or class weights (K,); ignored without classes.

    Raises
    ------
    UserError
        The model has no discriminator.
    """
    net = discriminator_of(model)
    with torch.inference_mode():
        return float(model.objective.read_logits(net(to_image(picture), to_condition(model, y))))


def input_gradient(
    model: Model, picture: NDArray[Any], y: int | ArrayLike | None = None
) -> NDArray[np.float32]:
    """Return where D pushes G: −∂L_G/∂x over one picture, of the objective that D learned by.

    For a relativistic objective the real partner's logit is taken as 0, midway between real and
    fake.

    Parameters
    ----------
    model, picture, y
        As in `read_picture`.

    Returns
    -------
    ndarray
        float32 (H, W), summed over channels: positive where a lighter pixel would lower G's loss,
        negative where a darker one would.

    Raises
    ------
    UserError
        The model has no discriminator.
    """
    net = discriminator_of(model)
    with torch.inference_mode(False), torch.enable_grad():
        x = to_image(picture).requires_grad_()
        fake = net(x, to_condition(model, y))
        loss = model.objective.g_loss(torch.zeros_like(fake), fake)
        (gradient,) = torch.autograd.grad(loss, x)
    return (-gradient[0].sum(0)).numpy()
