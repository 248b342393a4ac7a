"""The numbers of a run in lines and columns: moved, cut, followed and thinned."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganview.errors import UserError
from ganview.files import run_metrics
from ganview.files.run_files import COLUMNS, METRICS
from ganview.files.run_metrics import RunMetrics
from ganview.files.tensor_file import write_tensors
from ganview.runtime.history import History


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_metrics, "COMPACT_BYTES", 2000)
    monkeypatch.setattr(run_metrics, "KEPT_LINES", 5)


def row(step: int, loss: float = 0.25) -> dict[str, float | None]:
    return {"step": step, "images_seen": 16 * step, "seconds": step / 8, "loss_d": loss}


def steps_of(metrics: RunMetrics) -> list[int]:
    return [int(step) for step in metrics.read().get("step", ())]


def test_old_rows_move_to_columns_and_nothing_is_lost(tmp_path: Path) -> None:
    metrics = RunMetrics(tmp_path)
    for step in range(1, 301):
        metrics.append([row(step, step / 256)])
        assert (tmp_path / METRICS).stat().st_size < 2200
    assert (tmp_path / COLUMNS).exists()
    found = metrics.read()
    assert found["step"].tolist() == list(range(1, 301))
    assert found["images_seen"].tolist() == [16 * step for step in range(1, 301)]
    assert found["loss_d"].tolist() == [step / 256 for step in range(1, 301)]
    last = (tmp_path / METRICS).read_text().splitlines()[-1]
    assert '"step":300' in last


def test_a_kill_while_rows_are_moved_counts_them_once(tmp_path: Path) -> None:
    metrics = RunMetrics(tmp_path)
    metrics.append([row(step) for step in range(1, 20)])
    before = (tmp_path / METRICS).read_bytes()
    metrics.compact()
    (tmp_path / METRICS).write_bytes(before)  # as if the second file had not been replaced
    assert steps_of(metrics) == list(range(1, 20))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("append"), st.integers(1, 25)),
            st.tuples(st.just("forget"), st.integers(0, 30)),
            st.tuples(st.just("look"), st.just(0)),
        ),
        max_size=25,
    )
)
def test_who_follows_sees_what_is_there(does: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        metrics, follower, seen = RunMetrics(Path(folder)), RunMetrics(Path(folder)), History()
        there: dict[int, float] = {}
        for turn, (what, number) in enumerate([*does, ("look", 0)]):
            if what == "append":
                begin = max(there, default=0) + 1
                for step in range(begin, begin + number):
                    there[step] = float(turn)
                metrics.append([row(step, turn) for step in range(begin, begin + number)])
            elif what == "forget":
                step = max(there, default=0) - number
                there = {known: loss for known, loss in there.items() if known <= step}
                metrics.forget_after(step)
            else:
                columns, starts_over = follower.read_new()
                if starts_over:
                    seen.load(columns)
                else:
                    seen.extend(columns)
                view = seen.view()
                assert dict(zip(view["step"], view["loss_d"], strict=True)) == there
                assert steps_of(metrics) == list(there)


def test_a_look_at_what_has_not_changed_brings_nothing(tmp_path: Path) -> None:
    metrics, follower = RunMetrics(tmp_path), RunMetrics(tmp_path)
    assert follower.read_new() == ({}, True)
    metrics.append([row(1), row(2)])
    columns, starts_over = follower.read_new()
    assert columns["step"].tolist() == [1, 2]
    assert starts_over
    assert follower.read_new() == ({}, False)
    with (tmp_path / METRICS).open("ab") as file:
        file.write(b'{"step":3,"lo')
    assert follower.read_new() == ({}, False)
    metrics.append([row(3)])
    columns, starts_over = follower.read_new()
    assert columns["step"].tolist() == [3]
    assert not starts_over


def test_a_run_that_went_back_is_followed(tmp_path: Path) -> None:
    metrics, follower, seen = RunMetrics(tmp_path), RunMetrics(tmp_path), History()
    metrics.append([row(step) for step in range(1, 6)])
    seen.load(follower.read_new()[0])
    metrics.append([row(3, 9.0)])  # as versions of before did, without cutting the log
    columns, starts_over = follower.read_new()
    assert not starts_over
    seen.extend(columns)
    assert seen.view()["step"].tolist() == [1, 2, 3]
    assert seen.view()["loss_d"].tolist() == [0.25, 0.25, 9.0]


def test_a_branch_takes_the_numbers_until_a_step(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    metrics, branch = RunMetrics(tmp_path / "a"), RunMetrics(tmp_path / "b")
    for step in range(1, 101):
        metrics.append([row(step)])
    for until in (3, 50, 99):
        shutil.rmtree(tmp_path / "b")
        (tmp_path / "b").mkdir()
        branch.copy_until(metrics, until)
        assert steps_of(branch) == list(range(1, until + 1))


def test_columns_are_bounded_and_both_ends_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("WHOLE_FIRST", 20), ("WHOLE_LAST", 100), ("MOST_ROWS", 200)):
        monkeypatch.setattr(run_metrics, name, value)
    metrics = RunMetrics(tmp_path)
    for begin in range(1, 5000, 20):
        metrics.append([row(step) for step in range(begin, begin + 20)])
    metrics.compact()
    steps = steps_of(metrics)
    assert len(steps) <= 205
    assert steps[:20] == list(range(1, 21))
    assert steps[-100:] == list(range(4901, 5001))
    assert {step % 10 for step in steps[20:-100]} == {0}


@pytest.mark.parametrize(
    "tensors",
    [
        {"loss_d": torch.zeros(3)},
        {"step": torch.arange(3.0), "loss_d": torch.zeros(2)},
        {"step": torch.tensor([1.0, 1.0])},
        {"step": torch.tensor([1.0, torch.nan])},
        {"step": torch.arange(3)},
        {"step": torch.zeros(2, 2)},
    ],
)
def test_columns_that_make_no_sense_are_refused(
    tmp_path: Path, tensors: dict[str, torch.Tensor]
) -> None:
    write_tensors(tmp_path / COLUMNS, tensors, {})
    with pytest.raises(UserError, match="damaged"):
        RunMetrics(tmp_path).read()
