"""Schedules begin at their start, end at their end, and never turn back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganview.gan.schedule import cosine_progress, geometric


def test_ends() -> None:
    assert cosine_progress(0, 100) == 0
    assert cosine_progress(50, 100) == pytest.approx(0.5)
    assert cosine_progress(100, 100) == cosine_progress(10**9, 100) == 1


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6))
def test_progress_never_turns_back(a: int, b: int, length: int) -> None:
    assert cosine_progress(min(a, b), length) <= cosine_progress(max(a, b), length)


def test_equal_ratios() -> None:
    assert geometric(1e-3, 1e-5, 0.5) == pytest.approx(1e-4)
    assert geometric(1.0, 0.0, 0.25) == 0.75
