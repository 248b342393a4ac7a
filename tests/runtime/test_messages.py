from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from ganview.runtime.messages import SampleGrid, StopAt


def test_stop_condition_tells_progress_and_time_left():
    stop = StopAt(steps=200)
    assert stop.progress(50, 10.0) == 0.25
    assert stop.remaining(50, 10.0, steps_per_second=5.0) == 30.0
    assert stop.remaining(0, 0.0, steps_per_second=0.0) is None
    assert StopAt(seconds=60).progress(1, 90.0) == 1.0
    assert StopAt(seconds=60).remaining(1, 90.0, 3.0) == 0.0


def test_whichever_condition_comes_first_counts():
    stop = StopAt(steps=100, seconds=10)
    assert stop.progress(10, 5.0) == 0.5
    assert stop.remaining(10, 5.0, steps_per_second=90.0) == 1.0


def test_no_condition_has_no_progress():
    assert StopAt().progress(5, 5.0) is None
    assert StopAt().remaining(5, 5.0, 1.0) is None


def test_nothing_to_do_is_done():
    assert StopAt(steps=0).progress(0, 0.0) == 1.0
    assert StopAt(seconds=0).progress(0, 0.0) == 1.0


@pytest.mark.parametrize("classes", [True, False])
def test_tile_noise_and_class(classes: bool):
    z = np.arange(24, dtype=np.float32).reshape(-1, 4)
    z = z[:2] if classes else z
    names = ("a", "b", "c") if classes else ()
    grid = SampleGrid(np.zeros((2, 3, 5, 5), np.uint8), z, names)
    np.testing.assert_array_equal(grid.tile_z(1, 2), z[1 if classes else 5])
    assert grid.tile_class(2) == (2 if classes else None)


def test_the_samples_one_by_one_and_as_one_picture() -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, 3, 5, 4, 3)).astype(np.uint8)
    grid = SampleGrid(images, np.zeros((2, 4), np.float32), ("a", "b", "c"))
    assert (grid.rows, grid.columns, grid.tile, grid.atlas.shape) == (2, 3, (5, 4), (10, 12, 3))
    np.testing.assert_array_equal(grid.tiles()[5], grid.atlas[5:, 8:])


def test_what_a_window_imports_at_start_brings_no_torch():
    modules = (
        "mailbox",
        "messages",
        "history",
        "local_run",
        "run_view",
        "channels",
        "renderer",
        "jobs",
        "throughput",
        "error_text",
    )
    code = "import sys\n" + "".join(f"import ganview.runtime.{name}\n" for name in modules)
    code += "sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
