"""``ganview landscape`` draws hills and maps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from ganview.cli import main
from ganview.export.animation import DESCRIPTION


def draw(out: Path, *more: str) -> int:
    size = ("--width", "120", "--height", "100", "--pictures", "60", "--quiet")
    return main(["landscape", "conditional", "--out", str(out), *size, *more])


def test_a_picture_says_what_drew_it(tmp_path: Path) -> None:
    path = tmp_path / "hills.png"
    assert draw(path, "--truncation", "0.5") == 0
    with Image.open(path) as picture:
        made = json.loads(picture.text["ganview-landscape"])  # type: ignore[attr-defined]
        assert picture.width == 248
    assert made["psi"] == 0.5
    assert len(made["model"]) == 64


def test_a_flat_map_of_one_class_as_svg(tmp_path: Path) -> None:
    path = tmp_path / "sevens.svg"
    assert draw(path, "--flat", "--class", "7", "--show", "real") == 0
    assert path.read_text("utf-8").startswith("<svg")


def test_a_turn_has_its_frames(tmp_path: Path) -> None:
    path = tmp_path / "turn.gif"
    assert draw(path, "--seconds", "0.5", "--rate", "10", "--show", "generated") == 0
    with Image.open(path) as picture:
        assert picture.n_frames == 5
        made = json.loads(picture.info["comment"])
    assert made["showing"]["mode"] == "generated"


def test_every_animation_says_what_drew_it(tmp_path: Path) -> None:
    short = ("--seconds", "0.2", "--rate", "10", "--show", "generated")
    for kind in ("webp", "apng", "mp4"):
        assert draw(tmp_path / f"turn.{kind}", *short) == 0
    with Image.open(tmp_path / "turn.webp") as picture:
        assert len(json.loads(picture.getexif()[DESCRIPTION])["model"]) == 64
    with Image.open(tmp_path / "turn.apng") as picture:
        assert json.loads(picture.text["Comment"])["psi"] == 1  # type: ignore[attr-defined]
    av = pytest.importorskip("av")
    with av.open(tmp_path / "turn.mp4") as film:
        assert json.loads(film.metadata["comment"])["pictures"] == 60


def test_the_moments_of_a_run_rise(tmp_path: Path, trained: Path) -> None:
    path = tmp_path / "rising.gif"
    size = ("--width", "120", "--height", "100", "--pictures", "60", "--quiet")
    given = ["landscape", str(trained), "--moments", "--out", str(path), *size]
    assert main([*given, "--seconds", "0.5", "--rate", "10"]) == 0
    with Image.open(path) as picture:
        steps = json.loads(picture.info["comment"])["steps"]
    assert len(steps) > 1
    assert steps == sorted(steps)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("hills.svg", ()),
        ("hills.txt", ()),
        ("hills.png", ("--moments",)),
        ("hills.png", ("--class", "each")),
        ("hills.png", ("--class", "no such")),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, name: str, more: tuple[str, ...]) -> None:
    assert draw(tmp_path / name, *more) == 2
    assert not (tmp_path / name).exists()
