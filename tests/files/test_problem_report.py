"""The report of a fault: what is needed to mend it, and nothing private."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from ganview import __version__
from ganview.cli import main
from ganview.files.problem_report import (
    log_folder,
    problem_text,
    without_home,
    write_problem_report,
    zip_problem_report,
)


def fault() -> Exception:
    try:
        raise ValueError(f"{Path.home()}/holiday/me.png is \x1b[31m")
    except ValueError as error:
        return error


def test_it_says_what_where_and_under_which_versions():
    text = problem_text(fault(), ["sample", "--count", "3", "--out=a/b.png", "/x/y"])
    assert f"ganview {__version__}" in text
    assert "torch " in text
    assert "ValueError" in text
    assert "in fault" in text
    assert "sample --count 3 --out=<path> <path>" in text
    assert "\x1b" not in text


def test_it_has_no_path_of_the_home_folder():
    home = str(Path.home())
    text = without_home(
        f"'{home}/my photos/me.png' {home}/x/lib/a/b.py, line 3\nin {home} and {home}like/x"
    )
    assert text == f"'~/…/' ~/…/lib/a/b.py, line 3\nin ~/…/ and {home}like/x"
    assert str(Path.home()) not in problem_text(fault())
    for told in (f"no {home}/my photos/me and you.png", f"{home}/a b/c.png: {home}/d e.py is not"):
        shown = without_home(told)
        assert not {"photos", "you", "png", "b", "e"} & set(re.findall(r"\w+", shown)), shown
    assert "missing" not in problem_text("")


def test_a_zip_has_report_settings_and_logs(tmp_path):
    report = write_problem_report(fault())
    assert report is not None
    assert report.parent == log_folder()
    path = tmp_path / "problem.zip"
    zip_problem_report(path, problem_text("it flickers"), {"scheme": "dark", "last": Path.home()})
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "it flickers" in texts["report.txt"]
    assert "dark" in texts["settings.txt"]
    assert f"log/{report.name}" in texts
    assert not any(str(Path.home()) in text for text in texts.values())


@pytest.mark.parametrize("kept", [True, False])
def test_a_fault_of_the_command_line_is_one_sentence(monkeypatch, capsys, tmp_path, kept):
    def broken(_options: object) -> int:
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr("ganview.cli.info.run", broken)
    if not kept:
        (tmp_path / "state").write_text("no folder")
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        monkeypatch.setattr(
            "ganview.files.problem_report.log_folder", lambda: tmp_path / "state" / "log"
        )
    assert main(["info", "x"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    reports = list(log_folder().glob("problem-*.txt"))
    assert any("deep inside" in report.read_text() for report in reports) == kept


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
        RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB"),
        ImportError("libtorch_cpu.so: failed to map segment from shared object"),
    ],
)
def test_no_memory_is_no_fault(monkeypatch, capsys, error):
    def run(_options: object) -> int:
        raise error

    monkeypatch.setattr("ganview.cli.info.run", run)
    assert main(["info", "x"]) == 1
    assert capsys.readouterr().err == "ganview: There is not enough memory for this.\n"
