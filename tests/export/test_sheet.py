"""Sheets: every pixel of every picture is where it belongs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ganview.errors import UserError
from ganview.export.sheet import CAPTION_HEIGHT, tile_images

SIDES = st.integers(1, 6)
GREY = st.tuples(st.integers(1, 9), SIDES, SIDES)
SHAPES = GREY | GREY.map(lambda shape: (*shape, 3))


@given(
    images=SHAPES.flatmap(lambda shape: hnp.arrays(np.uint8, shape)),
    columns=st.integers(1, 5),
    zoom=st.integers(1, 3),
    gap=st.integers(0, 3),
    background=st.integers(0, 255),
    captioned=st.booleans(),
)
def test_every_picture_is_in_its_place(images, columns, zoom, gap, background, captioned):
    captions = [""] * len(images) if captioned else None
    sheet = tile_images(
        images, columns, zoom=zoom, gap=gap, background=background, captions=captions
    )
    count, height, width = images.shape[:3]
    below = CAPTION_HEIGHT if captioned else 0
    down, across = height * zoom + below + gap, width * zoom + gap
    rows = -(-count // columns)
    assert sheet.shape == (rows * down - gap, columns * across - gap, *images.shape[3:])
    assert sheet.flags.c_contiguous
    rest = np.ones(sheet.shape[:2], bool)
    for i, image in enumerate(images):
        top, left = i // columns * down, i % columns * across
        place = np.s_[top : top + height * zoom, left : left + width * zoom]
        assert (sheet[place][::zoom, ::zoom] == image).all()
        assert (sheet[place][zoom - 1 :: zoom, zoom - 1 :: zoom] == image).all()
        rest[place] = False
    assert (sheet[rest] == background).all()


@pytest.mark.parametrize(("background", "shade"), [("dark", 0), ("light", 255)])
def test_captions_are_drawn_on_either_ground(background, shade):
    images = np.full((2, 28, 28), 128, np.uint8)
    sheet = tile_images(images, 2, gap=2, background=background, captions=["7", ""])
    bands = sheet[28:]
    assert bands[:, :28].std() > 20
    assert abs(int(bands[:, :28].max()) - int(bands[:, :28].min())) > 200
    assert (bands[:, 28:] == shade).all()
    assert bands.shape == (CAPTION_HEIGHT, 58)


def test_a_long_caption_stays_in_its_column():
    images = np.zeros((2, 28, 28, 3), np.uint8)
    sheet = tile_images(images, 2, background=255, captions=["W" * 50, ""])
    assert (sheet[28:, 28:] == 255).all()


@pytest.mark.parametrize("text", ["ñandú", "éàü", "Ж", "λ"])
def test_accents_and_other_alphabets_are_letters_and_no_boxes(text):
    drawn = [
        tile_images(np.zeros((1, 28, 60), np.uint8), 1, captions=[letter])[28:] for letter in text
    ]
    assert all(letter.any() for letter in drawn)
    assert len({letter.tobytes() for letter in drawn}) == len(set(text))


@pytest.mark.parametrize("text", ["犬", "a😀"])
def test_letters_without_a_glyph_are_named(text):
    with pytest.raises(UserError, match=f"'{text[-1]}'"):
        tile_images(np.zeros((1, 28, 28), np.uint8), 1, captions=[text])


@pytest.mark.parametrize(
    "arguments",
    [
        {"columns": 0},
        {"zoom": 0},
        {"gap": -1},
        {"captions": ["one"]},
        {"zoom": 10_000},
    ],
)
def test_what_makes_no_sheet(arguments):
    with pytest.raises((UserError, ValueError), match=r"at least|captions|too large"):
        tile_images(np.zeros((2, 28, 28), np.uint8), **{"columns": 2, **arguments})


@pytest.mark.parametrize(
    "images", [np.zeros((0, 2, 2), np.uint8), np.zeros((2, 2), np.uint8), np.zeros((1, 2, 2))]
)
def test_what_is_no_picture(images):
    with pytest.raises(ValueError, match="pictures are"):
        tile_images(images, 1)
