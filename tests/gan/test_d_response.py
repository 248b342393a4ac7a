"""Belief is what the model says, and the push is the downhill side of G's cost."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganview.errors import UserError
from ganview.gan.d_response import belief, input_gradient
from ganview.gan.latent import draw_z
from ganview.gan.model import as_condition, to_uint8

CASES = [(0, (1, 28, 28), None), (3, (1, 28, 28), 1), (3, (3, 32, 40), np.array([0.2, 0.5, 0.3]))]


@pytest.mark.parametrize(("classes", "shape", "y"), CASES)
def test_belief_is_the_models(untrained, classes, shape, y):
    model = untrained(classes, shape)
    condition = as_condition(None if y is None else np.array([y]))
    x = model.generate(torch.from_numpy(draw_z(1, 6, 0)), condition)
    wanted = model.belief(x, condition)
    picture = to_uint8(x)[0]
    assert belief(model, picture, y) == pytest.approx(wanted[0], abs=0.01)  # it was quantised
    assert belief(model, picture / 255.0, y) == pytest.approx(belief(model, picture, y), abs=1e-5)


@pytest.mark.parametrize(("classes", "shape", "y"), CASES)
def test_a_step_along_the_push_is_believed_more(untrained, classes, shape, y):
    model = untrained(classes, shape)
    picture = np.full((*shape[1:], 3) if shape[0] == 3 else shape[1:], 0.5)
    field = input_gradient(model, picture, y)
    assert field.shape == shape[1:]
    assert field.dtype == np.float32
    step = 0.02 * np.sign(field)
    moved = picture + (step[..., None] if shape[0] == 3 else step)
    assert belief(model, moved, y) > belief(model, picture, y)


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
            ends.append(-np.log(belief(model, moved, 2)))
        # x has twice the span of a picture's 0 to 1
        assert field[at] == pytest.approx(
            -(ends[0] - ends[1]) / (2 * change) / 2, rel=0.1, abs=2e-4
        )


def test_without_a_discriminator_there_is_a_sentence(untrained):
    model = untrained(discriminator=False)
    for ask in (belief, input_gradient):
        with pytest.raises(UserError, match="without its discriminator"):
            ask(model, np.zeros((28, 28), np.uint8), 0)


def test_a_conditional_model_needs_a_class(untrained):
    with pytest.raises(ValueError, match="class"):
        belief(untrained(), np.zeros((28, 28), np.uint8))
