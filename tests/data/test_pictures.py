"""A picture that is too large is refused before anything makes room for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from ganview.data import pictures
from ganview.data.pictures import open_picture, webp_size
from ganview.errors import UserError

KINDS = {
    "lossy": {"quality": 50},
    "lossless": {"lossless": True},
    "extended": {"quality": 50, "exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(1, 1), (300, 7), (31, 1025)])
def test_it_says_what_pillow_says(tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    path = tmp_path / "a.webp"
    Image.new("RGB", size, "red").save(path, **KINDS[kind])
    assert webp_size(path.read_bytes()[:30]) == size
    with open_picture(path) as image:
        assert image.size == size


def test_an_animation_says_its_canvas(tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert webp_size(path.read_bytes()[:30]) == (40, 30)


def test_other_files_have_none() -> None:
    for content in (
        b"",
        b"RIFF\0\0\0\0WEBP",
        b"\x89PNG" + bytes(40),
        b"RIFF    WEBPALPH" + bytes(30),
    ):
        assert webp_size(content[:30]) is None


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_too_large_is_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = tmp_path / "a.webp"
    Image.new("RGB", (50, 60)).save(path, **KINDS[kind])
    monkeypatch.setattr(pictures, "MAX_PIXELS", 2999)
    monkeypatch.setattr(Image, "open", lambda *_a, **_k: pytest.fail("it was opened"))
    with pytest.raises(UserError, match="50 × 60 pixels"):
        open_picture(path)
