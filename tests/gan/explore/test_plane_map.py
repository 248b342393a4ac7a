from __future__ import annotations

import pytest
import torch

from ganview.gan.explore.plane_map import PlaneMap, fit_plane_map, nearest_others
from ganview.gan.explore.rarity import Rarity
from ganview.gan.explore.survey import measure_worth


def islands(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % 3
    centres = 8 * torch.eye(3, 10)
    return torch.randn(count, 10, generator=random) + centres[labels], labels


def test_islands_stay_apart_and_new_points_go_to_their_own() -> None:
    features, labels = islands(300, 0)
    plane = fit_plane_map(features, steps=200)
    unseen, truth = islands(60, 1)
    rarity = Rarity.from_pictures(features, labels, features, labels, 3)
    worth = measure_worth(plane, rarity, features, labels, unseen, truth, ("a", "b", "c"))
    assert worth.accuracy > 0.8


def test_the_same_seed_gives_the_same_map_and_all_real_points_lie_on_it() -> None:
    features, _ = islands(60, 0)
    before = torch.random.get_rng_state()
    one, two = (fit_plane_map(features, steps=5, seed=3) for _ in range(2))
    assert torch.equal(one(features), two(features))
    assert float(one(features).abs().max()) <= 1
    assert torch.equal(torch.random.get_rng_state(), before)


def test_two_equal_features_are_no_trouble() -> None:
    plane = fit_plane_map(torch.ones(5, 4), steps=3)
    assert torch.isfinite(plane(torch.ones(1, 4))).all()


def test_fitting_can_be_given_up() -> None:
    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_plane_map(islands(30, 0)[0], count=stop)


def test_a_point_is_not_its_own_neighbour() -> None:
    features, _ = islands(40, 0)
    near = nearest_others(features, 3)
    true = torch.cdist(features, features).topk(4, largest=False).indices[:, 1:]
    assert torch.equal(near.sort(1).values, true.sort(1).values)


def test_a_map_is_a_map_of_its_features() -> None:
    assert PlaneMap(7)(torch.zeros(2, 7)).shape == (2, 2)
