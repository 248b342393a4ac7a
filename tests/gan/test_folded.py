"""The folded pair: for larger images, of any side, and older runs keep theirs."""

from __future__ import annotations

import pytest
import torch

from ganview.gan.config import TrainConfig, upgrade_settings
from ganview.gan.networks.folded import folded_shape
from ganview.gan.trainer import Trainer

SMALL = TrainConfig(batch_size=2, z_dim=8, clusters=0, threads=1, architecture="folded")


def trainer_for(side: int, channels: int = 3, **changes: object) -> Trainer:
    random = torch.Generator().manual_seed(0)
    shape = (8, channels, side, side)
    images = torch.randint(0, 256, shape, dtype=torch.uint8, generator=random)
    return Trainer(SMALL.with_(**changes), images, None)


@pytest.mark.parametrize("side", [28, 40, 41])
def test_what_is_chosen_is_built_at_any_side(side):
    assert trainer_for(side).spec.architecture == "folded"


@pytest.mark.parametrize(
    ("stored", "architecture"),
    [
        ({"fold": True, "architecture": "auto"}, "folded"),
        ({"fold": True, "architecture": "residual"}, "folded"),
        ({"fold": True, "architecture": "dcgan"}, "dcgan"),
        ({"fold": False, "architecture": "residual"}, "residual"),
        ({"architecture": "folded"}, "folded"),
    ],
)
def test_runs_that_had_a_switch_keep_their_networks(stored, architecture):
    config = TrainConfig.from_dict(upgrade_settings(SMALL.to_dict() | stored))
    assert config.architecture == architecture


def test_runs_from_before_augmentation_have_none():
    stored = SMALL.to_dict()
    for name in ("augment", "mirror"):
        del stored[name]
    config = TrainConfig.from_dict(upgrade_settings(stored))
    assert (config.augment, config.mirror) == ("off", False)


@pytest.mark.parametrize("side", [43, 64, 67, 96, 128])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_step_at_any_side(side, channels):
    trainer = trainer_for(side, channels)
    before = [weight.clone() for weight in trainer.generator.parameters()]
    trainer.step()
    trainer.step()  # the first has a learning rate of nothing
    assert any(
        not torch.equal(a, b) for a, b in zip(before, trainer.generator.parameters(), strict=True)
    )
    model = trainer.model()
    picture = model.generate(torch.zeros(2, 8), None)
    assert picture.shape == (2, channels, side, side)
    assert max(folded_shape(model.spec.image_shape)[1:]) <= 32
