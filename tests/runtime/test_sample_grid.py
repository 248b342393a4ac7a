from __future__ import annotations

import numpy as np
import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.gan.model import Model, ModelSpec
from ganview.runtime.sample_grid import COLUMNS, MOST_COLUMNS, GridSampler

from .conftest import model_for


@pytest.fixture
def model(digits: Dataset) -> Model:
    return model_for(digits)


def test_rows_share_their_noise_and_columns_their_class(model: Model):
    grid = GridSampler(model.spec, 3)
    assert (grid.rows, grid.columns, grid.z.shape) == (3, 10, (3, 8))
    drawn = grid.draw(model)
    assert drawn.images.shape == (3, 10, 28, 28)
    for row, col in ((0, 0), (2, 7)):
        alone = model.sample(grid.z[row : row + 1].copy(), np.array([col]))[0]
        difference = drawn.images[row, col].astype(int) - alone
        assert abs(difference).max() <= 1  # the size of a batch may round another way


def test_columns_can_be_later_classes(model: Model):
    grid = GridSampler(model.spec, 2, first=7)
    drawn = grid.draw(model)
    assert drawn.class_names == ("7", "8", "9")
    assert [drawn.tile_class(column) for column in range(drawn.columns)] == [7, 8, 9]
    alone = model.sample(grid.z[1:].copy(), np.array([8]))[0]
    assert abs(drawn.images[1, 1].astype(int) - alone).max() <= 1


def test_the_atlas_shows_each_tile_in_its_place(model: Model):
    drawn = GridSampler(model.spec, 2).draw(model)
    assert drawn.atlas.shape == (2 * 28, 10 * 28)
    np.testing.assert_array_equal(drawn.atlas[28:, 3 * 28 : 4 * 28], drawn.images[1, 3])


def test_beliefs_are_those_of_the_discriminator(model: Model):
    drawn = GridSampler(model.spec, 2).draw(model)
    assert drawn.beliefs is not None
    assert drawn.beliefs.shape == (2, 10)
    assert drawn.beliefs.dtype == np.float32
    assert ((drawn.beliefs >= 0) & (drawn.beliefs <= 1)).all()
    without = Model(model.spec, model.generator)
    assert GridSampler(model.spec, 2).draw(without).beliefs is None


def test_without_classes_every_tile_has_its_own_noise(digits: Dataset):
    model = model_for(digits, conditional=False)
    grid = GridSampler(model.spec, 2)
    assert grid.z.shape == (2 * COLUMNS, 8)
    drawn = grid.draw(model)
    assert drawn.class_names == ()
    alone = model.sample(grid.z[13:14].copy(), None)[0]
    assert abs(drawn.images[1, 3].astype(int) - alone).max() <= 1


def test_what_leaves_the_thread_is_read_only(model: Model):
    grid = GridSampler(model.spec, 2)
    drawn = grid.draw(model)
    assert drawn.beliefs is not None
    for array in (drawn.images, drawn.atlas, drawn.beliefs, drawn.z):
        assert not array.flags.writeable
        assert array is not drawn.atlas or array.flags.c_contiguous


def test_many_classes_show_the_first_ones():
    names = tuple(f"c{i}" for i in range(50))
    spec = ModelSpec("mlp", "small", 8, (1, 28, 28), names, (1 / 50,) * 50)
    grid = GridSampler(spec, 2)
    assert grid.columns == MOST_COLUMNS


def test_colour_pictures(digits: Dataset):
    colour = Dataset(
        "colour", digits.images.repeat(1, 3, 1, 1), digits.labels, digits.class_names, "1" * 64
    )
    drawn = GridSampler(model_for(colour).spec, 2).draw(model_for(colour))
    assert drawn.atlas.shape == (56, 280, 3)


def test_drawing_leaves_the_global_random_numbers_alone(model: Model):
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    GridSampler(model.spec, 2).draw(model)
    assert torch.equal(torch.rand(1), expected)


def test_bands_take_turns_until_every_row_is_new(digits: Dataset, model: Model):
    other = model_for(digits, seed=9)
    grid = GridSampler(model.spec, 6)
    drawn, goal = grid.draw(model), grid.draw(other)
    for turn in range(4):
        before, drawn = drawn, grid.redraw_rows(other, drawn, turn)
        changed = (before.images != drawn.images).any(axis=(1, 2, 3))
        assert changed.nonzero()[0].tolist() == [row for row in range(6) if row % 4 == turn]
        assert not drawn.images.flags.writeable
    assert abs(drawn.images.astype(int) - goal.images).max() <= 1
    assert drawn.beliefs is not None
    np.testing.assert_allclose(drawn.beliefs, goal.beliefs, atol=1e-5)


def test_a_grid_of_one_row_is_always_drawn_whole(digits: Dataset, model: Model):
    grid = GridSampler(model.spec, 1)
    drawn = grid.redraw_rows(model_for(digits, seed=9), grid.draw(model), 3)
    assert (drawn.images != grid.draw(model).images).any()
