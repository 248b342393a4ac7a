"""Blank networks draw nothing."""

from __future__ import annotations

import pytest
import torch

from ganview.files.uninitialised import uninitialised
from ganview.gan.model import ModelSpec
from ganview.gan.networks.build import ARCHITECTURES, build_discriminator, build_generator


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("build", [build_generator, build_discriminator])
def test_same_names_and_shapes_without_touching_the_global_generator(architecture, build):
    spec = ModelSpec(architecture, "small", 8, (3, 30, 32), ("a", "b"), (0.5, 0.5))
    before = torch.get_rng_state()
    net = uninitialised(lambda: build(spec))
    assert torch.equal(torch.get_rng_state(), before)
    with torch.random.fork_rng():
        real = build(spec)
    shapes = {key: value.shape for key, value in real.state_dict().items()}
    assert {key: value.shape for key, value in net.state_dict().items()} == shapes
