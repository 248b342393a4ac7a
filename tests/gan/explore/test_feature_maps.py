from __future__ import annotations

import pytest
import torch

from ganview.gan.explore.feature_maps import (
    answer_slope,
    as_maps,
    feature_maps,
    layers_of,
    run_without_map,
)
from ganview.gan.model import Model, ModelSpec
from ganview.gan.networks.build import ARCHITECTURES, build_discriminator, build_generator


def model(architecture: str, channels: int = 3) -> Model:
    spec = ModelSpec(architecture, "small", 8, (channels, 28, 28), ("a", "b"), (0.5, 0.5))
    g, d = build_generator(spec), build_discriminator(spec)
    return Model(spec, g.eval().requires_grad_(False), d.eval().requires_grad_(False))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_layer_has_maps_in_the_order_of_work(architecture: str) -> None:
    of = model(architecture)
    z, y = torch.randn(1, 8), torch.tensor([1])
    drawn = feature_maps(of.generator, z, y)
    judged = feature_maps(of.discriminator, of.generate(z, y), y)
    assert {maps.name for maps in drawn} == set(layers_of(of.generator))
    assert {maps.name for maps in judged} == set(layers_of(of.discriminator))
    assert drawn[0].name == "linear"
    assert all(maps.maps.ndim == 3 and len(maps.maps) == maps.count for maps in drawn + judged)


def test_without_a_map_is_what_a_network_with_that_channel_cut_off_draws() -> None:
    of = model("residual")
    z, y = torch.randn(1, 8), torch.tensor([0])
    cut = run_without_map(of.generator, "finish", 1, z, y)
    whole = of.generator(z, y)
    assert torch.equal(cut[:, [0, 2]], whole[:, [0, 2]])
    assert not cut[:, 1].any()
    assert torch.equal(of.generator(z, y), whole)  # nothing stays silent


def test_a_layer_without_maps_is_silent_as_a_whole() -> None:
    of = model("mlp")
    z = torch.randn(2, 8)
    y = torch.tensor([0, 0])
    one, other = run_without_map(of.generator, "linear", 0, z, y)
    assert torch.equal(one, other)


def test_the_slope_of_an_answer_agrees_with_differences() -> None:
    of = model("mlp", channels=1)
    of.discriminator.double()
    x = torch.randn(1, 1, 28, 28, dtype=torch.double)
    y = torch.tensor([1])
    slope = answer_slope(of, x, y)
    moved = x.clone()
    moved[0, 0, 5, 7] += 1e-6
    difference = (of.discriminator(moved, y) - of.discriminator(x, y)).item() / 1e-6
    assert slope[0, 5, 7] == pytest.approx(difference, rel=1e-4)


def test_numbers_alone_become_a_map_of_rows() -> None:
    assert as_maps(torch.arange(5.0)).tolist() == [[[0, 1, 2], [3, 4, 0]]]
    assert as_maps(torch.zeros(4, 3, 2)).shape == (4, 3, 2)
