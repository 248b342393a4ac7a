from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganview.export.ground import Shades, heights_of, paint_ground
from ganview.export.relief import HIGHEST, LOWEST, Camera, Relief, sample_field

SHADES = Shades("#ffffff", "#ff0000", "#0000ff", "#000000")
CORNER = 0xFF123456


def hill(x: float = 0.0, y: float = 0.0, wide: float = 0.1) -> np.ndarray:
    at = (np.arange(64) + 0.5) / 32 - 1
    heights = np.exp(-((at[None] - x) ** 2 + (at[:, None] - y) ** 2) / 2 / wide**2)
    return heights.astype(np.float32)


def relief(heights: np.ndarray, camera: Camera, fine: float = 1.0) -> Relief:
    ground = paint_ground(heights, SHADES, lit=False)
    return Relief(heights, ground, camera, (300, 200), CORNER, fine)


cameras = st.builds(
    Camera, st.floats(0, math.tau), st.floats(LOWEST, HIGHEST), st.floats(1, 4),
    st.floats(-0.3, 0.3), st.floats(-0.3, 0.3),
)  # fmt: skip


@given(cameras, st.floats(-0.25, 0.25), st.floats(-0.25, 0.25))
def test_the_place_at_a_pixel_is_the_one_that_is_drawn_there(
    camera: Camera, x: float, y: float
) -> None:
    shown = relief(hill(wide=0.3), camera, fine=4)
    place = np.array([[x, y]], np.float32)
    pixel = shown.project(place)[0]
    if not shown.shows(place)[0] or not (1 < pixel[0] < 298 and 1 < pixel[1] < 198):
        return
    found = shown.place_at(float(pixel[0]), float(pixel[1]) + 2)
    assert found is not None
    drawn = shown.project(np.array([found], np.float32))[0]
    assert np.abs(drawn - pixel).max() < 6


def test_a_top_is_where_the_picture_is_reddest() -> None:
    shown = relief(hill(0.3, -0.2), Camera(0.8, 0.7), fine=3)
    red = (shown.pixels >> 8 & 255).astype(int) - 255 * (shown.pixels == CORNER)
    green = np.where(shown.pixels == CORNER, 999, shown.pixels >> 8 & 255)
    row, column = np.unravel_index(green.argmin(), red.shape)
    x, y = shown.project(np.array([[0.3, -0.2]], np.float32))[0]
    assert abs(column - x) < 8
    assert abs(row - y) < 12


def test_what_is_behind_a_hill_is_hidden_until_the_map_is_turned() -> None:
    behind = np.array([[0.0, 0.35]], np.float32)
    assert not relief(hill(), Camera(0.0, 0.35)).shows(behind)[0]
    assert relief(hill(), Camera(math.pi, 0.35)).shows(behind)[0]


def test_beside_the_map_is_nothing() -> None:
    shown = relief(hill(), Camera())
    assert shown.place_at(2, 2) is None
    assert shown.place_at(-1, 5) is None
    assert shown.pixels[2, 2] == CORNER
    assert shown.pixels.shape == (200, 300)


def test_a_field_is_read_between_its_cells() -> None:
    field = np.add.outer(np.arange(8.0), np.zeros(8)).astype(np.float32)
    y = np.array([-0.875, 0.0, 0.875], np.float32)
    assert sample_field(field, np.zeros(3, np.float32), y) == pytest.approx([0, 3.5, 7], abs=0.01)


def test_zoom_keeps_the_place_under_the_hand() -> None:
    near = Camera().zoomed(2, 0.4, -0.2)
    assert (near.x, near.y) == (pytest.approx(0.2), pytest.approx(-0.1))
    assert near.zoomed(0.1) == Camera()


def test_heights_of_two_fields_share_one_scale() -> None:
    low, high = heights_of([np.full((2, 2), 0.25, np.float32), np.full((2, 2), 1.0, np.float32)])
    assert high.max() == 1
    assert 0.25 < low.max() < 1
    assert not heights_of([np.zeros((2, 2), np.float32)])[0].any()
