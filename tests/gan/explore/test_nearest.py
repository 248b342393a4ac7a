"""The search is exact, and its shortcut never changes what it finds."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganview.gan.explore.nearest import NearestIndex, evenly_spaced


def pictures(count: int, seed: int = 0, shape: tuple[int, ...] = (9, 8)) -> np.ndarray:
    """Smooth-ish pictures: sums of a few patterns."""
    random = np.random.default_rng(seed)
    patterns = random.random((6, *shape))
    weights = random.random((count, 6)) ** 2
    field = np.tensordot(weights, patterns, 1) / weights.sum(1).reshape(-1, *[1] * len(shape))
    return np.round(255 * field).astype(np.uint8)


def brute(images: np.ndarray, picture: np.ndarray) -> np.ndarray:
    squares = (images.astype(float) - picture).reshape(len(images), -1) ** 2
    return np.sqrt(squares.mean(1)) / 255


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 300), st.integers(1, 7), st.booleans())
def test_finds_what_a_full_search_finds(seed, size, count, alien):
    images = pictures(size, seed)
    picture = pictures(1, seed + 1)[0]
    if alien:
        picture = np.random.default_rng(seed).integers(0, 256, picture.shape).astype(np.uint8)
    found = NearestIndex(images).query(picture, count)
    distances = brute(images, picture)
    assert np.allclose(found.distances, np.sort(distances)[:count], atol=1e-5)
    assert np.allclose(distances[found.indices], found.distances, atol=1e-5)
    assert len(set(found.indices.tolist())) == min(count, size)


def test_a_copy_is_found_and_called_one():
    images = pictures(500)
    found = NearestIndex(images).query(images[123])
    assert found.indices[0] == 123
    assert found.distances[0] == 0
    assert found.copied
    assert found.indices.dtype == np.int64
    assert found.distances.dtype == np.float32


def test_usual_distances_are_those_of_the_real_pictures():
    images = pictures(80)
    index = NearestIndex(images)
    apart = np.stack([brute(images, picture) for picture in images])
    others = apart + np.diag(np.full(80, np.inf))
    assert index.usual == pytest.approx(np.median(others.min(1)), abs=0.003)
    assert index.pair == pytest.approx(np.median(apart[np.triu_indices(80, 1)]), abs=0.003)


def test_colour_is_searched_in_either_order_of_axes():
    images = pictures(60, shape=(9, 8, 3))
    for kept in (images, torch.from_numpy(images).permute(0, 3, 1, 2)):
        found = NearestIndex(kept).query(images[7])
        assert found.indices[0] == 7
        assert np.allclose(found.distances, np.sort(brute(images, images[7]))[:5], atol=1e-5)


def test_grey_tensors_with_a_channel_axis_are_taken():
    images = pictures(60)
    assert NearestIndex(torch.from_numpy(images)[:, None]).query(images[3]).indices[0] == 3


def test_equal_pictures_and_single_ones_do_no_harm():
    one = pictures(1)
    found = NearestIndex(one).query(one[0])
    assert found.indices.tolist() == [0]
    same = np.repeat(one, 300, axis=0)
    found = NearestIndex(same).query(one[0])
    assert len(found.indices) == 5
    assert found.usual == 0


def test_another_shape_is_refused():
    with pytest.raises(ValueError, match="searched"):
        NearestIndex(pictures(10)).query(np.zeros((3, 3), np.uint8))


def test_spread_has_both_ends_and_no_repeats():
    assert evenly_spaced(10, 4).tolist() == [0, 3, 6, 9]
    assert evenly_spaced(3, 9).tolist() == [0, 1, 2]
