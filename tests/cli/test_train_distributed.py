"""``torchrun … -m ganview train``: two processes do what one does, and stop as one."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from safetensors.torch import load_file

from ganview.cli import main
from ganview.files.model_file import load_model
from ganview.files.run_files import MODEL
from ganview.files.run_folder import RunFolder
from tests.cli.conftest import QUICK

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="gloo by torchrun on Linux and macOS"),
    pytest.mark.timeout(420),  # three processes at once, on a machine that may have one core
]

LAUNCH = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*LAUNCH, "-m", "ganview", "train", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.soak
def test_two_processes_equal_one_and_one_writes(tmp_path):
    alone, together = tmp_path / "alone", tmp_path / "together"
    assert main(["train", *QUICK, "--steps", "3", "--out", str(alone)]) == 0
    with start(*QUICK, "--steps", "2", "--out", str(together)) as program:
        out, err = program.communicate()
    assert program.returncode == 0, err
    assert out == f"{together}\n"
    with start("--resume", str(together), "--steps", "3", "--quiet") as program:
        _, err = program.communicate()
    assert program.returncode == 0, err
    with RunFolder.open(together) as folder:
        assert folder.metrics()["step"].tolist() == [1, 2, 3]
    one, two = (load_file(path / "checkpoint.safetensors") for path in (alone, together))
    assert one.keys() == two.keys()
    for name, value in one.items():
        if name.startswith(("generator.", "discriminator.", "ema.")):
            assert (two[name] - value).abs().mean() < 1e-5, name


@contextlib.contextmanager
def second_of_two(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start a training of two processes; give the launcher and the second once both train."""
    quick = [word for word in QUICK if word != "--quiet"]
    with start(*quick, "--seconds", "600", "--out", str(folder)) as program:
        killer = threading.Timer(400, program.kill)
        killer.start()
        seen = ""
        while not re.search(r"step [1-9][0-9,]*, ", seen[-40:]):
            piece = program.stderr.read(1)
            assert piece, seen
            seen += piece
        yield program, children(program.pid)[-1]
        killer.cancel()
        killer.join()


def test_one_that_is_interrupted_stops_all_at_the_same_step(tmp_path):
    with second_of_two(tmp_path / "run") as (program, second):
        os.kill(second, signal.SIGTERM)  # torchrun would tell both
        out, err = program.communicate()
    assert out == f"{tmp_path / 'run'}\n", err
    with RunFolder.open(tmp_path / "run") as folder:
        assert folder.checkpoint_step() == folder.metrics()["step"][-1] > 0


@pytest.mark.soak
def test_one_that_dies_ends_the_other_with_a_saved_run(tmp_path):
    with second_of_two(tmp_path / "run") as (program, second):
        os.kill(second, signal.SIGKILL)
        _, err = program.communicate(timeout=30)
    assert program.returncode == 1, err
    with RunFolder.open(tmp_path / "run") as folder:
        steps = folder.metrics().get("step", [0])  # none where it died soon after the start
        assert folder.checkpoint_step() == steps[-1]
    assert load_model(tmp_path / "run" / MODEL).info["step"] == steps[-1]


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in found.read_text().split()]
