from __future__ import annotations

import threading

import numpy as np
import pytest

from ganview.gan.trainer import StepStats
from ganview.runtime.history import COLUMNS, FIRST_CAPACITY, History


def stats(step: int) -> StepStats:
    return StepStats(step, 64 * step, 0.1 * step, 2.0, 0.6, 0.4, 3.0, 4.0, 0.01)


def filled(count: int) -> History:
    history = History()
    for step in range(1, count + 1):
        history.append(stats(step), 0.5 * step)
    return history


def test_every_step_is_kept_in_order_beyond_the_first_capacity():
    count = 2 * FIRST_CAPACITY + 3
    view = filled(count).view()
    assert tuple(view) == COLUMNS
    np.testing.assert_array_equal(view["step"], np.arange(1, count + 1))
    np.testing.assert_array_equal(view["images_seen"], 64 * view["step"])
    np.testing.assert_array_equal(view["seconds"], 0.5 * view["step"])
    np.testing.assert_allclose(view["loss_d"], 0.1 * view["step"])


def test_a_view_is_read_only_and_stays_as_it_was():
    history = filled(3)
    before = history.view()
    history.rewind(1)
    history.append(stats(77), 9.0)
    np.testing.assert_array_equal(before["step"], [1, 2, 3])
    np.testing.assert_array_equal(history.view()["step"], [1, 77])
    with pytest.raises(ValueError, match="read-only"):
        before["step"][0] = 5


def test_another_envelope_tells_that_rows_are_gone():
    history = filled(5)
    past = history.envelope("loss_d")
    history.append(stats(6), 9.0)
    history.rewind(9)
    assert history.envelope("loss_d") is past
    history.rewind(3)
    assert history.envelope("loss_d") is not past
    assert len(history) == 3
    history.rewind(0)
    assert history.last() is None
    assert all(len(column) == 0 for column in history.view().values())


def test_last_row_by_name():
    last = filled(4).last()
    assert last is not None
    assert (last["step"], last["grad_norm_g"]) == (4, 4.0)


def test_loaded_rows_are_those_of_the_run_as_it_went_in_the_end():
    history = filled(2)
    steps = np.array([1, 2, 3, 4, 3, 4, 5], float)  # went back to 2 after 4
    history.load({"step": steps, "loss_d": np.arange(7.0), "quality": np.zeros(7)})
    view = history.view()
    np.testing.assert_array_equal(view["step"], [1, 2, 3, 4, 5])
    np.testing.assert_array_equal(view["loss_d"], [0, 1, 4, 5, 6])
    assert np.isnan(view["loss_g"]).all()
    history.append(stats(6), 1.0)
    assert len(history) == 6
    history.load({})
    assert len(history) == 0


def test_reader_sees_whole_rows_while_a_writer_appends():
    history = History()
    done = threading.Event()

    def write() -> None:
        for step in range(1, 3 * FIRST_CAPACITY):
            history.append(stats(step), step)
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    finished = False
    while not finished:
        finished = done.is_set()
        view = history.view()
        assert len({len(column) for column in view.values()}) == 1
        np.testing.assert_array_equal(view["step"], np.arange(1, len(view["step"]) + 1))
        np.testing.assert_array_equal(view["seconds"], view["step"])
    thread.join()
    assert len(history) == 3 * FIRST_CAPACITY - 1


def test_envelopes_are_there_with_what_was_loaded_and_begin_anew_when_rows_go() -> None:
    history = History()
    columns = {"step": np.arange(1.0, 1001), "loss_d": np.linspace(0, 1, 1000)}
    history.load(columns)
    envelope = history.envelope("loss_d")
    assert envelope.mean_of(0, 1000) == pytest.approx(0.5)
    assert history.envelope("loss_d") is envelope
    history.rewind(500)
    assert history.envelope("loss_d") is not envelope
    assert len(history.envelope("loss_d")) == 0
