from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from ganview.errors import UserError
from ganview.files.lock import FolderLock
from ganview.files.run_folder import RunFolder
from ganview.files.run_info import MAX_NAME, Parent, describe_run, read_run_info
from ganview.files.run_summary import RunStatus, last_row, newest_grid, summarise_run
from ganview.gan.config import TrainConfig
from tests.runtime.run_maker import make_run


def test_a_row_says_how_far_a_run_got_and_how_good_it_was(tmp_path: Path) -> None:
    path = make_run(tmp_path / "a", TrainConfig(gamma=1.5, seed=4), steps=20)
    run = summarise_run(path)
    assert (run.name, run.status, run.why) == ("a", RunStatus.SAVED, "")
    assert (run.step, run.seconds, run.distance) == (20, 2.0, 12.5)
    assert (run.preset, run.changes) == ("Fastest first results", {"gamma": 1.5})
    assert run.created


def test_a_row_knows_the_parent_of_a_branch(tmp_path: Path) -> None:
    parent = Parent("/runs/first", "first", 1234)
    with RunFolder.create(tmp_path / "a", TrainConfig(), parent=parent) as run:
        pass
    assert summarise_run(run.path).parent == parent
    assert summarise_run(make_run(tmp_path / "b")).parent is None


def test_a_name_and_a_note_are_kept_and_nothing_else_changes(tmp_path: Path) -> None:
    path = make_run(tmp_path / "a", TrainConfig(seed=4))
    before = read_run_info(path / "config.json")
    with RunFolder.open(path):  # while it trains
        describe_run(path / "config.json", "  my <b>first</b>  ", "two\nlines")
    run = summarise_run(path)
    assert (run.name, run.note) == ("my <b>first</b>", "two\nlines")
    assert read_run_info(path / "config.json").config == before.config
    describe_run(path / "config.json", "x" * 1000)
    assert len(summarise_run(path).name) == MAX_NAME
    describe_run(path / "config.json", "")
    assert summarise_run(path).note == "two\nlines"
    assert summarise_run(path).name == "a"


def test_what_an_old_run_could_not_set_is_no_difference_also_after_it_was_named(
    tmp_path: Path,
) -> None:
    path = make_run(tmp_path / "a", TrainConfig(seed=4))
    written = json.loads((path / "config.json").read_text())
    late = {"aux_weight_g", "aux_weight_g_end", "d_lr_ratio", "clusters", "mirror"}
    for name in late:
        del written["config"][name]
    written["schema"] = 2
    (path / "config.json").write_text(json.dumps(written))
    for name in ("", "mine"):
        describe_run(path / "config.json", name)
        run = summarise_run(path)
        assert run.missing == late
        assert not run.changes
        assert run.config["clusters"] == 0


def test_a_name_is_not_written_through_a_link_that_leads_out(tmp_path: Path) -> None:
    path = make_run(tmp_path / "a")
    elsewhere = tmp_path / "elsewhere.json"
    (path / "config.json").rename(elsewhere)
    (path / "config.json").symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    with pytest.raises(UserError):
        describe_run(path / "config.json", "mine now", "")
    assert elsewhere.read_bytes() == before


def test_a_status_is_told_by_lock_and_checkpoint(tmp_path: Path) -> None:
    path = make_run(tmp_path / "a")
    lock = FolderLock(path)
    assert summarise_run(path).status is RunStatus.TRAINING
    os.utime(path / "metrics.jsonl", (0, 0))
    assert summarise_run(path).status is RunStatus.OPEN
    lock.release()
    (path / ".lock").write_text("process 1 on somewhere")  # which is gone
    assert summarise_run(path).status is RunStatus.INTERRUPTED
    os.utime(path / "metrics.jsonl")  # or out of sight, and goes on
    assert summarise_run(path).status is RunStatus.TRAINING
    (path / ".lock").write_text(f"process 1 on {socket.gethostname()}")
    assert summarise_run(path).status is RunStatus.INTERRUPTED
    (path / ".lock").write_text("")
    assert summarise_run(path).status is RunStatus.SAVED
    (path / "checkpoint.safetensors").unlink()
    assert summarise_run(path).status is RunStatus.NO_CHECKPOINT


@pytest.mark.parametrize(
    ("state", "open_state", "closed"),
    [
        ("paused", "paused, open", "paused"),
        ("finished", "finished, open", "finished"),
        ("stopping", "open", "stopped"),
        ("training", "open", "stopped"),
        ("failed", "open", "failed"),
        ("<b>", "open", "saved"),
        (["finished"], "open", "saved"),
    ],
)
def test_how_a_run_came_to_rest_is_told_by_its_checkpoint(
    tmp_path: Path, state: object, open_state: str, closed: str
) -> None:
    path = make_run(tmp_path / "a")
    with RunFolder.open(path) as run:
        run.save_checkpoint({}, {"step": 20, "run": {"state": state}})
    assert summarise_run(path).state == closed
    with RunFolder.open(path):
        os.utime(path / "metrics.jsonl", (0, 0))
        assert summarise_run(path).state == open_state


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", b""),
        ("config.json", b"{" * 100_000),
        ("config.json", b'{"schema": 99}'),
        ("config.json", b'{"schema": 3, "data": 1, "config": {}, "created": ""}'),
        ("config.json", b"\xff\xfe"),
    ],
)
def test_a_damaged_run_is_a_row_that_says_why(tmp_path: Path, name: str, content: bytes) -> None:
    path = make_run(tmp_path / "a")
    (path / name).write_bytes(content)
    run = summarise_run(path)
    assert run.status is RunStatus.BROKEN
    assert str(path) in run.why


def test_hostile_logs_and_pipes_are_a_row_too(tmp_path: Path) -> None:
    path = make_run(tmp_path / "a")
    (path / "metrics.jsonl").write_bytes(b'{"step": 1e400}\n{"step": -5}\n[]\n\xff\n{"step": 7')
    (path / "quality.jsonl").write_bytes(b"\0" * 100_000)
    run = summarise_run(path)
    assert (run.status, run.step, run.quality) == (RunStatus.SAVED, 0, None)
    (path / "metrics.jsonl").unlink()
    os.mkfifo(path / "metrics.jsonl")
    assert summarise_run(path).status is RunStatus.BROKEN
    assert summarise_run(tmp_path / "not there").status is RunStatus.BROKEN


def test_the_last_row_is_the_last_whole_one(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert last_row(log) == {}
    log.write_bytes(b'{"step": 1, "a": null}\n' * 100_000 + b'{"step": 2, "b": 3}\n{"step": 3, "b"')
    assert last_row(log) == {"step": 2, "b": 3}


def test_the_newest_grid_is_found_in_either_series(tmp_path: Path) -> None:
    path = make_run(tmp_path / "a", steps=9)
    (path / "snapshots").mkdir()  # of an older run
    (path / "snapshots" / "000000012.png").touch()
    (path / "snapshots" / "readme.png").touch()
    assert newest_grid(path) == path / "snapshots" / "000000012.png"
