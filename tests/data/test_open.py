"""One door for digits, IDX files and folders."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ganview.data.idx import encode_idx
from ganview.data.open import open_dataset
from ganview.errors import UserError


def test_digits_by_word():
    assert open_dataset("digits", split="test").name == "digits-test"


def test_idx_finds_its_labels_and_keeps_their_names(tmp_path):
    pixels = np.arange(3 * 28 * 30, dtype=np.uint8).reshape(3, 28, 30)
    path = tmp_path / "my-images-idx3-ubyte.gz"
    path.write_bytes(encode_idx(pixels, compress=True))
    assert open_dataset(path).labels is None
    (tmp_path / "my-labels-idx1-ubyte").write_bytes(encode_idx(np.array([3, 1, 3], np.uint8)))
    data = open_dataset(path)
    assert data.class_names == ("1", "3")
    assert data.labels.tolist() == [1, 0, 1]
    assert (data.images[:, 0].numpy() == pixels).all()


def test_idx_in_colour(tmp_path):
    path = tmp_path / "pictures.idx"
    pixels = np.arange(2 * 32 * 32 * 3).astype(np.uint8).reshape(2, 32, 32, 3)
    path.write_bytes(encode_idx(pixels))
    data = open_dataset(str(path))
    assert data.shape == (3, 32, 32)
    assert (data.images.permute(0, 2, 3, 1).numpy() == pixels).all()


@pytest.mark.parametrize("array", [np.zeros(5, np.uint8), np.zeros((2, 28, 28), np.int16)])
def test_idx_without_images(tmp_path, array):
    path = tmp_path / "labels"
    path.write_bytes(encode_idx(array))
    with pytest.raises(UserError, match="holds no images"):
        open_dataset(path)


def test_folder(tmp_path):
    for i in range(2):
        Image.new("L", (28, 28), i).save(tmp_path / f"{i}.png")
    assert len(open_dataset(tmp_path)) == 2


@pytest.mark.parametrize("source", ["", "nothing/here", "x" * 5000, "a\0b"])
def test_nothing_there(source):
    with pytest.raises(UserError):
        open_dataset(source)
