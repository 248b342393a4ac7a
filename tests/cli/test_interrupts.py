"""Ctrl-C and its kin at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

import ganview
import ganview.api
from tests.cli.conftest import until_signals_are_caught

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

BEFORE_MAIN = "import time, sys; from ganview.cli.interrupts import end_on_interrupt; "


def interrupted(command: list[str], number: int, seconds: float) -> tuple[int, str]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until_signals_are_caught(process.pid)
    time.sleep(seconds)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    return process.returncode, err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("seconds", [0.0, 0.15, 0.4, 1.0])
def test_a_command_that_is_told_to_end_says_so_and_leaves_nothing(tmp_path, number, seconds):
    command = [sys.executable, "-m", "ganview", "sample", "conditional", "--count", "200000"]
    status, err = interrupted([*command, "--out", str(tmp_path / "f.npz")], number, seconds)
    assert status == 130
    assert "ganview: Interrupted.\n" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_what_is_half_written_is_removed(tmp_path):
    code = (
        BEFORE_MAIN + "from ganview.files.atomic import atomic_path, atomic_folder; "
        "end_on_interrupt(); a = atomic_path(sys.argv[1] + '/f'); a.__enter__().write_text('x'); "
        "b = atomic_folder(sys.argv[1] + '/d'); (b.__enter__() / 'x').write_text('x'); "
        "print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    assert len(list(tmp_path.iterdir())) == 2
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_was_ignored_stays_ignored():
    code = (
        BEFORE_MAIN + "import signal; end_on_interrupt(); "
        "print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN, flush=True)"
    )
    done = subprocess.run(
        ["/bin/sh", "-c", f'trap "" HUP; exec {sys.executable} -c "$0"', code],
        capture_output=True,
        text=True,
    )
    assert done.stdout == "True\n"


def test_nothing_that_takes_time_is_imported_before_signals_are_caught():
    code = (
        "import sys; before = set(sys.modules); from ganview.cli import main; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.split() == ["__future__", "ganview", "ganview.cli"]


def test_the_python_interface_is_imported_when_it_is_used():
    assert ganview.load is ganview.api.load
    assert ganview.Generator is ganview.api.Generator
    with pytest.raises(AttributeError, match="nothing"):
        _ = ganview.nothing


@pytest.mark.parametrize(("words", "status"), [("--version", 0), ("info --what", 2)])
def test_a_signal_after_the_end_changes_no_exit_status(words, status):
    code = (
        "import atexit, os, signal, sys; from ganview.cli import main; "
        f"sys.argv = ['ganview', *{words.split()}]; "
        "atexit.register(lambda: os.kill(os.getpid(), signal.SIGTERM)); main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == status
    assert b"Interrupted" not in done.stderr
