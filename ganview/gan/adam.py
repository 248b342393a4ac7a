"""The optimiser of both networks: Adam, all weights of a network in one fused call.

The sums are torch's own (``torch._fused_adam_``, what ``torch.optim.Adam(fused=True)`` calls). The
class around them is ours because making theirs imports torch's compiler, which costs 1.6 s of CPU
time and 70 MB of memory between the Train button and the first step.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganview.gan.torch_private import fused_adam

EPSILON = 1e-8  # keeps the quotient finite where no gradient ever came


class Adam:
    """Adam (Kingma and Ba, 2015): steps of length ``rate``, scaled by the gradient's own size.

    Parameters
    ----------
    net : nn.Module
        Weights that require a gradient now are those that will be moved.
    """

    def __init__(self, net: nn.Module) -> None:
        self.net = net
        self.weights = {name: w for name, w in net.named_parameters() if w.requires_grad}
        # zeros that lie in memory as their weights do: the fused call reads both in order
        self.means = {name: torch.zeros_like(w) for name, w in self.weights.items()}
        self.squares = {name: torch.zeros_like(w) for name, w in self.weights.items()}
        self.count = torch.zeros((), device=next(net.parameters()).device)  # of steps

    def gradients(self) -> list[Tensor]:
        """Return the gradient of each weight, in the order of ``weights``."""
        return [_gradient(w) for w in self.weights.values()]

    @torch.no_grad()
    def step(self, gradients: list[Tensor], rate: float, betas: tuple[float, float]) -> None:
        """Move every weight against its gradient.

        Parameters
        ----------
        gradients : list of Tensor
            As `gradients` returns them.
        rate : float
            Learning rate, above 0.
        betas : tuple of float
            Memory of the mean gradient and of the mean squared gradient, 0 to below 1.
        """
        self.count += 1
        fused_adam(
            list(self.weights.values()),
            gradients,
            list(self.means.values()),
            list(self.squares.values()),
            [],
            [self.count] * len(self.weights),
            lr=rate,
            beta1=betas[0],
            beta2=betas[1],
            weight_decay=0.0,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )

    def state(self) -> dict[str, Tensor]:
        """Return what a continuation needs: copies on the CPU, by name."""
        named = {"count": self.count}
        for name in self.weights:
            named[f"mean.{name}"] = self.means[name]
            named[f"square.{name}"] = self.squares[name]
        return {name: value.detach().cpu().clone() for name, value in named.items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go back to a state that `state` returned.

        Raises
        ------
        ValueError
            The state belongs to other weights.
        """
        mine = self.state()
        if state.keys() != mine.keys() or any(
            state[name].shape != value.shape for name, value in mine.items()
        ):
            raise ValueError("this state of the optimiser belongs to networks of another shape")
        self.count.copy_(state["count"])
        for name in self.weights:
            self.means[name].copy_(state[f"mean.{name}"])
            self.squares[name].copy_(state[f"square.{name}"])


def _gradient(weight: Tensor) -> Tensor:
    assert weight.grad is not None, "a weight had no part in the cost"
    return weight.grad
