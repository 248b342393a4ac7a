"""Pictures come back from their recipes, pixel by pixel."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

import ganview
from ganview.errors import UserError
from ganview.export.image_folder import write_image_folder
from ganview.export.latent_path import LatentPath
from ganview.export.picture import (
    find_model,
    first_point,
    model_ref,
    read_recipe,
    render_recipe,
    write_picture,
)
from ganview.export.recipe import Recipe
from ganview.export.samples import draw_samples
from ganview.export.state import short_model_hash
from ganview.files.model_file import load_model, save_model
from ganview.files.open_model import SHIPPED, open_model
from ganview.files.png import decode_png, write_png
from ganview.gan.fingerprint import weights_sha256
from tests.export.conftest import make_model
from tests.export.states import random_recipe


def test_fifty_random_states_come_back(tmp_path):
    random = np.random.default_rng(3)
    models = [
        make_model(),
        make_model(classes=0),
        make_model("residual", classes=10, z_dim=64),
        make_model("dcgan", channels=3),
    ]
    path = tmp_path / "a.png"
    for number in range(50):
        model = models[number % len(models)]
        recipe = random_recipe(random, model)
        assert write_picture(path, recipe, model)
        kept, _ = decode_png(path)
        again = render_recipe(read_recipe(path), model)
        np.testing.assert_array_equal(again, kept)
        np.testing.assert_array_equal(again, render_recipe(recipe, model))


def test_after_the_model_went_through_a_file_and_with_other_threads(tmp_path):
    model = make_model("dcgan")
    for module in model.generator.modules():  # as after training
        if isinstance(module, torch.nn.BatchNorm2d):
            module.num_batches_tracked += 3
    save_model(tmp_path / "m.safetensors", model)
    loaded = load_model(tmp_path / "m.safetensors")
    sha256 = weights_sha256(model.generator)
    assert weights_sha256(loaded.generator) == sha256
    # recipes, state strings and files name a model alike
    assert (model_ref(loaded).sha256, short_model_hash(loaded)) == (sha256, sha256[:8])
    recipe = random_recipe(np.random.default_rng(0), model)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        again = render_recipe(recipe, loaded)
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(again, render_recipe(recipe, model))


def test_a_tile_is_the_same_alone_and_among_others():
    model = make_model("residual", classes=10, z_dim=64)
    z = np.random.default_rng(1).standard_normal((1, 64)).astype(np.float32)
    ref = model_ref(model)
    strip = render_recipe(Recipe(ref, 10, z, np.arange(10), columns=10), model)
    for label in (0, 7):
        alone = render_recipe(Recipe(ref, 1, z, np.array([label])), model)
        np.testing.assert_array_equal(alone, strip[:, 28 * label : 28 * label + 28])
    one_hot = np.eye(10, dtype=np.float32)[[7]]
    np.testing.assert_array_equal(render_recipe(Recipe(ref, 1, z, one_hot), model), alone)


@pytest.mark.parametrize("name", SHIPPED)
def test_sheet_set_folder_animation_and_python_agree_to_the_last_bit(name, tmp_path):
    model, count = open_model(name), 120
    drawn = draw_samples(model, count, seed=5)
    sheet = render_recipe(Recipe(model_ref(model), count, 5, "any", columns=10), model)
    tiles = sheet.reshape(12, 28, 10, 28).swapaxes(1, 2).reshape(count, 28, 28)
    np.testing.assert_array_equal(tiles, drawn.images)
    np.testing.assert_array_equal(ganview.load(name).sample(count, seed=5), drawn.images)
    alone = [model.sample(drawn.z[i : i + 1], _one(drawn.labels, i))[0] for i in range(count)]
    np.testing.assert_array_equal(alone, drawn.images)
    write_image_folder(tmp_path / "f", model, count, seed=5)
    files = sorted((tmp_path / "f").glob("*.png"))
    np.testing.assert_array_equal([decode_png(path)[0] for path in files], drawn.images)
    frames = list(LatentPath(drawn.z[None], drawn.labels).draw(model))
    np.testing.assert_array_equal(frames[0], drawn.images)


def _one(labels, i):
    return None if labels is None else labels[i : i + 1]


def test_a_model_that_answers_with_no_picture_is_refused(model):
    broken = copy.deepcopy(model)
    with torch.no_grad():
        next(broken.generator.parameters()).fill_(float("inf"))
    with pytest.raises(UserError, match="no picture"):
        draw_samples(broken, 3, label="each")


def test_rows_of_noise_and_columns_of_classes(model):
    z = np.random.default_rng(2).standard_normal((2, 4)).astype(np.float32)
    ref = model_ref(model)
    grid = render_recipe(
        Recipe(ref, 6, z, np.arange(3), psi=0.7, columns=3, gap=2, background=9), model
    )
    assert grid.shape == (2 * 28 + 2, 3 * 28 + 4)
    assert (grid[28:30] == 9).all()
    single = render_recipe(Recipe(ref, 1, z[1:], np.array([2]), psi=0.7), model)
    np.testing.assert_array_equal(grid[30:, 60:], single)


def test_another_model_is_named(model):
    recipe = random_recipe(np.random.default_rng(0), model)
    other = make_model(seed=1)
    with pytest.raises(UserError, match=f"'little' .weights {recipe.model.sha256[:8]}, step 7"):
        render_recipe(recipe, other)
    assert find_model(recipe.model) is None
    assert find_model(recipe.model, [other, model]) is model


def test_what_does_not_fit_the_model(model):
    ref, z = model_ref(model), np.zeros((1, 4), np.float32)
    right = Recipe(ref, 1, z, np.array([2]))
    wrong = [
        replace(right, z=np.zeros((1, 5), np.float32)),
        replace(right, classes=None),
        replace(right, classes=np.array([3])),
        replace(right, classes=np.full((1, 4), 0.25, np.float32)),
        replace(right, z=0, classes=3),
        replace(right, zoom=1000, count=100, columns=10),
        replace(right, gap=100_000, count=2, columns=2),
    ]
    for recipe in wrong:
        with pytest.raises(UserError):
            render_recipe(recipe, model)
    plain = make_model(classes=0)
    none = Recipe(model_ref(plain), 1, z, None)
    assert render_recipe(none, plain).shape == (28, 28)
    for recipe in (replace(none, captions=True), replace(none, classes=np.array([0]))):
        with pytest.raises(UserError):
            render_recipe(recipe, plain)


def test_first_place(model):
    ref, z = model_ref(model), np.arange(8, dtype=np.float32).reshape(2, 4)
    noise, weights, psi = first_point(Recipe(ref, 2, z, np.array([2, 0]), psi=0.5), model.spec)
    assert (noise.tolist(), weights.tolist(), psi) == ([0, 1, 2, 3], [0, 0, 1], 0.5)
    seeded = Recipe(ref, 2, 5, 1, psi=0.5)
    noise, weights, psi = first_point(seeded, model.spec)
    assert (noise == draw_samples(model, 2, label=1, seed=5).z[0]).all()
    assert (weights.tolist(), psi) == ([0, 1, 0], 0.5)


def test_a_picture_without_recipe(tmp_path):
    write_png(tmp_path / "a.png", np.zeros((3, 3), np.uint8))
    with pytest.raises(UserError, match="carries no recipe"):
        read_recipe(tmp_path / "a.png")
