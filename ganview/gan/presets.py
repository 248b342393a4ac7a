"""Named bundles of settings that a person understands: data, not code."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ganview.gan.config import SETTINGS, TrainConfig
from ganview.gan.networks.build import AUTO, RESIDUAL


@dataclass(frozen=True)
class Preset:
    """A named bundle of settings that a person understands."""

    name: str  # the word used on the command line
    # label, description: what the window shows
    label: str
    description: str
    config: TrainConfig  # the settings themselves


# The game of 2014 with Adam, and nothing of what was found to help it since.
PLAIN = TrainConfig(
    objective="bce",
    batch_size=64,
    warmup_images=0,
    beta2=0.999,
    beta2_end=0.999,
    gamma=0.0,
    gamma_end=0.0,
    aux_weight_g=0.0,
    aux_weight_g_end=0.0,
    d_lr_ratio=1.0,
    clusters=0,
)

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "default",
            "Fastest first results",
            "Readable images in seconds, and still improving after minutes.",
            TrainConfig(),
        ),
        Preset(
            "best",
            "Best quality",
            "Larger networks and a longer schedule: slower at first, better in the end.",
            TrainConfig(
                size="medium",
                batch_size=32,
                learning_rate_images=1_200_000,
                learning_rate_end=5e-5,
                gamma_end=0.01,
                gamma_images=600_000,
                aux_weight_g=0.1,
                aux_weight_g_end=0.01,
                ema_half_life=50_000,
            ),
        ),
        Preset(
            "classic",
            "The classic course GAN",
            "Fully connected networks and the cost of the lecture, as first published in 2014.",
            PLAIN.with_(
                architecture="mlp",
                size="medium",
                learning_rate=2e-4,
                learning_rate_end=2e-4,
                beta1=0.5,
            ),
        ),
        Preset(
            "dcgan",
            "Textbook DCGAN",
            "Transposed convolutions and batch norm, with the settings of the 2015 paper.",
            PLAIN.with_(
                architecture="dcgan",
                size="medium",
                z_dim=100,
                learning_rate=2e-4,
                learning_rate_end=2e-4,
                beta1=0.5,
            ),
        ),
        Preset(
            "collapse",
            "Watch it fail",
            "A discriminator that learns too fast: see what collapse looks like, then ask why.",
            PLAIN.with_(
                architecture="mlp",
                size="small",
                conditional=False,
                z_dim=16,
                learning_rate=5e-3,
                learning_rate_end=5e-3,
                beta1=0.9,
                d_steps=3,
            ),
        ),
    )
}
DEFAULT_PRESET = "default"


#: Settings that say where a run learns, and with what luck: presets leave them alone.
OF_THE_MACHINE = ("seed", "threads", "device")


def nearest_preset(
    config: TrainConfig, missing: Collection[str] = ()
) -> tuple[Preset, tuple[str, ...]]:
    """Return the preset that differs least from a run's settings, and the names that differ.

    Settings that are ``missing``, since the run is older than they are, count as equal, and so do
    the residual networks that every run had before there was a choice by the data.
    """
    if config.architecture == RESIDUAL:
        config = config.with_(architecture=AUTO)
    names = [name for name in SETTINGS if name not in OF_THE_MACHINE and name not in missing]

    def changes(preset: Preset) -> tuple[str, ...]:
        usual = preset.config
        return tuple(name for name in names if getattr(usual, name) != getattr(config, name))

    preset = min(PRESETS.values(), key=lambda preset: len(changes(preset)))
    return preset, changes(preset)
