"""Pictures and the text in them."""

from __future__ import annotations

import io
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ganview.errors import UserError
from ganview.files.png import MAX_TEXT, decode_png, encode_png, write_png

SIDES = st.integers(1, 9)
PICTURES = st.tuples(SIDES, SIDES).flatmap(lambda s: hnp.arrays(np.uint8, s)) | st.tuples(
    SIDES, SIDES, st.just(3)
).flatmap(lambda s: hnp.arrays(np.uint8, s))
# PNG's keys are Latin-1 without controls; values are any Unicode
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50)


@given(image=PICTURES, text=st.dictionaries(KEYS, VALUES, max_size=2))
def test_round_trip(image, text):
    pixels, found = decode_png(encode_png(image, text))
    assert pixels.dtype == np.uint8
    assert (pixels == image).all()
    assert found == text


@given(data=st.data())
@settings(max_examples=200)
def test_mutations_raise_only_user_errors(data):
    bad = bytearray(encode_png(np.arange(64, dtype=np.uint8).reshape(8, 8), {"ganview": "{}"}))
    for _ in range(data.draw(st.integers(1, 3))):
        bad[data.draw(st.integers(0, len(bad) - 1))] = data.draw(st.integers(0, 255))
    with suppress(UserError):
        decode_png(bytes(bad[: data.draw(st.integers(0, len(bad)))]))


def test_other_formats_are_refused(tmp_path):
    Image.new("L", (4, 4)).save(tmp_path / "a.gif")
    with pytest.raises(UserError, match=r"a\.gif is not a PNG\.$"):
        decode_png(tmp_path / "a.gif")


def test_long_texts(tmp_path):
    with pytest.raises(ValueError, match="too long"):
        encode_png(np.zeros((2, 2), np.uint8), {"a": "x" * (MAX_TEXT + 1)})
    info = PngInfo()
    info.add_itxt("long", "x" * (MAX_TEXT + 1))
    info.add_itxt("bomb", "x" * (2**21), zip=True)
    out = io.BytesIO()
    Image.new("L", (4, 4)).save(out, "PNG", pnginfo=info)
    with suppress(UserError):
        assert decode_png(out.getvalue())[1] == {}


@pytest.mark.parametrize("shape", [(4,), (4, 4, 4), (2, 2, 2, 3)])
def test_what_is_no_picture(shape):
    with pytest.raises(ValueError, match="a picture is"):
        encode_png(np.zeros(shape, np.uint8))


def test_write(tmp_path):
    write_png(tmp_path / "a.png", np.zeros((2, 3, 3), np.uint8), {"k": "ψ"})
    pixels, text = decode_png(tmp_path / "a.png")
    assert pixels.shape == (2, 3, 3)
    assert text == {"k": "ψ"}
