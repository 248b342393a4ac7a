"""Folders and ZIP files of pictures: classes, parts, sizes, colours, and what is left out."""

from __future__ import annotations

import io
import os
import shutil
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ganview.data.folder import load_folder
from ganview.errors import UserError
from ganview.gan.config import TrainConfig
from ganview.gan.model import spec_for


def picture(seed, size=(40, 30), mode="RGB"):
    """Return a picture that is like no other: a ramp with a bright square somewhere."""
    width, height = size
    rng = np.random.default_rng(seed)
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = rng.permutation([0, rng.integers(60, 100), rng.integers(100, 140)])
    x, y = rng.integers(0, max(1, width // 2)), rng.integers(0, max(1, height // 2))
    pixels[y : y + height // 3 + 1, x : x + width // 3 + 1] = rng.integers(130, 256, 3)
    return Image.fromarray(pixels).convert(mode)


def save(path, seed=0, size=(40, 30), mode="RGB", **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(seed, size, mode).save(path, **options)


def test_sub_folders_are_classes_in_natural_order(tmp_path):
    for name in ("10", "2", "1"):
        save(tmp_path / name / "a.png", int(name), mode="L")
        save(tmp_path / name / "b.jpg", int(name) + 50, mode="L")
    data = load_folder(tmp_path, side=28)
    assert data.class_names == ("1", "2", "10")
    assert data.labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert data.shape == (1, 28, 28)


def test_what_is_read_is_what_pillow_makes_of_it(tmp_path):
    """As in every version: the central square, scaled; so that older runs know their data."""
    save(tmp_path / "a.png", 1, (90, 60))
    save(tmp_path / "b.png", 2, (90, 60))
    square = picture(1, (90, 60)).crop((15, 0, 75, 60)).resize((30, 30), Image.Resampling.LANCZOS)
    images = load_folder(tmp_path, side=30).images
    assert (images[0].permute(1, 2, 0).numpy() == np.asarray(square)).all()


def test_a_single_folder_has_no_classes(tmp_path):
    for i in range(3):
        save(tmp_path / "only" / f"{i}.png", i)
    for folder in (tmp_path, tmp_path / "only"):
        data = load_folder(folder)
        assert data.labels is None
        assert data.class_names == ()
        assert data.shape == (3, 30, 30)


def test_classes_may_be_nested(tmp_path):
    for i, place in enumerate(("cats/black", "cats/white", "dogs/a/b", "dogs")):
        save(tmp_path / place / f"{i}.png", i)
    data = load_folder(tmp_path)
    assert data.class_names == ("cats", "dogs")
    assert data.labels.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("around", ["", "inside/"])
def test_parts_of_a_set(tmp_path, around):
    for part, seeds in (("Train", range(6)), ("test", range(6, 8)), ("val", range(8, 10))):
        for i in seeds:
            save(tmp_path / f"{around}{part}" / "ab"[i % 2] / f"{i}.png", i)
    data = load_folder(tmp_path)
    assert data.class_names == ("a", "b")
    assert len(data) == 6
    assert len(data.unseen) == 4
    assert sorted(data.unseen.labels.tolist()) == [0, 0, 1, 1]
    assert data.divided(0) == (data, data.unseen)


def test_parts_without_classes(tmp_path):
    for i in range(5):
        save(tmp_path / ("train" if i < 3 else "val") / f"{i}.png", i)
    data = load_folder(tmp_path)
    assert (len(data), len(data.unseen), data.labels) == (3, 2, None)


def test_a_test_picture_that_is_learned_is_no_test(tmp_path):
    for i in range(3):
        save(tmp_path / "train" / "a" / f"{i}.png", i)
        save(tmp_path / "train" / "b" / f"{i}.png", 10 + i)
    save(tmp_path / "test" / "a" / "x.png", 1)
    data = load_folder(tmp_path)
    assert data.unseen is None
    assert data.reading.left_out == {"for tests, but also learned": ["test/a/x.png"]}


def test_a_folder_called_test_among_classes_is_a_class(tmp_path):
    for i, name in enumerate(("test", "exam")):
        save(tmp_path / name / "1.png", i)
    assert load_folder(tmp_path).class_names == ("exam", "test")


def test_link_loops_end_and_links_count_once(tmp_path):
    for i in range(3):
        save(tmp_path / "a" / f"{i}.png", i)
        save(tmp_path / "b" / f"{i}.png", 10 + i)
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "b" / "again").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    data = load_folder(tmp_path)
    assert len(data) == 6
    assert data.reading.left_out == {
        "a link to a folder that is read already": ["a/loop", "b/again"],
        "a link to nothing": ["b/gone.png"],
    }


def test_what_is_left_out_is_listed_by_reason(tmp_path):
    for name, first in (("a", 0), ("b", 10)):
        for i in range(3):
            save(tmp_path / name / f"{i}.png", first + i)
    good = (tmp_path / "a" / "0.png").read_bytes()
    (tmp_path / "a" / "cut.png").write_bytes(good[:60])
    (tmp_path / "a" / "page.jpg").write_text("<html>404</html>")
    (tmp_path / "a" / "again.png").write_bytes(good)
    (tmp_path / "b" / "notes.txt").write_text("of the photographer")
    (tmp_path / "b" / "drawing.svg").write_text("<svg/>")
    save(tmp_path / "b" / "wide.png", 30, (300, 20))
    save(tmp_path / "b" / "tiny.png", 31, (5, 5))
    Image.new("RGB", (30, 30), "red").save(tmp_path / "b" / "blank.png")
    (tmp_path / "empty").mkdir()
    save(tmp_path / "cover.png", 40)
    data = load_folder(tmp_path)
    assert len(data) == 6
    assert data.reading.left_out == {
        "unreadable": ["a/cut.png", "a/page.jpg"],
        "the same as another": ["a/again.png"],
        "not of a type that is read": ["b/drawing.svg", "b/notes.txt"],
        "too long for its width": ["b/wide.png"],
        "too small": ["b/tiny.png"],
        "one colour only": ["b/blank.png"],
        "a class without pictures": ["empty"],
        "beside the folders of the classes": ["cover.png"],
    }
    everything = load_folder(tmp_path, everything=True)
    assert len(everything) == 10


def test_folders_that_are_not_entered_are_listed(tmp_path):
    deep = tmp_path.joinpath("a", *(f"{depth}" for depth in range(40)))
    save(deep / "x.png", 1)
    for name in "ab":
        for i in range(2):
            save(tmp_path / name / f"{i}.png", 2 * ord(name) + i)
    (tmp_path / "again").symlink_to(tmp_path / "b")
    left_out = load_folder(tmp_path).reading.left_out
    assert left_out["a link to a folder that is read already"] == ["again"]
    (found,) = left_out["a folder below 32 others"]
    assert found == f"a/{'/'.join(map(str, range(32)))}"


def test_a_class_of_the_test_part_only_is_listed_once(tmp_path):
    for place in ("train/a", "train/b", "test/a", "test/b", "test/c"):
        for i in range(2):
            save(tmp_path / place / f"{i}.png", sum(map(ord, place)) + i)
    left_out = load_folder(tmp_path).reading.left_out
    assert left_out == {"of a class that isn't learned": ["test/c/0.png", "test/c/1.png"]}


def test_what_levels_mean_is_said_by_kind(tmp_path):
    for i in range(4):
        levels = np.asarray(picture(i, mode="L"))
        Image.fromarray(levels.astype(np.uint16) * 257).save(tmp_path / f"{i}.png")
        Image.fromarray(levels.astype(np.float32) / 255).save(tmp_path / f"{i}.tif")
    assert load_folder(tmp_path, everything=True).reading.notes == (
        "Pictures of more than 256 levels are read from 0 to 65535.",
        "Floating-point pictures are read from 0 to 1.",
    )


def test_a_file_that_may_not_be_read_is_told_from_a_damaged_one(tmp_path, monkeypatch):
    for i in range(2):
        save(tmp_path / f"{i}.png", i)
    for name in ("damaged.png", "locked.png"):
        (tmp_path / name).write_bytes(b"x")
    monkeypatch.setattr("os.access", lambda path, _mode: path.name != "locked.png")
    left_out = load_folder(tmp_path).reading.left_out
    assert left_out == {"unreadable": ["damaged.png"], "cannot be read": ["locked.png"]}


def test_hidden_things_are_not_even_listed(tmp_path):
    for i in range(2):
        save(tmp_path / f"{i}.png", i)
    for name in ("__MACOSX", ".ipynb_checkpoints", "@eaDir"):
        save(tmp_path / name / "x.png", 7)
    (tmp_path / "Thumbs.db").write_bytes(b"x")
    data = load_folder(tmp_path)
    assert (len(data), data.reading.left_out) == (2, {})


@pytest.mark.parametrize("folders", [("moments",), ("samples", "snapshots")])
def test_what_a_run_has_drawn_is_no_data(tmp_path, folders):
    for i in range(2):
        save(tmp_path / f"{i}.png", i)
    run = tmp_path / "runs" / "first"
    for folder in folders:
        save(run / folder / "000.png", 7)
    (run / "config.json").write_text("{}")
    assert load_folder(tmp_path).reading.left_out == {"a run of ganview": ["runs/first"]}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.jfif", "JPEG"), ("a.jpe", "JPEG"), ("a.avif", "AVIF"), ("photo", "PNG"), ("a.dat", "GIF")],
)
def test_types_by_name_or_by_content(tmp_path, name, kind):
    save(tmp_path / "0.png", 0)
    save(tmp_path / name, 1, format=kind)
    assert len(load_folder(tmp_path)) == 2


def test_heic_names_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr("ganview.data.pictures.readable_formats", lambda: ("PNG",))
    monkeypatch.setattr("ganview.data.pictures.FORMATS", ("PNG",))
    for i in range(2):
        save(tmp_path / f"{i}.png", i)
    names = "a.heic", "called.jpg", "without a type"  # a telephone's, and how they are passed on
    for name in names:
        (tmp_path / name).write_bytes(b"\0\0\0\x18ftypheic" + bytes(200))
    ((reason, found),) = load_folder(tmp_path).reading.left_out.items()
    assert "ganview[heic]" in reason
    assert found == sorted(names)


def test_a_photograph_of_48_megapixels(tmp_path):
    large = picture(1, (800, 600)).resize((8000, 6000), Image.Resampling.NEAREST)
    large.save(tmp_path / "large.jpg", quality=60)
    save(tmp_path / "b.jpg", 2)
    data = load_folder(tmp_path, side=30)
    assert len(data) == 2
    small = np.asarray(picture(1, (800, 600)).crop((100, 0, 700, 600)).resize((30, 30)), int)
    assert abs(data.images[1].permute(1, 2, 0).numpy() - small).mean() < 6


def test_a_png_with_much_text(tmp_path):
    save(tmp_path / "a.png", 1)
    info = PngInfo()
    info.add_text("workflow", "x" * 3_000_000, zip=True)
    save(tmp_path / "b.png", 2, pnginfo=info)
    save(tmp_path / "c.png", 2)
    data = load_folder(tmp_path, everything=True)
    assert (data.images[1] == data.images[2]).all()


def deep(path, top, dtype):
    ramp = np.linspace(0, top, 40 * 40).reshape(40, 40)
    Image.fromarray((ramp if dtype == np.float32 else ramp.round()).astype(dtype)).save(path)


@pytest.mark.parametrize(
    ("name", "top", "dtype"),
    [
        ("a.png", 4095, np.uint16),
        ("a.png", 65535, np.uint16),
        ("a.tif", 1, np.float32),
        ("a.tif", 255, np.float32),
        ("a.tif", 65535, np.float32),
    ],
)
def test_many_levels_are_read_by_their_real_range(tmp_path, name, top, dtype):
    deep(tmp_path / name, top, dtype)
    deep(tmp_path / f"half-{name}", top / 2, dtype)
    images = load_folder(tmp_path, side=40).images
    assert images[0].min() == 0
    assert images[0].max() == 255
    assert abs(int(images[1].max()) - 127) <= 1  # both by the range of the set


def test_sixteen_bits_stay_what_they_were(tmp_path):
    deep(tmp_path / "a.png", 65535, np.uint16)
    deep(tmp_path / "b.png", 40000, np.uint16)
    wanted = (np.asarray(Image.open(tmp_path / "a.png"), np.float64) / 257).round()
    assert (load_folder(tmp_path, side=40).images[0, 0].numpy() == wanted).all()


def test_colour_can_be_asked_for_and_refused(tmp_path):
    for i in range(2):
        save(tmp_path / f"{i}.png", i)
    assert load_folder(tmp_path, colour=False).shape[0] == 1
    for i in range(2):
        save(tmp_path / f"{i}.png", i, mode="L")
    assert load_folder(tmp_path, colour=True).shape[0] == 3


def test_a_tint_is_no_colour(tmp_path):
    for i in range(3):
        grey = np.asarray(picture(i, mode="L"), float)
        sepia = np.stack([grey * 0.9 + 20, grey * 0.9 + 8, grey * 0.9], axis=2)
        Image.fromarray(sepia.astype(np.uint8)).save(tmp_path / f"{i}.jpg", quality=60)
    data = load_folder(tmp_path)
    assert data.shape[0] == 1
    assert any("tint" in note for note in data.reading.notes)


def icon(path, level, seed):
    pixels = np.zeros((32, 32, 4), np.uint8)
    pixels[4 + seed : 20 + seed, 8:24] = (level, level, level, 255)
    Image.fromarray(pixels).save(path)


@pytest.mark.parametrize(("level", "ground"), [(255, 0), (0, 255), (200, 255)])
def test_transparency_gets_a_ground_on_which_it_is_seen(tmp_path, level, ground):
    for i in range(4):
        icon(tmp_path / f"{i}.png", level, i)
    data = load_folder(tmp_path)
    assert data.images[0, 0, 0, 0] == ground
    assert data.reading.preparation.ground in data.reading.notes[0]
    for name, value in (("black", 0), ("white", 255), ("#404040", 64)):
        corner = load_folder(tmp_path, ground=name, everything=True).images[0, 0, 0, 0]
        assert corner == value


@pytest.mark.parametrize(("fit", "edges"), [("crop", 0), ("pad", 1), ("squash", 1)])
def test_ways_to_make_a_square(tmp_path, fit, edges):
    for i in range(2):
        wide = np.full((30, 90, 3), 100, np.uint8)
        wide[:, :20], wide[10 + i] = (255, 0, 0), 50 + i
        Image.fromarray(wide).save(tmp_path / f"{i}.png")
    image = load_folder(tmp_path, side=30, colour=True, fit=fit, ground="black").images[0]
    assert bool((image[0] > 200).logical_and(image[1] < 60).any()) == bool(edges)
    assert bool((image[:, 0] == 0).all()) == (fit == "pad")


@pytest.mark.parametrize(("size", "side"), [((20, 20), 28), ((30, 31), 30), ((500, 400), 32)])
def test_natural_size(tmp_path, size, side):
    save(tmp_path / "a.png", 1, size)
    save(tmp_path / "b.png", 2, size)
    assert load_folder(tmp_path).shape == (3, side, side)


def test_hash_knows_pixels_and_classes(tmp_path):
    save(tmp_path / "x" / "1.png", 1)
    save(tmp_path / "y" / "2.png", 2)
    first = load_folder(tmp_path).sha256
    assert load_folder(tmp_path).sha256 == first
    (tmp_path / "y").rename(tmp_path / "z")
    assert load_folder(tmp_path).sha256 != first


@pytest.mark.parametrize("side", [8_100, 10_000, 100_000])
def test_a_bomb_is_left_out_by_its_header(tmp_path, side):
    for i, name in enumerate("abc"):
        save(tmp_path / f"{name}.png", i)
    content = bytearray((tmp_path / "a.png").read_bytes())
    content[16:24] = struct.pack(">II", side, side)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    (tmp_path / "a.png").write_bytes(content)
    data = load_folder(tmp_path)
    assert len(data) == 2
    assert data.reading.left_out == {"too large": ["a.png"]}


def test_what_is_no_data(tmp_path):
    with pytest.raises(UserError, match="no pictures"):
        load_folder(tmp_path)
    with pytest.raises(UserError, match="cannot be read"):
        load_folder(tmp_path / "gone")
    for i in range(3):
        Image.new("L", (30, 30), 255).save(tmp_path / f"{i}.png")
    with pytest.raises(UserError, match=r"0 can be learned .one colour only"):
        load_folder(tmp_path)
    for i in range(9):
        save(tmp_path / f"loose{i}.png", i)
    for name in "ab":
        save(tmp_path / name / "a.png", 20)
    with pytest.raises(UserError, match="beside the folders"):
        load_folder(tmp_path)


def test_progress_is_told_and_may_end_it(tmp_path):
    for i in range(3):
        save(tmp_path / f"{i}.png", i)
    told = []
    load_folder(tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 3)]

    def leave(done, total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        load_folder(tmp_path, progress=leave)


def test_the_name_of_a_folder_cant_steer_a_terminal(tmp_path):
    folder = tmp_path / "a\x1b[2Jb\n"
    for i in range(2):
        save(folder / f"{i}.png", i)
    assert load_folder(folder).name == "a?[2Jb?"


def test_a_zip_file_is_read_like_the_folder_in_it(tmp_path):
    for part, first in (("train", 0), ("test", 50)):
        for i in range(6):
            save(tmp_path / "set" / part / "ab"[i % 2] / f"{i}.png", first + i)
    save(tmp_path / "set" / "__MACOSX" / "x.png", 99)
    folder = load_folder(tmp_path / "set")
    shutil.make_archive(str(tmp_path / "set"), "zip", tmp_path, "set")
    packed = load_folder(tmp_path / "set.zip")
    assert packed.sha256 == folder.sha256
    assert packed.name == "set"
    assert (packed.images == folder.images).all()


def test_a_locked_entry_of_a_zip_file_is_named(tmp_path):
    for i in range(3):
        save(tmp_path / f"{i}.png", i)
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for i in range(3):
            archive.write(tmp_path / f"{i}.png", f"{i}.png")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1  # as if the first had a password
    content[content.index(b"PK\3\4") + 6] |= 1
    path.write_bytes(content)
    assert load_folder(path).reading.left_out == {"locked by a password": ["0.png"]}


def test_names_of_classes_that_cant_be_shown_are_made_so(tmp_path):
    odd = os.fsdecode(b"caf\xe9"), "two\nlines", "left\u202eright"  # Latin-1 is no UTF-8
    for i, name in enumerate(odd):
        for number in range(2):
            save(tmp_path / name / f"{number}.png", 10 * i + number)
    data = load_folder(tmp_path)
    assert sorted(data.class_names) == ["caf?", "left?right", "two?lines"]
    assert spec_for(TrainConfig(), data.images, data.labels, data.class_names, ()).classes == 3


def test_a_zip_file_that_is_none(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(UserError, match="cannot be read as a ZIP file"):
        load_folder(path)


def test_a_zip_entry_that_claims_gigabytes_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr("ganview.data.listing.MAX_FILE_BYTES", 10_000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(2):
            save(tmp_path / f"{i}.png", i)
            archive.write(tmp_path / f"{i}.png", f"{i}.png")
        archive.writestr("bomb.png", bytes(10**7))
    data = load_folder(tmp_path / "a.zip")
    assert data.reading.left_out == {"too large": ["bomb.png"]}


def test_a_damaged_entry_of_a_zip_file_is_left_out(tmp_path):
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            packed = io.BytesIO()
            Image.effect_noise((28, 28), 50 + number).save(packed, "BMP")
            archive.writestr(f"{number}.bmp", packed.getvalue())
        damaged = archive.getinfo("3.bmp").header_offset
    whole = bytearray(path.read_bytes())
    whole[damaged + 35 : damaged + 75] = bytes(range(255, 215, -1))
    path.write_bytes(whole)
    assert len(load_folder(path)) == 5
