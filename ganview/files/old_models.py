"""Weights as older schemas held them, in the order of this one."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from ganview.gan.model import ModelSpec


def current_order(spec: ModelSpec, schema: int, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors of a model file in the order that its networks have today.

    Schema 1 held the four pixels that a residual network moves into channels side by side for each
    channel; since schema 2 the channels of each pixel are side by side. The function that the
    network computes is the same.

    Parameters
    ----------
    spec : ModelSpec
        What the networks fit.
    schema : int
        That the file was written with.
    tensors : dict
        By their names in the file.
    """
    if schema >= 2 or spec.architecture != "residual":
        return tensors
    moved = dict(tensors)
    for name in _kept(tensors, "generator.ups."):  # outputs, of weights and of biases
        moved[name] = tensors[name].unflatten(0, (-1, 4)).transpose(0, 1).flatten(0, 1)
    for name in _kept(tensors, "discriminator.downs."):
        if name.endswith("weight"):  # inputs
            moved[name] = tensors[name].unflatten(1, (-1, 4)).transpose(1, 2).flatten(1, 2)
    return moved


def _kept(tensors: dict[str, Tensor], prefix: str) -> Iterator[str]:
    return (name for name in tensors if name.startswith(prefix))
