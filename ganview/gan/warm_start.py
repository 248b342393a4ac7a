"""A run that begins with the weights and the settings of a model, in place of fresh ones."""

from __future__ import annotations

from dataclasses import fields

import torch
from torch import Tensor

from ganview.errors import UserError
from ganview.gan.config import SETTINGS, TrainConfig, upgrade_settings
from ganview.gan.fingerprint import weights_sha256
from ganview.gan.model import Model, ModelSpec
from ganview.gan.schedule import Schedule
from ganview.gan.trainer import Trainer

NOT_OF_A_MODEL = ("Data", "Machine")  # groups of settings that say how, not what, it learned


def settings_of(model: Model) -> TrainConfig:
    """Return the settings with which a model learns on, the moving ones as they stood at its end.

    What it held out, its seed and its threads are another run's own.

    Raises
    ------
    UserError
        The model's settings make no sense.
    """
    own = {name: info.group for name, info in SETTINGS.items()}
    told = upgrade_settings(model.info.get("config") or {})
    config = TrainConfig.from_dict(
        {
            key: told[key]
            for key, group in own.items()
            if key in told and group not in NOT_OF_A_MODEL
        }
    )
    course, seen = Schedule(config), int(model.info.get("images_seen") or 0)
    return config.with_(
        learning_rate=course.learning_rate(max(seen, config.warmup_images)),
        gamma=course.gamma(seen),
        aux_weight_g=course.aux_weight_g(seen),
        beta2=course.beta2(seen),
    )


def check_start(model: Model, spec: ModelSpec) -> None:
    """Make sure that networks of ``spec`` can begin with the weights of a model.

    Raises
    ------
    UserError
        The model has no discriminator, or is one for other pictures, classes or settings.
    """
    if model.discriminator is None:
        raise UserError("This model was saved without its discriminator: it can't learn on.")
    if any(one.clusters and not one.classes for one in (model.spec, spec)):
        raise UserError(
            "A generator without labels draws kinds of pictures that its own run has sorted: "
            "go on with that run (--resume)."
        )
    for part in fields(ModelSpec):
        wanted, found = getattr(model.spec, part.name), getattr(spec, part.name)
        if wanted != found and part.name not in ("class_prior", "clusters"):
            name = part.name.replace("_", " ")
            raise UserError(f"The model has {name} {wanted}, and this run {found}.")


def load_weights(trainer: Trainer, model: Model) -> None:
    """Give a trainer that has done no step the weights of a model; all else begins anew.

    D and the averaged generator are the model's; G begins as the average, whose own G the file
    does not keep. Where the model's classes were sorted into other clusters than this run's, each
    cluster begins as the mean of those of its class.

    Raises
    ------
    UserError
        As `check_start`.
    """
    check_start(model, trainer.spec)
    assert model.discriminator is not None
    for net, of_model in (
        (trainer.generator, model.generator),
        (trainer.ema, model.generator),
        (trainer.discriminator, model.discriminator),
    ):
        state = of_model.state_dict()
        if model.spec.clusters != trainer.spec.clusters:
            one_each = (1,) * trainer.spec.classes
            sizes = model.spec.clusters or one_each, trainer.spec.clusters or one_each
            state["embed.weight"] = _regrouped(state["embed.weight"], *sizes)
            state = {name: value for name, value in state.items() if not _is_of_gate(name)}
            state |= {name: own for name, own in net.state_dict().items() if _is_of_gate(name)}
        net.load_state_dict(state)
    trainer.warm_started_from = {
        "sha256": weights_sha256(model.generator),
        "images_seen": int(model.info.get("images_seen") or 0),
    }


def _regrouped(vectors: Tensor, before: tuple[int, ...], after: tuple[int, ...]) -> Tensor:
    """Give the clusters of each class the mean of those before; vectors are (M, width)."""
    parts = zip(vectors.split(before), after, strict=True)
    return torch.cat([part.mean(0).expand(count, -1) for part, count in parts])


def _is_of_gate(name: str) -> bool:
    return name.startswith("gate.")
