from __future__ import annotations

import numpy as np
import pytest

from ganview.errors import UserError
from ganview.gan.explore.persuasion import STEP, judged_pictures, step_by_gradient, unit_directions


def test_a_step_by_the_gradient_raises_the_answer(untrained) -> None:
    model = untrained(3)
    z = np.random.default_rng(0).standard_normal(6).astype(np.float32)
    answers = [judged_pictures(model, z[None], 1)[1][0]]
    for _ in range(4):
        moved = step_by_gradient(model, z, 1)
        assert np.linalg.norm(moved - z) <= STEP + 1e-5
        z = moved
        answers.append(judged_pictures(model, z[None], 1)[1][0])
    assert answers[-1] > answers[0]


def test_noise_never_grows_longer_than_noise_is(untrained) -> None:
    model = untrained(0)
    z = np.zeros(6, np.float32)
    for _ in range(20):
        z = step_by_gradient(model, z, None)
    assert np.linalg.norm(z) <= np.sqrt(6) + 1e-4


def test_pictures_come_with_their_answers(untrained) -> None:
    pictures, answers = judged_pictures(untrained(2), np.zeros((3, 6), np.float32), 0)
    assert pictures.shape == (3, 28, 28)
    assert answers.shape == (3,)


def test_without_d_nobody_can_be_persuaded(untrained) -> None:
    with pytest.raises(UserError, match="discriminator"):
        step_by_gradient(untrained(2, discriminator=False), np.zeros(6, np.float32), 0)


@pytest.mark.parametrize(("count", "z_dim"), [(5, 64), (5, 3)])
def test_directions_are_orthogonal(count: int, z_dim: int) -> None:
    found = unit_directions(count, z_dim, np.random.default_rng(1))
    assert found.shape == (min(count, z_dim), z_dim)
    np.testing.assert_allclose(found @ found.T, np.eye(len(found)), atol=1e-6)
