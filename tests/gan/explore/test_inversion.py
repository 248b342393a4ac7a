"""A picture that the generator made is found again; any other is met as closely as it can be."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganview.errors import UserError
from ganview.gan.explore.inversion import STAGES, Inversion, invert
from ganview.gan.latent import draw_z


def seen_as(label: int, classes: int = 3):
    """A judge that is sure of one class whatever it sees."""
    return lambda pictures: np.tile(500.0 * np.eye(classes)[label], (len(pictures), 1))


@pytest.mark.parametrize("label", [0, 1, 2])
def test_finds_class_and_noise_of_its_own_pictures(untrained, label):
    model = untrained()
    z = draw_z(1, 6, 7 + label)
    picture = model.sample(z, np.array([label]))[0]
    found = invert(model, picture / 255.0)
    assert found.label == label
    assert found.rmse < 0.01
    assert not found.poor
    assert np.abs(found.z - z[0]).max() < 0.3


def test_result_describes_itself(untrained):
    model = untrained()
    target = model.sample(draw_z(1, 6, 1), np.array([1]))[0] / 255.0
    found = invert(model, target)
    again = model.sample(found.z[None], np.array([found.label]))[0]
    assert np.array_equal(found.reconstruction, again)
    assert np.allclose(found.residual, target - again / 255.0, atol=1 / 254)
    assert found.rmse == pytest.approx(np.sqrt(np.mean(found.residual**2)), abs=1e-4)
    assert found.step == found.steps == sum(steps for _, steps in STAGES)
    assert found.z.dtype == found.residual.dtype == np.float32
    assert found.reconstruction.dtype == np.uint8


def test_a_given_class_is_kept_and_the_judge_is_heard(untrained):
    model = untrained()
    target = model.sample(draw_z(1, 6, 1), np.array([1]))[0] / 255.0
    assert invert(model, target, label=2).label == 2
    assert invert(model, target, judge=seen_as(0)).label == 0


@pytest.mark.parametrize(("classes", "shape"), [(0, (1, 28, 28)), (3, (3, 32, 40))])
def test_any_shape_and_no_classes(untrained, classes, shape):
    model = untrained(classes, shape)
    y = np.array([1]) if classes else None
    picture = model.sample(draw_z(1, 6, 3), y)[0]
    found = invert(model, picture / 255.0, judge=seen_as(1))
    assert found.rmse < 0.02
    assert found.label == (1 if classes else None)
    assert found.residual.shape == picture.shape


def test_what_it_cannot_draw_is_said_to_be_poor_and_z_stays_ordinary(untrained):
    board = np.indices((28, 28)).sum(0) % 2
    found = invert(untrained(), board)
    assert found.poor
    assert np.linalg.norm(found.z) < 8


def test_a_stronger_prior_keeps_z_nearer(untrained):
    model = untrained()
    picture = model.sample(3 * draw_z(1, 6, 3), np.array([1]))[0] / 255.0
    lengths = [np.linalg.norm(invert(model, picture, 1, noise=n).z) for n in (0.02, 0.5, 3)]
    assert lengths == sorted(lengths, reverse=True)


def test_progress_gets_closer_and_can_be_stopped(untrained):
    model = untrained()
    target = model.sample(draw_z(1, 6, 1), np.array([1]))[0] / 255.0
    told: list[Inversion] = []
    invert(model, target, 1, progress=told.append)
    assert [found.step for found in told] == sorted({found.step for found in told})
    assert told[-1].rmse < told[0].rmse

    stopped = invert(model, target, 1, cancelled=lambda: True)
    assert stopped.step == 0
    assert stopped.reconstruction.shape == (28, 28)
    asked = iter([False] * 10 + [True])
    assert invert(model, target, 1, cancelled=lambda: next(asked)).step == 10


def test_it_repeats_and_leaves_the_global_generator_alone(untrained):
    model = untrained()
    target = model.sample(draw_z(1, 6, 1), np.array([1]))[0] / 255.0
    state = torch.get_rng_state()
    with torch.inference_mode():
        first = invert(model, target)
    assert np.array_equal(first.z, invert(model, target).z)
    assert torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize(
    "target", [np.zeros((3, 3)), np.zeros((28, 28, 3)), np.full((28, 28), np.nan)]
)
def test_a_picture_of_another_shape_is_refused(untrained, target):
    with pytest.raises(UserError, match="28 × 28"):
        invert(untrained(), target)
