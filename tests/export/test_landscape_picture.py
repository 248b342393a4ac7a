from __future__ import annotations

import io
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from ganview.errors import UserError
from ganview.export.ground import Shades
from ganview.export.landscape_pane import Pane, Sprites
from ganview.export.landscape_picture import (
    KEY,
    contour_lines,
    draw_landscape,
    landscape_svg,
    turn_frames,
    write_landscape_png,
)
from ganview.export.relief import Camera

SHADES = Shades("#ffffff", "#8a2fb3", "#00766a", "#000000")
AT = (np.arange(96) + 0.5) / 48 - 1
BELL = np.exp(-(AT[None] ** 2 + AT[:, None] ** 2) / 0.18).astype(np.float32)


def pane(title: str = "Generated", captions: tuple[str, ...] = ("7",)) -> Pane:
    white = np.full((1, 28, 28), 255, np.uint8)
    sprites = Sprites(np.zeros((1, 2), np.float32), white, captions)
    return Pane(title, BELL, SHADES, sprites, (("#ff0000", np.full((1, 2), 0.5, np.float32)),))


@pytest.mark.parametrize("camera", [None, Camera()])
def test_fields_stand_side_by_side(camera: Camera | None) -> None:
    one = draw_landscape((pane(),), (200, 150), "#ffffff", camera)
    two = draw_landscape((pane(), pane()), (200, 150), "#ffffff", camera)
    assert one.shape[0] == two.shape[0] > 150
    assert two.shape[1:] == (408, 3)
    assert np.array_equal(two[:, :200], one)


def test_a_flat_map_has_its_dots_and_north_is_up() -> None:
    picture = draw_landscape((pane(),), (200, 200), "#ffffff", None)
    assert picture[50, 150].tolist() == [255, 0, 0]


def test_a_turn_comes_round() -> None:
    frames = list(turn_frames((pane(),), (120, 100), "#ffffff", Camera(), 4))
    assert len(frames) == 4
    assert not np.array_equal(frames[0], frames[1])


def test_a_field_that_is_too_large_is_refused() -> None:
    with pytest.raises(UserError):
        draw_landscape((pane(),), (100_000, 100), "#ffffff", None)


def test_a_picture_says_how_it_was_made(tmp_path: Path) -> None:
    path = tmp_path / "hills.png"
    write_landscape_png(path, np.zeros((4, 5, 3), np.uint8), {"psi": 0.5})
    text = Image.open(io.BytesIO(path.read_bytes())).text  # type: ignore[attr-defined]
    assert json.loads(text[KEY]) == {"psi": 0.5}


def test_an_svg_is_xml_whatever_a_class_is_called() -> None:
    text = landscape_svg((pane("<b>&", ('"<x>&',)),), "#000000", "#ffffff")
    tree = ElementTree.fromstring(text)
    words = [node.text for node in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ['"<x>&', "<b>&"]


def test_a_contour_of_a_bell_is_a_circle() -> None:
    lines = contour_lines(BELL, 0.5)
    away = np.hypot(lines[..., 0], lines[..., 1])
    assert away == pytest.approx(np.sqrt(0.18 * np.log(2)), abs=0.01)
    assert len(contour_lines(BELL, 2.0)) == 0
