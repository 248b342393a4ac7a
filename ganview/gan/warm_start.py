"""A run that begins with the weights and the settings of a model, in place of fresh ones."""

from __future__ import annotations

from dataclasses import fields

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
    if model.spec.clusters or spec.clusters:
        raise UserError(
            "A generator without labels draws kinds of pictures that its own run has sorted: "
            "go on with that run (--resume)."
        )
    for part in fields(ModelSpec):
        wanted, found = getattr(model.spec, part.name), getattr(spec, part.name)
        if wanted != found and part.name != "class_prior":
            name = part.name.replace("_", " ")
            raise UserError(f"The model has {name} {wanted}, and this run {found}.")


def load_weights(trainer: Trainer, model: Model) -> None:
    """Give a trainer that has done no step the weights of a model; all else begins anew.

    D and the averaged generator are the model's; G begins as the average, whose own G the file
    does not keep.

    Raises
    ------
    UserError
        As `check_start`.
    """
    check_start(model, trainer.spec)
    assert model.discriminator is not None
    trainer.generator.load_state_dict(model.generator.state_dict())
    trainer.ema.load_state_dict(model.generator.state_dict())
    trainer.discriminator.load_state_dict(model.discriminator.state_dict())
    trainer.warm_started_from = {
        "sha256": weights_sha256(model.generator),
        "images_seen": int(model.info.get("images_seen") or 0),
    }
