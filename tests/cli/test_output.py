"""Streams that are closed, full or broken, and text that comes from a stranger's file."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from ganview.cli.output import (
    debian_package,
    format_table,
    missing_library,
    output_path,
    print_json,
)
from ganview.errors import UserError

ROOT = Path(__file__).parents[2]
GANVIEW = f"{sys.executable} -m ganview"
QUICK = "train --architecture mlp --batch-size 4 --z-dim 8 --threads 1 --no-quality"


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, env={**os.environ, **environment}
    )


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_error(tmp_path, closed):
    done = shell(f"{GANVIEW} sample conditional --count 1 --out {tmp_path}/c.png {closed}")
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has such a disk")
@pytest.mark.parametrize("progress", ["2>/dev/full", "2>&-", "2>&1 >/dev/null | true"])
def test_training_goes_on_without_its_progress(tmp_path, progress):
    run = tmp_path / "run"
    command = f"({GANVIEW} {QUICK} --steps 40 --out {run}; echo $? >{tmp_path}/status)"
    shell(f"{command} {progress}")
    assert (tmp_path / "status").read_text() == "0\n"
    assert (run / "model.safetensors").is_file()


def test_help_for_a_full_disk_or_a_reader_who_left():
    assert b"Traceback" not in shell(f"{GANVIEW} --help >/dev/full").stderr
    assert shell(f"{GANVIEW} train --help | head -c 1").stderr == b""


def test_json_keeps_every_character_in_every_locale(tmp_path, capsys, monkeypatch):
    name = "ñ\x9b\x7f\u202e猫\ud800"
    print_json({"name": name})
    told = capsys.readouterr().out
    assert json.loads(told) == {"name": name}
    assert "ñ" in told
    assert not {"\x9b", "\x7f", "\u202e"} & set(told)
    code = "import sys; from ganview.cli.output import print_json; print_json({'n': 'ñ猫😀'})"
    ascii_only = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONIOENCODING": "ascii:replace"},
        capture_output=True,
    )
    assert json.loads(ascii_only.stdout.decode("ascii")) == {"n": "ñ猫😀"}


def test_a_table_has_one_line_a_row_whatever_its_names_say():
    table = format_table([("a\nparameters", "1"), ("\x1b[31m", "x\ny"), ("empty", "")])
    assert len(table.splitlines()) == 2
    assert table.isprintable() or set(table) - {"\n"}
    assert "\x1b" not in table


def test_a_file_that_is_there_is_kept_unless_it_may_be_replaced(tmp_path):
    path = tmp_path / "f"
    assert output_path(path, replace=False) == path
    path.write_text("mine")
    with pytest.raises(UserError):
        output_path(path, replace=False)
    assert output_path(path, replace=True) == path
    with pytest.raises(UserError):
        output_path(tmp_path / ("a" * 300), replace=False)


def test_the_home_folder_is_filled_in(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert output_path(Path("~/x.png"), replace=False) == tmp_path / "x.png"


def test_a_missing_library_is_named_as_debian_names_its_package():
    packages = runpy.run_path(str(ROOT / ".ci" / "system_packages.py"))["LIBRARIES"]
    odd = ("libz.", "libglib-", "libgthread-")
    for library, package in packages.items():
        if not library.startswith(odd):
            assert debian_package(*library.split(".so.")) == package
    lost = ImportError("/usr/lib/libxcb-cursor.so.0: cannot open shared object file")
    assert "apt install libxcb-cursor0'" in str(missing_library(lost))
    for name in (*odd, "No module named 'PySide6'"):
        assert "apt" not in str(missing_library(ImportError(f"{name}so.1: lost")))
