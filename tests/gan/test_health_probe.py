from __future__ import annotations

import pytest
import torch

from ganview.gan.config import TrainConfig
from ganview.gan.health_probe import HealthProbe, mean_distance
from ganview.gan.networks.build import ARCHITECTURES
from ganview.gan.objectives import OBJECTIVES
from ganview.gan.players import Players
from ganview.gan.tracing import trace_step
from ganview.gan.trainer import Trainer
from ganview.gan.trainer_state import state_of

SMALL = TrainConfig(
    architecture="mlp", batch_size=8, z_dim=4, warmup_images=0, clusters=0, size="small"
)


def trainer(**changes) -> Trainer:
    random = torch.Generator().manual_seed(3)
    images = torch.randint(256, (24, 1, 28, 28), generator=random, dtype=torch.uint8)
    return Trainer(SMALL.with_(**changes), images, torch.arange(24) % 3, ("a", "b", "c"))


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("players", [Players.D, Players.G, Players.BOTH])
def test_a_step_that_is_sampled_is_the_step_without(objective: str, players: Players) -> None:
    plain, sampled = trainer(objective=objective), trainer(objective=objective)
    for _ in range(3):
        plain.step(players)
        probe = HealthProbe(sampled)
        sampled.step(players, probe.observe)
        probe.sample(sampled.step_count)
    tensors = zip(state_of(plain)[0].items(), state_of(sampled)[0].items(), strict=True)
    assert all(name == other and torch.equal(a, b) for (name, a), (other, b) in tensors)


def test_a_sample_has_the_numbers_of_the_trace_of_its_step() -> None:
    run = trainer(objective="bce")
    probe = HealthProbe(run)
    stats, trace = trace_step(run, also=probe.observe)
    sample = probe.sample(stats.step)
    assert sample.step == trace.step
    layers = {"G": trace.layers_g, "D": trace.layers_d}
    for net, of in layers.items():
        assert list(sample.layers[net]) == [it.name for it in of]
        for it in of:
            assert sample.layers[net][it.name] == (it.gradient, it.ratio)
    assert sample.real == pytest.approx(trace.belief(trace.before.all_real))
    assert sample.fake == pytest.approx(trace.belief(trace.before.all_fake))
    assert sample.variety == pytest.approx(
        mean_distance(torch.tensor(trace.x_hat)) / mean_distance(torch.tensor(trace.x))
    )


def test_a_player_that_was_not_updated_has_no_layers() -> None:
    run = trainer()
    probe = HealthProbe(run)
    run.step(Players.D, probe.observe)
    layers = probe.sample(1).layers
    assert layers["G"] == {}
    assert layers["D"]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_layers_stand_in_the_order_in_which_they_work(architecture: str) -> None:
    layers = trace_step(trainer(architecture=architecture))[1]
    d, g = ([it.name for it in of] for of in (layers.layers_d, layers.layers_g))
    assert {"head", "embed"} & {d[0]} == set()
    assert d.index("head") > max(
        i for i, name in enumerate(d) if "down" in name or "linear" in name
    )
    assert g[0] == "embed"
    assert g[1] == "linear"


def test_distances_are_of_pairs() -> None:
    assert mean_distance(torch.ones(4, 1, 5, 5)) == 0
    assert mean_distance(torch.ones(1, 1, 5, 5)) == 0
    apart = torch.stack([torch.zeros(1, 5, 5), torch.full((1, 5, 5), 2.0)])
    assert mean_distance(apart) == pytest.approx(2.0)
