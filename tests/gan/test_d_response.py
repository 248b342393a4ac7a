"""Belief is what the model says, and the push is the downhill side of G's cost."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganview.errors import UserError
from ganview.gan.d_response import input_gradient, read_picture
from ganview.gan.latent import draw_z
from ganview.gan.model import as_condition, to_uint8
from ganview.gan.objectives import OBJECTIVES

CASES = [(0, (1, 28, 28), None), (3, (1, 28, 28), 1), (3, (3, 32, 40), np.array([0.2, 0.5, 0.3]))]


@pytest.mark.parametrize(("classes", "shape", "y"), CASES)
def test_belief_is_the_models(untrained, classes, shape, y):
    model = untrained(classes, shape)
    condition = as_condition(None if y is None else np.array([y]))
    x = model.generate(torch.from_numpy(draw_z(1, 6, 0)), condition)
    wanted = model.read_images(x, condition)
    picture = to_uint8(x)[0]
    assert read_picture(model, picture, y) == pytest.approx(wanted[0], abs=0.01)  # it was quantised
    assert read_picture(model, picture / 255.0, y) == pytest.approx(
        read_picture(model, picture, y), abs=1e-5
    )


@pytest.mark.parametrize(("classes", "shape", "y"), CASES)
def test_a_step_along_the_push_is_believed_more(untrained, classes, shape, y):
    model = untrained(classes, shape)
    picture = np.full((*shape[1:], 3) if shape[0] == 3 else shape[1:], 0.5)
    field = input_gradient(model, picture, y)
    assert field.shape == shape[1:]
    assert field.dtype == np.float32
    step = 0.02 * np.sign(field)
    moved = picture + (step[..., None] if shape[0] == 3 else step)
    assert read_picture(model, moved, y) > read_picture(model, picture, y)


def test_push_is_minus_the_slope_of_the_cost(untrained):
    model = untrained()
    picture = np.random.default_rng(0).random((28, 28))
    field = input_gradient(model, picture, 2)
    change = 2e-3
    for at in [(3, 4), (14, 14), (27, 0)]:
        ends = []
        for side in (change, -change):
            moved = picture.copy()
            moved[at] += side
            ends.append(-np.log(read_picture(model, moved, 2)))
        # x has twice the span of a picture's 0 to 1
        assert field[at] == pytest.approx(
            -(ends[0] - ends[1]) / (2 * change) / 2, rel=0.1, abs=2e-4
        )


def test_without_a_discriminator_there_is_a_sentence(untrained):
    model = untrained(discriminator=False)
    for ask in (read_picture, input_gradient):
        with pytest.raises(UserError, match="without its discriminator"):
            ask(model, np.zeros((28, 28), np.uint8), 0)


def test_a_conditional_model_needs_a_class(untrained):
    with pytest.raises(ValueError, match="class"):
        read_picture(untrained(), np.zeros((28, 28), np.uint8))


def trained_by(model, objective):
    model.info["config"] = {"objective": objective}
    return model


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("logit", [-1.5, 0.3, 1.3])
def test_the_gradient_is_the_objectives_own(untrained, objective, logit):
    """Least squares pulls a fake back that D finds more than real; cross-entropy never does."""
    model = trained_by(untrained(0), objective)
    picture = np.full((28, 28), 0.5)
    with torch.no_grad():  # D's answer for this picture is the logit
        now = model.discriminator(torch.zeros(1, 1, 28, 28), None)
        model.discriminator.head.bias += logit - now
    x = torch.zeros(1, 1, 28, 28, requires_grad=True)
    fake = model.discriminator(x, None)
    (wanted,) = torch.autograd.grad(OBJECTIVES[objective].g_loss(torch.zeros(1), fake), x)
    np.testing.assert_allclose(input_gradient(model, picture), -wanted[0, 0], atol=1e-7)
    trained_by(model, "bce")
    agree = float((input_gradient(model, picture) * -wanted[0, 0].numpy()).sum())
    assert (agree < 0) == (objective == "lsgan" and logit > 1)


def test_a_critic_gives_scores(untrained):
    model = trained_by(untrained(0), "wgan-gp")
    with torch.no_grad():
        model.discriminator.head.bias += 5
    picture = np.zeros((28, 28))
    logit = model.discriminator(torch.full((1, 1, 28, 28), -1.0), None).item()
    assert read_picture(model, picture) == pytest.approx(logit)
    assert model.objective.describe_answer(logit) == f"D scores it {logit:.2f}"
    trained_by(model, "lsgan")
    assert read_picture(model, picture) == pytest.approx(min(max(logit, 0), 1))
