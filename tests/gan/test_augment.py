"""Augmentation: exact for G, off where nothing is known by heart, and part of a run's state."""

from __future__ import annotations

import pytest
import torch

from ganview.gan.augment import (
    FEW,
    MOST,
    Augmentation,
    change_colours,
    cut_squares,
    mirror_pictures,
    shift_pictures,
)
from ganview.gan.config import TrainConfig
from ganview.gan.trainer import Trainer
from ganview.gan.trainer_state import load_state, state_of

ALL = torch.ones(6, dtype=torch.bool)
NONE = ~ALL


def random(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(channels: int = 3) -> torch.Tensor:
    return torch.rand(6, channels, 32, 32, generator=random()) * 2 - 1


@pytest.mark.parametrize("change", [shift_pictures, change_colours, cut_squares])
@pytest.mark.parametrize("channels", [1, 3])
def test_only_the_chosen_are_changed_and_gradients_pass(change, channels):
    x = pictures(channels).requires_grad_()
    assert torch.allclose(change(x, NONE, random()), x, atol=1e-6)
    changed = change(x, ALL, random())
    assert changed.shape == x.shape
    assert not torch.allclose(changed, x)
    weights = torch.rand(x.shape, generator=random(1))
    (slope,) = torch.autograd.grad((changed * weights).sum(), x)
    nudge = torch.rand(x.shape, generator=random(2)) * 0.01
    difference = ((change(x + nudge, ALL, random()) - changed) * weights).sum()
    assert difference.item() == pytest.approx((slope * nudge).sum().item(), rel=1e-3)


def test_mirrored_pictures_are_half_of_them():
    x = torch.arange(4.0).expand(200, 1, 4, 4)
    flipped = (mirror_pictures(x, random())[:, 0, 0, 0] == 3).float().mean()
    assert 0.35 < float(flipped) < 0.65


def test_p_follows_how_well_d_knows_its_pictures():
    augmentation = Augmentation()
    for _ in range(20_000):
        augmentation.follow(1.0, 16)
    assert augmentation.p == MOST
    for _ in range(20_000):
        augmentation.follow(0.2, 16)
    assert augmentation.p == 0


@pytest.mark.parametrize(("count", "grows"), [(200, True), (2000, False)])
def test_of_very_few_pictures_p_grows_while_d_knows_them_less_well(count, grows):
    augmentation = Augmentation("auto", count)
    for _ in range(1000):
        augmentation.follow(0.45, 16)
    assert (augmentation.p > 0) == grows


IMAGES = torch.randint(0, 256, (40, 3, 32, 32), dtype=torch.uint8, generator=random())
SMALL = TrainConfig(architecture="residual", batch_size=4, z_dim=8, clusters=0, threads=1)


def test_it_is_on_by_itself_for_few_pictures_only():
    assert Trainer(SMALL, IMAGES, None).augmentation.is_on
    assert not Trainer(SMALL.with_(augment="off"), IMAGES, None).augmentation.is_on
    many = torch.zeros(FEW, 1, 28, 28, dtype=torch.uint8)
    assert not Trainer(SMALL, many, None).augmentation.is_on
    assert Trainer(SMALL.with_(augment="on"), many, None).augmentation.is_on


def test_gs_gradient_goes_back_through_the_changes():
    """Both ways to the gradients agree: the one pass, and automatic differentiation."""
    slopes = []
    for one_pass in (True, False):
        trainer = Trainer(SMALL, IMAGES, None)
        trainer.augmentation.p = 0.7
        batch = trainer.draw()
        if one_pass:
            found = trainer.gradients(batch)
        else:
            state = trainer.batches.random.get_state()
            x_hat = trainer.generator(batch.z, batch.y)
            seen_hat = trainer.augmentation.apply(x_hat, trainer.batches.random)
            seen = trainer.augmentation.apply(batch.x, trainer.batches.random)
            fake, real = trainer.discriminator(seen_hat, None), trainer.discriminator(seen, None)
            cost = trainer.objective.g_loss(real.detach(), fake)
            (slope,) = torch.autograd.grad(cost, x_hat)
            slopes.append(slope)
            trainer.batches.random.set_state(state)
            found = trainer.gradients(batch)
        assert found.d.dcost_g_dx_hat is not None
        slopes.append(found.d.dcost_g_dx_hat)
    assert torch.equal(slopes[0], slopes[2])
    torch.testing.assert_close(slopes[1], slopes[0], rtol=1e-4, atol=1e-7)


def test_a_run_goes_on_bit_for_bit_with_its_strength():
    trainer = Trainer(SMALL.with_(mirror=True), IMAGES, None)
    trainer.augmentation.p = 0.5
    trainer.step()
    kept = state_of(trainer)
    wanted = [trainer.step().loss_g for _ in range(3)]
    other = Trainer(SMALL.with_(mirror=True), IMAGES, None)
    load_state(other, *kept)
    assert [other.step().loss_g for _ in range(3)] == wanted
