"""The architectures: `ARCHITECTURES` is the only list of them, and a pair is built from its entry.

torch is imported when a pair is built, because the window reads the list before torch is loaded.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from ganview.gan.networks.base import Discriminator, Generator


class Pair(NamedTuple):
    """Generator and discriminator of an architecture, and their widths by size."""

    # generator, discriminator: ``(z_dim, image_shape, classes, width) -> Generator`` and
    # ``(image_shape, classes, width) -> Discriminator``, with fresh weights
    generator: Callable[..., Generator]
    discriminator: Callable[..., Discriminator]
    widths: dict[str, Any]  # ``width`` for each size that a setting can name


@dataclass(frozen=True)
class Architecture:
    """What is said of an architecture, and where its classes come from when they are needed."""

    name: str
    about: str
    source: str
    load: Callable[[], Pair]

    def __str__(self) -> str:
        return f"{self.about} ({self.source})"


def _residual() -> Pair:
    from ganview.gan.networks import residual

    return Pair(residual.ResidualGenerator, residual.ResidualDiscriminator, residual.WIDTHS)


def _smooth() -> Pair:
    from ganview.gan.networks import residual, smooth

    return Pair(smooth.SmoothGenerator, smooth.SmoothDiscriminator, residual.WIDTHS)


def _folded() -> Pair:
    from ganview.gan.networks import folded, residual

    return Pair(folded.FoldedGenerator, folded.FoldedDiscriminator, residual.WIDTHS)


def _dcgan() -> Pair:
    from ganview.gan.networks import dcgan

    return Pair(dcgan.DCGenerator, dcgan.DCDiscriminator, dcgan.WIDTHS)


def _mlp() -> Pair:
    from ganview.gan.networks import mlp

    return Pair(mlp.MLPGenerator, mlp.MLPDiscriminator, mlp.WIDTHS)


AUTO, RESIDUAL, SMOOTH, FOLDED = "auto", "residual", "smooth", "folded"
SMALL_SIDE = 28  # pixels, up to which grey images get a residual pair by themselves

ARCHITECTURES: dict[str, Architecture] = {
    entry.name: entry
    for entry in (
        Architecture(
            "residual",
            "residual, without normalisation, after R3GAN",
            "Huang et al., 2024, arXiv:2501.05441",
            _residual,
        ),
        Architecture(
            SMOOTH,
            "the same without the grain of pixels drawn four at a time, for all larger images",
            "Sugawara et al., 2018, arXiv:1806.02658",
            _smooth,
        ),
        Architecture(
            FOLDED,
            "the residual pair on squares of pixels, for images over 40 pixels a side: 2.6 times "
            "as fast, with visible grain",
            "sub-pixel convolution: Shi et al., 2016, arXiv:1609.05158",
            _folded,
        ),
        Architecture(
            "dcgan",
            "strided convolutions and batch norm",
            "Radford et al., 2015, arXiv:1511.06434",
            _dcgan,
        ),
        Architecture(
            "mlp", "fully connected layers only", "Goodfellow et al., 2014, arXiv:1406.2661", _mlp
        ),
    )
}


#: What a setting may name: an architecture, or that which suits the data.
CHOICES: Mapping[str, object] = ChainMap[str, Any](
    ARCHITECTURES, {AUTO: "residual for grey images of up to 28 pixels a side, smooth for others"}
)


def architecture_for(architecture: str, image_shape: tuple[int, int, int]) -> str:
    """Return the architecture that is built for images (C, H, W) where one is asked for."""
    if architecture != AUTO:
        return architecture
    return RESIDUAL if image_shape[0] == 1 and max(image_shape[1:]) <= SMALL_SIDE else SMOOTH


SIZES = ("small", "medium", "large")


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
    def clusters(self) -> tuple[int, ...]: ...


def build_generator(spec: Shape) -> Generator:
    """Build a generator with fresh weights from the global random generator."""
    from ganview.gan.networks.latent_partition import LatentPartition

    pair = ARCHITECTURES[spec.architecture].load()
    classes = sum(spec.clusters) or spec.classes
    net = pair.generator(spec.z_dim, spec.image_shape, classes, pair.widths[spec.size])
    if spec.clusters:
        net.gate = LatentPartition(spec.clusters)
    return net


def build_discriminator(spec: Shape) -> Discriminator:
    """Build a discriminator with fresh weights from the global random generator."""
    pair = ARCHITECTURES[spec.architecture].load()
    classes = sum(spec.clusters) or spec.classes
    net = pair.discriminator(spec.image_shape, classes, pair.widths[spec.size])
    net.clusters = spec.clusters
    return net
