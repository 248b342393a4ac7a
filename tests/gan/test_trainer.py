"""Steps are reproducible, resumable to the bit, and do what the objective says."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from ganview.gan.batches import Batch
from ganview.gan.config import TrainConfig
from ganview.gan.layer_norms import layer_norms
from ganview.gan.objectives import OBJECTIVES
from ganview.gan.penalties import (
    finite_difference_penalty,
    interpolated_penalty,
    zero_centred_penalty,
)
from ganview.gan.players import Players
from ganview.gan.presets import PRESETS
from ganview.gan.trainer import Gradients, Trainer, grad_norm
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
    if OBJECTIVES[objective].belief is not None:
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


def in_double_precision(config: TrainConfig) -> tuple[Trainer, Batch]:
    run = trainer(config)
    for net in run.trainable_nets().values():
        net.double()
    x, y, z, asked = run.draw()
    return run, Batch(x.double(), y, z.double(), asked)


def gradients_by_definition(run: Trainer, batch: Batch) -> dict[str, list[Tensor]]:
    """Both costs written out, each differentiated for its own player by autograd."""
    x, y, z, _ = batch
    d, objective, gamma = run.discriminator, run.objective, run.config.gamma
    names = list(run.adams)
    x_hat = run.generator(z, y)
    fixed = x_hat.detach().requires_grad_()
    real_images = x.clone().requires_grad_()
    real, fake = d(real_images, y), d(fixed, y)
    cost_d = objective.d_loss(real, fake)
    if objective.penalty in ("r1", "r1r2"):
        cost_d = cost_d + zero_centred_penalty(real, real_images, gamma)
    if objective.penalty == "r1r2":
        cost_d = cost_d + zero_centred_penalty(fake, fixed, gamma)
    if objective.penalty == "finite-difference":
        for logits, images in ((real, x), (fake, fixed)):
            noise = run.batches.noise(*run.spec.image_shape)
            cost_d = cost_d + finite_difference_penalty(d, logits, images, y, noise, gamma)
    if objective.penalty == "interpolated":
        mix = run.batches.uniform()
        cost_d = cost_d + interpolated_penalty(d, x, fixed.detach(), y, mix, gamma)
    cost_g = objective.g_loss(d(x, y), d(x_hat, y))
    assert run.classifier is not None
    cost_d = cost_d + 0.5 * cross_entropy(run.classifier(d.features(x)), y)
    weight = run.config.aux_weight_g
    cost_g = cost_g + weight * cross_entropy(run.classifier(d.features(x_hat)), y)
    costs = {"generator": cost_g, "discriminator": cost_d, "classifier": cost_d}
    return {
        name: list(
            torch.autograd.grad(
                costs[name], list(run.adams[name].weights.values()), retain_graph=True
            )
        )
        for name in names
    }


@pytest.mark.parametrize("architecture", ["residual", "mlp"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_gradients_are_those_of_the_two_costs(objective: str, architecture: str) -> None:
    """Also of the one-pass gradients: the residual networks with R1 and R2 use them."""
    config = QUICK.with_(objective=objective, architecture=architecture)
    run, batch = in_double_precision(config)
    random = run.batches.random.get_state()
    expected = gradients_by_definition(run, batch)
    for players, names in (
        (Players.BOTH, ["generator", "discriminator", "classifier"]),
        (Players.D, ["discriminator", "classifier"]),
        (Players.G, ["generator"]),
    ):
        run.batches.random.set_state(random)
        found = run.gradients(batch, players).of
        assert sorted(found) == sorted(names)
        for name in names:
            torch.testing.assert_close(found[name], expected[name], msg=f"{players} {name}")


def test_gradients_change_nothing() -> None:
    run = trainer()
    before = weights(run)
    run.gradients(run.batches.draw(None))
    del before["random"]
    assert all(torch.equal(value, weights(run)[name]) for name, value in before.items())


@pytest.mark.parametrize("player", [Players.D, Players.G])
def test_a_step_of_one_player_leaves_the_other(player: Players) -> None:
    run = trainer()
    before = weights(run)
    stats = run.step(player)
    after = weights(run)
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    nets = {"discriminator", "classifier"} if player is Players.D else {"generator", "ema"}
    assert {name.split(".")[0] for name in moved if name[:4] != "adam"} == {*nets, "random"}
    assert (stats.grad_norm_d > 0, stats.grad_norm_g > 0) == (
        player is Players.D,
        player is Players.G,
    )


def test_an_update_of_d_alone_computes_nothing_of_g() -> None:
    run = trainer(QUICK.with_(objective="hinge"))
    gradients = run.gradients(run.draw(), Players.D)
    assert gradients.d.dcost_g_dx_hat is None
    assert "generator" not in gradients.of
    assert all(weight.grad is None for weight in run.generator.parameters())


def test_what_a_step_computed_can_be_observed() -> None:
    run = trainer(QUICK.with_(d_steps=3))
    seen: list[Gradients] = []
    stats = run.step(observe=seen.append)
    (gradients,) = seen  # of the last batch
    assert gradients.x_hat.shape == gradients.d.dcost_g_dx_hat.shape == gradients.batch.x.shape
    assert gradients.d.loss_g.item() == pytest.approx(stats.loss_g)
    assert grad_norm(gradients.of["generator"]).item() == pytest.approx(stats.grad_norm_g)
    layers = {name.rpartition(".")[0] for name in run.adams["generator"].weights}
    assert set(layer_norms(run, gradients)["generator"]) == layers


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
