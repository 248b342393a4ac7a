"""The real program under a real X server, by mouse and keyboard, judged by its pixels and files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganview.export.palette import LIGHT
from tests.e2e.desk import Desk, Pixels, has_colour

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

HEAD = 700  # from there on stand the buttons of the training
GRID = (slice(160, 480), slice(20, 620))  # where the sample grid is in a window of 1280 x 800
LOSSES = (slice(550, 720), slice(70, 310))
EXPLORER = (slice(160, 400), slice(640, 1270))
SLIDERS = (slice(560, 700), slice(720, 1140))


def test_train_watch_explore_export_and_leave(tmp_path: Path) -> None:
    settings = tmp_path / "config" / "ganview" / "window.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        '{"schema": 1, "view/scheme": "light", "files/export_zoom": 4, "help/first_steps": 1}'
    )
    with Desk(tmp_path) as desk:
        desk.open()

        def part(where: tuple[slice, slice]) -> Pixels:
            return desk.look()[where]

        def changes(where: tuple[slice, slice], before: Pixels, what: str) -> None:
            desk.until(lambda: not np.array_equal(part(where), before), f"{what} stays the same")

        # the explorer answers as soon as its generator is loaded
        desk.until(lambda: bool(pictures(part(EXPLORER))), "the explorer shows no picture")
        desk.until(lambda: enabled(desk.look()), "Train can't be pressed")

        # Train, by the button that it says it on
        idle = part(GRID)
        desk.click(*middle(train_button(desk.look())))
        changes(GRID, idle, "the grid")
        for _ in range(3):
            changes(GRID, part(GRID), "the grid")
        desk.until(
            lambda: has_colour(part(LOSSES), LIGHT.discriminator).sum() > 20,
            "there is no loss curve",
        )
        changes(LOSSES, part(LOSSES), "the plot")

        # a slider, by the mouse
        before, handle = part(EXPLORER), slider_handle(desk.look())
        desk.drag(handle, (handle[0] + 90, handle[1]))
        changes(EXPLORER, before, "the picture")

        # pause by the keyboard: now only the hand changes the picture
        desk.key("space")
        still_picture(desk)

        # another class, by the keyboard
        before = part(EXPLORER)
        desk.key("alt+7")
        changes(EXPLORER, before, "the class")

        # a picture, kept
        desk.key("ctrl+e")
        desk.until(lambda: len(desk.windows()) > 1, "no dialog came")
        target = tmp_path / "kept.png"
        desk.key("ctrl+a")
        desk.tell("type", "--delay", "20", str(target))
        desk.key("Return")
        desk.until(target.is_file, "no picture was exported")
        with Image.open(target) as kept:
            assert kept.size == (112, 112)
            grey = np.asarray(kept)
        np.testing.assert_array_equal(grey, np.kron(grey[::4, ::4], np.ones((4, 4), np.uint8)))

        # away, as the window manager asks for it
        desk.until(lambda: len(desk.windows()) == 1, "the dialog stays")
        desk.key("alt+F4")
        assert desk.leave() == 0, desk.log
        assert "Traceback" not in desk.log

    run = next((tmp_path / "data" / "ganview" / "runs").iterdir())
    lines = (run / "metrics.jsonl").read_text().splitlines()
    steps = [json.loads(line)["step"] for line in lines]
    assert steps == sorted(set(steps))
    assert len(steps) >= 3
    assert (run / "model.safetensors").is_file()


def train_button(window: Pixels) -> tuple[slice, slice]:
    """Return where the one filled button of the training_bar is."""
    filled = has_colour(window[40:110, HEAD:], LIGHT.accent)
    rows, columns = np.nonzero(filled)
    return slice(40 + rows.min(), 40 + rows.max()), slice(
        HEAD + columns.min(), HEAD + columns.max()
    )


def enabled(window: Pixels) -> bool:
    """Return whether the train button is filled with the accent colour."""
    return bool(has_colour(window[40:110, HEAD:], LIGHT.accent).sum() > 1000)


def middle(where: tuple[slice, slice]) -> tuple[float, float]:
    """Return the (x, y) of the middle of a part of the window."""
    down, across = where
    return (across.start + across.stop) / 2, (down.start + down.stop) / 2


def slider_handle(window: Pixels) -> tuple[float, float]:
    """Return the (x, y) of the handle of a slider that stands left of the middle's right."""
    dark = has_colour(window[SLIDERS], LIGHT.accent)
    for row in np.flatnonzero(dark.any(axis=1)):
        columns = np.flatnonzero(dark[row])
        if columns.max() < 300:  # room to the right
            return SLIDERS[1].start + float(columns.max()), SLIDERS[0].start + float(row) + 4
    raise AssertionError("no slider was found")


def pictures(part: Pixels) -> bool:
    """Return whether there are the blacks and greys of a picture."""
    return bool(has_colour(part, "#000000", 40).sum() > 500)


def still_picture(desk: Desk) -> None:
    """Wait until two looks in a row see the same grid."""
    looks = [desk.look()[GRID]]

    def still() -> bool:
        looks.append(desk.look()[GRID])
        return len(looks) > 4 and all(np.array_equal(looks[-1], look) for look in looks[-4:-1])

    desk.until(still, "pausing does not pause")
