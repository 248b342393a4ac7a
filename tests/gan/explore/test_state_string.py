"""A state survives the journey through text exactly; everything else is refused in a sentence."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ganview.errors import UserError
from ganview.gan.explore.state_string import PREFIX, State, check_fits, decode_state, encode_state
from ganview.gan.latent import draw_z, normalise_mix, one_hot

sigmas = st.floats(-10, 10, width=32)


@st.composite
def states(draw):
    """Anything that the explorer can hold."""
    z = draw(arrays(np.float32, st.integers(1, 512), elements=sigmas))
    classes = draw(st.integers(0, 12))
    kind = draw(st.sampled_from(["one", "mix"])) if classes else "none"
    weights = np.zeros(0, np.float32)
    if kind == "one":
        weights = one_hot(draw(st.integers(0, classes - 1)), classes)
    elif kind == "mix":
        weights = normalise_mix(
            draw(arrays(np.float32, classes, elements=st.floats(0, 1, width=32)))
        )
    psi = draw(st.floats(0, 1.5, width=32))
    model = draw(st.binary(min_size=4, max_size=4)).hex()
    return State(z, weights, draw(st.booleans()), psi, model)


@given(states())
def test_round_trip_is_exact(state):
    text = encode_state(state)
    back = decode_state(text)
    assert np.array_equal(back.z, state.z)
    assert np.array_equal(back.weights, state.weights)
    assert (back.drawn, back.psi, back.model) == (state.drawn, state.psi, state.model)
    assert back == state
    assert hash(back) == hash(state)
    assert text.isascii()
    assert text.isprintable()
    assert " " not in text


def test_it_is_compact():
    state = State(draw_z(1, 64, 0)[0], one_hot(4, 10))
    assert len(encode_state(state)) < 400
    assert len(encode_state(State(np.zeros(64, np.float32), one_hot(4, 10)))) < 220


def test_broken_lines_and_blanks_around_are_mended():
    state = State(draw_z(1, 64, 0)[0], one_hot(4, 10))
    text = encode_state(state)
    folded = "\n> ".join(text[i : i + 60] for i in range(0, len(text), 60)).replace("> ", "  ")
    assert decode_state(f"  {folded}\n") == state


@given(states(), st.data())
def test_one_wrong_letter_or_a_lost_end_is_noticed(state, data):
    text = encode_state(state)
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("ABCxyz019-_"))
    changed = text[:at] + letter + text[at + 1 :]
    if changed != text and at < len(text) - 1:  # the last letter has bits that mean nothing
        with pytest.raises(UserError, match=r"\.$"):
            decode_state(changed)
    with pytest.raises(UserError, match=r"\.$"):
        decode_state(text[:at])


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200).map(lambda b: PREFIX + b.hex())))
def test_any_text_is_a_state_or_a_sentence(text):
    with pytest.raises(UserError, match=r"\.$"):
        decode_state(text)


def forge(version=1, flags=0, z=(0.5,), weights=(1.0,), psi=1.0, z_dim=None, classes=None) -> str:
    """Pack a state with a correct checksum, whatever it says."""
    z_dim = len(z) if z_dim is None else z_dim
    classes = len(weights) if classes is None else classes
    packed = struct.pack("<BBHHf4s", version, flags, z_dim, classes, psi, b"abcd")
    packed += np.array(z, "<f4").tobytes() + np.array(weights, "<f4").tobytes()
    packed += struct.pack("<I", zlib.crc32(packed))
    return PREFIX + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def test_forging_works():
    assert decode_state(forge()).z.tolist() == [0.5]


@pytest.mark.parametrize(
    "forged",
    [
        {"version": 2},
        {"flags": 8},
        {"flags": 4, "weights": ()},
        {"z_dim": 60_000},
        {"classes": 60_000},
        {"z": (), "z_dim": 0},
        {"z": (np.nan,)},
        {"z": (np.inf,)},
        {"z": (1e9,)},
        {"psi": np.nan},
        {"psi": -1},
        {"weights": (np.nan, 1)},
        {"weights": (-1, 2)},
        {"weights": (0.2, 0.2)},
    ],
)
def test_impossible_numbers_are_refused(forged):
    with pytest.raises(UserError, match=r"\.$"):
        decode_state(forge(**forged))


def test_a_label_beyond_the_classes_is_refused():
    packed = struct.pack("<BBHHf4s", 1, 4, 1, 3, 1.0, b"abcd") + struct.pack("<fH", 0.5, 3)
    packed += struct.pack("<I", zlib.crc32(packed))
    with pytest.raises(UserError, match="class"):
        decode_state(PREFIX + base64.urlsafe_b64encode(packed).decode())


def test_endless_text_is_refused_without_reading_it():
    with pytest.raises(UserError, match="too long"):
        decode_state(PREFIX + "A" * 5_000_000)


def test_a_state_of_another_model_is_refused():
    state = State(np.zeros(8, np.float32), one_hot(1, 3), model="0123abcd")
    check_fits(state, 8, 3, "0123abcd")
    with pytest.raises(UserError, match="8 noise dimensions and 3 classes"):
        check_fits(state, 9, 3, "0123abcd")
    with pytest.raises(UserError, match="0123abcd"):
        check_fits(state, 8, 3, "ffffffff")
