"""Sources of data: digits, IDX files, folders, and a kind that is new."""

from __future__ import annotations

import os

import numpy as np
import pytest
import torch
from PIL import Image

from ganview.cli import main
from ganview.data.dataset import Dataset
from ganview.data.idx import encode_idx
from ganview.data.source import KINDS, DataKind, DataSource, source_labels
from ganview.errors import UserError
from ganview.files.run_folder import RunFolder


def open_dataset(name: object) -> Dataset:
    return DataSource(str(name)).open()


def test_digits_by_word():
    assert open_dataset("digits").name == "digits"


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


@pytest.mark.parametrize("array", [np.zeros(5, np.uint8), np.zeros((2, 28, 28, 2), np.uint8)])
def test_idx_without_images(tmp_path, array):
    path = tmp_path / "labels"
    path.write_bytes(encode_idx(array))
    with pytest.raises(UserError, match="holds no images"):
        open_dataset(path)


def ramp(seed, side=28):
    return Image.fromarray((np.arange(side * side) * (3 + seed)).astype(np.uint8).reshape(side, -1))


def test_folder(tmp_path):
    for i in range(2):
        ramp(i).save(tmp_path / f"{i}.png")
    assert len(open_dataset(tmp_path)) == 2


@pytest.mark.parametrize("source", ["", "nothing/here", "x" * 5000, "a\0b"])
def test_nothing_there(source):
    with pytest.raises(UserError):
        open_dataset(source)


def test_a_new_kind_of_data_is_one_entry(monkeypatch, tmp_path, capsys):
    images = torch.arange(4 * 28 * 28).remainder(256).to(torch.uint8).view(4, 1, 28, 28)

    def load(source: DataSource, _progress: object) -> Dataset:
        return Dataset(source.name, images, None, (), "c0de")

    kind = DataKind("'ramp'", lambda name: name == "ramp", load, is_path=False)
    monkeypatch.setattr("ganview.data.source.KINDS", [*KINDS, kind])
    assert source_labels().endswith(" or 'ramp'")
    run = tmp_path / "run"
    arguments = ["train", "--architecture", "mlp", "--batch-size", "2", "--threads", "1"]
    assert main([*arguments, "--data", "ramp", "--steps", "1", "--out", str(run)]) == 0
    assert main(["train", "--resume", str(run), "--steps", "2"]) == 0
    with RunFolder.open(run) as folder:
        assert folder.info.data == DataSource("ramp")
        assert folder.checkpoint_step() == 2


def test_only_scaled_pictures_have_a_size_to_choose(tmp_path):
    ramp(0, 40).save(tmp_path / "a.png")
    ramp(1, 40).save(tmp_path / "b.png")
    assert DataSource(str(tmp_path), 30, True).open().shape == (3, 30, 30)
    for source in (DataSource("digits", image_size=32), DataSource("digits", colour=True)):
        with pytest.raises(UserError, match="as they are"):
            source.open()
    assert DataSource("digits").read_as((1, 28, 28)) == DataSource("digits")


def test_a_name_that_is_no_text_is_refused():
    with pytest.raises(UserError, match="not valid Unicode"):
        DataSource(os.fsdecode(b"d\xff"))


def test_a_folder_with_idx_files_is_opened_by_the_training_images(tmp_path):
    for part in ("t10k", "train"):
        images = np.zeros((3, 28, 28), np.uint8)
        images[:, 3] = 255 if part == "train" else 90
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(encode_idx(images))
        labels = np.array([0, 1, 1], np.uint8)
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(encode_idx(labels))
    data = DataSource(str(tmp_path)).open()
    assert (data.class_names, int(data.images.max())) == (("0", "1"), 255)
    assert data.name == tmp_path.name
    assert data.unseen is not None
    assert int(data.unseen.images.max()) == 90
    sideways = DataSource(str(tmp_path), transposed=True).open()
    assert int(sideways.images[0, 0, 0, 3]) == 255
