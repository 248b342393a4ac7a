"""Costs against numbers worked out by hand, penalties against slopes known in closed form."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from ganview.gan.objectives import OBJECTIVES
from ganview.gan.penalties import (
    FD_SIGMA,
    finite_difference_penalty,
    gamma_for,
    interpolated_penalty,
    zero_centred_penalty,
)

REAL = torch.tensor([2.0, -1.0])
FAKE = torch.tensor([0.0, 1.0])


def sp(t: float) -> float:
    return math.log1p(math.exp(t))


# by hand, from the formulas in the papers
EXPECTED = {
    "bce": ((sp(-2) + sp(1)) / 2 + (sp(0) + sp(1)) / 2, (sp(0) + sp(-1)) / 2),
    "bce-r1": ((sp(-2) + sp(1)) / 2 + (sp(0) + sp(1)) / 2, (sp(0) + sp(-1)) / 2),
    "lsgan": (0.5 * ((1 + 4) / 2 + (0 + 1) / 2), 0.5 * (1 + 0) / 2),
    "hinge": ((0 + 2) / 2 + (1 + 2) / 2, -0.5),
    "wgan-gp": (0.5 - 0.5, -0.5),
    "rpgan-r1r2": ((sp(-2) + sp(2)) / 2, (sp(2) + sp(-2)) / 2),
    "rpgan-fd": ((sp(-2) + sp(2)) / 2, (sp(2) + sp(-2)) / 2),
}


@pytest.mark.parametrize("name", OBJECTIVES)
def test_costs_by_hand(name: str) -> None:
    objective = OBJECTIVES[name]
    d, g = EXPECTED[name]
    assert objective.d_loss(REAL, FAKE).item() == pytest.approx(d, abs=1e-6)
    assert objective.g_loss(REAL, FAKE).item() == pytest.approx(g, abs=1e-6)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_each_player_wants_what_the_other_does_not(name: str) -> None:
    # a more believed fake pleases G; D prefers it less believed (where it is not indifferent)
    objective = OBJECTIVES[name]
    fake = torch.zeros(4, requires_grad=True)
    real = torch.zeros(4)
    (of_g,) = torch.autograd.grad(objective.g_loss(real, fake), fake)
    assert (of_g < 0).all()
    (of_d,) = torch.autograd.grad(objective.d_loss(real, fake + 0.5), fake)
    assert (of_d > 0).all()


def test_equal_logits_cost_ln_2_each() -> None:
    objective = OBJECTIVES["rpgan-r1r2"]
    same = torch.full((3,), 5.0)
    assert objective.d_loss(same, same).item() == pytest.approx(math.log(2))
    assert objective.g_loss(same, same).item() == pytest.approx(math.log(2))


def test_no_cost_overflows_on_confident_logits() -> None:
    far = torch.tensor([1e4, -1e4])
    for objective in OBJECTIVES.values():
        assert objective.d_loss(far, -far).isfinite()
        assert objective.g_loss(far, -far).isfinite()


def linear(images: torch.Tensor, y: torch.Tensor | None = None) -> torch.Tensor:
    """A discriminator of slope (1, 2, 2), of norm 3, everywhere."""
    assert y is None
    return images.flatten(1) @ torch.tensor([1.0, 2.0, 2.0])


def test_zero_centred_penalty_of_a_known_slope() -> None:
    images = torch.randn(5, 1, 1, 3, requires_grad=True)
    penalty = zero_centred_penalty(linear(images), images, gamma=0.5)
    assert penalty.item() == pytest.approx(0.5 / 2 * 9)


@pytest.mark.parametrize("penalty", ["r1", "r1r2", "finite-difference"])
def test_a_picture_of_more_pixels_is_punished_as_much(penalty: str) -> None:
    """Each pixel twice as high and wide, and D that looks at the means: the same D, the same γ."""

    def looks_at(images: Tensor) -> Tensor:
        return avg_pool2d(images, images.shape[-1] // 28).square().flatten(1).sum(1)

    small = torch.randn(2, 1, 28, 28)
    found = []
    for images in (small, small.repeat_interleave(2, 2).repeat_interleave(2, 3)):
        images.requires_grad_()
        gamma = gamma_for(penalty, 0.3, (1, *images.shape[2:]))
        found.append(zero_centred_penalty(looks_at(images), images, gamma).item())
    assert found[1] == pytest.approx(found[0])
    assert gamma_for(penalty, 0.3, (1, 28, 28)) == 0.3
    assert gamma_for("interpolated", 10, (3, 64, 64)) == 10


def test_interpolated_penalty_of_a_known_slope() -> None:
    real, fake = torch.randn(2, 4, 1, 1, 3)
    mix = torch.rand(4, 1, 1, 1)
    penalty = interpolated_penalty(linear, real, fake, None, mix, gamma=10)
    assert penalty.item() == pytest.approx(10 * (3 - 1) ** 2, rel=1e-5)


def test_interpolated_penalty_has_a_finite_slope_where_d_is_flat() -> None:
    weight = torch.zeros(3, requires_grad=True)
    images = torch.randn(4, 1, 1, 3)
    penalty = interpolated_penalty(
        lambda x, _: x.flatten(1) @ weight, images, images, None, torch.rand(4, 1, 1, 1), 10
    )
    penalty.backward()
    assert weight.grad is not None
    assert weight.grad.isfinite().all()


def test_finite_difference_agrees_with_the_slope_it_stands_for() -> None:
    # for a linear D the expectation over the noise is exact: γ/2 · ‖slope‖²
    generator = torch.Generator().manual_seed(0)
    images = torch.zeros(20_000, 1, 1, 3)
    noise = torch.randn(images.shape, generator=generator)
    penalty = finite_difference_penalty(linear, linear(images), images, None, noise, gamma=0.5)
    assert penalty.item() == pytest.approx(0.5 / 2 * 9, rel=0.05)
    assert 0 < FD_SIGMA < 1


def test_penalty_reaches_the_weights_by_the_second_derivative() -> None:
    # D = (w·x)², so ∇ₓD = 2(w·x)w, and d/dw of ‖∇ₓD‖² is known
    w = torch.tensor([0.5, -1.0], dtype=torch.float64, requires_grad=True)
    x = torch.tensor([[1.0, 2.0]], dtype=torch.float64)

    def penalty(weight: torch.Tensor) -> torch.Tensor:
        images = x.clone().requires_grad_()
        return zero_centred_penalty((images @ weight).square(), images, gamma=2.0)

    (slope,) = torch.autograd.grad(penalty(w), w)
    product = (x[0] @ w).detach()
    by_hand = 8 * product * (w @ w).detach() * x[0] + 8 * product**2 * w.detach()
    torch.testing.assert_close(slope, by_hand)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_the_equilibrium_is_where_d_cannot_tell(name: str) -> None:
    """The losses that the plot marks are those of an optimal D whose two inputs look the same."""
    objective = OBJECTIVES[name]
    undecided = torch.full((4,), 0.5 if name == "lsgan" else 0.0)
    losses = [
        objective.d_loss(undecided, undecided).item(),
        objective.g_loss(undecided, undecided).item(),
    ]
    for value in objective.equilibrium.values():
        assert any(value == pytest.approx(loss) for loss in losses)
    if objective.belief is not None:
        assert objective.belief(undecided).tolist() == [0.5] * 4


@pytest.mark.parametrize("name", [name for name, it in OBJECTIVES.items() if it.belief])
def test_belief_is_the_share_of_real_images_where_d_is_optimal(name: str) -> None:
    """At a point where 3 of 4 images are real, D's best answer is read as 0.75."""
    objective = OBJECTIVES[name]
    if objective.relativistic:
        return  # its optimum is not of one point alone
    logit = torch.zeros(1, requires_grad=True)
    descent = torch.optim.SGD([logit], lr=0.5)
    for _ in range(500):
        descent.zero_grad()
        real, fake = logit.expand(3), logit.expand(1)
        # each loss is a sum of a term of real and a term of fake images: weight them 3 to 1
        only_real = objective.d_loss(real, fake.detach())
        only_fake = objective.d_loss(real.detach(), fake)
        (0.75 * only_real + 0.25 * only_fake).backward()
        descent.step()
    assert objective.belief is not None
    assert objective.belief(logit.detach()).item() == pytest.approx(0.75, abs=1e-3)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_d_that_has_won_is_found_where_that_can_be(name: str) -> None:
    objective = OBJECTIVES[name]
    won = {"lsgan": (1.0, 0.0)}.get(name, (20.0, -20.0))
    for (real, fake), wanted in (
        (won, objective.belief is not None or name == "hinge"),
        ((0.0, 0.0), False),
    ):
        logits = torch.tensor([real]), torch.tensor([fake])
        answers = [objective.read_logits(each).mean().item() for each in logits]
        assert objective.is_saturated(*answers, objective.d_loss(*logits).item()) == wanted
