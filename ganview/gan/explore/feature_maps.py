"""What each layer of a network makes of one input, and what the network would do without it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganview.gan import ema
from ganview.gan.model import Model
from ganview.gan.networks.base import Discriminator, Generator

KINDS = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)
MOST_MAPS = 256  # of a layer that are returned


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """The feature maps of one layer for one input."""

    name: str  # of the layer, as in the network's weights
    # float32 (C, h, w), at most `MOST_MAPS`; a layer without maps has one, its numbers in rows.
    maps: NDArray[np.float32]
    count: int  # how many there are


def layers_of(net: nn.Module) -> dict[str, nn.Module]:
    """Return the layers of a network that make features, by name."""
    return {
        name: layer
        for name, layer in net.named_modules()
        if isinstance(layer, KINDS) and not name.startswith("head")
    }


def feature_maps(net: Generator | Discriminator, *given: Tensor | None) -> list[LayerMaps]:
    """Return what each layer puts out for one input, in the order in which they work.

    Parameters
    ----------
    net : Generator or Discriminator
        In evaluation mode.
    *given : Tensor
        Its arguments, for one picture: (z, y) or (x, y).
    """
    found: list[LayerMaps] = []

    def note(name: str, out: Tensor) -> None:
        maps = as_maps(out[0].detach())
        found.append(LayerMaps(name, maps[:MOST_MAPS].float().cpu().numpy().copy(), len(maps)))

    net = ema.frozen_copy(net)  # others may be drawing with it
    for name, layer in layers_of(net).items():
        layer.register_forward_hook(lambda _l, _g, out, name=name: note(name, out))
    with torch.no_grad():
        net(*given)
    return found


def as_maps(out: Tensor) -> Tensor:
    """Return (C, h, w) of maps or, of numbers alone, one map of them in rows."""
    if out.ndim == 3:
        return out
    columns = math.ceil(math.sqrt(out.numel()))
    rows = math.ceil(out.numel() / columns)
    padded = nn.functional.pad(out.flatten(), (0, rows * columns - out.numel()))
    return padded.view(1, rows, columns)


def run_without_map(
    net: Generator | Discriminator, layer: str, index: int, *given: Tensor | None
) -> Tensor:
    """Return what a network puts out while one map of a layer is zero.

    A layer without maps is zero as a whole.

    Raises
    ------
    KeyError
        There is no such layer.
    """

    def silence(_layer: nn.Module, _given: Any, out: Tensor) -> Tensor:
        out = out.clone()
        if out.ndim == 4:
            out[:, index] = 0
        else:
            out.zero_()
        return out

    net = ema.frozen_copy(net)  # others may be drawing with it
    layers_of(net)[layer].register_forward_hook(silence)
    with torch.no_grad():
        found: Tensor = net(*given)
    return found


def answer_slope(model: Model, x: Tensor, y: Tensor | None) -> NDArray[np.float32]:
    """Return which pixels D's answer to images x (1, C, H, W) depends on: ∂logit/∂x, (C, H, W).

    Raises
    ------
    ValueError
        The model has no discriminator.
    """
    if model.discriminator is None:
        raise ValueError("this model has no discriminator")
    with torch.inference_mode(False), torch.enable_grad():
        place = x.clone().requires_grad_()
        logit = model.discriminator(place, y).sum()
        (slope,) = torch.autograd.grad(logit, place)
    found: NDArray[np.float32] = slope[0].numpy()
    return found
