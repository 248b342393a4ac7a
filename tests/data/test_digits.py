"""The bundled digits are the published ones, and say so when they are not."""

from __future__ import annotations

import shutil

import pytest
import torch

from ganview.data import digits
from ganview.data.locate import resources_folder
from ganview.errors import UserError


def test_training_digits():
    data = digits.load_digits()
    assert data.images.shape == (60_000, 1, 28, 28)
    assert data.images.dtype == torch.uint8
    assert data.shape == (1, 28, 28)
    assert data.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert data.class_names == tuple("0123456789")
    assert int((data.labels == 1).sum()) == 6742


def test_test_digits_are_others_and_kept():
    data = digits.load_digits("test")
    assert len(data) == 10_000
    assert data is digits.load_digits("test")
    assert data.sha256 != digits.load_digits("train").sha256


@pytest.fixture
def folder(tmp_path):
    for file in digits.FILES["test"]:
        shutil.copy(resources_folder() / "digits" / f"{file.name}.gz", tmp_path)
    return tmp_path


def test_a_flipped_bit_is_found(folder):
    path = folder / "t10k-labels-idx1-ubyte.gz"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(UserError, match=r"t10k-labels-idx1-ubyte\.gz"):
        digits.read_digits("test", folder)


def test_other_digits_are_not_taken_for_these(folder):
    from ganview.data.idx import encode_idx, read_idx

    path = folder / "t10k-labels-idx1-ubyte.gz"
    labels = read_idx(path).array.copy()
    labels[0] = 0
    path.write_bytes(encode_idx(labels, compress=True))
    with pytest.raises(UserError, match="not the published ones"):
        digits.read_digits("test", folder)


def test_a_missing_file_is_one_sentence(folder):
    (folder / "t10k-images-idx3-ubyte.gz").unlink()
    with pytest.raises(UserError, match=r"There is no file .*t10k-images.*install ganview again"):
        digits.read_digits("test", folder)
