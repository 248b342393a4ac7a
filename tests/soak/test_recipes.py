"""A thousand recipes at random states, a thousand identical pictures."""

from __future__ import annotations

import numpy as np
import pytest

from ganview.export.picture import read_recipe, render_recipe, write_picture
from ganview.files.png import decode_png
from tests.export.conftest import make_model
from tests.export.states import random_recipe
from tests.soak.conftest import size


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_thousand_pictures_come_back(tmp_path, figures):
    random = np.random.default_rng(0)
    models = [
        make_model("residual", classes=10, z_dim=64),
        make_model("residual", classes=0, z_dim=64),
        make_model("dcgan", channels=3),
        make_model("mlp", z_dim=512),
    ]
    path, same, recipes = tmp_path / "a.png", 0, size("RECIPES", 1000)
    for number in range(recipes):
        model = models[number % len(models)]
        write_picture(path, random_recipe(random, model), model)
        same += np.array_equal(render_recipe(read_recipe(path), model), decode_png(path)[0])
        figures |= {"recipes": number + 1, "identical": int(same)}
    assert same == recipes
