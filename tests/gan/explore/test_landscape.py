from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from ganview.files.landscape_file import shipped_landscape
from ganview.files.open_model import open_model, shipped_model
from ganview.gan.explore.landscape import Landscape, draw_cloud, planes_first, reach_of


@pytest.fixture(scope="module")
def landscape() -> Landscape:
    found = shipped_landscape()
    assert found is not None
    return found


def test_a_cloud_has_each_class_at_its_share(landscape: Landscape) -> None:
    model = open_model(shipped_model("conditional"))
    cloud = draw_cloud(model, landscape, pictures=200)
    assert cloud.asked is not None
    assert (
        np.abs(np.bincount(cloud.asked, minlength=10) / 200 - model.spec.class_prior).max() < 0.01
    )
    assert (cloud.read == cloud.asked).mean() > 0.95
    assert cloud.places.shape == cloud.within.shape == (200, 2)
    again = draw_cloud(model, landscape, pictures=200)
    assert np.array_equal(cloud.images, again.images)


def test_digits_lie_on_the_hill_of_their_class(landscape: Landscape) -> None:
    cloud = draw_cloud(open_model(shipped_model("conditional")), landscape, pictures=200)
    away = np.square(cloud.places[:, None] - landscape.places).sum(2)
    near = np.argsort(away, axis=1)[:, :10]
    voted = [np.bincount(row).argmax() for row in landscape.labels.numpy()[near]]
    assert np.mean(voted == cloud.asked) > 0.95


def test_of_a_generator_without_classes_the_classes_are_read(landscape: Landscape) -> None:
    cloud = draw_cloud(open_model(shipped_model("unconditional")), landscape, pictures=100)
    assert cloud.asked is None
    assert len(np.unique(cloud.labels)) > 5


def test_within_a_class_the_rare_are_at_the_edge(landscape: Landscape) -> None:
    model = open_model(shipped_model("conditional"))
    cloud = draw_cloud(model, landscape, pictures=100, label=7)
    away = np.hypot(*cloud.within.T)
    assert np.allclose(away, reach_of(cloud.ranks), atol=1e-4)
    tight = draw_cloud(model, landscape, pictures=100, label=7, psi=0.5)
    assert np.median(tight.ranks) < np.median(cloud.ranks) - 0.1


def test_real_pictures_of_a_class_make_a_bell(landscape: Landscape) -> None:
    x, y = landscape.within[landscape.labels.numpy() == 3].T
    away = np.hypot(x, y)
    assert (away < reach_of(0.5)).mean() == pytest.approx(0.5, abs=0.02)
    for near in (away < reach_of(0.5), away >= reach_of(0.5)):
        for half in (x > 0, y > 0):
            assert half[near].mean() == pytest.approx(0.5, abs=0.05)


def test_pictures_in_colour_have_their_channels_first() -> None:
    assert planes_first(np.zeros((2, 5, 6, 3), np.uint8)).shape == (2, 3, 5, 6)
    assert planes_first(np.zeros((2, 5, 6), np.uint8)).shape == (2, 1, 5, 6)


def test_drawing_can_be_given_up(landscape: Landscape) -> None:
    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    model = open_model(shipped_model("conditional"))
    with pytest.raises(KeyboardInterrupt):
        draw_cloud(model, landscape, pictures=1000, count=stop)


def test_the_worth_of_the_map_that_ships(landscape: Landscape) -> None:
    assert landscape.worth.accuracy >= 0.98
    assert landscape.worth.neighbours >= 0.45
    assert landscape.features.dtype == torch.float32


def test_pictures_are_held_against_their_class_or_the_one_that_they_read_as(
    landscape: Landscape,
) -> None:
    cloud = draw_cloud(open_model(shipped_model("conditional")), landscape, pictures=6, label=7)
    images = planes_first(cloud.images)
    features, held = landscape.describe(images, [1, None, 2, None, 3, 4])
    assert torch.equal(features, cloud.features)
    assert held.tolist() == [1, cloud.read[1], 2, cloud.read[3], 3, 4]
    assert landscape.describe(images, [5] * 6)[1].tolist() == [5] * 6
    plain = replace(landscape, class_names=())
    assert plain.describe(images, [5] * 6)[1].tolist() == [0] * 6
