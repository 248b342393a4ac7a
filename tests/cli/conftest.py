"""A small trained run, made once by the command line itself."""

from __future__ import annotations

import contextlib
import io

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
