"""Initial weights belong to their seed, not to what other threads draw."""

from __future__ import annotations

import threading

import pytest
import torch

from ganview.gan.model import ModelSpec
from ganview.gan.networks.build import build_discriminator, build_generator
from ganview.gan.presets import PRESETS
from ganview.gan.seeded import Seeded

DIGITS = tuple("0123456789")


def weights(spec: ModelSpec) -> torch.Tensor:
    nets = build_generator(spec), build_discriminator(spec)
    return torch.cat([w.detach().flatten() for net in nets for w in net.parameters()])


@pytest.mark.parametrize("architecture", ["residual", "dcgan", "mlp"])
def test_numbers_are_those_of_the_global_generator_and_leave_it_alone(architecture: str) -> None:
    spec = ModelSpec(architecture, "small", 16, (1, 28, 28), DIGITS, (0.1,) * 10)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        expected = weights(spec)
    before = torch.get_rng_state()
    with Seeded(3):
        seeded = weights(spec)
    torch.testing.assert_close(seeded, expected, rtol=0, atol=0)
    torch.testing.assert_close(torch.get_rng_state(), before, rtol=0, atol=0)
    with Seeded(4):
        assert not torch.equal(weights(spec), expected)


FILLS = {
    "trunc_normal": lambda: torch.nn.init.trunc_normal_(torch.empty(9)),
    "orthogonal": lambda: torch.nn.init.orthogonal_(torch.empty(3, 3)),
    "xavier": lambda: torch.nn.init.xavier_uniform_(torch.empty(3, 3)),
    "kaiming": lambda: torch.nn.init.kaiming_uniform_(torch.empty(3, 3)),
    "sparse": lambda: torch.nn.init.sparse_(torch.empty(9, 3), 0.5),
    "rand": lambda: torch.rand(9),
    "randint": lambda: torch.randint(10**6, (9,)),
    "randperm": lambda: torch.randperm(99),
    "random": lambda: torch.empty(9).random_(),
    "bernoulli": lambda: torch.empty(99).bernoulli_(),
    "exponential": lambda: torch.empty(9).exponential_(),
    "normal": lambda: torch.normal(torch.zeros(9)),
}


@pytest.mark.parametrize("fill", FILLS)
def test_whatever_a_layer_begins_with_is_of_the_seed(fill: str) -> None:
    before = torch.get_rng_state()
    with Seeded(5):
        first = FILLS[fill]()
    with Seeded(5):
        torch.testing.assert_close(FILLS[fill](), first, rtol=0, atol=0)
    torch.testing.assert_close(torch.get_rng_state(), before, rtol=0, atol=0)


def test_another_thread_does_not_change_them() -> None:
    config = PRESETS["default"].config
    spec = ModelSpec("residual", config.size, 16, (1, 28, 28), DIGITS, (0.1,) * 10)
    with Seeded(0):
        expected = weights(spec)
    done = threading.Event()

    def disturb() -> None:
        while not done.is_set():
            torch.randn(7)
            torch.manual_seed(1)

    with torch.random.fork_rng(devices=[]):
        thread = threading.Thread(target=disturb)
        thread.start()
        try:
            for _ in range(20):
                with Seeded(0):
                    torch.testing.assert_close(weights(spec), expected, rtol=0, atol=0)
        finally:
            done.set()
            thread.join()
