"""Small generators of every kind."""

from __future__ import annotations

import pytest
import torch

from ganview.gan.model import Model, ModelSpec
from ganview.gan.networks.build import build_generator


def make_model(
    architecture: str = "mlp",
    classes: int = 3,
    *,
    channels: int = 1,
    seed: int = 0,
    z_dim: int = 4,
    clusters: tuple[int, ...] = (),
) -> Model:
    names = tuple("abcdefghij"[:classes])
    prior = (1 / classes,) * classes if classes else ()
    spec = ModelSpec(architecture, "small", z_dim, (channels, 28, 28), names, prior, clusters)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        generator = build_generator(spec)
    generator = generator.to(memory_format=torch.channels_last).eval().requires_grad_(False)
    return Model(spec, generator, None, {"step": 7, "name": "little"})


@pytest.fixture
def model() -> Model:
    return make_model()
