"""A trace states what the step did, and the step is what it is without a trace."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from ganview.gan import clusters
from ganview.gan.batches import Batch
from ganview.gan.config import TrainConfig
from ganview.gan.networks.build import ARCHITECTURES
from ganview.gan.objectives import OBJECTIVES, with_logits
from ganview.gan.players import Players
from ganview.gan.step_trace import LayerUpdate, Pinned, StepTrace, to_pixels
from ganview.gan.tracing import ROWS, trace_step
from ganview.gan.trainer import Trainer
from ganview.gan.trainer_state import state_of

QUICK = TrainConfig(batch_size=6, z_dim=8, warmup_images=0, gamma=0.7, clusters=0)


def trainer(config: TrainConfig, channels: int = 1, classes: int = 3) -> Trainer:
    random = torch.Generator().manual_seed(1)
    images = torch.randint(256, (64, channels, 28, 28), generator=random, dtype=torch.uint8)
    names = tuple(f"class {i}" for i in range(classes))
    return Trainer(config, images, torch.randint(classes, (64,), generator=random), names)


def assert_same(one: Trainer, other: Trainer) -> None:
    for name, value in state_of(one)[0].items():
        assert torch.equal(value, state_of(other)[0][name]), name


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_step_that_is_traced_is_the_same_to_the_bit(objective: str, architecture: str) -> None:
    config = QUICK.with_(objective=objective, architecture=architecture, d_steps=2)
    plain, traced = trainer(config), trainer(config)
    pinned = Pinned(np.ones(8, np.float32), 1)
    for players in (Players.D, Players.G, Players.BOTH):
        stats, (again, _trace) = plain.step(players), trace_step(traced, players, pinned)
        assert stats._replace(step_seconds=0) == again._replace(step_seconds=0)
    assert_same(plain, traced)


def log_sigmoid(t: Tensor) -> Tensor:
    return (1 / (1 + (-t).exp())).log()


COSTS_D = {
    "rpgan": lambda real, fake: -log_sigmoid(real - fake),
    "bce": lambda real, fake: -log_sigmoid(real) - log_sigmoid(-fake),
    "lsgan": lambda real, fake: ((real - 1) ** 2 + fake**2) / 2,
    "hinge": lambda real, fake: (1 - real).clamp(min=0) + (1 + fake).clamp(min=0),
    "wgan": lambda real, fake: fake - real,
}
COSTS_G = {
    "rpgan": lambda real, fake: -log_sigmoid(fake - real),
    "bce": lambda _real, fake: -log_sigmoid(fake),
    "lsgan": lambda _real, fake: (fake - 1) ** 2 / 2,
    "hinge": lambda _real, fake: -fake,
    "wgan": lambda _real, fake: -fake,
}


class InDouble:
    """The same step from the same state, written down once more in double precision."""

    def __init__(self, run: Trainer, batch: Batch) -> None:
        nets = {name: copy.deepcopy(net).double() for name, net in run.trainable_nets().items()}
        g, d = nets["generator"], nets["discriminator"]
        x, y, z, asked = batch
        x, z = x.double().requires_grad_(), z.double()
        self.x_hat = g(z, asked)
        x_hat = self.x_hat.detach().requires_grad_()
        h, h_hat = d.features(x), d.features(x_hat)
        self.real, self.fake = d.project(h, y), d.project(h_hat, y)
        family = run.objective.name.partition("-")[0]
        self.pairs_d = COSTS_D[family](self.real, self.fake)
        self.pairs_g = COSTS_G[family](self.real.detach(), self.fake)
        self.penalty = self.find_penalty(run, d, x, x_hat, y)
        cost_d, cost_g = self.pairs_d.mean() + self.penalty, self.pairs_g.mean()
        if "classifier" in nets:
            cost_d = cost_d + 0.5 * cross_entropy(nets["classifier"](h), y)
            cost_g = cost_g + run.config.aux_weight_g * cross_entropy(nets["classifier"](h_hat), y)
        (slope,) = torch.autograd.grad(cost_g, x_hat, retain_graph=True)
        self.dcost_g_dx_hat = len(x) * slope
        self.cost_d, self.cost_g = cost_d.item(), cost_g.item()
        self.norms = {
            "generator": self.layers(g, run, "generator", (self.x_hat * slope).sum()),
            "discriminator": self.layers(d, run, "discriminator", cost_d),
        }

    @staticmethod
    def find_penalty(run: Trainer, d, x: Tensor, x_hat: Tensor, y: Tensor | None) -> Tensor:
        gamma, random = run.gamma(), torch.Generator()
        random.set_state(run.batches.random.get_state())

        def slope(images: Tensor) -> Tensor:
            logits = d.trained_logits(images, y).sum()
            (found,) = torch.autograd.grad(logits, images, create_graph=True)
            return (found**2).sum((1, 2, 3))

        def difference(images: Tensor) -> Tensor:
            noise = torch.randn(images.shape, generator=random)
            moved = d.trained_logits(images + 0.1 * noise.double(), y)
            return ((d.trained_logits(images, y) - moved) / 0.1) ** 2

        match run.objective.name:
            case "rpgan-r1r2":
                return gamma / 2 * (slope(x).mean() + slope(x_hat).mean())
            case "rpgan-fd":
                return gamma / 2 * (difference(x).mean() + difference(x_hat).mean())
            case "bce-r1":
                return gamma / 2 * slope(x).mean()
            case "wgan-gp":
                mix = torch.rand((len(x), 1, 1, 1), generator=random).double()
                between = (mix * x + (1 - mix) * x_hat).detach().requires_grad_()
                return gamma * ((slope(between) + 1e-12).sqrt() - 1).square().mean()
        return torch.zeros((), dtype=torch.double)

    @staticmethod
    def layers(net, run: Trainer, name: str, cost: Tensor) -> dict[str, float]:
        weights = dict(net.named_parameters())
        weights = {key: weights[key] for key in run.adams[name].weights}
        slopes = torch.autograd.grad(cost, list(weights.values()), retain_graph=True)
        squares: dict[str, float] = {}
        for key, slope in zip(weights, slopes, strict=True):
            layer = key.rpartition(".")[0]
            squares[layer] = squares.get(layer, 0.0) + float((slope**2).sum())
        return {layer: square**0.5 for layer, square in squares.items()}


def assert_close(found: object, expected: object, scale: float = 1.0) -> None:
    np.testing.assert_allclose(found, expected, rtol=3e-4, atol=3e-5 * scale)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("data", ["classes in colour", "clusters", "neither"])
def test_numbers_equal_those_in_double_precision(
    objective: str, architecture: str, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = QUICK.with_(
        objective=objective,
        architecture=architecture,
        conditional=data in ("classes in colour", "sorted classes"),
        clusters=4 if data in ("clusters", "sorted classes") else 0,
    )
    run = trainer(config, channels=3 if data == "classes in colour" else 1)
    batch = run.draw()
    monkeypatch.setattr(run, "draw", lambda: batch)
    expected = InDouble(run, batch)
    before = {name: copy.deepcopy(net) for name, net in run.trainable_nets().items()}
    trace = trace_step(run)[1]
    offset = 0.0
    if run.objective.relativistic:
        offset = (expected.real.mean() + expected.fake.mean()).item() / 2
    real, fake = (part.detach().numpy() - offset for part in (expected.real, expected.fake))
    assert_close(trace.x_hat, expected.x_hat.detach())
    assert_close(trace.before.real, real)
    assert_close(trace.before.fake, fake)
    assert_close(trace.pair_cost_d, expected.pairs_d.detach())
    assert_close(trace.pair_cost_g, expected.pairs_g.detach())
    assert_close(sum(term.value for term in trace.costs_d), expected.cost_d)
    assert_close(sum(term.value for term in trace.costs_g), expected.cost_g)
    if run.objective.penalty_formula:
        assert_close(trace.costs_d[1].value, expected.penalty.item())
    assert_close(
        trace.dcost_g_dx_hat,
        expected.dcost_g_dx_hat,
        scale=float(expected.dcost_g_dx_hat.abs().max()),
    )
    for name, layers in (("generator", trace.layers_g), ("discriminator", trace.layers_d)):
        largest = max(expected.norms[name].values())
        for layer, norm in expected.norms[name].items():
            found = next(part for part in layers if part.name == layer)
            assert_close(found.gradient, norm, scale=largest)
            moved = torch.cat(
                [
                    (weight - old).detach().flatten()
                    for (key, weight), old in zip(
                        run.trainable_nets()[name].named_parameters(),
                        before[name].parameters(),
                        strict=True,
                    )
                    if key.rpartition(".")[0] == layer and key in run.adams[name].weights
                ]
            )
            assert_close(found.update, moved.double().norm(), scale=0.1)
    after = InDouble(run, batch)
    assert_close(trace.x_hat_after, after.x_hat.detach())
    if architecture != "dcgan":  # whose logits depend on the batch's other images
        x_hat_after = after.x_hat.detach()
        d = before["discriminator"].double()
        judged = d.trained_logits(x_hat_after, batch.y).detach()
        assert_close(trace.fake_by_old_d, judged.numpy() - offset)


@pytest.mark.parametrize("architecture", ["residual", "mlp"])
def test_numbers_of_sorted_classes_are_right_too(
    architecture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "SORTED_CLASSES", range(1000))
    monkeypatch.setattr(clusters, "SMALLEST_IN_CLASS", 5)
    test_numbers_equal_those_in_double_precision(
        "rpgan-r1r2", architecture, "sorted classes", monkeypatch
    )
    run = trainer(QUICK.with_(clusters=4))
    assert len(run.spec.clusters) == 3
    assert sum(run.spec.clusters) > 3
    trace = trace_step(run, pinned=Pinned(np.ones(8, np.float32), 1))[1]
    assert trace.y is not None
    assert trace.y.max() < 3, "classes are shown, not clusters"
    assert trace.y[0] == 1


@pytest.mark.parametrize(("players", "still"), [(Players.D, "layers_g"), (Players.G, "layers_d")])
def test_a_player_whose_turn_it_is_not_is_told_nothing(players: Players, still: str) -> None:
    trace = trace_step(trainer(QUICK), players)[1]
    layers: tuple[LayerUpdate, ...] = getattr(trace, still)
    assert {(layer.gradient, layer.update) for layer in layers} == {(0.0, 0.0)}
    assert trace.dcost_g_dx_hat.any() == (players is Players.G)
    assert np.array_equal(trace.x_hat, trace.x_hat_after) is (players is Players.D)


def test_pinned_noise_is_the_first_row_and_is_drawn_as_asked() -> None:
    run = trainer(QUICK.with_(batch_size=16))
    z = np.linspace(-1, 1, 8, dtype=np.float32)
    before = copy.deepcopy(run.generator).eval()
    trace = trace_step(run, pinned=Pinned(z, 2))[1]
    assert trace.is_pinned
    assert trace.rows == ROWS
    assert trace.class_name(0) == "class 2"
    expected = before(torch.tensor(z)[None], torch.tensor([2])).detach()[0]
    np.testing.assert_allclose(trace.x_hat[0], expected, atol=1e-5)
    assert trace_step(run, pinned=Pinned(np.zeros(3, np.float32), 0))[1].is_pinned is False


def test_what_d_is_told_is_the_slope_of_its_cost() -> None:
    trace = trace_step(trainer(QUICK.with_(objective="bce")))[1]
    sigmoid = 1 / (1 + np.exp(-np.float64(trace.before.real)))
    np.testing.assert_allclose(trace.told_real, 1 - sigmoid, rtol=1e-4)
    assert (trace.told_fake < 0).all()


def test_a_trace_crosses_threads_finished() -> None:
    trace = trace_step(trainer(QUICK))[1]
    arrays = [value for value in vars(trace).values() if isinstance(value, np.ndarray)]
    for answers in (trace.before, trace.after, trace.again):
        arrays += list(answers)
    assert len(arrays) > 10
    assert all(not array.flags.writeable and array.flags.owndata for array in arrays)


@pytest.mark.parametrize(
    ("objective", "d", "g"),
    [
        ("bce", "−log σ(1.32) − log(1 − σ(−0.40))", "−log σ(−0.40)"),
        ("rpgan-r1r2", "−log σ(1.32 − (−0.40))", "−log σ((−0.40) − 1.32)"),
        ("lsgan", "½(1.32 − 1)² + ½(−0.40)²", "½((−0.40) − 1)²"),
        ("hinge", "max(0, 1 − 1.32) + max(0, 1 + (−0.40))", "−(−0.40)"),
        ("wgan-gp", "(−0.40) − 1.32", "−(−0.40)"),
    ],
)
def test_formulas_take_numbers(objective: str, d: str, g: str) -> None:
    rule = OBJECTIVES[objective]
    assert with_logits(rule.d_formula, 1.32, -0.4) == d
    assert with_logits(rule.g_formula, 1.32, -0.4) == g


def test_pixels_of_images() -> None:
    x = np.array([-2.0, -1, 0, 1], np.float32).reshape(1, 1, 2, 2)
    assert to_pixels(x).tolist() == [[[0, 0], [128, 255]]]
    assert to_pixels(np.repeat(x, 3, 1)).shape == (1, 2, 2, 3)


def test_a_belief_is_read_as_the_objective_says() -> None:
    trace: StepTrace = trace_step(trainer(QUICK.with_(objective="hinge")))[1]
    assert np.array_equal(trace.belief(trace.before.real), trace.before.real)
