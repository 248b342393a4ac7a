"""What every generator and discriminator share: how a class enters, and how weights begin."""

from __future__ import annotations

import math
from abc import abstractmethod

import torch
from torch import Tensor, nn

from ganview.gan.networks.latent_partition import LatentPartition

LEAKY_SLOPE = 0.2  # of LeakyReLU, everywhere


def activate(x: Tensor) -> Tensor:
    """LeakyReLU with the slope that all networks here use."""
    return nn.functional.leaky_relu(x, LEAKY_SLOPE)


class ForwardHook:
    """How a network applies its layers; a subclass may record or replace what they compute.

    `ganview.gan.one_pass_gradients` has the two that do.
    """

    def convolve(self, layer: nn.Conv2d, h: Tensor) -> Tensor:
        """Pass h (B, C, H, W) through a convolution."""
        out: Tensor = layer(h)
        return out

    def activate(self, h: Tensor) -> Tensor:
        """Pass h through the activation."""
        return activate(h)


NO_HOOK = ForwardHook()


def he_init(layer: nn.Conv2d | nn.Linear, gain: float = 1.0) -> None:
    """Draw weights that keep the variance of activations (He et al., 2015), scaled by ``gain``."""
    nn.init.kaiming_normal_(layer.weight, a=LEAKY_SLOPE)
    with torch.no_grad():
        layer.weight.mul_(gain)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


class ClassTable(nn.Module):
    """One learned vector a class; a mixture of classes is the same mixture of their vectors.

    Parameters
    ----------
    std : float
        Standard deviation of its numbers at first.
    """

    def __init__(self, classes: int, width: int, std: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(classes, width) * std)

    def forward(self, y: Tensor) -> Tensor:
        """Look up labels (B,) int64, or mix by weights (B, K) float; returns (B, width)."""
        if y.is_floating_point():
            return y @ self.weight
        return nn.functional.embedding(y, self.weight)


class Generator(nn.Module):
    """Noise z (B, z_dim) and class in, image (B, C, H, W) out.

    `classes` is the number of vectors that it knows: of clusters where there are any, else of
    classes, 0 without either.
    """

    def __init__(self, z_dim: int, image_shape: tuple[int, int, int], classes: int) -> None:
        super().__init__()
        self.z_dim = z_dim
        self.image_shape = image_shape
        self.classes = classes
        self.gate: LatentPartition | None = None  # selects the cluster, where there are any

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Generate images (B, C, H, W), about [-1, 1], from z (B, z_dim) and y.

        ``y`` is (B,) int64 labels, (B, K) float class weights, or None without classes.
        """
        return self.picture(self.first(self.with_class(z, y)))

    def with_class(self, z: Tensor, y: Tensor | None) -> Tensor:
        """Join noise and the vector of class or cluster: (B, z_dim + embedding)."""
        if self.gate is not None and (y is not None or len(self.gate.clusters) == 1):
            y = self.gate(z, y)
        if self.classes == 0:
            return z
        if y is None:
            raise ValueError("a conditional generator needs y")
        return torch.cat([z, self.embed(y)], dim=1)

    @property
    @abstractmethod
    def first(self) -> nn.Linear:
        """The first layer, linear in z: what SeFa factorises."""

    @abstractmethod
    def picture(self, h: Tensor) -> Tensor:
        """Turn the first layer's output into an image (B, C, H, W)."""

    def add_class_table(self, width: int) -> int:
        """Make ``self.embed`` where there are classes; returns the width it adds to z."""
        if self.classes == 0:
            return 0
        self.embed = ClassTable(self.classes, width)
        return width


class Discriminator(nn.Module):
    """Image and class in, one logit out, by projection (Miyato and Koyama, 2018).

    The logit is ``<head + embed(y), features(x)>``. Head and class vectors start, and so learn, at
    the same scale: a class table of unit numbers scaled down afterwards learns far too slowly.
    Where it was trained on clusters, y in `project` is the cluster, and y in `forward` the class,
    if there are any: x is then judged as a mixture of the clusters of its class.
    """

    def __init__(self, image_shape: tuple[int, int, int], classes: int, width: int) -> None:
        super().__init__()
        self.image_shape = image_shape
        self.classes = classes
        self.clusters: tuple[int, ...] = ()  # how many each class has, one number without classes
        self.head = nn.Linear(width, 1)
        std = 1 / math.sqrt(width)
        nn.init.normal_(self.head.weight, std=std)
        nn.init.zeros_(self.head.bias)
        if classes:
            self.embed = ClassTable(classes, width, std)

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Judge images (B, C, H, W), given y as in `Generator.forward`; returns logits (B,)."""
        if self.clusters:
            return self._marginalised(self.features(x), y)
        return self.trained_logits(x, y)

    def trained_logits(self, x: Tensor, y: Tensor | None) -> Tensor:
        """Judge images (B, C, H, W) as in training, given their clusters (B,) if there are any."""
        return self.project(self.features(x), y)

    def project(self, h: Tensor, y: Tensor | None) -> Tensor:
        """Turn features h (B, width) into logits (B,); y as in `trained_logits`."""
        logit: Tensor = self.head(h).squeeze(1)  # (B,)
        if self.classes == 0:
            return logit
        if y is not None:
            asked: Tensor = logit + (self.embed(y) * h).sum(1)
            return asked
        raise ValueError("a conditional discriminator needs y")

    def _marginalised(self, h: Tensor, y: Tensor | None) -> Tensor:
        """Return the logit (B,) of a class: the log of the mean of exp(logit) over its clusters."""
        if y is None and len(self.clusters) > 1:
            raise ValueError("a conditional discriminator needs y")
        each = nn.functional.linear(h, self.embed.weight).split(self.clusters, dim=1)  # (B, M)
        of_class = torch.stack(
            [part.logsumexp(1) - math.log(part.shape[1]) for part in each], dim=1
        )  # (B, K)
        if y is not None and y.is_floating_point():
            of_class = of_class * y
        elif y is not None:
            of_class = of_class.gather(1, y[:, None])
        logit: Tensor = self.head(h).squeeze(1) + of_class.sum(1)
        return logit

    @abstractmethod
    def features(self, x: Tensor) -> Tensor:
        """Return features (B, width) of images."""


class PiecewiseLinearDiscriminator(Discriminator):
    """A discriminator whose features are convolutions and leaky ReLUs alone.

    It applies them through a `ForwardHook`, so that `ganview.gan.one_pass_gradients` can be used.
    """

    @abstractmethod
    def features(self, x: Tensor, hook: ForwardHook = NO_HOOK) -> Tensor: ...
