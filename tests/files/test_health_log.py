from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganview.files.health_log import append_samples, read_new_samples, read_samples
from ganview.files.log_position import LogPosition
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from ganview.gan.health_sample import HealthSample, LayerHealth
from ganview.runtime.run_view import FolderRun


def sample(step: int) -> HealthSample:
    layers = {"G": {"up": LayerHealth(0.123456789, 1e-7)}, "D": {}}
    return HealthSample(step, layers, [0.5, 1.0], [0.25], 0.9, 2e-4, 0.0)


def test_what_is_written_is_read_with_five_digits(tmp_path: Path) -> None:
    log = tmp_path / "health.jsonl"
    assert read_samples(log) == []
    append_samples(log, [sample(1), sample(4)])
    append_samples(log, [sample(9)])
    found = read_samples(log)
    assert [it.step for it in found] == [1, 4, 9]
    assert found[0].layers["G"]["up"] == (0.12346, 1e-7)
    assert found[0].real == [0.5, 1.0]


def test_a_step_that_was_done_again_counts_as_it_was_the_last_time(tmp_path: Path) -> None:
    log = tmp_path / "health.jsonl"
    append_samples(log, [sample(step) for step in (1, 4, 9, 4)])
    assert [it.step for it in read_samples(log)] == [1, 4]


def test_who_follows_a_log_reads_what_is_new(tmp_path: Path) -> None:
    log = tmp_path / "health.jsonl"
    position = LogPosition(log)
    assert read_new_samples(position) == ([], True)
    append_samples(log, [sample(1), sample(4)])
    assert [it.step for it in read_new_samples(position)[0]] == [1, 4]
    assert read_new_samples(position) == ([], False)
    with log.open("ab") as file:
        file.write(b'{"step":6')
    assert read_new_samples(position) == ([], False)
    append_samples(log, [sample(9)])
    found, starts_over = read_new_samples(position)
    assert ([it.step for it in found], starts_over) == ([9], False)
    log.write_bytes(b"")
    append_samples(log, [sample(2)])
    found, starts_over = read_new_samples(position)
    assert ([it.step for it in found], starts_over) == ([2], True)


def test_the_health_of_a_run_that_goes_back_is_followed(tmp_path: Path) -> None:
    with RunFolder.create(tmp_path / "run", TrainConfig()) as folder:
        follower = FolderRun(folder.path)
        for steps in ((1, 5), (9,), (7,)):
            folder.append_health([sample(step) for step in steps])
            follower.refresh()
            assert follower.health.samples() == folder.health()
        folder.forget_after(5)
        follower.refresh()
        assert [it.step for it in follower.health.samples()] == [1, 5]


def test_what_is_not_finite_is_read_as_not_a_number(tmp_path: Path) -> None:
    log, nan, inf = tmp_path / "health.jsonl", float("nan"), float("inf")
    layers = {"G": {"up": LayerHealth(inf, nan)}, "D": {"in": LayerHealth(1.0, nan)}}
    append_samples(log, [HealthSample(7, layers, [nan, 0.5], [-inf], nan, 2e-4, 0.0), sample(8)])
    wild, after = read_samples(log)
    assert np.isnan([*wild.layers["G"]["up"], wild.layers["D"]["in"].ratio, wild.variety]).all()
    assert wild.layers["D"]["in"].gradient == 1.0
    np.testing.assert_equal([wild.real, wild.fake], [[nan, 0.5], [nan]])
    assert after.step == 8


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b'{"step":1}',
        b"\xff\xfe",
        b'{"step":-1,"layers":{},"real":[],"fake":[],"variety":0,"learning_rate":0,"gamma":0}',
        b'{"step":1,"layers":{},"real":[1e200],"fake":[],"variety":0,"learning_rate":0,"gamma":0}',
        b'{"step":1,"layers":{},"real":[],"fake":[],"variety":"1","learning_rate":0,"gamma":0}',
    ],
)
def test_a_line_that_makes_no_sense_is_skipped(tmp_path: Path, line: bytes) -> None:
    log = tmp_path / "health.jsonl"
    append_samples(log, [sample(1)])
    with log.open("ab") as file:
        file.write(line + b"\n")
    append_samples(log, [sample(2)])
    assert [it.step for it in read_samples(log)] == [1, 2]


@given(junk=st.binary(max_size=200))
def test_any_end_of_a_log_leaves_what_was_before(tmp_path_factory, junk: bytes) -> None:
    log = tmp_path_factory.mktemp("log") / "health.jsonl"
    append_samples(log, [sample(1), sample(2)])
    with log.open("ab") as file:
        file.write(junk)
    assert [it.step for it in read_samples(log)][:1] == [1]


def test_a_folder_keeps_forgets_and_hands_on(tmp_path: Path) -> None:
    with RunFolder.create(tmp_path / "a", TrainConfig()) as run:
        run.append_health([sample(step) for step in (1, 5, 9)])
        run.forget_after(5)
        assert [it.step for it in run.health()] == [1, 5]
        with RunFolder.create(tmp_path / "b", TrainConfig()) as branch:
            branch.take_past(run, 3)
            assert [it.step for it in branch.health()] == [1]
