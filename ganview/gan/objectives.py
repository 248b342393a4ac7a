"""What the two players want: costs on logits, and penalties on D's slope. Pure functions.

All logits are (B,), ``real`` and ``fake`` paired by index and of the same class; images are
(B, C, H, W). ``softplus(-t) = -log sigmoid(t)``, so that no cost ever takes the log of a rounded 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import relu, softplus

Penalty = Literal["none", "r1", "r1r2", "finite-difference", "interpolated"]
LogitOf = Callable[[Tensor, Tensor | None], Tensor]  # D: images and classes to logits
FD_SIGMA = 0.1  # σ of the noise whose effect on the logit stands for D's slope


@dataclass(frozen=True)
class Objective:
    """A pair of costs and the penalty that goes with them.

    Parameters
    ----------
    d_loss, g_loss : callable
        ``(real_logits, fake_logits) -> scalar``, to be minimised by D and by G.
    penalty : str
        Which penalty on D's slope is added to ``d_loss``, with weight γ.
    relativistic : bool
        Whether ``g_loss`` looks at real logits, which else need not be computed.
    paper : str
        Where it comes from.
    """

    d_loss: Callable[[Tensor, Tensor], Tensor]
    g_loss: Callable[[Tensor, Tensor], Tensor]
    penalty: Penalty
    relativistic: bool
    paper: str


def bce_d(real: Tensor, fake: Tensor) -> Tensor:
    """−log ŷ(real) − log(1 − ŷ(fake)), with ŷ = sigmoid(logit)."""
    return softplus(-real).mean() + softplus(fake).mean()


def bce_g(real: Tensor, fake: Tensor) -> Tensor:
    """−log ŷ(fake): the cost of the lecture, which does not saturate."""
    return softplus(-fake).mean()


def least_squares_d(real: Tensor, fake: Tensor) -> Tensor:
    """½(D(real) − 1)² + ½D(fake)²."""
    return 0.5 * ((real - 1).square().mean() + fake.square().mean())


def least_squares_g(real: Tensor, fake: Tensor) -> Tensor:
    """½(D(fake) − 1)²."""
    return 0.5 * (fake - 1).square().mean()


def hinge_d(real: Tensor, fake: Tensor) -> Tensor:
    """max(0, 1 − D(real)) + max(0, 1 + D(fake))."""
    return relu(1 - real).mean() + relu(1 + fake).mean()


def critic_d(real: Tensor, fake: Tensor) -> Tensor:
    """D(fake) − D(real): minus the estimated Wasserstein distance."""
    return fake.mean() - real.mean()


def critic_g(real: Tensor, fake: Tensor) -> Tensor:
    """−D(fake)."""
    return -fake.mean()


def relativistic_d(real: Tensor, fake: Tensor) -> Tensor:
    """−log sigmoid(D(real) − D(fake)): a real image must look more real than its partner."""
    return softplus(fake - real).mean()


def relativistic_g(real: Tensor, fake: Tensor) -> Tensor:
    """−log sigmoid(D(fake) − D(real))."""
    return softplus(real - fake).mean()


OBJECTIVES: dict[str, Objective] = {
    "bce": Objective(bce_d, bce_g, "none", False, "Goodfellow et al., 2014, arXiv:1406.2661"),
    "lsgan": Objective(
        least_squares_d, least_squares_g, "none", False, "Mao et al., 2017, arXiv:1611.04076"
    ),
    "hinge": Objective(hinge_d, critic_g, "none", False, "Lim and Ye, 2017, arXiv:1705.02894"),
    "wgan-gp": Objective(
        critic_d, critic_g, "interpolated", False, "Gulrajani et al., 2017, arXiv:1704.00028"
    ),
    "bce-r1": Objective(bce_d, bce_g, "r1", False, "Mescheder et al., 2018, arXiv:1801.04406"),
    "rpgan-r1r2": Objective(
        relativistic_d, relativistic_g, "r1r2", True, "Huang et al., 2024, arXiv:2501.05441"
    ),
    "rpgan-fd": Objective(
        relativistic_d,
        relativistic_g,
        "finite-difference",
        True,
        "Huang et al., 2024, arXiv:2501.05441; slope as in Lin et al., 2025, arXiv:2501.08316",
    ),
}


def squared_grad_norm(logits: Tensor, images: Tensor) -> Tensor:
    """‖∇ₓD(x)‖² an image (B,), summed over pixels and differentiable in D's weights."""
    (slope,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
    return slope.square().flatten(1).sum(1)


def zero_centred_penalty(logits: Tensor, images: Tensor, gamma: float) -> Tensor:
    """γ/2 · mean ‖∇ₓD(x)‖²: R1 on real images, R2 on fakes (Mescheder et al., 2018)."""
    return gamma / 2 * squared_grad_norm(logits, images).mean()


def finite_difference_penalty(
    discriminate: LogitOf,
    logits: Tensor,
    images: Tensor,
    y: Tensor | None,
    noise: Tensor,
    gamma: float,
) -> Tensor:
    """γ/(2σ²) · mean (D(x) − D(x + σε))²: to first order the zero-centred penalty.

    ``noise`` is ε, drawn from N(0, 1) in the shape of the images. Since E[(∇D·ε)²] = ‖∇D‖², the
    mean over ε equals γ/2 · ‖∇ₓD‖² as σ → 0, and no second derivative is needed.
    """
    nudged = discriminate(images + FD_SIGMA * noise, y)
    return gamma / (2 * FD_SIGMA**2) * (logits - nudged).square().mean()


def interpolated_penalty(
    discriminate: LogitOf,
    real: Tensor,
    fake: Tensor,
    y: Tensor | None,
    mix: Tensor,
    gamma: float,
) -> Tensor:
    """γ · mean (‖∇ₓD(x̃)‖ − 1)² between pairs (Gulrajani et al., 2017).

    ``mix`` (B, 1, 1, 1) is uniform in [0, 1]. A tiny constant under the root keeps its slope finite
    where D is flat.
    """
    between = (mix * real + (1 - mix) * fake).requires_grad_()
    norm = (squared_grad_norm(discriminate(between, y), between) + 1e-12).sqrt()
    return gamma * (norm - 1).square().mean()
