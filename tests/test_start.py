"""Starting the program where it can't open a window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.parametrize(
    "display", [{}, {"DISPLAY": ":97531"}, {"QT_QPA_PLATFORM": "xcb"}], ids=["none", "dead", "xcb"]
)
def test_without_a_display_one_line_says_what_to_do_instead(display: dict[str, str]) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        [sys.executable, "-m", "ganview"],
        cwd=ROOT,
        env=environment | display,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "ganview demo --out" in line
