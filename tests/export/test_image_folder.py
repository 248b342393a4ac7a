"""Folders of single pictures, whole sets, and colour maps."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import torch

from ganview.data.digits import DIGITS_SHA256
from ganview.data.idx_dataset import load_idx
from ganview.data.source import DataSource
from ganview.errors import UserError
from ganview.export.colours import COLORMAPS, apply_colormap
from ganview.export.dataset_files import write_dataset
from ganview.export.image_folder import write_image_folder
from ganview.export.picture import model_ref, read_recipe, render_recipe, write_picture
from ganview.export.recipe import Recipe
from ganview.export.samples import draw_samples
from ganview.files.landscape_file import keep_landscape
from ganview.files.png import decode_png
from ganview.gan.explore.survey import survey_pictures
from ganview.gan.metrics.classifier import ClassifierNet
from tests.export.conftest import make_model


def rows_of(folder):
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_folder_of_singles_has_a_manifest(model, tmp_path):
    done = []
    write_image_folder(
        tmp_path / "a/b", model, 7, label="each", seed=3, zoom=2, progress=done.append
    )
    assert sum(done) == 7
    rows = rows_of(tmp_path / "a/b")
    assert [row["class"] for row in rows] == list("abcabca")
    assert {row["seed"] for row in rows} == {"3"}
    assert rows[0]["read"] == ""  # no digits
    images = draw_samples(model, 7, label="each", seed=3).images
    for row, image in zip(rows, images, strict=True):
        assert (decode_png(tmp_path / "a/b" / row["file"])[0][::2, ::2] == image).all()


def test_the_classifier_says_what_it_sees_in_digits(tmp_path):
    model = make_model("mlp", 0)
    model.info["dataset_sha256"] = DIGITS_SHA256
    write_image_folder(tmp_path / "digits", model, 2)
    for row in rows_of(tmp_path / "digits"):
        assert row["read"] in "0123456789"
        assert 0 <= float(row["sure"]) <= 1
        assert 0 < float(row["rarity"]) < 1


def test_of_a_landscape_that_was_made_the_manifest_names_classes(tmp_path):
    names = ("=first", "second", "third")
    judge = ClassifierNet((1, 28, 28), 3, "judge").eval().requires_grad_(False)
    images = torch.randint(0, 256, (60, 1, 28, 28), dtype=torch.uint8)
    labels = torch.arange(60) % 3
    made = survey_pictures(judge, judge, images, labels, names, images, labels, steps=2)
    keep_landscape("cd" * 32, made)
    model = make_model("mlp", 0)
    model.info["dataset_sha256"] = "cd" * 32
    write_image_folder(tmp_path / "made", model, 3)
    for row in rows_of(tmp_path / "made"):
        assert row["read"] in ("'=first", "second", "third")
        assert 0 < float(row["rarity"]) < 1


def test_stopping_leaves_nothing(model, tmp_path):
    def stop(_more):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_image_folder(tmp_path / "f", model, 3, progress=stop)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    with pytest.raises(UserError, match="new or empty"):
        write_image_folder(tmp_path / "full", model, 3)
    (tmp_path / "empty").mkdir()
    write_image_folder(tmp_path / "empty", model, 3)
    assert len(list((tmp_path / "empty").iterdir())) == 4


def test_a_folder_that_may_be_replaced_keeps_what_is_not_of_an_export(model, tmp_path):
    write_image_folder(tmp_path / "f", model, 5)
    for name in ("mine.txt", "99999.png"):
        (tmp_path / "f" / name).touch()
    with (tmp_path / "f" / "manifest.csv").open("a") as manifest:
        manifest.write("mine.txt,../../mine\n../f,\n")  # by a stranger: no picture of ours
    with pytest.raises(UserError, match="new or empty"):
        write_image_folder(tmp_path / "f", model, 2, seed=1)
    write_image_folder(tmp_path / "f", model, 2, seed=1, replace=True)
    left = sorted(path.name for path in (tmp_path / "f").iterdir())
    assert left == ["00000.png", "00001.png", "99999.png", "manifest.csv", "mine.txt"]
    assert [row["seed"] for row in rows_of(tmp_path / "f")] == ["1", "1"]

    def stop(_more):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_image_folder(tmp_path / "f", model, 9, seed=2, replace=True, progress=stop)
    assert left == sorted(path.name for path in (tmp_path / "f").iterdir())


def test_a_set_leaves_nothing_of_an_earlier_one(tmp_path):
    with_labels = draw_samples(make_model(), 6, label=2)
    without = draw_samples(make_model(classes=0), 6)
    write_dataset(tmp_path / "q.idx.gz", with_labels)
    write_dataset(tmp_path / "q.idx", with_labels)
    present = sorted(file.name for file in tmp_path.iterdir())
    assert present == ["q-images-idx3-ubyte", "q-labels-idx1-ubyte", "q-sha256"]
    images = write_dataset(tmp_path / "q.idx", without)[0]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["q-images-idx3-ubyte", "q-sha256"]
    assert load_idx(images).labels is None


def test_labels_of_other_images_are_refused(tmp_path):
    model = make_model()
    images, labels = write_dataset(tmp_path / "q.idx", draw_samples(model, 6, label=2))
    _, others = write_dataset(tmp_path / "o.idx", draw_samples(model, 6, label=1))
    load_idx(images)
    labels.write_bytes(others.read_bytes())
    with pytest.raises(UserError, match="q-labels-idx1-ubyte is not the file that q-sha256 names"):
        load_idx(images)
    labels.unlink()
    assert load_idx(images).labels is None
    images.write_bytes(images.read_bytes()[:-1] + b"x")
    with pytest.raises(UserError, match="q-images-idx3-ubyte is not the file"):
        load_idx(images)


@pytest.mark.parametrize("suffix", [".idx", ".idx.gz"])
def test_an_idx_set_can_be_trained_on(model, tmp_path, suffix):
    samples = draw_samples(model, 6, label="each")
    images, labels = write_dataset(tmp_path / f"set{suffix}", samples)
    assert labels.name.startswith("set-labels-idx1-ubyte")
    found = DataSource(str(images)).open()
    assert (found.images[:, 0].numpy() == samples.images).all()
    assert found.labels.tolist() == [0, 1, 2, 0, 1, 2]
    with pytest.raises(UserError, match=r"\.npz, \.idx"):
        write_dataset(tmp_path / "f.txt", samples)


def test_colour_maps_are_part_of_the_recipe(model, tmp_path):
    grey = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    for name, parts in COLORMAPS.items():
        table = apply_colormap(grey, name)
        if name != "grey":
            ends = table.reshape(256, 3)[[0, 255]].tolist()
            assert [r << 16 | g << 8 | b for r, g, b in ends] == [parts[0], parts[-1]]
    recipe = Recipe(model_ref(model), 4, 1, "any", columns=2, zoom=2, gap=4, colours="viridis")
    write_picture(tmp_path / "f.png", recipe, model)
    pixels = decode_png(tmp_path / "f.png")[0]
    assert pixels.shape == (116, 116, 3)
    assert (render_recipe(read_recipe(tmp_path / "f.png"), model) == pixels).all()
    assert not write_picture(tmp_path / "f.webp", recipe, model)
    from PIL import Image

    with Image.open(tmp_path / "f.webp") as image:
        assert (np.asarray(image.convert("RGB")) == pixels).all()


def test_a_colour_map_that_nobody_knows_is_refused(model):
    text = Recipe(model_ref(model), 1, 1, "any").to_text()
    assert Recipe.from_text(text.replace(', "colours": "grey"', "")).colours == "grey"
    with pytest.raises(UserError, match="colours"):
        Recipe.from_text(text.replace('"colours": "grey"', '"colours": "loud"'))
