"""Adam, against torch's own and against the paper's first step."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import Tensor, nn

from ganview.gan.adam import Adam


def net() -> nn.Sequential:
    torch.manual_seed(0)
    made = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Flatten(), nn.Linear(3 * 2 * 2, 1))
    return made.to(memory_format=torch.channels_last)


def gradients(of: nn.Module, x: Tensor) -> None:
    of(x).square().mean().backward()


def test_it_moves_weights_as_torch_does() -> None:
    ours, theirs = net(), net()
    adam = Adam(ours)
    reference = torch.optim.Adam(theirs.parameters(), fused=True)
    for step in range(5):
        rate, betas = 0.01 / (step + 1), (0.5 * (step % 2), 0.9 + 0.01 * step)
        reference.param_groups[0].update(lr=rate, betas=betas)
        x = torch.randn(4, 2, 4, 4, generator=torch.Generator().manual_seed(step))
        for one in (ours, theirs):
            one.zero_grad()
            gradients(one, x)
        adam.step(adam.gradients(), rate, betas)
        reference.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, other, rtol=0, atol=0)


def test_the_first_step_is_the_rate_against_the_sign() -> None:
    weight = nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        weight.weight.copy_(torch.tensor([[1.0, -1.0]]))
    adam = Adam(weight)
    weight.weight.grad = torch.tensor([[3.0, -0.25]])
    adam.step(adam.gradients(), 0.1, (0.9, 0.99))
    torch.testing.assert_close(weight.weight.detach(), torch.tensor([[0.9, -0.9]]))


def test_a_frozen_weight_stays() -> None:
    made = net()
    made[0].weight.requires_grad_(False)
    before = made[0].weight.clone()
    adam = Adam(made)
    gradients(made, torch.ones(1, 2, 4, 4))
    adam.step(adam.gradients(), 0.1, (0.0, 0.9))
    assert torch.equal(made[0].weight, before)


def test_its_state_comes_back_bit_for_bit() -> None:
    first, x = net(), torch.ones(1, 2, 4, 4)
    adam = Adam(first)
    gradients(first, x)
    adam.step(adam.gradients(), 0.1, (0.5, 0.9))
    second = net()
    second.load_state_dict(first.state_dict())
    other = Adam(second)
    other.load_state({name: value.contiguous() for name, value in adam.state().items()})
    for one, optimiser in ((first, adam), (second, other)):
        one.zero_grad()
        gradients(one, x)
        optimiser.step(optimiser.gradients(), 0.1, (0.5, 0.9))
    for mine, theirs in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(mine, theirs)


def test_a_state_of_another_net_is_refused() -> None:
    with pytest.raises(ValueError, match="another shape"):
        Adam(net()).load_state(Adam(nn.Linear(2, 2)).state())


def test_training_does_not_import_the_compiler() -> None:
    code = (
        "import sys, torch\n"
        "from ganview.gan.trainer import Trainer\n"
        "from ganview.gan.config import TrainConfig\n"
        "images = torch.zeros(8, 1, 28, 28, dtype=torch.uint8)\n"
        "Trainer(TrainConfig(batch_size=2, conditional=False), images, None).step()\n"
        "assert not {'torch._dynamo', 'sympy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
