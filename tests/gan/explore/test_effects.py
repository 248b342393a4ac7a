"""The one-pass estimate agrees with changing one number after another."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganview.gan.explore import effects
from ganview.gan.explore.effects import measure_effects
from ganview.gan.latent import draw_labels, draw_z


def by_differences(model, y, count: int) -> np.ndarray:
    z = draw_z(count, model.spec.z_dim, 0)
    step, result = 1e-2, []
    for d in range(model.spec.z_dim):
        ends = []
        for side in (step, -step):
            moved = z.copy()
            moved[:, d] += side
            ends.append(model.generate(torch.from_numpy(moved), y).numpy() / 2)
        result.append(np.sqrt(np.mean(((ends[0] - ends[1]) / (2 * step)) ** 2)))
    return np.array(result)


@pytest.mark.parametrize("classes", [0, 3])
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 40)])
def test_agrees_with_differences(untrained, classes, shape, monkeypatch):
    monkeypatch.setattr(effects, "PROBES", 60)
    model = untrained(classes, shape)
    y = torch.from_numpy(draw_labels(64, (1 / 3,) * 3, 0)) if classes else None
    wanted = by_differences(model, y, 64)
    assert np.allclose(measure_effects(model), wanted, rtol=0.08)


def test_a_number_that_does_nothing_has_no_effect_and_a_strong_one_leads(untrained):
    model = untrained()
    with torch.no_grad():
        model.generator.first.weight[:, 2] = 0
        model.generator.first.weight[:, 4] *= 6
    found = measure_effects(model)
    assert found.shape == (6,)
    assert found.dtype == np.float32
    assert found[2] == 0
    assert found.argmax() == 4


def test_the_class_at_hand_matters_and_the_seed_repeats(untrained):
    model = untrained()
    first = measure_effects(model, np.array([1, 0, 0]))
    assert np.array_equal(first, measure_effects(model, np.array([2, 0, 0])))
    assert not np.array_equal(first, measure_effects(model, np.array([0, 1, 0])))
    assert not np.array_equal(first, measure_effects(model, np.array([1, 0, 0]), seed=5))


def test_it_works_under_inference_mode_of_the_caller(untrained):
    model = untrained()
    with torch.inference_mode():
        assert (measure_effects(model) > 0).all()
