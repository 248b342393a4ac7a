"""Arrays of pictures from IDX and NPZ files: any side, range and names, nothing unpickled."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from ganview.data.idx import encode_idx
from ganview.data.source import DataSource
from ganview.errors import LONGEST, UserError
from ganview.export.dataset_files import write_npz

RNG = np.random.default_rng(0)


def write_idx(folder, pixels, labels=None, name="s"):
    path = folder / f"{name}-images-idx3-ubyte"
    path.write_bytes(encode_idx(pixels))
    if labels is not None:
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(encode_idx(labels))
    return DataSource(str(path))


@pytest.mark.parametrize(("side", "learned"), [(8, 28), (20, 28), (65, 65), (200, 32)])
def test_idx_of_any_side(tmp_path, side, learned):
    pixels = RNG.integers(0, 256, (3, side, side), np.uint8)
    data = write_idx(tmp_path, pixels).open()
    assert data.shape == (1, learned, learned)
    assert bool(data.reading.notes) == (side != learned)


def test_idx_of_a_chosen_side_and_colour(tmp_path):
    source = write_idx(tmp_path, RNG.integers(0, 256, (3, 28, 28), np.uint8))
    data = DataSource(source.name, image_size=32, colour=True).open()
    assert data.shape == (3, 32, 32)
    assert source.read_as(data.shape).open().sha256 == data.sha256


@pytest.mark.parametrize(
    ("dtype", "black", "white"),
    [("f4", 0, 1), ("f8", 0, 255), ("f4", -1, 1), ("i2", 0, 4095), ("f4", -3, 7)],
)
def test_numbers_are_read_by_their_real_range(tmp_path, dtype, black, white):
    ramp = np.linspace(black, white, 3 * 28 * 28).reshape(3, 28, 28).astype(dtype)
    images = write_idx(tmp_path, ramp).open().images
    assert (int(images.min()), int(images.max())) == (0, 255)
    assert abs(int(images[1, 0, 14, 0]) - 128) <= 1


def test_what_is_no_number_is_refused(tmp_path):
    pixels = np.full((2, 28, 28), np.nan, np.float32)
    with pytest.raises(UserError, match="NaN"):
        write_idx(tmp_path, pixels).open()


def test_emnist_lies_on_its_side(tmp_path):
    pixels = RNG.integers(0, 256, (3, 28, 28), np.uint8)
    upright = pixels.swapaxes(1, 2)
    data = write_idx(tmp_path, pixels, name="emnist-letters-train").open()
    assert (data.images[:, 0].numpy() == upright).all()
    source = write_idx(tmp_path, pixels)
    assert (source.open().images[:, 0].numpy() == pixels).all()
    turned = DataSource(source.name, transposed=True).open()
    assert (turned.images[:, 0].numpy() == upright).all()


def test_names_of_classes_from_a_file(tmp_path):
    pixels = RNG.integers(0, 256, (3, 28, 28), np.uint8)
    labels = np.array([2, 1, 3], np.uint8)
    source = write_idx(tmp_path, pixels, labels)
    before = source.open().sha256
    (tmp_path / "s-classes.txt").write_text("cat\ndog\nbird\n", encoding="utf-8")
    data = source.open()
    assert data.class_names == ("cat", "dog", "bird")  # labels from 1
    assert data.labels.tolist() == [1, 0, 2]
    assert data.sha256 != before
    (tmp_path / "s-mapping.txt").write_text("1 65 97\n2 66 98\n3 67 99\n")
    assert source.open().class_names == ("A", "B", "C")


def test_names_given_by_hand(tmp_path):
    pixels = RNG.integers(0, 256, (4, 28, 28), np.uint8)
    source = write_idx(tmp_path, pixels, np.array([0, 1, 0, 1], np.uint8))
    named = DataSource(source.name, class_names=("cat", "dog"))
    data = named.open()
    assert data.class_names == ("cat", "dog")
    assert data.sha256 not in ("", source.open().sha256)
    for names in (("cat",), ("cat", "cat"), ("a", "b", "c")):
        with pytest.raises(UserError, match="as many different names"):
            DataSource(source.name, class_names=names).open()


def test_the_test_part_of_an_idx_set(tmp_path):
    pixels = RNG.integers(0, 256, (6, 28, 28), np.uint8)
    labels = np.array([0, 1, 2, 0, 1, 2], np.uint8)
    source = write_idx(tmp_path, pixels, labels, name="train")
    write_idx(tmp_path, pixels[:3], labels[:3], name="t10k")
    assert len(source.open().unseen) == 3


def test_npz_that_ganview_wrote(tmp_path):
    pixels = RNG.integers(0, 256, (6, 28, 28), np.uint8)
    z = np.zeros((6, 8), np.float32)
    path = tmp_path / "set.npz"
    write_npz(path, pixels, np.arange(6) % 3, z)
    data = DataSource(str(path)).open()
    assert (data.images[:, 0].numpy() == pixels).all()
    assert data.class_names == ("0", "1", "2")
    write_npz(path, pixels, None, z)
    assert DataSource(str(path)).open().labels is None


def test_npz_as_keras_writes_it(tmp_path):
    pixels = RNG.random((6, 3, 32, 32), np.float32)
    path = tmp_path / "set.npz"
    np.savez_compressed(
        path,
        x_train=pixels[:4],
        y_train=np.array([[0], [1], [0], [1]]),
        x_test=pixels[4:],
        y_test=np.array([[0], [1]]),
        class_names=np.array(["cat", "dog"]),
    )
    data = DataSource(str(path)).open()
    assert data.shape == (3, 32, 32)
    assert data.class_names == ("cat", "dog")
    assert len(data.unseen) == 2


def test_npy(tmp_path):
    path = tmp_path / "set.npy"
    np.save(path, np.asfortranarray(RNG.integers(0, 256, (3, 28, 30), np.uint8)))
    data = DataSource(str(path)).open()
    assert (data.images[:, 0].numpy() == np.load(path)).all()


def test_npz_with_objects_or_without_pictures_is_refused(tmp_path):
    path = tmp_path / "set.npz"
    np.savez(path, images=np.array([{}, {}], dtype=object))
    with pytest.raises(UserError, match="Python's objects"):
        DataSource(str(path)).open()
    np.savez(path, weights=np.zeros(3))
    with pytest.raises(UserError, match="no pictures"):
        DataSource(str(path)).open()
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(UserError, match="numpy"):
        DataSource(str(path)).open()


@pytest.mark.parametrize("damage", ["header", "packed"])
def test_a_damaged_npz_is_refused(tmp_path, damage):
    path = tmp_path / "set.npz"
    array = io.BytesIO()
    np.lib.format.write_array(array, np.zeros((4, 28, 28), np.uint8))
    data = array.getvalue()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", data.replace(b"(4,", b"((4") if damage == "header" else data)
    if damage == "packed":
        whole = bytearray(path.read_bytes())
        whole[60:80] = bytes(range(255, 235, -1))
        path.write_bytes(whole)
    with pytest.raises(UserError, match="cannot be read"):
        DataSource(str(path)).open()


def test_another_number_of_labels_is_told_with_both_counts(tmp_path):
    path = tmp_path / "set.npz"
    np.savez(path, images=np.zeros((4, 28, 28), np.uint8), labels=np.zeros(3, np.uint8))
    with pytest.raises(UserError, match="4 images and 3 labels"):
        DataSource(str(path)).open()


def test_options_come_back_from_plain_values():
    source = DataSource("d", 32, True, "pad", "#102030", True, None, ("a", "b"))
    assert DataSource.of_options("d", source.options()) == source
    assert DataSource("d").options() == {}
    junk = {"image_size": "x", "colour": 1, "fit": 3, "class_names": [1], "other": 2}
    assert DataSource.of_options("d", junk) == DataSource("d")


def save(folder, **arrays):
    np.savez(folder / "a.npz", **arrays)
    return DataSource(str(folder / "a.npz"))


@pytest.mark.parametrize("shape", [(0, 28, 28), (5, 0, 28)])
@pytest.mark.parametrize("dtype", ["u1", "f4"])
def test_an_array_without_a_number_is_refused(tmp_path, shape, dtype):
    with pytest.raises(UserError, match="holds nothing"):
        save(tmp_path, images=np.zeros(shape, dtype)).open()


@pytest.mark.parametrize(("ink", "ground"), [(255, 0), (0, 255)])
def test_transparent_arrays_are_put_on_what_they_are_seen_on(tmp_path, ink, ground):
    pixels = np.zeros((4, 28, 28, 4), np.uint8)
    pixels[:, 9:18, 9:18] = (ink, ink, ink, 255)
    data = save(tmp_path, images=pixels).open()
    assert (int(data.images[0, 0, 0, 0]), int(data.images[0, 0, 12, 12])) == (ground, ink)
    assert "Transparent" in data.reading.notes[0]


@pytest.mark.parametrize("labels", [np.eye(3)[[0, 2, 1, 0]], np.float32([0, 2, 1, 0])])
def test_labels_as_numbers_with_a_point_or_one_of_k(tmp_path, labels):
    images = RNG.integers(0, 256, (4, 28, 28), np.uint8)
    data = save(tmp_path, images=images, labels=labels).open()
    assert data.labels.tolist() == [0, 2, 1, 0]
    with pytest.raises(UserError, match="no labels"):
        save(tmp_path, images=images, labels=labels + 0.5).open()


def test_arrays_that_are_too_large_together_are_refused_before_they_are_unpacked(
    tmp_path, monkeypatch
):
    images = np.zeros((9, 28, 28), np.uint8)
    source = save(tmp_path, x_train=images, x_test=images)
    monkeypatch.setattr("ganview.data.npz_dataset.MAX_BYTES", images.nbytes + 9)
    with pytest.raises(UserError, match="too large"):
        source.open()


@pytest.mark.parametrize("layout", ["grey", "last", "first", "alpha"])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_arrays_are_read_in_parts_as_they_are_at_once(tmp_path, monkeypatch, layout, dtype):
    shape = {"grey": (7, 30, 40), "last": (7, 30, 40, 3), "first": (7, 3, 30, 40)}
    pixels = RNG.integers(0, 256, shape.get(layout, (7, 30, 40, 4)), np.uint8).astype(dtype)
    source = save(tmp_path, images=pixels, labels=np.arange(7) % 2)
    source = DataSource(source.name, image_size=28, transposed=True)
    whole, told = source.open(), []
    monkeypatch.setattr("ganview.data.pixels.PART_BYTES", 2 * pixels[0].nbytes)
    parts = source.open(lambda done, total: told.append((done, total)))
    assert (parts.images == whole.images).all()
    assert (parts.sha256, parts.reading) == (whole.sha256, whole.reading)
    assert told == 2 * [(0, 7), (2, 7), (4, 7), (6, 7)]  # what it is, then the pictures


def test_an_array_larger_than_memory_is_scaled_as_it_is_read(tmp_path, monkeypatch):
    pixels = RNG.integers(0, 256, (40, 256, 256), np.uint8)
    source = save(tmp_path, images=pixels)
    for limit in ("arrays.MAX_BYTES", "npz_dataset.MAX_IN_MEMORY", "pixels.PART_BYTES"):
        monkeypatch.setattr(f"ganview.data.{limit}", 2**16)
    assert source.open().shape == (1, 32, 32)
    with pytest.raises(UserError, match="more than fit at 64 × 64 pixels: choose a smaller size"):
        DataSource(source.name, image_size=64).open()
    with pytest.raises(UserError, match="Fortran"):
        save(tmp_path, images=np.asfortranarray(pixels)).open()


def test_an_array_that_is_one_number_is_refused(tmp_path):
    with pytest.raises(UserError, match="holds no images"):
        save(tmp_path, images=np.float32(1)).open()


def test_a_source_knows_whether_its_file_is_turned(tmp_path):
    pixels = RNG.integers(0, 256, (3, 28, 28), np.uint8)
    for folder, name in (("plain", "emnist-letters-train"), ("emnist", "train")):
        (tmp_path / folder).mkdir()
        source = DataSource(write_idx(tmp_path / folder, pixels, name=name).name)
        within = DataSource(str(tmp_path / folder))
        turned = bool((within.open().images[:, 0].numpy() == pixels.swapaxes(1, 2)).all())
        assert turned is within.lies_on_its_side is source.lies_on_its_side
    np.savez(tmp_path / "emnist.npz", images=pixels)
    arrays = DataSource(str(tmp_path / "emnist.npz"))
    assert (arrays.open().images[:, 0].numpy() == pixels).all()
    assert not arrays.lies_on_its_side


def test_what_a_damaged_header_says_is_quoted_in_part(tmp_path):
    header = b"{'descr':" + b"[" * 3000 + b"]" * 3000 + b",'fortran_order':False,'shape':(1,)}"
    path = tmp_path / "set.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(UserError) as refused:
        DataSource(str(path)).open()
    assert len(str(refused.value)) <= LONGEST


def test_labels_of_several_columns_are_refused(tmp_path):
    data = write_idx(tmp_path, np.zeros((6, 28, 28), np.uint8), np.eye(10, dtype=np.uint8)[:6])
    with pytest.raises(UserError, match="one dimension"):
        data.open()


def test_labels_in_the_same_letters_come_first(tmp_path):
    pixels = RNG.integers(0, 256, (6, 28, 28), np.uint8)
    (tmp_path / "S-labels-idx1-ubyte").write_bytes(encode_idx(np.zeros(6, np.uint8)))
    data = write_idx(tmp_path, pixels, np.arange(6, dtype=np.uint8))
    assert len(data.open().class_names) == 6
