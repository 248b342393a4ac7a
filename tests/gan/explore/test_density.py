from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganview.gan.explore.density import cells_of, crowding, find_peaks, middle_of


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), min_size=1, max_size=50))
def test_a_field_shares_out_all_points(points: list[tuple[float, float]]) -> None:
    field = crowding(np.array(points, np.float32))
    assert field.sum() == pytest.approx(1, abs=1e-4)
    assert field.min() >= 0


def test_a_field_without_points_is_empty() -> None:
    assert not crowding(np.empty((0, 2), np.float32)).any()


def test_rows_go_along_y_and_columns_along_x() -> None:
    field = crowding(np.array([[0.5, -0.5]], np.float32))
    row, column = np.unravel_index(field.argmax(), field.shape)
    x, y = middle_of(int(row), int(column))
    assert (x, y) == (pytest.approx(0.5, abs=0.02), pytest.approx(-0.5, abs=0.02))


def test_a_cell_holds_its_middle() -> None:
    for cell in ((0, 0), (95, 95), (3, 70)):
        assert cells_of(np.array([middle_of(*cell)], np.float32))[0].tolist() == list(cell)


def test_peaks_are_tops_and_not_the_rims_of_others() -> None:
    points = np.repeat(np.array([[-0.5, 0], [0.5, 0]], np.float32), [300, 100], axis=0)
    peaks = find_peaks(crowding(points), most=5)
    places = [middle_of(*peak) for peak in peaks]
    assert len(places) == 2
    assert places[0] == pytest.approx((-0.5, 0), abs=0.03)
    assert places[1] == pytest.approx((0.5, 0), abs=0.03)
