"""Where tiles lie, and how large they can be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ganview.app.widgets.tiling import Tiling, best_grid, whole_zoom


@given(st.integers(1, 12), st.integers(1, 12), st.floats(1, 90), st.floats(0, 9), st.floats(0, 50))
def test_each_tile_is_found_at_its_middle(
    rows: int, columns: int, side: float, gap: float, left: float
) -> None:
    tiling = Tiling(rows, columns, left, left / 2, side, side / 2, gap)
    for tile in range(rows * columns):
        x, y = tiling.corner(tile)
        assert tiling.tile_at(x + side / 2, y + side / 4) == tile
    assert tiling.tile_at(left - 1, left) == -1
    assert tiling.tile_at(left + tiling.total_width + 1, left) == -1


@given(
    st.integers(1, 600),
    st.integers(1, 600),
    st.integers(1, 2000),
    st.integers(1, 2000),
    st.sampled_from([1.0, 1.25, 1.5, 2.0]),
)
def test_a_whole_zoom_fits_and_the_next_would_not(
    height: int, width: int, room_down: int, room_across: int, ratio: float
) -> None:
    zoom = whole_zoom(
        (height, width), (room_down, room_across), gaps=(0, 0), pixel_ratio=ratio, maximum=10_000
    )
    if zoom > 1:
        assert zoom * height <= room_down * ratio + 1e-6
        assert zoom * width <= room_across * ratio + 1e-6
    assert (zoom + 1) * height > room_down * ratio or (zoom + 1) * width > room_across * ratio


@given(
    count=st.integers(1, 60),
    height=st.integers(8, 64),
    width=st.integers(8, 64),
    room=st.tuples(st.integers(20, 900), st.integers(20, 900)),
)
def test_the_chosen_grid_fits_unless_nothing_does(
    count: int, height: int, width: int, room: tuple[int, int]
) -> None:
    columns, zoom = best_grid(count, (height, width), room, caption=15, gap=2, maximum=4)
    rows = -(-count // columns)
    assert 1 <= columns <= count
    assert 1 <= zoom <= 4
    if zoom > 1:
        assert columns * width * zoom + (columns - 1) * 2 <= room[1]
        assert rows * (height * zoom + 15) + (rows - 1) * 2 <= room[0]


def test_ten_digits_stand_in_one_line_when_there_is_room_and_in_two_when_not() -> None:
    assert best_grid(10, (28, 28), (80, 600), caption=15, gap=2, maximum=4) == (10, 2)
    assert best_grid(10, (28, 28), (150, 360), caption=15, gap=2, maximum=4) == (5, 2)
