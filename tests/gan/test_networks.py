"""Every pair takes any image shape from 28 to 64 pixels, grey or colour, classes or none."""

from __future__ import annotations

import pytest
import torch

from ganview.gan.model import ModelSpec
from ganview.gan.networks.build import ARCHITECTURES, SIZES, build_discriminator, build_generator


def spec(
    architecture: str = "residual",
    size: str = "small",
    shape: tuple[int, int, int] = (1, 28, 28),
    classes: int = 10,
) -> ModelSpec:
    names = tuple(str(i) for i in range(classes))
    return ModelSpec(architecture, size, 16, shape, names, tuple(1 / classes for _ in names))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (1, 30, 45), (3, 64, 64)])
@pytest.mark.parametrize("classes", [0, 3])
def test_shapes(architecture: str, shape: tuple[int, int, int], classes: int) -> None:
    described = spec(architecture, "small", shape, classes)
    y = torch.tensor([0, 2]) if classes else None
    images = build_generator(described)(torch.randn(2, 16), y)
    assert images.shape == (2, *shape)
    assert build_discriminator(described)(images, y).shape == (2,)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_sizes_grow(architecture: str) -> None:
    weights = [
        sum(w.numel() for w in build_generator(spec(architecture, size)).parameters())
        for size in SIZES
    ]
    assert weights == sorted(set(weights))


@pytest.mark.parametrize("architecture", ["residual", "mlp"])
def test_a_picture_depends_on_its_own_noise_alone(architecture: str) -> None:
    generator = build_generator(spec(architecture))
    z, y = torch.randn(5, 16), torch.arange(5)
    torch.testing.assert_close(generator(z, y)[2:3], generator(z[2:3], y[2:3]))


def test_an_even_mixture_of_one_class_is_that_class() -> None:
    generator = build_generator(spec())
    z = torch.randn(3, 16)
    weights = torch.nn.functional.one_hot(torch.tensor([4, 4, 4]), 10).float()
    torch.testing.assert_close(generator(z, torch.tensor([4, 4, 4])), generator(z, weights))


def test_fresh_networks_start_at_a_sane_scale() -> None:
    torch.manual_seed(0)
    for architecture in ARCHITECTURES:
        described = spec(architecture)
        images = build_generator(described)(torch.randn(64, 16), torch.arange(64) % 10)
        logits = build_discriminator(described)(images, torch.arange(64) % 10)
        assert 0.001 < images.std() < 10
        assert logits.std() < 10


def test_classes_are_asked_for() -> None:
    with pytest.raises(ValueError, match="needs y"):
        build_generator(spec())(torch.randn(1, 16))
    with pytest.raises(ValueError, match="needs y"):
        build_discriminator(spec())(torch.zeros(1, 1, 28, 28))
