"""From a name and a size to a pair of networks: the one table of both."""

from __future__ import annotations

from typing import Protocol

from ganview.gan.networks.base import Discriminator, Generator
from ganview.gan.networks.dcgan import DCDiscriminator, DCGenerator
from ganview.gan.networks.latent_partition import LatentPartition
from ganview.gan.networks.mlp import MLPDiscriminator, MLPGenerator
from ganview.gan.networks.residual import ResidualDiscriminator, ResidualGenerator, Widths

RESIDUAL = {
    "small": Widths(maps=(32, 16), blocks=1),
    "medium": Widths(maps=(48, 24), blocks=1),
    "large": Widths(maps=(96, 48), blocks=2),
}
DCGAN = {"small": 32, "medium": 64, "large": 128}
MLP = {"small": 128, "medium": 256, "large": 512}


class Shape(Protocol):
    """What must be known to build a pair; a `ModelSpec` is one."""

    @property
    def architecture(self) -> str: ...
    @property
    def size(self) -> str: ...
    @property
    def z_dim(self) -> int: ...
    @property
    def image_shape(self) -> tuple[int, int, int]: ...
    @property
    def classes(self) -> int: ...
    @property
    def clusters(self) -> int: ...


def build_generator(spec: Shape) -> Generator:
    """Build a generator with fresh weights from the global random generator."""
    generator = _bare_generator(spec)
    if spec.clusters:
        generator.gate = LatentPartition(spec.clusters)
    return generator


def build_discriminator(spec: Shape) -> Discriminator:
    """Build a discriminator with fresh weights from the global random generator."""
    discriminator = _bare_discriminator(spec)
    discriminator.marginalises_class = spec.clusters > 0
    return discriminator


def _bare_generator(spec: Shape) -> Generator:
    arguments = spec.z_dim, spec.image_shape, spec.classes or spec.clusters
    match spec.architecture:
        case "residual":
            return ResidualGenerator(*arguments, RESIDUAL[spec.size])
        case "dcgan":
            return DCGenerator(*arguments, DCGAN[spec.size])
        case "mlp":
            return MLPGenerator(*arguments, MLP[spec.size])
    raise ValueError(f"no architecture is called {spec.architecture!r}")


def _bare_discriminator(spec: Shape) -> Discriminator:
    arguments = spec.image_shape, spec.classes or spec.clusters
    match spec.architecture:
        case "residual":
            return ResidualDiscriminator(*arguments, RESIDUAL[spec.size])
        case "dcgan":
            return DCDiscriminator(*arguments, DCGAN[spec.size])
        case "mlp":
            return MLPDiscriminator(*arguments, MLP[spec.size])
    raise ValueError(f"no architecture is called {spec.architecture!r}")
