"""Directions are unit vectors in a settled order, and the named ones find what their name says."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganview.gan.explore.direction_quality import ranks, spearman
from ganview.gan.explore.directions import Direction, principal_directions, sefa_directions
from ganview.gan.explore.measures import MEASURES
from ganview.gan.explore.named_directions import named_directions
from ganview.gan.latent import draw_z


def see(pictures: np.ndarray) -> np.ndarray:
    """A judge of painted boxes: class 1 is filled in the middle."""
    middle = pictures[:, 13:15, 13:15].mean((1, 2)) / 255.0
    return np.stack([1 - middle, middle], 1) * 5


@pytest.fixture(scope="module")
def named(painter) -> dict[str, Direction]:
    """The named directions of a generator whose first four numbers are the measures."""
    found = named_directions(painter(), count=3000, judge=see)
    return {direction.name: direction for direction in found}


@pytest.mark.parametrize("find", [principal_directions, sefa_directions])
@pytest.mark.parametrize(("classes", "shape"), [(0, (1, 28, 28)), (3, (3, 32, 40))])
def test_found_directions_are_unit_vectors_that_account_for_less_and_less(
    untrained, find, classes, shape
):
    model = untrained(classes, shape, z_dim=12)
    found = find(model, 5)
    assert len(found) == 5
    assert [direction.name[-1] for direction in found] == list("12345")
    for direction in found:
        assert direction.vector.dtype == np.float32
        assert np.linalg.norm(direction.vector) == pytest.approx(1, abs=1e-5)
        assert direction.vector[np.abs(direction.vector).argmax()] > 0
    shares = [direction.quality["share"] for direction in found]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1 + 1e-5
    again = find(model, 5)
    assert all(np.array_equal(a.vector, b.vector) for a, b in zip(found, again, strict=True))


@pytest.mark.parametrize("find", [principal_directions, sefa_directions])
def test_there_are_no_more_directions_than_dimensions(untrained, find):
    assert len(find(untrained(z_dim=4), 10)) == 4


def test_components_listen_to_nothing_that_others_draw_meanwhile(untrained, monkeypatch):
    model, hooked = untrained(z_dim=8), []
    hook = torch.nn.Module.register_forward_hook

    def watched(module, *arguments, **named):
        hooked.append(module)
        return hook(module, *arguments, **named)

    monkeypatch.setattr(torch.nn.Module, "register_forward_hook", watched)
    principal_directions(model)
    assert hooked
    assert not set(hooked) & set(model.generator.modules())


def test_factorisation_finds_the_number_that_the_first_layer_hears_most(untrained):
    model = untrained(z_dim=8)
    with torch.no_grad():
        model.generator.first.weight[:, 3] *= 10
    for find in (sefa_directions, principal_directions):
        assert np.abs(find(model)[0].vector).argmax() == 3


def test_straight_directions_add_up():
    direction = Direction("x", np.array([0.6, 0.8], np.float32), "sefa")
    assert np.allclose(direction.apply(np.zeros(2), 2), [1.2, 1.6])
    assert np.allclose(direction.apply(np.zeros((3, 2)), [1, 0, -1])[2], [-0.6, -0.8])


@pytest.mark.parametrize("index", range(4))
def test_named_directions_find_the_numbers_behind_the_measures(named, index):
    vector = named[MEASURES[index]].vector
    assert vector[index] > 0.85
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", MEASURES)
def test_reports_say_how_well_a_direction_holds(named, name):
    quality = named[name].quality
    assert quality["rank_correlation"] > 0.95
    assert quality["change"] > 0
    assert set(quality["others"]) == set(MEASURES) - {name}
    held = {"loop size": ["slant", "thickness"]}.get(
        name, ["slant", "thickness", "width", "height"]
    )
    assert all(quality["others"][other] < 0.35 for other in held if other != name)
    assert quality["class_held"] > 0.97
    assert quality["class_before"] == 1
    assert quality["classes"] == (["class 0"] if name == "loop size" else ["class 0", "class 1"])


def test_moving_there_and_back_returns_and_steps_add_up(named):
    z = draw_z(7, 6, 3)
    mix = np.array([1, 0], np.float32)
    for direction in named.values():
        there = direction.apply(z, 1.5, mix)
        assert np.allclose(direction.apply(there, -1.5, mix), z, atol=0.05)
        assert np.allclose(direction.apply(direction.apply(z, 0.5, mix), 1, mix), there, atol=0.02)
        assert np.allclose(direction.apply(z[0], 1.5, mix), there[0], atol=1e-5)
        assert np.array_equal(direction.apply(z, 0, mix), z)
        way = np.linalg.norm(direction.apply(z, 0.1, mix) - z, axis=1)
        assert np.allclose(way, 0.1, atol=0.01)


def test_each_point_may_have_its_own_amount_and_class(named):
    z = draw_z(3, 6, 3)
    mix = np.array([[1, 0], [0, 1], [0.5, 0.5]], np.float32)
    amounts = np.array([1.0, -2.0, 0.3])
    together = named["width"].apply(z, amounts, mix)
    for i in range(3):
        alone = named["width"].apply(z[i], amounts[i], mix[i])
        assert np.allclose(together[i], alone, atol=0.02)
    assert named["width"].apply(z, 1.0).shape == (3, 6)


def test_a_generator_without_classes_has_named_directions_too(painter):
    found = named_directions(painter(0), count=2000, names=("slant", "width"))
    assert [direction.name for direction in found] == ["slant", "width"]
    for direction in found:
        assert direction.quality["rank_correlation"] > 0.95
        assert direction.quality["class_held"] is None
        assert direction.apply(draw_z(2, 6, 0), 1.0).shape == (2, 6)


def test_pictures_without_strokes_do_no_harm(untrained):
    found = named_directions(untrained(3, z_dim=6), count=300, names=("thickness", "loop size"))
    assert all(np.isfinite(direction.vector).all() for direction in found)


def test_the_search_reports_and_can_be_cancelled(painter):
    told: list[float] = []
    found = named_directions(
        painter(), count=600, progress=lambda share, _text: told.append(share), names=("slant",)
    )
    assert found
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] <= 1
    for patience in (1, 5, 9):
        asked = iter([False] * patience + [True] * 9999)
        assert named_directions(painter(), count=2000, cancelled=lambda: next(asked)) == []  # noqa: B023


def test_the_global_generator_is_left_alone(painter):
    model = painter()
    state = torch.get_rng_state()
    named_directions(model, count=300, names=("slant",))
    principal_directions(model)
    assert torch.equal(state, torch.get_rng_state())


def test_ranks_share_ties_and_correlation_knows_its_limits():
    assert ranks(np.array([[3.0, 1, 3, 0]])).tolist() == [[2.5, 1, 2.5, 0]]
    amounts = np.arange(4)
    values = np.array([[1, 2, 3, 9], [9, 3, 2, 1], [5, 5, 5, 5], [np.nan, 1, 2, 3]])
    found = spearman(amounts, values)
    assert np.allclose(found[:3], [1, -1, 0])
    assert np.isnan(found[3])
