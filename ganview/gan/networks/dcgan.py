"""The textbook pair: strided convolutions and batch norm (Radford et al., 2015)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganview.gan.networks.base import Discriminator, Generator, activate
from ganview.gan.networks.residual import coarsest_side

WIDTHS = {"small": 32, "medium": 64, "large": 128}  # channels of the finer map
STAGES = 2  # doublings from the coarsest map, 7 × 7 for 28 pixels


def dcgan_init(module: nn.Module) -> None:
    """Draw weights from N(0, 0.02) as in the paper; batch norm's scale from N(1, 0.02)."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


class DCGenerator(Generator):
    """Dense layer, then transposed convolutions with batch norm and ReLU, tanh at the end."""

    def __init__(
        self, z_dim: int, image_shape: tuple[int, int, int], classes: int, width: int
    ) -> None:
        super().__init__(z_dim, image_shape, classes)
        channels, height, breadth = image_shape
        self.coarse = coarsest_side(height, STAGES), coarsest_side(breadth, STAGES)
        inputs = z_dim + self.add_class_table(z_dim)
        self.linear = nn.Linear(inputs, 2 * width * self.coarse[0] * self.coarse[1])
        self.norm0 = nn.BatchNorm2d(2 * width)
        self.up1 = nn.ConvTranspose2d(2 * width, width, 4, stride=2, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.up2 = nn.ConvTranspose2d(width, channels, 4, stride=2, padding=1)
        self.apply(dcgan_init)

    @property
    def first(self) -> nn.Linear:
        return self.linear

    def picture(self, h: Tensor) -> Tensor:
        _, height, breadth = self.image_shape
        x = torch.relu(self.norm0(h.unflatten(1, (-1, *self.coarse))))  # (B, 2w, h0, w0)
        x = torch.relu(self.norm1(self.up1(x)))  # (B, w, 2h0, 2w0)
        x = torch.tanh(self.up2(x))  # (B, C, 4h0, 4w0)
        return x[:, :, :height, :breadth]


class DCDiscriminator(Discriminator):
    """Strided convolutions with batch norm and LeakyReLU."""

    def __init__(self, image_shape: tuple[int, int, int], classes: int, width: int) -> None:
        channels, height, breadth = image_shape
        super().__init__(image_shape, classes, 2 * width * (height // 4) * (breadth // 4))
        self.down1 = nn.Conv2d(channels, width, 4, stride=2, padding=1)
        self.down2 = nn.Conv2d(width, 2 * width, 4, stride=2, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(2 * width)
        self.apply(dcgan_init)

    def features(self, x: Tensor) -> Tensor:
        h = activate(self.down1(x))  # (B, w, H/2, W/2)
        h = activate(self.norm2(self.down2(h)))  # (B, 2w, H/4, W/4)
        return h.flatten(1)
