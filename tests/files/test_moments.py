"""The series of moments of a run: bounded, whatever is thrown at it, and never torn."""

from __future__ import annotations

import errno
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganview.files.atomic import WriteError
from ganview.files.grid_text import read_beliefs
from ganview.files.moment_info import Mark, Moment
from ganview.files.moments import INDEX, MOST, Moments, surplus
from ganview.files.png import decode_png
from ganview.files.run_files import MOMENTS

GRID = np.zeros((2, 2), np.uint8)


@given(
    st.sets(st.integers(0, 10**7), max_size=60).map(sorted),
    st.integers(2, 30),
    st.sets(st.integers(0, 59), max_size=10),
)
def test_what_goes_is_never_first_last_or_kept(steps, most, indices):
    kept = {steps[at] for at in indices if at < len(steps)}
    gone = set(surplus(steps, most, kept))
    assert not gone & {*steps[:1], *steps[-1:], *kept}
    left = len(steps) - len(gone)
    assert left == min(len(steps), most) or left <= len(kept) + 2


def test_a_long_series_stays_dense_at_its_beginning_and_even_later():
    left: list[int] = []
    for step in range(0, 100_000, 100):
        left.append(step)
        for gone in surplus(left, 50, ()):
            left.remove(gone)
    gaps = np.diff(np.cbrt(left))
    assert gaps[1:].max() < 3 * np.median(gaps)  # the first two are as near as steps are
    assert sum(step < 10_000 for step in left) > 15


@pytest.fixture
def series(tmp_path, monkeypatch):
    monkeypatch.setitem(MOST, "samples", 5)
    return Moments(tmp_path)


def test_named_first_and_best_moments_stay(series, tmp_path):
    for step in range(0, 40, 2):
        series.add(Moment(step, step / 10, GRID, None, name="mine" if step == 6 else ""))
        if step == 20:
            series.mark(Mark(20, "best"))
    steps = [info.step for info in series.infos]
    assert {0, 6, 20, 38} <= set(steps)
    assert len(steps) <= 5
    again = Moments(tmp_path)
    assert again.infos == series.infos
    assert {info.name for info in again.infos if info.step == 6} == {"mine"}
    assert [info.seconds for info in again.infos if info.step == 6] == [0.6]


def test_the_newest_that_is_not_after_a_step_is_found(series):
    for step in (0, 10, 20):
        series.add(Moment(step, 0.0, GRID, None))
    assert series.file("samples", 15).stem == "000000010"
    assert series.file("samples", 20).stem == "000000020"
    assert series.file("model", 20) is None


def test_a_reader_sees_what_a_writer_adds(series, tmp_path):
    reader = Moments(tmp_path)
    assert not reader.refresh()
    series.add(Moment(3, 1.0, GRID, None))
    assert reader.refresh()
    assert [info.step for info in reader.infos] == [3]


def test_a_run_that_went_back_keeps_the_mark_of_it(series):
    for step in (0, 10, 20):
        series.add(Moment(step, 0.0, GRID, None))
    series.mark(Mark(20, "divergence", "back to 10"))
    series.mark(Mark(20, "best"))
    series.forget_after(10)
    assert [info.step for info in series.infos] == [0, 10]
    assert [mark.kind for mark in series.infos[-1].marks] == ["divergence"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"moments": {"x": {}}}', json.dumps({"marks": [{"step": "a"}]})]
)
def test_a_damaged_index_costs_names_and_no_picture(series, tmp_path, text):
    series.add(Moment(5, 1.0, GRID, None, name="mine"))
    (tmp_path / MOMENTS / INDEX).write_text(text)
    assert [(info.step, info.name) for info in Moments(tmp_path).infos] == [(5, "")]


def test_the_whole_series_is_cleared(series, tmp_path):
    series.add(Moment(5, 1.0, GRID, None))
    series.clear()
    assert series.infos == ()
    assert not list((tmp_path / MOMENTS).iterdir())


def test_a_grid_that_is_only_shown_goes_with_the_next(series, tmp_path):
    series.add(Moment(0, 0.0, GRID, None))
    for step in (10, 20):
        series.show(Moment(step, step / 10, GRID))
        assert [info.step for info in series.infos] == [0, step]
    series.add(Moment(30, 3.0, GRID, None))
    series.show(Moment(30, 3.0, GRID))  # which was added is not taken away again
    series.show(Moment(25, 2.5, GRID))  # a newer one was kept before it was written
    series.show(Moment(40, 4.0, GRID))
    series.show(Moment(40, 4.0, GRID))
    assert [info.step for info in series.infos] == [0, 30, 40]
    series.show(Moment(50, 5.0, GRID))
    assert [info.step for info in Moments(tmp_path).infos] == [0, 30, 50]
    pictures = {path.name for path in (tmp_path / MOMENTS).glob("*.png")}
    assert pictures == {"000000000.png", "000000030.png", "000000050.png"}


def test_what_is_shown_pushes_nothing_out(series):
    for step in range(0, 50, 10):
        series.add(Moment(step, step / 10, GRID, None))
    series.show(Moment(45, 4.5, GRID))
    before = [info.step for info in series.infos]
    for step in range(46, 60):
        series.show(Moment(step, step / 10, GRID))
    assert [info.step for info in series.infos][:-1] == before[:-1]


def test_beliefs_are_in_the_picture(series, tmp_path):
    beliefs = np.array([[0.25, np.nan], [1, 0]], np.float32)
    series.add(Moment(1, 0.1, GRID, None, beliefs=beliefs))
    text = decode_png(tmp_path / MOMENTS / "000000001.png")[1]
    np.testing.assert_array_equal(read_beliefs(text, 4), beliefs.ravel())
    assert read_beliefs(text, 3) is None
    assert read_beliefs({}, 4) is None


@given(st.text(max_size=30))
def test_senseless_beliefs_are_none(text):
    found = read_beliefs({"ganview-beliefs": text}, 1)
    assert found is None or (len(found) == 1 and isinstance(found[0], float))
    assert read_beliefs({"ganview-beliefs": "[1" + "0" * 400 + "]"}, 1) is None


def full(path, *_data, **_how):
    raise WriteError(path, OSError(errno.ENOSPC, "No space left on device"))


def test_a_mark_that_could_not_be_written_is_written_when_tried_again(
    series, tmp_path, monkeypatch
):
    series.add(Moment(5, 1.0, GRID, None))
    mark = Mark(5, "collapse", "all alike")
    with monkeypatch.context() as patch:
        patch.setattr("ganview.files.moments.write_bytes", full)
        with pytest.raises(WriteError):
            series.mark(mark)
    series.mark(mark)
    assert Moments(tmp_path).infos[0].marks == (mark,)


def test_a_series_that_could_not_go_back_does_when_tried_again(series, tmp_path, monkeypatch):
    for step in (0, 10, 20):
        series.add(Moment(step, 0.0, GRID, None, name=f"n{step}"))
    series.mark(Mark(20, "best"))
    whole = series.infos
    with monkeypatch.context() as patch:
        patch.setattr("ganview.files.moments.write_bytes", full)
        with pytest.raises(WriteError):
            series.forget_after(10)
    series.refresh()
    assert series.infos == whole == Moments(tmp_path).infos
    series.forget_after(10)
    assert series.infos == whole[:2] == Moments(tmp_path).infos
    assert "best" not in (tmp_path / MOMENTS / INDEX).read_text()


def test_a_file_that_could_not_be_removed_is_still_there(series, tmp_path, monkeypatch):
    for step in (0, 10, 20):
        series.add(Moment(step, 0.0, GRID, None))
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.unlink", full)
        with pytest.raises(WriteError):
            series.forget_after(0)
    assert [step for step, _ in series.files("samples")] == [0, 10, 20]
    series.forget_after(0)
    assert [info.step for info in series.infos] == [0] == [i.step for i in Moments(tmp_path).infos]


def test_a_moment_that_could_not_be_written_is_not_there(series, monkeypatch):
    series.add(Moment(0, 0.0, GRID, None))
    with monkeypatch.context() as patch:
        patch.setattr("ganview.files.moments.write_png", full)
        for keep in (series.add, series.show):
            with pytest.raises(WriteError):
                keep(Moment(10, 1.0, GRID))
    series.mark(Mark(0, "best"))
    assert [info.step for info in series.infos] == [0]
