"""The course's pair: fully connected layers only, as in the first GAN (Goodfellow et al., 2014)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ganview.gan.networks.base import LEAKY_SLOPE, Discriminator, Generator, activate, he_init

WIDTHS = {"small": 128, "medium": 256, "large": 512}


class MLPGenerator(Generator):
    """Dense layers of growing width, tanh at the end."""

    def __init__(
        self, z_dim: int, image_shape: tuple[int, int, int], classes: int, width: int
    ) -> None:
        super().__init__(z_dim, image_shape, classes)
        self.linear = nn.Linear(z_dim + self.add_class_table(z_dim), width)
        self.rest = nn.Sequential(
            nn.LeakyReLU(LEAKY_SLOPE),
            nn.Linear(width, 2 * width),
            nn.LeakyReLU(LEAKY_SLOPE),
            nn.Linear(2 * width, math.prod(image_shape)),
        )
        for layer in (self.linear, *self.rest):
            if isinstance(layer, nn.Linear):
                he_init(layer)

    @property
    def first(self) -> nn.Linear:
        return self.linear

    def picture(self, h: Tensor) -> Tensor:
        image: Tensor = torch.tanh(self.rest(h)).unflatten(1, self.image_shape)  # (B, C, H, W)
        return image


class MLPDiscriminator(Discriminator):
    """Two dense layers on the flat picture."""

    def __init__(self, image_shape: tuple[int, int, int], classes: int, width: int) -> None:
        super().__init__(image_shape, classes, width)
        self.linear1 = nn.Linear(math.prod(image_shape), 2 * width)
        self.linear2 = nn.Linear(2 * width, width)
        he_init(self.linear1)
        he_init(self.linear2)

    def features(self, x: Tensor) -> Tensor:
        return activate(self.linear2(activate(self.linear1(x.flatten(1)))))  # (B, width)
