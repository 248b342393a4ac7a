"""How the program starts: what is loaded when, and what it says where it can't open a window."""

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


FIRST_PICTURE = """
import sys
from ganview.app.window import startup
before = set(sys.modules)
from ganview.runtime import opening
from ganview.runtime.preload import Preload, complete_torch, libraries
preload = Preload()
preload.start()
opened = opening.open_first(None, preload)
from ganview.runtime.renderer import Renderer
with Renderer() as renderer:
    renderer.set_model(opened.model)
    renderer.request("picture", [[0.0] * 64], [[0.1] * 10])
    assert renderer.wait("picture").error is None
painted = set(sys.modules)
import torch
meta = "_meta_registrations"
assert not hasattr(torch, meta)
early = torch.randn(3, generator=torch.Generator().manual_seed(1))  # samples, effects: any moment
complete_torch()
assert vars(torch)[meta] is sys.modules["torch." + meta]
assert torch.equal(early, torch.randn(3, generator=torch.Generator().manual_seed(1)))
assert torch.empty(2, 4, device="meta").softmax(1).shape == (2, 4)
print(len(libraries()), *sorted(before), "|", *sorted(painted))
"""

#: What takes its time and is not needed for the window, nor for the explorer's first picture.
LATER = {
    "PIL",
    "ganview.app.explorer.compare_tab",
    "ganview.app.explorer.map_tab",
    "ganview.data.digits",
    "ganview.files.run_folder",
    "ganview.gan.metrics.classifier",
    "ganview.gan.trainer",
    "matplotlib",
    "pyqtgraph",
    "scipy",
    "sympy",
    "torch._dynamo",
    "torch._inductor",
    "torch._meta_registrations",
    "torch._refs",
}


def test_the_window_and_the_first_picture_load_no_more_than_they_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PICTURE],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    words = done.stdout.split()
    middle = words.index("|")
    window, picture = set(words[1:middle]), set(words[middle + 1 :])
    assert not window & (LATER | {"torch"})
    assert not picture & LATER
    if sys.platform == "linux":
        assert int(words[0]) == 2  # where torch's libraries are is for torch to change


def test_every_tab_is_where_the_table_says() -> None:
    from ganview.app.explorer.tab import Tab
    from ganview.app.explorer.tabs import PAGES

    for page in PAGES:
        kind = page.load()
        assert issubclass(kind, Tab)
        assert page.holds(kind)
        assert page.title
        assert page.tip
