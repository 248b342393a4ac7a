"""The explorer's state: moving, undo, locks, and taking over another generator's space."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganview.app.explorer.explorer_state import ExplorerState
from ganview.app.latent_point import BOUND, PSI_MAX, LatentPoint, LatentSpace, Part
from ganview.errors import UserError
from ganview.gan.explore.state_string import State

DIGITS = LatentSpace(6, tuple("0123456789"), (0.1,) * 10)


@pytest.fixture
def state() -> ExplorerState:
    return ExplorerState(DIGITS, seed=3)


def test_starts_at_gaussian_noise_and_the_first_class(state: ExplorerState) -> None:
    assert state.z.shape == (6,)
    assert np.abs(state.z).max() > 0
    assert state.label == 0
    assert not state.can_undo


def test_the_arrays_of_a_place_are_read_only(state: ExplorerState) -> None:
    with pytest.raises(ValueError, match="read-only"):
        state.z[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        state.place.weights[0] = 1.0


def test_watchers_hear_what_moved_once_and_nothing_when_nothing_did(state: ExplorerState) -> None:
    heard: list[Part] = []
    state.watch(heard.append)
    state.set_dimension(2, 1.5)
    state.set_dimension(2, 1.5)
    state.choose_class(4)
    state.set_psi(0.5)
    assert heard == [Part.NOISE, Part.CLASS, Part.DIVERSITY]


def test_one_gesture_is_one_undo_step(state: ExplorerState) -> None:
    before = state.z
    drag = object()
    for value in np.linspace(0, 3, 40):
        state.set_dimension(1, float(value), drag)
    state.set_dimension(1, -1.0)
    assert state.undo()
    assert state.z[1] == pytest.approx(3.0)
    assert state.undo()
    np.testing.assert_array_equal(state.z, before)
    assert not state.can_undo
    assert state.redo()
    assert state.redo()
    assert state.z[1] == pytest.approx(-1.0)
    assert not state.redo()


def test_a_drag_that_came_back_is_no_step(state: ExplorerState) -> None:
    before = state.z
    state.set_psi(0.5)
    drag = object()
    state.set_dimension(0, 2.0, drag)
    state.set_dimension(0, float(before[0]), drag)
    assert state.undo()
    assert state.place.psi == 1.0


def test_a_new_step_forgets_what_was_taken_back(state: ExplorerState) -> None:
    state.choose_class(3)
    state.undo()
    state.choose_class(5)
    assert not state.can_redo


def test_effective_noise_is_scaled_by_the_diversity(state: ExplorerState) -> None:
    state.set_psi(0.5)
    np.testing.assert_allclose(state.place.effective_z(), state.z * 0.5)
    state.set_psi(99)
    assert state.place.psi == PSI_MAX


def test_locked_dimensions_stay_where_they_are(state: ExplorerState) -> None:
    state.lock(2, True)
    held = float(state.z[2])
    state.randomise()
    state.mirror()
    state.reset()
    near = state.nearby(9, 0.4)
    assert near.shape == (9, 6)
    assert float(state.z[2]) == held
    assert np.all(near[:, 2] == np.float32(held))
    assert np.count_nonzero(state.z) == 1
    state.set_dimension(2, 0.25)
    assert state.z[2] == 0.25


def test_nearby_keeps_the_spread_of_gaussian_noise() -> None:
    state = ExplorerState(LatentSpace(512), seed=0)
    near = state.nearby(40, 0.35)
    assert near.std() == pytest.approx(1.0, abs=0.05)
    cosine = near @ state.z / (np.linalg.norm(near, axis=1) * np.linalg.norm(state.z))
    assert cosine.mean() == pytest.approx(np.sqrt(1 - 0.35**2), abs=0.05)


def test_mirroring_one_dimension_changes_its_sign(state: ExplorerState) -> None:
    before = state.z
    state.mirror(3)
    assert state.z[3] == -before[3]
    assert np.array_equal(np.delete(state.z, 3), np.delete(before, 3))


def test_any_draws_by_the_training_frequencies_and_random_draws_again() -> None:
    state = ExplorerState(LatentSpace(2, ("a", "b", "c"), (0.0, 0.25, 0.75)), seed=1)
    labels = []
    state.choose_any()
    for _ in range(200):
        assert state.place.class_is_random
        labels.append(state.label)
        state.randomise()
    assert set(labels) == {1, 2}
    assert 0.65 < labels.count(2) / 200 < 0.85
    state.choose_class(0)
    state.randomise()
    assert state.label == 0


def test_mixing_scales_to_one_and_refuses_nothing_at_all(state: ExplorerState) -> None:
    assert state.mix([0, 2, 0, 0, 6, 0, 0, 0, 0, -1])
    assert state.place.mixed
    assert state.label == 4
    np.testing.assert_allclose(state.place.weights[[1, 4]], [0.25, 0.75])
    assert not state.mix([0.0] * 10)
    assert state.label == 4


def test_a_generator_without_classes() -> None:
    state = ExplorerState(LatentSpace(4), seed=0)
    assert state.label is None
    assert not state.choose_any()
    assert state.randomise()


def test_a_place_of_another_space_is_refused_in_a_sentence(state: ExplorerState) -> None:
    with pytest.raises(UserError, match="4 noise dimensions"):
        state.move(LatentPoint(np.zeros(4), np.zeros(10)))
    assert not state.can_undo


def test_adopting_the_same_shape_keeps_the_place_and_the_undo(state: ExplorerState) -> None:
    state.choose_class(7)
    z = state.z
    state.adopt(LatentSpace(6, tuple("abcdefghij")))
    np.testing.assert_array_equal(state.z, z)
    assert state.label == 7
    assert state.can_undo


def test_adopting_another_shape_starts_afresh(state: ExplorerState) -> None:
    state.choose_class(7)
    state.lock(1, True)
    heard: list[Part] = []
    state.watch(heard.append)
    state.adopt(LatentSpace(512, ("cat", "dog")))
    assert state.z.shape == (512,)
    assert state.label == 0
    assert not state.can_undo
    assert not state.locked.any()
    assert len(heard) == 1
    assert Part.SPACE in heard[0]


def test_each_source_gets_its_place_undo_and_locks_back(state: ExplorerState) -> None:
    state.adopt(state.space, "first")
    state.choose_class(7)
    state.lock(1, True)
    there = state.place
    state.adopt(state.space, "second")
    assert state.place is there, "a source that is new begins where the hand is"
    assert not state.can_undo
    state.choose_class(3)
    state.lock(2, True)
    state.adopt(LatentSpace(4), "third")
    heard: list[Part] = []
    state.watch(heard.append)
    state.adopt(DIGITS, "first")
    assert state.place is there
    assert state.locked.tolist() == [False, True, False, False, False, False]
    assert Part.PLACE in heard[-1]
    assert state.undo()
    assert state.label == 0
    state.adopt(DIGITS, "second")
    assert state.label == 3
    assert state.locked[2]
    state.undo()
    assert state.label == 7


def test_a_model_of_the_same_source_keeps_all(state: ExplorerState) -> None:
    state.adopt(state.space, "a run")
    state.choose_class(7)
    heard: list[Part] = []
    state.watch(heard.append)
    state.adopt(state.space, "a run")
    assert heard == []
    assert state.can_undo


@given(st.lists(st.floats(width=32), min_size=6, max_size=6))
def test_any_number_at_all_becomes_a_finite_place(values: list[float]) -> None:
    state = ExplorerState(DIGITS, seed=0)
    state.set_z(values)
    assert np.isfinite(state.z).all()
    assert np.abs(state.z).max() <= BOUND


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(-3, 3, width=32)), max_size=30))
def test_undoing_everything_comes_back_to_the_start(moves: list[tuple[int, float]]) -> None:
    state = ExplorerState(DIGITS, seed=0)
    start = state.z
    for index, value in moves:
        state.set_dimension(index, value)
    end = state.z
    while state.undo():
        pass
    np.testing.assert_array_equal(state.z, start)
    while state.redo():
        pass
    np.testing.assert_array_equal(state.z, end)


def test_who_asks_for_pictures_is_told_first() -> None:
    state, told = ExplorerState(LatentSpace(4), seed=0), []
    state.watch(lambda _parts: told.append("label"))
    state.watch(lambda _parts: told.append("pictures"), first=True)
    state.randomise()
    assert told == ["pictures", "label"]


def test_a_state_beyond_the_sliders_is_known_to_be_out_of_reach() -> None:
    z = np.array([2.0, -3.0], np.float32)
    assert LatentPoint.can_hold(State(z, np.zeros(0, np.float32), psi=1.5))
    assert LatentPoint.can_hold(State(z, np.zeros(0, np.float32), psi=3.0))
    assert not LatentPoint.can_hold(State(z, np.zeros(0, np.float32), psi=10.0))
    assert not LatentPoint.can_hold(State(4 * z, np.zeros(0, np.float32)))
