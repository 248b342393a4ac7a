from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganview.export.ticks import round_end, round_span

sizes = st.floats(1e-3, 1e9)


@given(sizes)
def test_an_end_is_never_cut_and_wastes_little(end: float) -> None:
    assert end <= round_end(end) * (1 + 1e-6)
    assert round_end(end) <= max(10.0, 1.34 * end)


@pytest.mark.parametrize(("end", "rounded"), [(3, 10), (10, 10), (101, 125), (1_000_000, 1e6)])
def test_ends_are_round(end: float, rounded: float) -> None:
    assert round_end(end) == pytest.approx(rounded)


@given(st.floats(-1e6, 1e6), sizes)
def test_a_span_holds_what_it_is_made_for(low: float, size: float) -> None:
    first, last = round_span(low, low + size)
    slack = 1e-6 * (abs(low) + size)
    assert first <= low + slack
    assert last >= low + size - slack
    if size > 1e-6 * abs(low):
        assert last - first <= 3 * size + slack


def test_a_point_gets_some_room() -> None:
    assert round_span(0.7, 0.7) == pytest.approx((0.2, 1.2))
    low, high = round_span(1e30, 1e30)
    assert low < 1e30 < high


@pytest.mark.parametrize("size", [5e-324, 1e-310, 1e300, 1.7e308])
def test_no_finite_numbers_are_without_a_range(size: float) -> None:
    for low, high in ((0.0, size), (-size, size)):
        first, last = round_span(low, high)
        assert first <= low
        assert last >= high
