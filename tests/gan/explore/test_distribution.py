from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganview.data.digits import load_digits
from ganview.gan.explore.distribution import (
    Birthdays,
    count_birthdays,
    find_regions,
    histograms_of,
    shares_between,
)


def digits(count: int) -> np.ndarray:
    return load_digits("test").images[:count, 0].numpy()


def test_the_same_pictures_have_the_same_histograms() -> None:
    for histogram in histograms_of(digits(100), digits(100), handwritten=True):
        assert np.array_equal(histogram.real, histogram.fake)
        assert histogram.real.sum() == pytest.approx(1)


def test_slanted_digits_lie_to_the_right_in_the_histogram_of_slant() -> None:
    straight = digits(100)
    slanted = np.stack(
        [np.stack([np.roll(row, (14 - y) // 2) for y, row in enumerate(one)]) for one in straight]
    )
    (slant, *_rest) = histograms_of(straight, slanted, handwritten=True)
    middles = (slant.edges[1:] + slant.edges[:-1]) / 2
    assert slant.fake @ middles > slant.real @ middles + 5


def test_pictures_in_colour_are_compared_by_light_edges_and_colour() -> None:
    random = np.random.default_rng(0)
    real = random.integers(0, 256, (20, 28, 28, 3), np.uint8)
    grey = np.repeat(real.mean(3, keepdims=True).astype(np.uint8), 3, axis=3)
    found = {item.name: item for item in histograms_of(real, grey, handwritten=False)}
    assert set(found) == {"brightness", "contrast", "edges", "colour"}
    assert found["colour"].fake[0] == 1


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=40))
def test_every_value_is_in_some_bin(values: list[float]) -> None:
    shares = shares_between(np.linspace(-1, 1, 5), np.array([*values, np.nan], np.float32))
    assert shares.sum() == pytest.approx(1)


def test_a_region_without_generated_pictures_is_missing() -> None:
    random = torch.Generator().manual_seed(0)
    islands = torch.arange(400) % 4
    real = torch.randn(400, 3, generator=random) + 30 * torch.eye(4, 3)[islands]
    fake = real[islands != 1]
    regions = find_regions(real, fake)
    assert regions.covered == pytest.approx(0.75, abs=0.02)
    assert len(regions.missing)
    assert (islands[regions.missing] == 1).all()
    assert find_regions(real, real).covered == 1


def test_few_pictures_again_and_again_are_found_by_their_pairs() -> None:
    real = digits(600)
    random = np.random.default_rng(1)
    repeated = real[random.integers(0, 40, 500)]
    known, found = count_birthdays(real, repeated)
    assert not found.at_least
    assert 25 < found.estimate < 60
    assert known.estimate > 1000


def test_without_a_pair_the_estimate_is_a_lower_bound() -> None:
    birthdays = Birthdays(0, 1000)
    assert birthdays.at_least
    assert birthdays.estimate == pytest.approx(166_500)


@pytest.mark.parametrize("count", [0, 1])
def test_of_a_class_with_hardly_a_real_picture_nothing_is_told(count: int) -> None:
    real, fake = np.zeros((count, 28, 28), np.uint8), np.zeros((5, 28, 28), np.uint8)
    regions = find_regions(torch.zeros(count, 4), torch.zeros(5, 4))
    assert (regions.count, len(regions.missing)) == (0, 0)
    assert [births.pairs for births in count_birthdays(real, fake)] == [0, 0]
    assert all(
        not bars.real.any() or count for bars in histograms_of(real, fake, handwritten=False)
    )
