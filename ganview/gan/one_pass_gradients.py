"""Cost and gradient penalty of a discriminator from one backward pass instead of two.

A discriminator of convolutions and leaky ReLUs is piecewise linear. Around an image x it is
``F(u, β)``, linear in an input u and in a factor β on all biases, with the slopes of the
activations held as x left them: ``D(x) = F(x, 1)``, and ``⟨∇ₓD(x), v⟩ = F(v, 0)``.

What D learns from is ``L(logit) + w/2 · |∇ₓD(x)|²``, summed over images. With p = ∂L/∂logit and
s = ∇ₓD(x), both taken as numbers, its gradient over the weights is that of

    p · D(x) + w · ⟨∇ₓD(x), s⟩ = p · F(x, 1) + w · F(s, 0) = F(p x + w s, p),

so a second hook forwards, with the input ``p x + w s``, meets at each convolution the very numbers
whose product with the slopes known from ∇ₓD is the gradient. Four convolutions a layer, where
differentiating the gradient once more takes seven. Exact, and tested against automatic
differentiation.

With an auxiliary classifier (`ganview.gan.aux_classifier`) one more backward pass, from its cost,
gives both G's gradient on the fakes and D's on the real images.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d
from torch.nn.grad import conv2d_weight

from ganview.gan import aux_classifier
from ganview.gan.aux_classifier import ClassPrediction, classify
from ganview.gan.networks.base import LEAKY_SLOPE, ForwardHook, PiecewiseLinearDiscriminator
from ganview.gan.objectives import Objective
from ganview.gan.torch_private import leaky_relu_backward


class RecordingHook(ForwardHook):
    """A hook that records inputs and outputs of the layers."""

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


class LinearizedHook(ForwardHook):
    """The same hook with activations held as another hook left them, and biases times β (B,)."""

    def __init__(self, recorded: RecordingHook, beta: Tensor) -> None:
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
        """Multiply by the slopes that the recorded hook met."""
        return leaky_relu_backward(h, next(self.kinks), LEAKY_SLOPE, False)


class DResponse(NamedTuple):
    """D's logits and losses for a batch, and what G learns from it."""

    # real, fake: logits (B,)
    real: Tensor
    fake: Tensor
    # loss_d, loss_g: the objective's losses, without penalty and classification
    loss_d: Tensor
    loss_g: Tensor
    penalty: Tensor  # the gradient penalty in D's cost, with its weight γ; 0 where D is not updated
    # Gradient (B, C, H, W) of G's whole cost over the fakes, where it was computed.
    dcost_g_dx_hat: Tensor | None

    def detached(self) -> DResponse:
        """Return the same without its graph."""
        return DResponse._make(part if part is None else part.detach() for part in self)


def backward(
    objective: Objective,
    discriminator: PiecewiseLinearDiscriminator,
    classifier: nn.Linear | None,
    images: tuple[Tensor, Tensor, Tensor | None],
    gamma: float,
    aux_weight_g: float,
) -> DResponse:
    """Give D and the classifier the gradients of their costs, and find ∂cost_G/∂x̂.

    G's cost depends on the fake x̂ᵢ through its logit and its class logits, so
    ``∂cost_G/∂x̂ᵢ = ∂L_G/∂logitᵢ · ∇ₓD(x̂ᵢ) + w_g/B · ∇ₓCEᵢ``, where R2 needs ∇ₓD(x̂ᵢ) anyway.

    Parameters
    ----------
    images : tuple
        Real images x (B, C, H, W), fakes x̂, and labels y (B,) or None.
    gamma, aux_weight_g : float
        Weights of the penalties and of the classification loss in G's cost.
    """
    x, x_hat, y = images
    count = len(x)
    labels = None if y is None else torch.cat([y, y])
    d_pass = forward_with_input_grad(discriminator, torch.cat([x, x_hat]), labels, classifier)
    real, fake = (part.requires_grad_() for part in d_pass.logits.chunk(2))  # (B,), (B,)
    loss_d = objective.d_loss(real, fake)
    dloss_d_dlogit = torch.cat(torch.autograd.grad(loss_d, [real, fake]))  # (2B,)
    loss_g = objective.g_loss(real.detach(), fake)
    (dloss_g_dlogit,) = torch.autograd.grad(loss_g, fake)  # (B,)
    # γ/2 times the mean over reals and the mean over fakes
    accumulate_d_grads(discriminator, d_pass, dloss_d_dlogit, gamma / count)
    dcost_g_dx_hat = dloss_g_dlogit.view(-1, 1, 1, 1) * d_pass.input_grad[count:]
    if classifier is not None and d_pass.ce_grads is not None:
        weight = aux_classifier.WEIGHT_IN_D / count
        accumulate_classifier_grads(classifier, d_pass, count, weight)
        dcost_g_dx_hat += aux_weight_g / count * d_pass.ce_grads.image[count:]
    penalty = gamma / (2 * count) * torch.linalg.vector_norm(d_pass.input_grad).square()
    return DResponse(real, fake, loss_d, loss_g, penalty, dcost_g_dx_hat).detached()


class InputGrads(NamedTuple):
    """Gradients of a number an image: over the image (B, C, H, W), and over each layer's output."""

    image: Tensor
    layers: tuple[Tensor, ...]


class DPass(NamedTuple):
    """What D made of images x (B, C, H, W): logits (B,), ∇ₓD (B, C, H, W), and the way there.

    With a classifier also its predictions, and the gradients of each image's cross-entropy.
    """

    x: Tensor
    y: Tensor | None
    logits: Tensor
    input_grad: Tensor
    output_grads: tuple[Tensor, ...]  # of the logit over each convolution's output
    hook: RecordingHook
    prediction: ClassPrediction | None = None
    ce_grads: InputGrads | None = None


def forward_with_input_grad(
    discriminator: PiecewiseLinearDiscriminator,
    x: Tensor,
    y: Tensor | None,
    classifier: nn.Linear | None = None,
) -> DPass:
    """Return D's logits, and the gradient of each, and of each cross-entropy, over its image."""
    hook = RecordingHook()
    x = x.detach().requires_grad_()
    h = discriminator.features(x, hook)  # (B, width)
    logits = discriminator.project(h, y)
    met = [x, *hook.outputs]
    retain = classifier is not None
    input_grad, *output_grads = torch.autograd.grad(logits.sum(), met, retain_graph=retain)
    prediction = ce_grads = None
    if classifier is not None and y is not None:
        predicted = classify(classifier, h, y)
        image, *layers = torch.autograd.grad(predicted.cost.sum(), met)
        prediction, ce_grads = predicted.detached(), InputGrads(image, tuple(layers))
    grads = input_grad, tuple(output_grads)
    return DPass(x.detach(), y, logits.detach(), *grads, hook, prediction, ce_grads)


def accumulate_d_grads(
    discriminator: PiecewiseLinearDiscriminator, passed: DPass, dloss_dlogit: Tensor, weight: float
) -> None:
    """Give every weight its gradient of ``L + weight/2 · Σ |∇ₓD(x)|²``.

    Parameters
    ----------
    discriminator : PiecewiseLinearDiscriminator
        As it was when it looked.
    dloss_dlogit : Tensor
        ∂L/∂logit, (B,).
    weight : float
        Of an image's penalty: γ over the number of images that it is averaged over.
    """
    per_image = dloss_dlogit.view(-1, 1, 1, 1)
    linear = LinearizedHook(passed.hook, dloss_dlogit)
    discriminator.zero_grad(set_to_none=True)
    with torch.no_grad():
        h = discriminator.features(
            passed.x * per_image + weight * passed.input_grad, linear
        )  # (B, width)
        for layer, u, s in zip(passed.hook.layers, linear.inputs, passed.output_grads, strict=True):
            layer.weight.grad = conv2d_weight(u, layer.weight.shape, s, padding=layer.padding)
            if layer.bias is not None:
                layer.bias.grad = dloss_dlogit @ s.sum((2, 3))
    bias = discriminator.head.bias
    # project adds the last bias once an image, but its factor is β, like that of the others
    total = (
        discriminator.project(h, passed.y).sum()
        + (dloss_dlogit.sum() - len(dloss_dlogit)) * bias.sum()
    )
    total.backward()


def accumulate_classifier_grads(
    classifier: nn.Linear, passed: DPass, count: int, weight: float
) -> None:
    """Add to every gradient that of ``weight`` times the cross-entropy of the first ``count``."""
    assert passed.prediction is not None
    assert passed.ce_grads is not None
    with torch.no_grad():
        hook = passed.hook
        for layer, u, s in zip(hook.layers, hook.sources, passed.ce_grads.layers, strict=True):
            assert layer.weight.grad is not None
            u, s = u[:count], weight * s[:count]
            layer.weight.grad += conv2d_weight(u, layer.weight.shape, s, padding=layer.padding)
            if layer.bias is not None:
                assert layer.bias.grad is not None
                layer.bias.grad += s.sum((0, 2, 3))
        dloss_dclass_logits, h = (
            weight * passed.prediction.dloss_dclass_logits[:count],
            passed.prediction.h[:count],
        )
        classifier.weight.grad = dloss_dclass_logits.T @ h  # (K, width)
        classifier.bias.grad = dloss_dclass_logits.sum(0)
