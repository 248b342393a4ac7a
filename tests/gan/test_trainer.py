"""Steps are reproducible, resumable to the bit, and do what the objective says."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from ganview.gan.config import OBJECTIVES, TrainConfig
from ganview.gan.presets import PRESETS
from ganview.gan.trainer import Trainer, grad_norm
from ganview.gan.trainer_state import load_state, state_of

NAMES = ("a", "b", "c")
QUICK = TrainConfig(batch_size=8, z_dim=8, warmup_images=0)


def data(count: int = 64) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    labels = torch.randint(3, (count,), generator=generator)
    images = torch.randint(256, (count, 1, 28, 28), generator=generator, dtype=torch.uint8)
    return images, labels


def trainer(config: TrainConfig = QUICK) -> Trainer:
    return Trainer(config, *data(), NAMES)


def weights(of: Trainer) -> dict[str, Tensor]:
    return state_of(of)[0]


def assert_same(a: dict[str, Tensor], b: dict[str, Tensor]) -> None:
    assert a.keys() == b.keys()
    for name, value in a.items():
        assert torch.equal(value, b[name]), name


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_moves_both_networks(objective: str) -> None:
    run = trainer(QUICK.with_(objective=objective, gamma=0.1, gamma_end=0.1))
    before = weights(run)
    stats = run.step()
    after = weights(run)
    for net in ("generator", "discriminator", "ema"):
        assert any(
            not torch.equal(before[name], after[name]) for name in before if name.startswith(net)
        )
    assert all(math.isfinite(value) for value in stats)
    assert (stats.step, stats.images_seen) == (1, 8)
    assert 0 <= stats.y_hat_fake <= 1
    assert 0 <= stats.y_hat_real <= 1


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_trains(preset: str) -> None:
    run = trainer(PRESETS[preset].config.with_(batch_size=4))
    for _ in range(2):
        assert all(math.isfinite(value) for value in run.step())


def test_a_seed_decides_the_weights_twice() -> None:
    torch.manual_seed(5)
    first = trainer()
    torch.manual_seed(6)  # the global generator has no say
    second = trainer()
    for _ in range(5):
        first.step()
        torch.rand(3)
        second.step()
    assert_same(weights(first), weights(second))
    other = trainer(QUICK.with_(seed=1))
    assert not torch.equal(other.generator.first.weight, trainer().generator.first.weight)


def test_training_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    trainer().step()
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("objective", ["rpgan-r1r2", "rpgan-fd", "wgan-gp"])
def test_resume_to_the_bit(objective: str) -> None:
    config = QUICK.with_(objective=objective, gamma_images=50, learning_rate_images=60)
    whole = trainer(config)
    for _ in range(8):
        whole.step()
    half = trainer(config)
    for _ in range(4):
        half.step()
    tensors, values = state_of(half)
    rest = trainer(config)
    load_state(rest, tensors, values)
    for _ in range(4):
        rest.step()
    assert_same(weights(whole), weights(rest))
    assert state_of(whole)[1] == state_of(rest)[1]


def test_state_is_a_copy() -> None:
    run = trainer()
    run.step()
    tensors, _ = state_of(run)
    kept = {name: value.clone() for name, value in tensors.items()}
    run.step()
    assert_same(tensors, kept)


def test_state_of_another_network_is_refused() -> None:
    tensors, values = state_of(trainer(QUICK.with_(z_dim=9)))
    with pytest.raises(ValueError, match="another shape"):
        load_state(trainer(), tensors, values)


def test_the_shared_pass_gives_g_the_gradient_that_its_own_pass_would() -> None:
    together, apart = trainer(), trainer()
    x, y, z = apart.draw()
    # the plain way: G's cost through an unchanged D, and that of the names its features get
    h = apart.discriminator.features(apart.generator(z, y))
    loss = apart.objective.g_loss(
        apart.discriminator(x, y).detach(), apart.discriminator.project(h, y)
    )
    assert apart.classifier is not None
    names = torch.nn.functional.cross_entropy(apart.classifier(h), y)
    (loss + QUICK.aux_weight_g * names).backward()
    expected = [w.grad.clone() for w in apart.generator.parameters() if w.grad is not None]
    together.step()
    found = [w.grad for w in together.generator.parameters()]
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_the_shared_pass_gives_d_the_gradient_of_loss_and_penalty() -> None:
    together, apart = trainer(), trainer()
    apart._step_d()
    expected = grad_norm(apart.discriminator).item()
    stats = together.step()
    assert stats.grad_norm_d == pytest.approx(expected, rel=1e-4)


def test_without_classes() -> None:
    run = trainer(QUICK.with_(conditional=False))
    assert run.spec.classes == 0
    assert math.isfinite(run.step().loss_g)
    model = run.model()
    assert model.sample(torch.randn(3, 8), None).shape == (3, 28, 28)


def test_the_prior_is_counted() -> None:
    _, labels = data()
    shares = torch.bincount(labels, minlength=3) / len(labels)
    assert trainer().spec.class_prior == pytest.approx(shares.tolist())


def test_a_model_is_a_copy() -> None:
    run = trainer()
    model = run.model()
    before = model.generator.first.weight.clone()
    run.step()
    assert torch.equal(before, model.generator.first.weight)
    assert model.info["step"] == 0


def test_the_learning_rate_can_be_scaled() -> None:
    run = trainer()
    before = run.learning_rate()
    run.scale_learning_rate(0.5)
    assert run.learning_rate() == pytest.approx(before / 2)


def test_the_learning_rate_warms_up_over_the_images_stated() -> None:
    run = trainer(QUICK.with_(warmup_images=32))
    rates = []
    for _ in range(5):
        rates.append(run.learning_rate() / QUICK.learning_rate)
        run.step()
    assert rates == pytest.approx([0.25, 0.5, 0.75, 1, 1], abs=1e-3)


def test_belief_is_centred_where_only_differences_are_learned() -> None:
    run = trainer(QUICK.with_(learning_rate=1e-4, learning_rate_end=1e-4))
    with torch.no_grad():
        run.discriminator.head.bias.fill_(20.0)
    stats = run.step()
    assert stats.y_hat_fake < 0.6
    assert stats.y_hat_real > 0.4
    for _ in range(60):
        run.step()
    batch = run.draw()
    assert run.discriminator(batch.x, batch.y).abs().mean() < 10


def test_a_bias_that_the_cost_sees_is_learned() -> None:
    run = trainer(QUICK.with_(objective="bce"))
    run.step()
    assert run.discriminator.head.bias.item() != 0
