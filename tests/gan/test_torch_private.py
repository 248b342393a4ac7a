"""The undocumented functions of torch that are used are there, and do what they are used for."""

from __future__ import annotations

import torch

from ganview.gan import torch_private


def test_all_weights_move_towards_others() -> None:
    weights = [torch.zeros(2), torch.ones(3)]
    torch_private.foreach_lerp(weights, [torch.ones(2), torch.zeros(3)], 0.25)
    assert [w.tolist() for w in weights] == [[0.25] * 2, [0.75] * 3]


def test_the_slope_of_an_activation_is_that_of_its_input() -> None:
    inputs, grads = torch.tensor([-2.0, 3.0]), torch.tensor([1.0, 1.0])
    slopes = torch_private.leaky_relu_backward(grads, inputs, 0.2, False)
    torch.testing.assert_close(slopes, torch.tensor([0.2, 1.0]))


def test_one_call_moves_weights_as_adam_does() -> None:
    weight, zero = torch.ones(2), torch.zeros(())
    torch_private.fused_adam(
        [weight], [torch.ones(2)], [torch.zeros(2)], [torch.zeros(2)], [], [zero + 1],
        lr=0.1, beta1=0.9, beta2=0.99, weight_decay=0.0, eps=1e-8, amsgrad=False, maximize=False,
    )  # fmt: skip
    torch.testing.assert_close(weight, torch.full((2,), 0.9))
