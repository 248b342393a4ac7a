"""Whatever a drawing comes as, it becomes what the model learned from: light, boxed, centred."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ganview.errors import UserError
from ganview.gan.explore.measures import MEASURES, measure_images
from ganview.gan.explore.normalise_drawing import normalise_drawing

GREY = (1, 28, 28)


@pytest.fixture
def digit(strokes) -> np.ndarray:
    """A shape that is not the same from any side, 20 pixels high, its mass in the middle."""
    picture = np.maximum(
        strokes.ring(5, 5, 2.2), np.roll(strokes.stroke(0, 14, 2.2), (4, 4), (0, 1))
    )
    return np.round(normalise_drawing(picture, GREY) * 255).astype(np.uint8)


def distance(result: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.sqrt(np.mean((result - wanted / 255.0) ** 2)))


def test_what_is_prepared_already_stays(digit):
    assert distance(normalise_drawing(digit, GREY), digit) < 0.005


def test_result_fits_the_box_and_is_centred_by_mass(digit):
    result = normalise_drawing(np.pad(digit, ((90, 5), (3, 200))), GREY)
    inked = np.argwhere(result > 0)
    assert (np.ptp(inked, axis=0) + 1).max() == 20
    centre = [(result.sum(axis) @ np.arange(28)) / result.sum() for axis in (1, 0)]
    assert np.allclose(centre, 14, atol=0.51)
    assert result.max() == pytest.approx(1)
    assert result.dtype == np.float32


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("dark", [False, True])
def test_size_polarity_channels_and_type_do_not_matter(digit, channels, dtype, dark):
    large = np.kron(np.pad(digit, 3), np.ones((9, 9), np.uint8))
    large = 255 - large if dark else large
    picture = np.repeat(large[:, :, None], channels, axis=2)
    if channels in (2, 4):
        picture[:, :, -1] = 255
    scale = {np.uint8: 1, np.uint16: 257, np.float32: 1 / 255, np.float64: 1 / 255}[dtype]
    assert (
        distance(normalise_drawing((picture * np.float64(scale)).astype(dtype), GREY), digit) < 0.02
    )


@pytest.mark.parametrize("light", [0, 255])
def test_ink_on_a_transparent_sheet(digit, light):
    sheet = np.full((28, 28, 4), light, np.uint8)
    sheet[:, :, 3] = digit
    assert distance(normalise_drawing(sheet, GREY), digit) < 0.02


def test_opaque_drawing_with_transparent_surroundings(digit):
    sheet = np.zeros((48, 48, 4), np.uint8)
    sheet[10:38, 10:38, :3] = 255 - digit[:, :, None]
    sheet[10:38, 10:38, 3] = 255
    assert distance(normalise_drawing(sheet, GREY), digit) < 0.03


def test_grain_of_a_photographed_sheet_is_no_ink(digit):
    large = 200 - 0.6 * np.kron(np.pad(digit, 3), np.ones((9, 9)))
    noisy = large + np.random.default_rng(0).normal(0, 5, large.shape)
    assert distance(normalise_drawing(noisy.clip(0, 255).astype(np.uint8), GREY), digit) < 0.06


def test_a_hair_line_is_widened_to_a_stroke():
    line = np.full((400, 400), 255, np.uint8)
    line[40:360, 200:202] = 0
    result = normalise_drawing(line, GREY)
    thickness = measure_images(np.round(result * 255).astype(np.uint8)[None])[
        0, MEASURES.index("thickness")
    ]
    assert 1.5 < thickness < 3


def test_one_bit_drawings_and_huge_ones_are_read(digit):
    assert normalise_drawing(digit > 127, GREY).shape == (28, 28)
    huge = np.kron(np.pad(digit, 3), np.ones((70, 70), np.uint8))
    assert distance(normalise_drawing(huge, GREY), digit) < 0.08


@pytest.mark.parametrize("shape", [(1, 64, 64), (1, 40, 30), (1, 28, 60)])
def test_other_shapes_keep_the_proportions(digit, shape):
    result = normalise_drawing(digit, shape)
    assert result.shape == shape[1:]
    assert (
        np.ptp(np.argwhere(result > 0.1), axis=0) + 1 <= np.round(np.array(shape[1:]) * 5 / 7)
    ).all()


def test_colour_models_get_the_middle_in_colour():
    wide = np.zeros((40, 100, 3), np.uint8)
    wide[:, 30:70] = (255, 128, 0)
    result = normalise_drawing(wide, (3, 32, 32))
    assert result.shape == (32, 32, 3)
    assert np.allclose(result, [1, 128 / 255, 0], atol=0.01)
    assert normalise_drawing(np.full((5, 5), 128, np.uint8), (3, 32, 32)).shape == (32, 32, 3)


@pytest.mark.parametrize("value", [0, 7, 255])
def test_an_empty_drawing_is_named(value):
    with pytest.raises(UserError, match="empty"):
        normalise_drawing(np.full((300, 300), value, np.uint8), GREY)
    with pytest.raises(UserError, match="empty"):
        normalise_drawing(np.zeros((30, 30, 4), np.uint8), GREY)


def test_a_picture_whose_ground_drowns_it_is_not_called_empty():
    noise = np.random.default_rng(0).integers(0, 256, (300, 300), np.uint8)
    with pytest.raises(UserError, match="ground"):
        normalise_drawing(noise, GREY)


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros(5, np.uint8),
        np.zeros((0, 5), np.uint8),
        np.zeros((3, 3, 7), np.uint8),
        np.array([["a"]]),
        np.array([[1, 2]], np.int64),
        np.array([[np.nan, 0.5]]),
        np.zeros((1, 30_000), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(picture):
    with pytest.raises(UserError, match=r"\.$"):
        normalise_drawing(picture, GREY)


@settings(max_examples=60, deadline=None)
@given(
    arrays(
        np.uint8,
        st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 4)),
        elements=st.sampled_from([0, 0, 0, 90, 200, 255]),
    ),
    st.sampled_from([GREY, (1, 33, 47), (3, 28, 28)]),
)
def test_any_picture_gives_a_picture_or_a_sentence(picture, shape):
    try:
        result = normalise_drawing(picture, shape)
    except UserError:
        return
    assert result.shape == (shape[1:] if shape[0] == 1 else (*shape[1:], 3))
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1
