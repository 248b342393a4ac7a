"""All that a trainer is made of, taken out of it and put back: a run continues bit for bit."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ganview.gan.kinds import Kinds
from ganview.gan.model import ModelSpec
from ganview.gan.trainer import Trainer


def state_of(trainer: Trainer) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return all that a bit-exact continuation needs: tensors (copies), and plain values."""
    tensors = {"random": trainer.batches.random.get_state()}
    if trainer.kinds is not None:  # found again, they might differ in a last digit
        tensors["kinds"] = trainer.kinds.of.to(torch.int32)
    for name, net in trainer.nets().items():
        for key, value in net.state_dict().items():
            tensors[f"{name}.{key}"] = value.detach().cpu().clone()
    for name, adam in trainer.adams.items():
        tensors |= {f"adam_{name[0]}.{key}": value for key, value in adam.state().items()}
    ordered = torch.contiguous_format  # a file knows no other order in memory
    tensors = {name: value.contiguous(memory_format=ordered) for name, value in tensors.items()}
    values = {
        "config": trainer.config.to_dict(),
        "spec": trainer.spec.to_dict(),
        "step": trainer.step_count,
        "images_seen": trainer.images_seen,
        "rate_scale": trainer.rate_scale,
        "origin": trainer.origin,
    }
    return tensors, values


def go_back(trainer: Trainer, tensors: dict[str, Tensor], values: dict[str, Any]) -> None:
    """Go back to a state that `state_of` returned, of a trainer with the same settings.

    Raises
    ------
    ValueError
        The state belongs to networks of another shape.
    """
    if (
        values["spec"] != trainer.spec.to_dict()
        and ModelSpec.from_dict({"kinds": 0, **values["spec"]}) != trainer.spec
    ):
        raise ValueError("this state belongs to networks of another shape")
    for name, net in trainer.nets().items():
        net.load_state_dict(under(name, tensors))
    for name, adam in trainer.adams.items():
        adam.load_state(under(f"adam_{name[0]}", tensors))
    trainer.batches.random.set_state(tensors["random"])
    if trainer.kinds is not None:
        trainer.kinds = Kinds.from_labels(tensors["kinds"].long(), len(trainer.kinds.counts))
        trainer.batches.kinds = trainer.kinds
    trainer.step_count = int(values["step"])
    trainer.images_seen = int(values["images_seen"])
    trainer.rate_scale = float(values["rate_scale"])
    trainer.origin = dict(values.get("origin", {}))


def under(name: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors whose key begins with ``name.``, by the rest of the key."""
    prefix = f"{name}."
    return {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}
