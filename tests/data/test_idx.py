"""IDX: what is written comes back, and nothing hostile gets further than a sentence."""

from __future__ import annotations

import gzip
import struct
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ganview.data.idx import MAX_BYTES, encode_idx, read_idx
from ganview.data.idx_dataset import load_idx
from ganview.errors import UserError

DTYPES = st.sampled_from(["u1", "i1", "i2", "i4", "f4", "f8", ">i4", ">f8"])
SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, max_side=5)
SAMPLE = encode_idx(np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("idx") / "file"


@given(array=hnp.arrays(DTYPES, SHAPES), compress=st.booleans())
def test_round_trip(path, array, compress):
    path.write_bytes(encode_idx(array, compress=compress))
    found = read_idx(path).array
    assert found.dtype == array.dtype.newbyteorder("=")
    assert found.tobytes() == array.astype(found.dtype).tobytes()
    assert found.shape == array.shape


@given(data=st.data(), compress=st.booleans())
@settings(max_examples=300)
def test_mutations_raise_only_user_errors(path, data, compress):
    bad = bytearray(gzip.compress(SAMPLE) if compress else SAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        bad[data.draw(st.integers(0, len(bad) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(bad)))
    path.write_bytes(bytes(bad[:end]) + data.draw(st.binary(max_size=4)))
    with suppress(UserError):
        read_idx(path)


def header(*shape: int, code: int = 8) -> bytes:
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, code, len(shape), *shape)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "ends within its header"),
        (b"\0\0\x08", "ends within its header"),
        (header(2, 2), "damaged"),
        (header(2) + b"123", "damaged"),
        (header(0, 28, 28), "holds nothing"),
        (header(2**32 - 1, 2**32 - 1, 2**32 - 1), "too large"),
        (b"PK\x03\x04 a zip", "not an IDX file"),
        (b"\0\0\x08\x09" + b"\0" * 60, "not an IDX file"),
        (
            gzip.compress(header(3) + b"1234", mtime=0),
            "more follows",
        ),  # pytest-xdist wants equal names
        (gzip.compress(header(5) + b"1234", mtime=0), "ends before"),
        (gzip.compress(header(5) + b"12345", mtime=0)[:-9], "cannot be unpacked"),
    ],
)
def test_says_what_is_wrong(tmp_path, content, words):
    path = tmp_path / "data.idx"
    path.write_bytes(content)
    with pytest.raises(UserError, match=words):
        read_idx(path)


def test_missing_file_and_folder_are_named(tmp_path):
    with pytest.raises(UserError, match=r"no file .*gone"):
        read_idx(tmp_path / "gone")
    with pytest.raises(UserError, match="not a file"):
        read_idx(tmp_path)


@pytest.mark.parametrize("claimed", [2**10, 2**30])
def test_a_bomb_is_not_unpacked(tmp_path, claimed):
    path = tmp_path / "bomb.gz"
    whole = gzip.compress(header(claimed) + bytes(64 * 2**20))
    path.write_bytes(whole)
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match="damaged"):
            read_idx(path)
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    finally:
        tracemalloc.stop()


def test_sets_that_shrink_much_are_read(tmp_path):
    labels = np.arange(100_000, dtype=np.uint8) % 10
    images = np.zeros((2000, 28, 28), np.uint8)
    images[:, 14, 14] = 255
    for array in (labels, images):
        (tmp_path / "set.gz").write_bytes(encode_idx(array, compress=True))
        np.testing.assert_array_equal(read_idx(tmp_path / "set.gz").array, array)


def write_set(folder, images, labels, *, gz=""):
    (folder / f"s-images-idx3-ubyte{gz}").write_bytes(encode_idx(images, compress=bool(gz)))
    (folder / f"s-labels-idx1-ubyte{gz}").write_bytes(encode_idx(labels, compress=bool(gz)))


def test_the_labels_in_the_form_of_the_images_come_first(tmp_path):
    images = np.zeros((4, 28, 28), np.uint8)
    write_set(tmp_path, images, np.array([0, 0, 0, 1], np.uint8))
    write_set(tmp_path, images, np.array([1, 1, 1, 0], np.uint8), gz=".gz")
    assert load_idx(tmp_path / "s-images-idx3-ubyte").labels.tolist() == [0, 0, 0, 1]
    assert load_idx(tmp_path / "s-images-idx3-ubyte.gz").labels.tolist() == [1, 1, 1, 0]


def test_labels_are_found_in_letters_of_any_case(tmp_path):
    write_set(tmp_path, np.zeros((4, 28, 28), np.uint8), np.array([0, 0, 0, 1], np.uint8))
    for name in ("s-images-idx3-ubyte", "s-labels-idx1-ubyte"):
        (tmp_path / name).rename(tmp_path / name.upper())
    assert load_idx(tmp_path / "S-IMAGES-IDX3-UBYTE").labels.tolist() == [0, 0, 0, 1]


def test_labels_as_qmnist_has_them(tmp_path):
    """Each row has the label first (Yadav and Bottou, 2019, arXiv:1905.10498)."""
    images = tmp_path / "q-images-idx3-ubyte"
    images.write_bytes(encode_idx(np.zeros((3, 28, 28), np.uint8)))
    rows = np.array([[2, 0, 7], [0, 1, 8], [1, 4, 9]], np.int32)
    (tmp_path / "q-labels-idx2-int").write_bytes(encode_idx(rows))
    assert load_idx(images).labels.tolist() == [2, 0, 1]


def test_another_order_of_bytes_is_said(tmp_path):
    path = tmp_path / "s-images-idx3-ubyte"
    path.write_bytes(struct.pack("<4B3I", 0, 0, 8, 3, 4, 28, 28) + bytes(4 * 28 * 28))
    with pytest.raises(UserError, match="endian"):
        load_idx(path)


def test_another_number_of_labels_is_refused(tmp_path):
    write_set(tmp_path, np.zeros((4, 28, 28), np.uint8), np.zeros(3, np.uint8))
    with pytest.raises(
        UserError, match=r"s-labels.* does not belong to the images: it holds 3 items, and they are"
    ):
        load_idx(tmp_path / "s-images-idx3-ubyte")


def test_a_declared_gigabyte_is_refused_before_it_is_allocated(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(header(MAX_BYTES + 1))
    with pytest.raises(UserError, match="1 GiB"):
        read_idx(path)


@pytest.mark.parametrize("array", [np.zeros(3, complex), np.zeros((0, 2), np.uint8)])
def test_writer_refuses_what_idx_cannot_hold(array):
    with pytest.raises(ValueError, match="IDX"):
        encode_idx(array)
