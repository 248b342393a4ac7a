"""Noise stays typical, ends stay ends, and class weights stay weights, whatever comes in."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ganview.gan import latent

numbers = st.floats(-5, 5, width=32)
shares = st.floats(0, 1, width=32)


@st.composite
def pair(draw):
    """Two points (D,) with the same D."""
    size = draw(st.integers(2, 40))
    return tuple(draw(arrays(np.float32, size, elements=numbers)) for _ in range(2))


def typical(seed: int, count: int = 2, z_dim: int = 64) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, z_dim)).astype(np.float32)


def test_draws_depend_on_the_seed_alone_and_leave_torch_alone():
    state = torch.get_rng_state()
    first, second = latent.draw_z(5, 7, 3), latent.draw_z(5, 7, 3)
    assert first.shape == (5, 7)
    assert first.dtype == np.float32
    assert np.array_equal(first, second)
    assert not np.array_equal(first, latent.draw_z(5, 7, 4))
    labels = latent.draw_labels(4000, (0.5, 0.0, 0.25, 0.25), 1)
    assert labels.dtype == np.int64
    assert np.bincount(labels, minlength=4)[1] == 0
    assert abs(np.mean(labels == 0) - 0.5) < 0.05
    assert torch.equal(state, torch.get_rng_state())


def test_labels_need_classes():
    with pytest.raises(ValueError, match="no classes"):
        latent.draw_labels(3, (), 0)


@given(arrays(np.float32, (3, 5), elements=numbers), shares)
def test_truncation_scales(z, psi):
    assert np.allclose(latent.truncate(z, psi), z * psi, atol=1e-6)


@given(pair())
def test_both_interpolations_start_and_end_at_their_ends(points):
    a, b = points
    for between in (latent.lerp, latent.slerp):
        assert np.allclose(between(a, b, 0.0), a, atol=1e-4)
        assert np.allclose(between(a, b, 1.0), b, atol=1e-4)


@given(pair(), shares)
def test_interpolations_are_the_same_from_the_other_side(points, t):
    a, b = points
    for between in (latent.lerp, latent.slerp):
        assert np.allclose(between(a, b, t), between(b, a, 1 - t), atol=1e-3)


@given(st.integers(0, 2**31), st.floats(0, 1))
def test_arc_turns_at_constant_speed_and_keeps_the_norm(seed, t):
    a, b = typical(seed)
    b *= np.linalg.norm(a) / np.linalg.norm(b)
    point = latent.slerp(a, b, t)
    length = np.linalg.norm(a)
    assert np.isclose(np.linalg.norm(point), length, rtol=1e-4)
    whole = np.arccos(np.clip(a @ b / length**2, -1, 1))
    part = np.arccos(np.clip(a @ point / length**2, -1, 1))
    assert np.isclose(part, t * whole, atol=2e-3)


@given(pair(), shares)
def test_arc_norm_lies_between_its_ends(points, t):
    a, b = points
    norms = np.linalg.norm(a), np.linalg.norm(b)
    assert np.linalg.norm(latent.slerp(a, b, t)) <= max(norms) * (1 + 1e-3) + 1e-5


def test_arc_is_a_line_where_it_is_not_defined():
    a = np.array([1, 2, 3], np.float32)
    assert np.allclose(latent.slerp(a, -a, 0.25), a / 2)
    assert np.allclose(latent.slerp(np.zeros(3), a, 0.5), a / 2)
    assert np.allclose(latent.slerp(a, 2 * a, 0.5), 1.5 * a)


@given(st.integers(0, 1000), st.floats(0.01, 1.5))
def test_nearby_stays_typical_and_turns_by_the_step(seed, step):
    z = typical(seed, 1, 400)[0]
    around = latent.nearby(z, 50, step, seed + 1)
    norms = np.linalg.norm(around, axis=1)
    here = np.linalg.norm(z)  # this one's length, from which a large step leads to that of most
    assert 0.97 * min(here, 20) < norms.mean() < 1.03 * max(here, 20)
    assert np.allclose(latent.nearby(z, 3, 0.0), z)


@given(st.integers(0, 1000))
def test_arithmetic_is_a_sum_pulled_in(seed):
    a, b, c = typical(seed, 3)
    plain = latent.arithmetic(a, b, c, typical=False)
    assert np.allclose(plain, a - b + c, atol=1e-5)
    pulled = latent.arithmetic(a, b, c)
    longest = max(np.linalg.norm(v) for v in (a, b, c))
    assert np.linalg.norm(pulled) <= longest * (1 + 1e-4)
    assert np.isclose(pulled @ plain, np.linalg.norm(pulled) * np.linalg.norm(plain), rtol=1e-4)
    assert np.allclose(latent.arithmetic(a, b, b), a, atol=1e-5)


def test_path_visits_its_frames_and_stops_or_goes_round():
    frames = typical(1, 4)
    assert np.allclose(latent.interpolate_frames(frames, [0, 1, 2, 3]), frames, atol=1e-5)
    assert np.allclose(latent.interpolate_frames(frames, [-5, 99]), frames[[0, 3]], atol=1e-5)
    loop = latent.interpolate_frames(frames, [4, 5, -1, 3.5], closed=True)
    assert np.allclose(loop[:3], frames[[0, 1, 3]], atol=1e-5)
    assert np.allclose(loop[3], latent.slerp(frames[3], frames[0], 0.5), atol=1e-5)
    half = latent.interpolate_frames(frames, [0.5], spherical=False)
    assert np.allclose(half[0], frames[:2].mean(0), atol=1e-6)


def test_path_of_one_frame_rests_and_of_none_is_refused():
    frame = typical(1, 1)
    assert np.allclose(latent.interpolate_frames(frame, [0, 0.5, 7]), frame)
    assert np.allclose(latent.interpolate_frames(frame, [0, 0.5, 7], closed=True), frame, atol=1e-6)
    assert latent.interpolate_frames(frame, []).shape == (0, 64)
    with pytest.raises(ValueError, match="key frames"):
        latent.interpolate_frames(np.zeros((0, 3)), [0])


@given(arrays(np.float32, (4, 10), elements=st.floats(-1, 1, width=32)))
def test_mixes_sum_to_one(weights):
    mix = latent.normalise_mix(weights)
    assert np.allclose(mix.sum(1), 1, atol=1e-5)
    assert (mix >= 0).all()


def test_one_hot():
    assert np.array_equal(latent.one_hot([2, 0], 3), [[0, 0, 1], [1, 0, 0]])
    assert latent.one_hot(1, 4).shape == (4,)
    with pytest.raises(ValueError, match="0 to 2"):
        latent.one_hot([3], 3)


@given(st.integers(1, 20), st.floats(-2, 2), st.floats(-2, 2))
def test_pad_gives_weights_everywhere_and_the_class_itself_on_its_place(classes, x, y):
    mix = latent.ring_mix(x, y, classes)
    assert mix.shape == (classes,)
    assert np.isclose(mix.sum(), 1, atol=1e-5)
    for label, place in enumerate(latent.ring_places(classes)):
        assert latent.ring_mix(*place, classes).argmax() == label


def test_centre_of_the_pad_mixes_evenly():
    assert np.allclose(latent.ring_mix(0, 0, 10), 0.1, atol=1e-5)


def test_plane_covers_its_reach_row_by_row():
    field = latent.plane(np.zeros(3), [1, 0, 0], [0, 1, 0], 5, 3, 2.0)
    assert field.shape == (15, 3)
    assert np.allclose(field[0], [-2, -2, 0])
    assert np.allclose(field[4], [2, -2, 0])
    assert np.allclose(field[7], 0)


@given(st.integers(0, 1000))
def test_plane_through_points_holds_them(seed):
    points = typical(seed, 3, 8)
    centre, across, down = latent.plane_through(*points)
    assert np.isclose(across @ down, 0, atol=1e-5)
    for point in points:
        rest = point - centre
        rest = rest - (rest @ across) * across - (rest @ down) * down
        assert np.linalg.norm(rest) < 1e-3


def test_plane_through_points_on_a_line_has_no_second_direction():
    a = np.array([1, 1, 0], np.float32)
    _, across, down = latent.plane_through(a, 2 * a, 3 * a)
    assert np.isclose(np.linalg.norm(across), 1)
    assert np.linalg.norm(down) == 0
