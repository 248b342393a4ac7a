"""A small trained run, made once by the command line itself."""

from __future__ import annotations

import contextlib
import io
import re
import signal
import time
from pathlib import Path

import pytest

from ganview.cli import main

QUICK = ["--architecture", "mlp", "--batch-size", "4", "--z-dim", "8", "--threads", "1", "--quiet"]


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """Return the folder of a run of four steps."""
    path = tmp_path_factory.mktemp("runs") / "run"
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main(["train", *QUICK, "--steps", "4", "--out", str(path)]) == 0
    assert out.getvalue() == f"{path}\n"
    return path


def until_signals_are_caught(pid: int) -> None:
    """Wait until SIGTERM is caught, the first thing that is done; Python itself does not catch it.

    Before that, in some 10 ms, only the interpreter runs, and ends as it does.
    """
    status, term = Path(f"/proc/{pid}/status"), 1 << (signal.SIGTERM - 1)
    while status.exists():  # not on other systems than Linux
        told = status.read_text(encoding="ascii")
        caught = re.search(r"SigCgt:\s*([0-9a-f]+)", told)
        if caught is None or int(caught[1], 16) & term or "State:\tZ" in told:  # it has ended
            return
        time.sleep(0.001)
