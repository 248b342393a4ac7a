"""The landscape in the real window, offscreen: the marker behind a slider, and lost classes.

``python -m tests.bench.landscape_window [--seconds 10] [--learned 40]``. ``marker`` is from the
move of a slider to the painted marker, before a run trains and while it does; a busy machine shows
in the explorer's picture, too, which the marker follows. ``lost``: after
``--learned`` seconds of training the pictures of 4 and of 7 are exchanged for 9s and 1s; seconds
from then until the generator draws no 4s and 7s any more, read by the classifier each second, and
until the page says so.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.bench.bench_window import Stage

if TYPE_CHECKING:
    from ganview.app.pages.landscape import LandscapePage

LOST = {4: 9, 7: 1}
READ = 250  # pictures
GIVEN_UP = 120.0  # seconds


def open_page(stage: Stage) -> LandscapePage:
    """Open the window, and the page in it, and wait for its whole landscape."""
    from ganview.app.pages.landscape import WHOLE, LandscapePage

    window = stage.window
    window.resize(1280, 800)
    window.first_painted.connect(lambda: stage.controller.start())
    window.show()
    stage.until(lambda: window.explorer.pictures is not None)
    window.pages.open("landscape")
    page = window.pages.page_of("landscape")
    assert isinstance(page, LandscapePage)
    stage.until(lambda: page.look is not None and len(page.look.cloud.z) == WHOLE)
    stage.pump(1)
    return page


def marker(stage: Stage, page: LandscapePage, seconds: float) -> dict[str, float]:
    """Drag a slider; returns milliseconds from its moves to the painted marker."""
    from ganview.app.pages import landscape

    view, state = page.panel.view, stage.window.explorer.state
    app_model = stage.controller.app_model
    show_picture = app_model.show_picture
    moved: dict[float, float] = {}  # when a value was set
    shown: dict[int, float] = {}  # when that of a picture was
    placed: dict[tuple[float, float], float] = {}  # and that of a place
    taken: list[float] = []
    set_dimension, set_trail, position_of = (
        state.set_dimension,
        view.set_trail,
        landscape.position_of,
    )

    def move(number: int, value: float, **named: Any) -> None:
        moved[float(np.float32(value))] = time.perf_counter()
        set_dimension(number, value, **named)

    def note(place: Any, picture: Any) -> None:
        shown[id(picture)] = moved.get(float(place.z[3]), 0.0)
        show_picture(place, picture)

    def find(ground: Any, picture: Any, label: Any) -> Any:
        found = position_of(ground, picture, label)
        placed[found.place] = shown.get(id(picture), 0.0)
        return found

    def mark(trail: list[tuple[float, float]]) -> None:
        set_trail(trail)
        view.repaint()
        began = placed.pop(trail[-1], 0.0) if trail else 0.0
        if began:
            taken.append(1000 * (time.perf_counter() - began))

    state.set_dimension, view.set_trail = move, mark  # type: ignore[method-assign]
    app_model.show_picture = note  # type: ignore[method-assign]
    landscape.position_of = find
    try:
        dragged = stage.drag(seconds)
    finally:
        app_model.show_picture = show_picture  # type: ignore[method-assign]
        state.set_dimension, view.set_trail = set_dimension, set_trail  # type: ignore[method-assign]
        landscape.position_of = position_of
    return {
        "marked_a_second": round(len(taken) / seconds, 1),
        "median_ms": round(float(np.median(taken)), 1),
        "p99_ms": round(float(np.percentile(taken, 99)), 1),
        "worst_ms": round(max(taken), 1),
        "picture_p99_ms": round(dragged["p99_ms"], 1),  # of the explorer's picture, before it
    }


def lose_classes(stage: Stage, page: LandscapePage) -> dict[str, Any]:
    """Exchange the pictures of two classes, and wait until the page says that they are lost."""
    import torch

    from ganview.app.widgets.text import TextLabel
    from ganview.gan.batches import BatchSampler
    from ganview.runtime.landscapes import look_at

    (batches,) = (item for item in gc.get_objects() if type(item) is BatchSampler)
    images, labels = batches.images.clone(), batches.labels
    assert labels is not None
    for lost, other in LOST.items():
        rows, those = (torch.nonzero(labels == label)[:, 0] for label in (lost, other))
        images[rows] = batches.images[those[torch.arange(len(rows)) % len(those)]]
    batches.images = images
    began, told, found = time.monotonic(), dict[str, Any](), page.look
    assert found is not None
    while "said_s" not in told and time.monotonic() - began < GIVEN_UP:
        stage.pump(1)
        shown = page.look
        if shown is not None and shown.shares is not None and set(LOST) <= set(shown.shares.lost):
            said = [label.text() for label in page.findChildren(TextLabel)]
            told["said_s"] = round(time.monotonic() - began, 1)
            told["said"] = [text for text in said if text.startswith("⚠ No")]
        model = stage.controller.app_model.run_model
        if "lost_s" not in told and model is not None:
            now = time.monotonic() - began
            look = look_at(model, found.ground, pictures=READ, psi=1, label=None)
            assert look.shares is not None
            if set(LOST) <= set(look.shares.lost):
                told["lost_s"] = round(now, 1)
    return told


def play(seconds: float, learned: float) -> dict[str, Any]:
    """Measure all."""
    from ganview.runtime.messages import RunState

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        page, training = open_page(stage), stage.controller.training
        told: dict[str, Any] = {"marker_idle": marker(stage, page, seconds)}
        stage.window.commands["train"].trigger()
        stage.until(lambda: training.state is RunState.TRAINING)
        began = time.monotonic()
        stage.pump(3)
        told["marker_training"] = marker(stage, page, seconds)
        if learned:
            stage.pump(max(0.1, began + learned - time.monotonic()))
            told["lost"] = lose_classes(stage, page)
        closed: list[bool] = []
        stage.controller.closed.connect(lambda: closed.append(True))
        stage.window.close()
        stage.until(lambda: bool(closed))
    return told


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--learned", type=float, default=40.0, help="0: no classes are lost")
    options = parser.parse_args()
    print(json.dumps(play(options.seconds, options.learned), indent=1))


if __name__ == "__main__":
    main()
