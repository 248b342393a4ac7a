"""Small models to write and read."""

from __future__ import annotations

import pytest
import torch

from ganview.gan.model import Model, ModelSpec
from ganview.gan.networks.build import build_discriminator, build_generator


def make_model(architecture: str = "mlp", classes: int = 3, **info) -> Model:
    names = tuple("abcdefghij"[:classes])
    prior = (1 / classes,) * classes if classes else ()
    spec = ModelSpec(architecture, "small", 4, (1, 28, 28), names, prior)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        nets = build_generator(spec), build_discriminator(spec)
    generator, discriminator = (
        net.to(memory_format=torch.channels_last).eval().requires_grad_(False) for net in nets
    )
    return Model(spec, generator, discriminator, {"step": 7, "name": "little", **info})


@pytest.fixture
def model() -> Model:
    return make_model()
