"""Cost and gradient penalty of a discriminator from one backward pass instead of two.

A discriminator of convolutions and leaky ReLUs is piecewise linear. Around an image x it is
``F(u, β)``, linear in an input u and in a factor β on all biases, with the slopes of the
activations held as x left them: ``D(x) = F(x, 1)``, and ``⟨∇ₓD(x), v⟩ = F(v, 0)``.

What D learns from is ``L(logit) + w/2 · |∇ₓD(x)|²``, summed over images. With p = ∂L/∂logit and
s = ∇ₓD(x), both taken as numbers, its gradient over the weights is that of

    p · D(x) + w · ⟨∇ₓD(x), s⟩ = p · F(x, 1) + w · F(s, 0) = F(p x + w s, p),

so a second walk forwards, with the input ``p x + w s``, meets at each convolution the very numbers
whose product with the slopes known from ∇ₓD is the gradient. Four convolutions a layer, where
differentiating the gradient once more takes seven. Exact, and tested against automatic
differentiation.

Where D's features also name classes (`ganview.gan.naming`), one more way back from the names gives
both what G is asked for and, on the real images alone, what D learns from them.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d
from torch.nn.grad import conv2d_weight

from ganview.gan.naming import Naming, name
from ganview.gan.networks.base import SLOPE, Walk
from ganview.gan.networks.residual import ResidualDiscriminator


class Recorded(Walk):
    """A walk that remembers what it met."""

    def __init__(self) -> None:
        self.layers: list[nn.Conv2d] = []
        self.sources: list[Tensor] = []  # what went into the convolutions
        self.outputs: list[Tensor] = []  # what came out of them
        self.inputs: list[Tensor] = []  # of the activations

    def convolve(self, layer: nn.Conv2d, h: Tensor) -> Tensor:
        """Remember the convolution and what came of it."""
        self.layers.append(layer)
        self.sources.append(h.detach())
        self.outputs.append(layer(h))
        return self.outputs[-1]

    def activate(self, h: Tensor) -> Tensor:
        """Remember on which side of its kink each number lies."""
        self.inputs.append(h)
        return super().activate(h)


class Linear(Walk):
    """The same walk with activations held as another walk left them, and biases times β (B,)."""

    def __init__(self, recorded: Recorded, beta: Tensor) -> None:
        self.kinks = iter(recorded.inputs)
        self.beta = beta.view(-1, 1, 1, 1)
        self.inputs: list[Tensor] = []  # of the convolutions

    def convolve(self, layer: nn.Conv2d, h: Tensor) -> Tensor:
        """Remember what went in; the bias counts β times."""
        self.inputs.append(h)
        out = conv2d(h, layer.weight, None, padding=layer.padding)
        if layer.bias is not None:
            out += self.beta * layer.bias.view(1, -1, 1, 1)
        return out

    def activate(self, h: Tensor) -> Tensor:
        """Multiply by the slopes that the recorded walk met."""
        held: Tensor = torch.ops.aten.leaky_relu_backward(h, next(self.kinks), SLOPE, False)
        return held


class Slopes(NamedTuple):
    """How one number an image changes with the image (B, C, H, W), and with each layer's output."""

    image: Tensor
    layers: tuple[Tensor, ...]


class Seen(NamedTuple):
    """What D made of images x (B, C, H, W): logits (B,), ∇ₓD (B, C, H, W), and the way there.

    With a classifier also the names that it gave, and the slopes of each image's cost of a name.
    """

    x: Tensor
    y: Tensor | None
    logits: Tensor
    slope: Tensor
    slopes: tuple[Tensor, ...]  # of the logit over each convolution's output
    walk: Recorded
    names: Naming | None = None
    name_slopes: Slopes | None = None


def look(
    discriminator: ResidualDiscriminator,
    x: Tensor,
    y: Tensor | None,
    classifier: nn.Linear | None = None,
) -> Seen:
    """Judge images and find the slope of each logit, and of each name's cost, over its image."""
    walk = Recorded()
    x = x.detach().requires_grad_()
    h = discriminator.features(x, walk)  # (B, width)
    logits = discriminator.project(h, y)
    met = [x, *walk.outputs]
    slope, *slopes = torch.autograd.grad(logits.sum(), met, retain_graph=classifier is not None)
    names = name_slopes = None
    if classifier is not None and y is not None:
        names = name(classifier, h, y)
        image, *layers = torch.autograd.grad(names.cost.sum(), met)
        names, name_slopes = names.detached(), Slopes(image, tuple(layers))
    return Seen(x.detach(), y, logits.detach(), slope, tuple(slopes), walk, names, name_slopes)


def learn(discriminator: ResidualDiscriminator, seen: Seen, pull: Tensor, weight: float) -> None:
    """Give every weight its gradient of ``L + weight/2 · Σ |∇ₓD(x)|²``.

    Parameters
    ----------
    discriminator : ResidualDiscriminator
        As it was when it looked.
    seen : Seen
        What it saw.
    pull : Tensor
        ∂L/∂logit, (B,).
    weight : float
        Of an image's penalty: γ over the number of images that it is averaged over.
    """
    pulls = pull.view(-1, 1, 1, 1)
    linear = Linear(seen.walk, pull)
    discriminator.zero_grad(set_to_none=True)
    with torch.no_grad():
        h = discriminator.features(seen.x * pulls + weight * seen.slope, linear)  # (B, width)
        for layer, u, s in zip(seen.walk.layers, linear.inputs, seen.slopes, strict=True):
            layer.weight.grad = conv2d_weight(u, layer.weight.shape, s, padding=layer.padding)
            if layer.bias is not None:
                layer.bias.grad = pull @ s.sum((2, 3))
    bias = discriminator.head.bias
    # project adds the last bias once an image, but its factor is β = pull like that of the others
    total = discriminator.project(h, seen.y).sum() + (pull.sum() - len(pull)) * bias.sum()
    total.backward()


def learn_names(classifier: nn.Linear, seen: Seen, count: int, weight: float) -> None:
    """Add to every gradient that of ``weight`` times the costs of the first ``count`` names."""
    assert seen.names is not None
    assert seen.name_slopes is not None
    with torch.no_grad():
        walk = seen.walk
        for layer, u, s in zip(walk.layers, walk.sources, seen.name_slopes.layers, strict=True):
            assert layer.weight.grad is not None
            u, s = u[:count], weight * s[:count]
            layer.weight.grad += conv2d_weight(u, layer.weight.shape, s, padding=layer.padding)
            if layer.bias is not None:
                assert layer.bias.grad is not None
                layer.bias.grad += s.sum((0, 2, 3))
        towards, h = weight * seen.names.towards[:count], seen.names.h[:count]
        classifier.weight.grad = towards.T @ h  # (K, width)
        classifier.bias.grad = towards.sum(0)
