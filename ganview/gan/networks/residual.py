"""The default pair: residual, without normalisation, with nearly all its work on small maps.

Without batch statistics a picture depends on its own z and y alone. Resolution changes by moving
pixels into channels and back (sub-pixel convolution, Shi et al., 2016), so that only G's last and
narrowest convolution runs on a map of full size: on a CPU those cost most and add least. The four
pixels that come of one start equal (Aitken et al., 2017), so that the first pictures are smooth;
tanh lets G reach the exact black and white of ink and paper, which D would else use against it.
Residual branches start small, as in R3GAN (Huang et al., 2024).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, pixel_unshuffle

from ganview.gan.networks.base import (
    NO_HOOK,
    ForwardHook,
    Generator,
    PiecewiseLinearDiscriminator,
    activate,
    he_init,
)

FINE = 8  # channels of G's map of full size
LEAK = 0.01  # slope of the output far beyond black and white, where tanh alone would let none pass


@dataclass(frozen=True)
class Widths:
    """Channels at the coarsest map first, and residual blocks a map."""

    maps: tuple[int, ...]
    blocks: int


WIDTHS = {
    "small": Widths(maps=(32, 16), blocks=1),
    "medium": Widths(maps=(48, 24), blocks=1),
    "large": Widths(maps=(96, 48), blocks=2),
}


class Block(nn.Module):
    """``x + gain · conv(act(conv(act(x))))``: keeps shape (B, C, H, W)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        he_init(self.conv1)
        he_init(self.conv2, gain=0.1)

    def forward(self, x: Tensor, hook: ForwardHook = NO_HOOK) -> Tensor:
        h = hook.convolve(self.conv1, hook.activate(x))
        return x + hook.convolve(self.conv2, hook.activate(h))


def conv(inputs: int, outputs: int) -> nn.Conv2d:
    """Return a 3 × 3 convolution that keeps the map's size, freshly drawn."""
    layer = nn.Conv2d(inputs, outputs, 3, padding=1)
    he_init(layer)
    return layer


def upsampling_conv(inputs: int, outputs: int) -> nn.Conv2d:
    """Return a convolution to four pixels in the place of one, equal at first."""
    layer = conv(inputs, 4 * outputs)
    with torch.no_grad():
        layer.weight.copy_(layer.weight[::4].repeat(4, 1, 1, 1))
    return layer


def fold(x: Tensor) -> Tensor:
    """Move each square of four pixels into channels: (B, C, 2h, 2w) to (B, 4C, h, w).

    The C channels of a pixel stay together, since they lie together in memory (channels last): what
    `torch.nn.functional.pixel_unshuffle` does in another order takes as long as a convolution.
    """
    b, c, height, width = x.shape
    if c == 1:  # one order only, and theirs is faster
        return pixel_unshuffle(x, 2)
    x = x.permute(0, 2, 3, 1).reshape(b, height // 2, 2, width // 2, 2 * c)
    # two copies of long rows; a copy of the transposed squares goes pixel by pixel
    return torch.cat(x.unbind(2), dim=3).permute(0, 3, 1, 2)


def unfold(x: Tensor) -> Tensor:
    """Undo `fold`: (B, 4C, h, w) to (B, C, 2h, 2w)."""
    b, c, height, width = x.shape
    x = x.permute(0, 2, 3, 1).reshape(b, height, width, 2, 2, c // 4)
    x = x.transpose(2, 3).reshape(b, 2 * height, 2 * width, c // 4)
    return x.permute(0, 3, 1, 2)


def coarsest_side(size: int, halvings: int) -> int:
    """Return the side of the coarsest map from which ``size`` can be cut."""
    step: int = 2**halvings
    return math.ceil(size / step)


class ResidualGenerator(Generator):
    """Noise to a coarse map, residual blocks, and twice the resolution a stage."""

    def __init__(
        self,
        z_dim: int,
        image_shape: tuple[int, int, int],
        classes: int,
        widths: Widths,
        fine: int = FINE,
    ) -> None:
        super().__init__(z_dim, image_shape, classes)
        channels, height, width = image_shape
        maps = widths.maps
        self.coarse = coarsest_side(height, len(maps)), coarsest_side(width, len(maps))
        inputs = z_dim + self.add_class_table(z_dim)
        self.linear = nn.Linear(inputs, maps[0] * self.coarse[0] * self.coarse[1])
        he_init(self.linear)
        self.blocks = nn.ModuleList()
        self.ups = nn.ModuleList()
        for here, above in zip(maps, (*maps[1:], fine), strict=True):
            self.blocks.append(nn.Sequential(*(Block(here) for _ in range(widths.blocks))))
            self.ups.append(upsampling_conv(here, above))
        self.finish = conv(fine, channels)

    @property
    def first(self) -> nn.Linear:
        return self.linear

    def picture(self, h: Tensor) -> Tensor:
        return self.draw(h, self.image_shape)

    def draw(self, h: Tensor, shape: tuple[int, int, int]) -> Tensor:
        """Turn the first layer's output into an image of a shape (C, H, W)."""
        _, height, width = shape
        # channels last in memory, which convolutions on a CPU like best
        x = h.unflatten(1, (*self.coarse, -1)).permute(0, 3, 1, 2)  # (B, maps[0], h0, w0)
        for blocks, twice in zip(self.blocks, self.ups, strict=True):
            x = unfold(twice(activate(blocks(x))))  # (B, next, 2h, 2w)
        x = self.finish(activate(self.settle(x)))[:, :, :height, :width]  # (B, C, H, W)
        image: Tensor = torch.tanh(x) + LEAK * x
        return image

    def settle(self, x: Tensor) -> Tensor:
        """Prepare the map of full size (B, fine, H, W) for the last layer; here, as it is."""
        return x


class ResidualDiscriminator(PiecewiseLinearDiscriminator):
    """Half the resolution a stage, residual blocks, projection of the coarsest map."""

    def __init__(self, image_shape: tuple[int, int, int], classes: int, widths: Widths) -> None:
        channels, height, width = image_shape
        maps = tuple(reversed(widths.maps))
        h0, w0 = coarsest_side(height, len(maps)), coarsest_side(width, len(maps))
        super().__init__(image_shape, classes, maps[-1] * h0 * w0)
        # zeros at the lower right make the sides divisible by 2^stages
        self.padding = (0, w0 * 2 ** len(maps) - width, 0, h0 * 2 ** len(maps) - height)
        self.downs = nn.ModuleList()
        self.blocks = nn.ModuleList()
        for below, here in zip((channels, *maps[:-1]), maps, strict=True):
            self.downs.append(conv(4 * below, here))
            self.blocks.append(nn.Sequential(*(Block(here) for _ in range(widths.blocks))))

    def features(self, x: Tensor, hook: ForwardHook = NO_HOOK) -> Tensor:
        h = pad(x, self.padding) if any(self.padding) else x
        for i, (down, blocks) in enumerate(zip(self.downs, self.blocks, strict=True)):
            h = fold(hook.activate(h) if i else h)
            assert isinstance(down, nn.Conv2d)
            assert isinstance(blocks, nn.Sequential)
            h = hook.convolve(down, h)  # (B, here, h/2, w/2)
            for block in blocks:
                h = block(h, hook)
        return hook.activate(h).permute(0, 2, 3, 1).flatten(1)  # (B, h0 · w0 · maps[-1])
