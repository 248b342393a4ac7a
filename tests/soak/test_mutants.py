"""20,000 mutated files and more: none crashes, hangs, takes much memory or does anything else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.soak.conftest import size

pytestmark = [pytest.mark.soak, pytest.mark.timeout(7200)]
SHARES = {
    "model": 0.25,
    "png": 0.25,
    "idx": 0.1,
    "idx.gz": 0.1,
    "settings": 0.1,
    "state": 0.1,
    "run": 0.05,
    "metrics": 0.05,
    # beyond the twenty thousand
    **dict.fromkeys(("checkpoint", "pins", "judge"), 0.05),
    **dict.fromkeys(
        ("quality", "health", "columns", "settings-of-run", "report", "info", "info.png"), 0.05
    ),
    **dict.fromkeys(
        ("directions", "reference", "labels", "landscape", "moments", "summary", "zip", "npz"), 0.05
    ),
    **dict.fromkeys(("jpeg", "webp", "gif", "bmp", "tiff", "ppm"), 0.05),
}
KEPT = Path("build/soak")


@pytest.mark.parametrize("kind", SHARES)
def test_mutants(kind: str, figures: dict[str, Any]) -> None:
    count = round(size("MUTANTS", 20_000) * SHARES[kind])
    first = size("SEED", 0)
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.mutated", kind, str(count), str(first), str(KEPT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,
    )
    last = KEPT / f"{kind}-last"
    seed = f", at seed {last.read_text()}" if last.exists() else ""
    assert done.returncode == 0, f"it ended with {done.returncode}{seed}: {done.stderr}"
    figures |= json.loads(done.stdout)
    assert figures.pop("harm") == []
    assert figures["memory_mb"] < 512
