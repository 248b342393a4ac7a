"""All that a trainer is made of, taken out of it and put back: a run continues bit for bit."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ganview.gan.clusters import Clusters
from ganview.gan.config import TrainConfig
from ganview.gan.model import ModelSpec
from ganview.gan.trainer import Trainer


def state_of(trainer: Trainer) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return all that a bit-exact continuation needs: tensors (copies), and plain values."""
    tensors = {"random": trainer.batches.random.get_state()}
    if trainer.clusters is not None:  # found again, they might differ in a last digit
        tensors["clusters"] = trainer.clusters.labels.to(torch.int32)
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
        "warm_started_from": trainer.warm_started_from,
    }
    if trainer.augmentation.is_on:
        values["augmentation"] = [trainer.augmentation.p, trainer.augmentation.r]
    return tensors, values


def settings_for(spec: ModelSpec, config: TrainConfig) -> TrainConfig:
    """Return the settings with which a trainer fits networks that exist already.

    Where their run had sorted no pictures, as none before sorted its classes, none are sorted now.
    """
    return config if spec.clusters else config.with_(clusters=0)


def load_state(trainer: Trainer, tensors: dict[str, Tensor], values: dict[str, Any]) -> None:
    """Go back to a state that `state_of` returned, of a trainer with the same settings.

    Raises
    ------
    ValueError
        The state belongs to networks of another shape.
    """
    if ModelSpec.from_dict(values["spec"]) != trainer.spec:
        raise ValueError("this state belongs to networks of another shape")
    for name, net in trainer.nets().items():
        net.load_state_dict(subdict(name, tensors))
    for name, adam in trainer.adams.items():
        adam.load_state(subdict(f"adam_{name[0]}", tensors))
    trainer.batches.random.set_state(tensors["random"])
    if trainer.clusters is not None:
        trainer.clusters = Clusters.from_labels(
            tensors["clusters"].long(), trainer.clusters.in_class
        )
        trainer.batches.clusters = trainer.clusters
    trainer.step_count = int(values["step"])
    trainer.images_seen = int(values["images_seen"])
    trainer.rate_scale = float(values["rate_scale"])
    if trainer.augmentation.is_on:
        kept = values.get("augmentation", (0.0, 0.0))
        trainer.augmentation.p, trainer.augmentation.r = (float(value) for value in kept)
    trainer.warm_started_from = dict(values.get("warm_started_from", {}))


def subdict(name: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors whose key begins with ``name.``, by the rest of the key."""
    prefix = f"{name}."
    return {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}
