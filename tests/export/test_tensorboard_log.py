"""Event files: written for the steps that are new, or a sentence on what to install."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from ganview.errors import UserError
from ganview.export.tensorboard_log import SCALARS, EventLog


def columns(count: int) -> dict[str, np.ndarray]:
    numbers = np.arange(1, count + 1, dtype=np.float64)
    return {"step": numbers} | dict.fromkeys(SCALARS, numbers)


def test_without_the_extra_it_says_what_to_type(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(UserError, match=r"pip install 'ganview\[tensorboard\]'"):
        EventLog(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore")  # of other people's libraries
def test_new_steps_become_points(tmp_path):
    pytest.importorskip("tensorboard", reason="the extra 'tensorboard' is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = EventLog(tmp_path)
    log.follow(columns(4))
    log.follow(columns(4))
    log.follow(columns(10))
    log.picture(np.zeros((28, 56), np.uint8), 10)
    log.follow(columns(6))  # the run went back
    log.follow(columns(8))
    log.close()
    found = EventAccumulator(str(tmp_path)).Reload()
    points = [(point.step, point.value) for point in found.Scalars("loss/D")]
    assert points == [(4, 2.5), (10, 7.5), (8, 7.5)]
    assert [image.step for image in found.Images("samples")] == [10]
