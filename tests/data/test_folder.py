"""Folders of pictures: classes, sizes, colours, and files that should not be there."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from ganview.data.folder import load_folder
from ganview.errors import UserError


def save(path, colour=(200, 10, 30), size=(40, 30), **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = {1: "L", 3: "RGB", 4: "RGBA"}[len(colour)]
    Image.new(mode, size, colour if len(colour) > 1 else colour[0]).save(path, **options)


def test_sub_folders_are_classes_in_natural_order(tmp_path):
    for name in ("10", "2", "1"):
        save(tmp_path / name / "a.png", (int(name),))
        save(tmp_path / name / "b.jpg", (int(name),))
    data = load_folder(tmp_path, side=28)
    assert data.class_names == ("1", "2", "10")
    assert data.labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert data.shape == (1, 28, 28)
    assert [int(x) for x in data.images[:, 0, 14, 14]] == [1, 1, 2, 2, 10, 10]


def test_a_single_folder_has_no_classes(tmp_path):
    for i in range(3):
        save(tmp_path / "only" / f"{i}.png", (i, 0, 0))
    for folder in (tmp_path, tmp_path / "only"):
        data = load_folder(folder)
        assert data.labels is None
        assert data.class_names == ()
        assert data.shape == (3, 30, 30)


def test_colour_can_be_asked_for_and_refused(tmp_path):
    for i in range(2):
        save(tmp_path / f"{i}.png", (255, 0, 0))
    assert load_folder(tmp_path, colour=False).images[0, 0, 0, 0] == 76
    for i in range(2):
        save(tmp_path / f"{i}.png", (9,))
    assert load_folder(tmp_path, colour=True).shape[0] == 3


def test_centre_crop_transparency_and_sixteen_bits(tmp_path):
    wide = np.zeros((30, 90, 3), np.uint8)
    wide[:, 30:60] = (0, 255, 0)
    Image.fromarray(wide).save(tmp_path / "a.png")
    save(tmp_path / "b.png", (0, 0, 0, 0), (30, 30))
    Image.fromarray(np.full((30, 30), 257 * 100, np.uint16)).save(tmp_path / "c.png")
    images = load_folder(tmp_path, side=30).images
    assert images[0, :, 15, 15].tolist() == [0, 255, 0]
    assert images[1, :, 15, 15].tolist() == [255, 255, 255]
    assert images[2, :, 15, 15].tolist() == [100, 100, 100]


@pytest.mark.parametrize(("size", "side"), [((20, 20), 28), ((30, 31), 30), ((500, 400), 32)])
def test_natural_size(tmp_path, size, side):
    save(tmp_path / "a.png", size=size)
    save(tmp_path / "b.png", size=size)
    assert load_folder(tmp_path).shape == (3, side, side)


def test_hash_knows_pixels_and_classes(tmp_path):
    save(tmp_path / "x" / "1.png", (1,))
    save(tmp_path / "y" / "2.png", (2,))
    first = load_folder(tmp_path).sha256
    assert load_folder(tmp_path).sha256 == first
    (tmp_path / "y").rename(tmp_path / "z")
    assert load_folder(tmp_path).sha256 != first


def test_damaged_pictures_are_named_and_counted(tmp_path):
    save(tmp_path / "good.png")
    (tmp_path / "first.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "second.png").write_bytes((tmp_path / "good.png").read_bytes()[:60])
    with pytest.raises(UserError, match=r"first\.png .*1 more"):
        load_folder(tmp_path, side=28)


@pytest.mark.parametrize("side", [8_100, 10_000, 100_000])
def test_a_bomb_is_refused_by_its_header(tmp_path, side):
    for name in "ab":
        save(tmp_path / f"{name}.png")
    content = bytearray((tmp_path / "a.png").read_bytes())
    content[16:24] = struct.pack(">II", side, side)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(UserError, match=r"a\.png is too large: .*32 million"):
        load_folder(tmp_path)


def test_what_is_no_data(tmp_path):
    with pytest.raises(UserError, match="no pictures"):
        load_folder(tmp_path)
    with pytest.raises(UserError, match="cannot be read"):
        load_folder(tmp_path / "gone")
    save(tmp_path / "a.png")
    save(tmp_path / "sub" / "a.png")
    with pytest.raises(UserError, match="both in sub-folders and beside them"):
        load_folder(tmp_path)


def test_progress_is_told(tmp_path):
    for i in range(3):
        save(tmp_path / f"{i}.png")
    told = []
    load_folder(tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 3)]


def test_the_name_of_a_folder_cant_steer_a_terminal(tmp_path):
    folder = tmp_path / "a\x1b[2Jb\n"
    for name in "ab":
        save(folder / f"{name}.png")
    assert load_folder(folder).name == "a?[2Jb?"
