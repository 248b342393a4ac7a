"""The smooth pair: no grain of a chessboard, at any side, and taken by itself where it suits."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import avg_pool2d, pad

from ganview.gan.config import TrainConfig
from ganview.gan.networks.smooth import mean_of_neighbours
from ganview.gan.trainer import Trainer

SMALL = TrainConfig(batch_size=2, z_dim=8, clusters=0, threads=1)


def trainer_for(shape: tuple[int, int, int], **changes: object) -> Trainer:
    random = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (8, *shape), dtype=torch.uint8, generator=random)
    return Trainer(SMALL.with_(**changes), images, None)


@pytest.mark.parametrize(
    ("shape", "asked", "built"),
    [
        ((1, 28, 28), "auto", "residual"),
        ((3, 28, 28), "auto", "smooth"),
        ((1, 32, 32), "auto", "smooth"),
        ((3, 64, 64), "auto", "smooth"),
        ((3, 64, 64), "residual", "residual"),
        ((1, 28, 28), "smooth", "smooth"),
    ],
)
def test_colour_and_larger_images_have_it_unless_another_is_asked_for(shape, asked, built):
    assert trainer_for(shape, architecture=asked).spec.architecture == built


def test_a_pattern_that_changes_from_pixel_to_pixel_is_gone():
    rows, columns = torch.meshgrid(torch.arange(12), torch.arange(10), indexing="ij")
    patterns = torch.stack([(rows + columns) % 2, rows % 2, columns % 2]).float()[None]
    left = mean_of_neighbours(patterns)[..., 1:, 1:]
    torch.testing.assert_close(left, torch.full_like(left, 0.5))
    flat = torch.full((1, 2, 6, 6), 0.3)
    torch.testing.assert_close(mean_of_neighbours(flat), flat)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_means_and_their_gradients_are_those_of_their_definition(layout):
    random = torch.Generator().manual_seed(0)
    x = torch.randn(2, 3, 5, 4, generator=random, dtype=torch.float64)
    x = x.contiguous(memory_format=layout).requires_grad_()
    torch.testing.assert_close(
        mean_of_neighbours(x), avg_pool2d(pad(x, (1, 0, 1, 0), "replicate"), 2, 1)
    )
    assert torch.autograd.gradcheck(mean_of_neighbours, x)
    assert torch.autograd.gradgradcheck(mean_of_neighbours, x)


@pytest.mark.parametrize(
    "shape", [(3, 32, 32), (1, 43, 43), (3, 64, 48), (3, 96, 96), (1, 128, 128)]
)
def test_a_step_at_any_side(shape):
    trainer = trainer_for(shape)
    before = [weight.clone() for weight in trainer.generator.parameters()]
    trainer.step()
    trainer.step()  # the first has a learning rate of nothing
    after = trainer.generator.parameters()
    assert all(not torch.equal(a, b) for a, b in zip(before, after, strict=True))
    assert trainer.model().generate(torch.zeros(2, 8), None).shape == (2, *shape)
    height, width = trainer.generator.coarse
    assert 5 <= min(height, width) <= max(height, width) <= 12
