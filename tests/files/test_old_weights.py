"""Weights of an older schema compute what they did."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.nn.functional import conv2d, pixel_shuffle, pixel_unshuffle

from ganview.files.json_document import to_text
from ganview.files.model_file import KEY, current_order, load_model
from ganview.files.tensor_file import write_tensors
from ganview.gan.model import ModelSpec
from ganview.gan.networks.build import build_discriminator, build_generator
from ganview.gan.networks.residual import fold, unfold
from ganview.gan.seeded import Seeded


def spec(channels: int = 1) -> ModelSpec:
    return ModelSpec("residual", "small", 4, (channels, 28, 28), ("a", "b"), (0.5, 0.5))


def tensors_of(about: ModelSpec) -> dict[str, torch.Tensor]:
    with Seeded(1):
        nets = {
            "generator": build_generator(about),
            "discriminator": build_discriminator(about),
        }
    return {
        f"{n}.{k}": torch.randn_like(t, dtype=torch.float64)
        for n, net in nets.items()
        for k, t in net.state_dict().items()
    }


@pytest.mark.parametrize("channels", [1, 3])
def test_each_layer_moves_pixels_as_before(channels: int) -> None:
    old = tensors_of(spec(channels))
    new = current_order(spec(channels), 1, old)
    for i in (0, 1):
        w, b = (f"generator.ups.{i}.{kind}" for kind in ("weight", "bias"))
        x = torch.randn(2, old[w].shape[1], 7, 7, dtype=torch.float64)
        then = pixel_shuffle(conv2d(x, old[w], old[b], padding=1), 2)
        torch.testing.assert_close(unfold(conv2d(x, new[w], new[b], padding=1)), then)

        w = f"discriminator.downs.{i}.weight"
        x = torch.randn(2, old[w].shape[1] // 4, 14, 14, dtype=torch.float64)
        then = conv2d(pixel_unshuffle(x, 2), old[w], padding=1)
        torch.testing.assert_close(conv2d(fold(x), new[w], padding=1), then)
    untouched = set(old) - {name for name in old if ".ups." in name or ".downs." in name}
    assert all(new[name] is old[name] for name in untouched)


def test_a_file_of_schema_1_is_opened_in_todays_order(tmp_path: Path) -> None:
    old = {name: value.float() for name, value in tensors_of(spec()).items()}
    path = tmp_path / "old.safetensors"
    document = {"schema": 1, "program": "ganview 0.0", "spec": spec().to_dict(), "info": {}}
    write_tensors(path, old, {KEY: to_text(document)})
    model = load_model(path)
    expected = current_order(spec(), 1, old)["generator.ups.0.weight"]
    assert not torch.equal(expected, old["generator.ups.0.weight"])
    assert torch.equal(model.generator.state_dict()["ups.0.weight"], expected)


def test_other_networks_and_todays_schema_stay() -> None:
    old = tensors_of(spec())
    assert current_order(spec(), 2, old) is old
    other = ModelSpec("mlp", "small", 4, (1, 28, 28), (), ())
    assert current_order(other, 1, {}) == {}
