"""Signals at random moments of every command: exit status 130 or done, nothing half, no litter."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ganview.files.atomic import TEMPORARY_PREFIX
from tests.cli.conftest import until_signals_are_caught
from tests.soak.conftest import size

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(3 * 3600),
    pytest.mark.skipif(os.name == "nt", reason="signals of POSIX"),
]

TRAIN = "train --architecture mlp --batch-size 4 --z-dim 8 --threads 1 --seconds 3 --out run"
COMMANDS = (
    f"{TRAIN} --no-quality",
    f"{TRAIN} --checkpoint-seconds 0.2",
    "sample conditional --count 2000 --out set.npz",
    "sample conditional --count 400 --out singles/",
    "sample conditional --count 2000 --out set.idx.gz",
    "animate conditional --kind morph --out morph.gif",
    "eval conditional --samples 2000 --json",
    "info conditional --json",
    "data digits --sheet sheet.png",
    "runs --json",
    "--version",
)
LONGEST = 4.0  # seconds until a signal
DEAF = 60.0  # seconds after one


def test_signals_at_random_moments(tmp_path: Path, figures: dict[str, object]) -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    rng = random.Random(size("SEED", 0))
    ends: dict[int, int] = {}
    wrong: list[str] = []
    for turn in range(size("SIGNALS", 1000)):
        folder = tmp_path / str(turn)
        folder.mkdir()
        words = rng.choice(COMMANDS)
        number = rng.choice(numbers)
        wait = rng.uniform(0.0, LONGEST)
        process = subprocess.Popen(
            [sys.executable, "-m", "ganview", *words.split()],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONFAULTHANDLER": "1"},
        )
        until_signals_are_caught(process.pid)
        time.sleep(wait)
        process.send_signal(number)
        try:
            _, err = process.communicate(timeout=DEAF)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # has the fault handler say where it hangs
            _, err = process.communicate()
        ends[process.returncode] = ends.get(process.returncode, 0) + 1
        litter = [path.name for path in folder.rglob(f"{TEMPORARY_PREFIX}*")]
        if process.returncode not in (0, 130) or b"Traceback" in err or litter:
            wrong.append(f"{words} {number.name} {wait:.2f}: {process.returncode} {litter} {err!r}")
        figures |= {"signals": turn + 1, "exit_statuses": ends, "wrong": len(wrong)}
    assert not wrong, "\n".join(wrong)
