from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganview.runtime.envelope import Envelope


def followed(values: np.ndarray, pieces: int = 1) -> Envelope:
    envelope = Envelope()
    for end in np.linspace(0, len(values), pieces + 1).astype(int)[1:]:
        envelope.follow(values[:end])
    return envelope


@given(st.integers(1, 3000), st.integers(1, 7), st.integers(4, 400))
def test_band_keeps_every_peak(count: int, pieces: int, most: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    index, band = followed(values, pieces).band(0, count, most)
    assert len(index) == len(band) <= 2 * most + 8
    assert band.max() == values.max()
    assert band.min() == values.min()
    assert (np.diff(index) >= 0).all()


def test_few_values_are_drawn_as_they_are() -> None:
    values = np.array([3.0, 1.0, 2.0])
    index, band = followed(values).band(0, 3, 100)
    np.testing.assert_array_equal(index, [0, 1, 2])
    np.testing.assert_array_equal(band, values)


def test_a_part_is_drawn_in_detail() -> None:
    values = np.arange(100_000.0)
    index, band = followed(values).band(50_000, 50_100, 500)
    np.testing.assert_array_equal(band, values[50_000:50_100])
    np.testing.assert_array_equal(index, np.arange(50_000, 50_100))


@given(st.integers(1, 2000), st.integers(1, 5))
def test_a_window_of_one_gives_the_values(count: int, pieces: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    envelope = followed(values, pieces)
    index, means = envelope.mean(0, count, count)
    np.testing.assert_array_equal(index, np.arange(count))
    np.testing.assert_allclose(means, values, atol=1e-9)
    assert envelope.mean_of(0, count) == pytest.approx(values.mean())


def test_a_straight_line_stays_straight_where_the_window_is_whole() -> None:
    values = np.linspace(0, 1, 1000)
    index, means = followed(values).mean(0, 1000, 50, window=200)
    whole = (index >= 100) & (index < 900)
    np.testing.assert_allclose(means[whole], values[index[whole]], atol=1e-9)
    assert (np.diff(means) > 0).all()


def test_a_window_smooths() -> None:
    values = np.random.default_rng(0).normal(size=10_000)
    _, means = followed(values).mean(0, 10_000, 100, window=1000)
    assert means[20:-20].std() < 0.1


def test_numbers_that_are_not_finite_are_left_out() -> None:
    values = np.array([1.0, np.nan, 3.0, np.inf] * 50)
    envelope = followed(values)
    assert envelope.mean_of(0, 200) == pytest.approx(2.0)
    assert np.isfinite(envelope.mean(0, 200, 20)[1]).any()
    assert np.isnan(envelope.mean_of(1, 2))


def test_growing_by_little_equals_growing_at_once() -> None:
    values = np.random.default_rng(1).normal(size=5000)
    once, slowly = followed(values), followed(values, 500)
    for name in ("band", "mean"):
        for a, b in zip(
            getattr(once, name)(100, 4900, 64), getattr(slowly, name)(100, 4900, 64), strict=True
        ):
            np.testing.assert_allclose(a, b, atol=1e-9)


def test_clear_forgets() -> None:
    envelope = followed(np.ones(100))
    envelope.clear()
    assert len(envelope) == 0
    envelope.follow(np.zeros(3))
    assert envelope.mean_of(0, 3) == 0
    assert np.isnan(envelope.mean_of(3, 3))
