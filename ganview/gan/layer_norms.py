"""The layers of networks in the order in which they work, and the norm of the gradient at each."""

from __future__ import annotations

import math
from collections.abc import Iterable
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from ganview.gan import ema
from ganview.gan.networks.base import Discriminator
from ganview.gan.step_trace import LayerUpdate
from ganview.gan.trainer import Gradients, Trainer

_orders: WeakKeyDictionary[nn.Module, list[str]] = WeakKeyDictionary()


def layer_norms(trainer: Trainer, gradients: Gradients) -> dict[str, dict[str, float]]:
    """Return the norm of each layer's gradient, by network and layer, from input to output."""
    return {
        net: {layer: exact_norm(parts) for layer, parts in _by_layer(trainer, net, of).items()}
        for net, of in gradients.of.items()
    }


def layer_updates(
    trainer: Trainer, net: str, norms: dict[str, float], before: Iterable[Tensor]
) -> tuple[LayerUpdate, ...]:
    """Compare the weights of a network with what they were, layer by layer from input to output.

    Parameters
    ----------
    trainer : Trainer
        After the step.
    net : str
        Name of the network.
    norms : dict
        Of `layer_norms`; none of a network that was not updated.
    before : iterable of Tensor
        Its weights before the step, in the order of ``Trainer.adams[net].weights``.
    """
    old = _by_layer(trainer, net, before)
    new = _by_layer(trainer, net, (w.detach() for w in trainer.adams[net].weights.values()))
    return tuple(
        LayerUpdate(
            layer,
            norms.get(layer, 0.0),
            exact_norm(parts),
            exact_norm(after - part for after, part in zip(new[layer], parts, strict=True)),
        )
        for layer, parts in old.items()
    )


def _by_layer(trainer: Trainer, net: str, tensors: Iterable[Tensor]) -> dict[str, list[Tensor]]:
    layers: dict[str, list[Tensor]] = {layer: [] for layer in _working_order(trainer, net)}
    for weight, tensor in zip(trainer.adams[net].weights, tensors, strict=True):
        layers.setdefault(weight.rpartition(".")[0], []).append(tensor)
    return {layer or net: parts for layer, parts in layers.items() if parts}


def _working_order(trainer: Trainer, name: str) -> list[str]:
    """Return the layers that have weights as they work; they are registered in another order."""
    net, spec, seen = trainer.trainable_nets()[name], trainer.spec, []
    if name == "classifier":
        return []
    if net not in _orders:
        copy = ema.frozen_copy(net)
        for layer, module in copy.named_modules():
            if any(True for _ in module.parameters(recurse=False)):
                module.register_forward_hook(lambda *_given, layer=layer: seen.append(layer))
        shape = (spec.z_dim,) if name == "generator" else spec.image_shape
        y = torch.zeros(1, dtype=torch.long, device=trainer.device)
        with torch.no_grad():
            given = torch.zeros(1, *shape, device=trainer.device)
            if isinstance(copy, Discriminator):
                copy.project(copy.features(given), y if spec.classes or spec.clusters else None)
            else:
                copy(given, y if spec.classes else None)
        _orders[net] = list(dict.fromkeys(seen))
    return _orders[net]


def exact_norm(parts: Iterable[Tensor]) -> float:
    """Return the Euclidean norm of tensors together, of which `grad_norm` is off by 1 in 1,000."""
    squares = (torch.linalg.vector_norm(part, dtype=torch.float64).square() for part in parts)
    return math.sqrt(sum(square.item() for square in squares))
