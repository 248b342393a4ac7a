from __future__ import annotations

import json
from pathlib import Path

import pytest

from ganview.cli import main
from tests.runtime.run_maker import make_run


def test_runs_are_listed_for_people_and_for_scripts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_run(tmp_path / "first")
    make_run(tmp_path / "broken")
    (tmp_path / "broken" / "config.json").write_text("{")
    assert main(["runs", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert main(["runs", str(tmp_path), "--json"]) == 0
    rows = {run["name"]: run for run in json.loads(capsys.readouterr().out)["runs"]}
    assert rows["first"]["step"] == 20
    assert rows["first"]["judge_fd"] == 12.5
    assert rows["broken"]["state"] == "can't be read"
    assert rows["broken"]["why"]


def test_the_list_of_this_computer_has_the_models_that_ship(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["runs", "--json"]) == 0
    states = [run["state"] for run in json.loads(capsys.readouterr().out)["runs"]]
    assert states == ["built in", "built in"]


def test_a_trained_run_is_listed_wherever_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quick = ["--architecture", "mlp", "--batch-size", "4", "--threads", "1", "--quiet"]
    assert main(["train", *quick, "--steps", "2", "--out", str(tmp_path / "mine")]) == 0
    capsys.readouterr()
    assert main(["runs", "--json"]) == 0
    paths = [run["path"] for run in json.loads(capsys.readouterr().out)["runs"]]
    assert paths[0] == str(tmp_path / "mine")


def test_a_folder_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "/no/such/folder"]) == 2
    assert "/no/such/folder" in capsys.readouterr().err
