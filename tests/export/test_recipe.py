"""Recipes as text: back bit for bit, and nothing hostile gets through."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganview.errors import UserError
from ganview.export.recipe import MAX_TEXT, ModelRef, Recipe
from ganview.export.state import state_recipe
from ganview.gan.explore.state_string import State, decode_state, encode_state
from tests.export.conftest import make_model

MAKER = ModelRef("ab" * 32, "little", 7, (1, 28, 28))
Z = np.array([[0.1, -2, 3]], np.float32)
PICTURE = Recipe(MAKER, 1, Z, np.array([2]), psi=0.3, zoom=4)
MIX = Recipe(MAKER, 1, Z, np.array([[0.1, 0.9]], np.float32))
SEEDED = Recipe(MAKER, 9, 5, "each", columns=3, captions=True)


@pytest.mark.parametrize("recipe", [PICTURE, MIX, SEEDED, Recipe(MAKER, 1, Z, None)])
def test_back_and_forth(recipe):
    text = recipe.to_text()
    again = Recipe.from_text(text)
    assert again.to_text() == text
    assert again.model == MAKER
    np.testing.assert_array_equal(again.z, recipe.z)
    np.testing.assert_array_equal(again.classes, recipe.classes)
    for key in ("count", "psi", "columns", "zoom", "gap", "background", "captions"):
        assert getattr(again, key) == getattr(recipe, key)


def test_it_can_be_read_by_people():
    document = json.loads(SEEDED.to_text())
    assert document["model"]["name"] == "little"
    assert (document["seed"], document["class"], document["psi"]) == (5, "each", 1.0)


def test_the_largest_grid_of_the_window_has_room_and_more_does_not():
    assert Recipe(MAKER, 80, np.zeros((80, 512), np.float32), None).to_text() is not None
    assert Recipe(MAKER, 100, np.zeros((100, 512), np.float32), None).to_text() is None


@pytest.mark.parametrize(
    ("base", "key", "value"),
    [
        (PICTURE, "schema", 2),
        (PICTURE, "schema", True),
        (PICTURE, "model", "little"),
        (PICTURE, "model", {"sha256": "ab" * 32, "name": "a\x1b[2J", "image_shape": [1, 28, 28]}),
        (PICTURE, "model", {"sha256": "AB" * 32, "name": "", "image_shape": [1, 28, 28]}),
        (PICTURE, "model", {"sha256": "ab" * 32, "name": "", "image_shape": [1, 28, 2**40]}),
        (PICTURE, "model", {"sha256": "ab" * 32, "name": "x" * 201, "image_shape": [1, 28, 28]}),
        (PICTURE, "count", 10**9),
        (PICTURE, "count", 0),
        (PICTURE, "count", True),
        (PICTURE, "psi", -1),
        (PICTURE, "psi", None),
        (PICTURE, "columns", 2),
        (PICTURE, "zoom", 0),
        (PICTURE, "zoom", 10**6),
        (PICTURE, "zoom", 1.5),
        (PICTURE, "gap", -1),
        (PICTURE, "ground", 256),
        (PICTURE, "captions", 1),
        (PICTURE, "z_dim", 513),
        (PICTURE, "z_dim", 2),
        (PICTURE, "z", "AAAA"),
        (PICTURE, "z", "not base64"),
        (PICTURE, "z", ["AAAA"]),
        (PICTURE, "z", "AADAfwAAAAAAAAAA"),  # NaN
        (PICTURE, "z", "AACAfwAAAAAAAAAA"),  # infinity
        (PICTURE, "labels", []),
        (PICTURE, "labels", [-1]),
        (PICTURE, "labels", [2**70]),
        (PICTURE, "labels", ["2"]),
        (MIX, "mix", [[]]),
        (MIX, "mix", [[0.5, 0.5], [1]]),
        (MIX, "mix", [[0.5, 0.1]]),
        (MIX, "mix", [[-1, 2]]),
        (MIX, "mix", 1),
        (SEEDED, "seed", 2**31),
        (SEEDED, "class", "all"),
        (SEEDED, "class", [1]),
        (SEEDED, "class", 1000),
    ],
)
def test_hostile(base, key, value):
    document = {**json.loads(base.to_text()), key: value}
    with pytest.raises(UserError):
        Recipe.from_text(json.dumps(document))


def test_nothing_is_read_that_is_too_long():
    with pytest.raises(UserError, match="too long"):
        Recipe.from_text(" " * (MAX_TEXT + 1))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(
    base=st.sampled_from([PICTURE, MIX, SEEDED]),
    changes=st.dictionaries(
        st.sampled_from([*json.loads(PICTURE.to_text()), "mix", "seed", "class", "z_dim"]),
        JSON,
        min_size=1,
        max_size=3,
    ),
)
def test_whatever_is_in_it_a_recipe_is_right_or_refused(base, changes):
    text = json.dumps({**json.loads(base.to_text()), **changes})
    try:
        recipe = Recipe.from_text(text)
    except UserError:
        return
    assert 1 <= recipe.columns <= recipe.count <= 4096
    assert 0 <= recipe.psi <= 10


def test_a_maker_is_named_in_the_midst_of_a_sentence():
    ref = ModelRef("c8cfb3d6" + "0" * 56, "", 30, (1, 28, 28))
    assert str(ref) == "a model without a name (weights c8cfb3d6, step 30)"
    assert str(replace(ref, name="x", step=None)) == "the model 'x' (weights c8cfb3d6)"


@pytest.mark.parametrize(
    ("z", "weights", "psi"),
    [(100.0, (1.0, 0.0), 100.0), (0.5, (1.0005, 0.0), 10.5), (-100.0, (0.5, 0.4995), 0.0)],
)
def test_every_state_is_a_recipe_that_can_be_read(z, weights, psi):
    model = make_model(classes=2)
    state = State(
        np.full(4, z, np.float32), np.array(weights, np.float32), psi=psi, model="c8cfb3d6"
    )
    again = decode_state(encode_state(state))
    text = state_recipe(again, model).to_text()
    recipe = Recipe.from_text(text)
    assert recipe.psi == pytest.approx(psi)
    np.testing.assert_array_equal(recipe.z[0], state.z)
    np.testing.assert_array_equal(recipe.classes[0], state.weights)


@pytest.mark.parametrize(("key", "value"), [("psi", 101.0), ("zoom", 1001), ("background", 256)])
def test_what_could_not_be_read_is_not_written(key, value):
    with pytest.raises(UserError, match=f"damaged: .*{'ground' if key == 'background' else key}"):
        replace(PICTURE, **{key: value}).to_text()


def test_a_state_that_could_not_be_read_is_not_written():
    for broken in ({"z": np.full(4, np.nan)}, {"psi": 101.0}, {"weights": np.array([0.5, 0.4])}):
        state = State(np.zeros(4, np.float32), np.array([1.0, 0.0], np.float32))
        with pytest.raises(UserError, match="cannot be copied"):
            encode_state(replace(state, **broken))
