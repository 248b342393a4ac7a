"""A trained generator and all that must be known to use it."""

from __future__ import annotations

import copy
import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganview.errors import UserError
from ganview.gan.clusters import MAX_CLUSTERS
from ganview.gan.config import TrainConfig
from ganview.gan.networks.base import Discriminator, Generator
from ganview.gan.networks.build import ARCHITECTURES, SIZES, architecture_for
from ganview.gan.networks.latent_partition import DIMENSIONS
from ganview.gan.objectives import OBJECTIVES, Objective

CHUNK = 500  # images generated at once: bounds the memory of a large sample
EXACT_CHUNK = 20  # images generated at once in double precision: more no longer fit the cache
MAX_SAMPLES, MAX_SAMPLE_BYTES = 10**6, 2**31  # that are drawn at once
MAX_NAME = 200  # characters in the name of a class
MAX_NAMES_BYTES = 50_000  # in all of them, twice packed as JSON in the header of a model file


@dataclass(frozen=True)
class ModelSpec:
    """What a pair of networks must fit: everything that decides the shapes of their weights."""

    # architecture, size: as in `TrainConfig`
    architecture: str
    size: str
    z_dim: int  # length of the noise vector, 1 to 512
    image_shape: tuple[int, int, int]  # (C, H, W); C is 1 or 3, H and W are 28 to 128 pixels
    class_names: tuple[str, ...] = ()  # empty without classes
    # Share of each class in the training set; sums to 1, empty without classes.
    class_prior: tuple[float, ...] = ()
    # How many clusters of alike pictures each class has (`ganview.gan.clusters`); one number
    # without classes, empty where none were sought.
    clusters: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.architecture not in ARCHITECTURES:
            raise UserError(
                f"The architecture '{self.architecture}' is not one of {tuple(ARCHITECTURES)}."
            )
        if self.size not in SIZES:
            raise UserError(f"The size '{self.size}' is not one of {SIZES}.")
        if not 1 <= self.z_dim <= 512:
            raise UserError(f"The noise has {self.z_dim} dimensions; 1 to 512 can be used.")
        channels, height, width = self.image_shape
        if channels not in (1, 3) or not (28 <= height <= 128 and 28 <= width <= 128):
            raise UserError(
                f"Images of {width} × {height} pixels and {channels} channels cannot be used; "
                "28 to 128 pixels a side, grey or colour, can."
            )
        for name in self.class_names:
            # what is shown in a terminal or a title must not be able to steer it
            if len(name) > MAX_NAME or not name.isprintable():
                raise UserError(
                    f"The class name {name[:40]!r} is too long or cannot be shown: rename it."
                )
        if sum(len(name.encode()) for name in self.class_names) > MAX_NAMES_BYTES:
            raise UserError("The class names are too long to be kept with a model: shorten them.")
        if len(self.class_names) > 1000 or len(self.class_prior) != len(self.class_names):
            raise UserError("The class names and their shares do not fit together.")
        if self.clusters and (
            len(self.clusters) != max(1, len(self.class_names))
            or min(self.clusters) < 1
            or sum(self.clusters) > MAX_CLUSTERS
            or self.z_dim < DIMENSIONS
        ):
            raise UserError(f"A model like this one can't have {sum(self.clusters)} clusters.")
        if self.class_prior and (
            any(not 0 <= share <= 1 for share in self.class_prior)
            or abs(sum(self.class_prior) - 1) > 1e-3
        ):
            raise UserError("The shares of the classes do not sum to 1.")

    @property
    def classes(self) -> int:
        """Number of classes, 0 without any."""
        return len(self.class_names)

    def check_count(self, count: int) -> None:
        """Refuse a number of pictures that is too large, before anything is allocated.

        Raises
        ------
        UserError
            They are none, over a million, or over 2³¹ bytes.
        """
        most = min(MAX_SAMPLES, MAX_SAMPLE_BYTES // math.prod(self.image_shape))
        if not 1 <= count <= most:
            raise UserError(f"{count:,} samples can't be drawn at once: ask for 1 to {most:,}.")

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelSpec:
        """Build from plain values of unknown origin.

        Raises
        ------
        UserError
            A value is missing, of the wrong kind or out of range.
        """
        wanted = {item.name for item in fields(cls)}
        if set(values) != wanted:
            raise UserError(f"A model's description must have exactly {sorted(wanted)}.")
        try:
            return msgspec.convert(values, cls)
        except msgspec.ValidationError as error:
            raise UserError(f"A model's description is damaged: {error}.") from error


def spec_for(
    config: TrainConfig,
    images: Tensor,
    labels: Tensor | None,
    class_names: tuple[str, ...],
    clusters: tuple[int, ...],
) -> ModelSpec:
    """Return what networks for this data and these settings must fit."""
    channels, height, width = images.shape[1:]
    shape = int(channels), int(height), int(width)
    prior: tuple[float, ...] = ()
    if labels is not None:
        counts = torch.bincount(labels, minlength=len(class_names)).double()
        prior = tuple((counts / counts.sum()).tolist())
    return ModelSpec(
        architecture=architecture_for(config.architecture, shape),
        size=config.size,
        z_dim=config.z_dim,
        image_shape=shape,
        class_names=class_names if labels is not None else (),
        class_prior=prior,
        clusters=clusters,
    )


@dataclass
class Model:
    """A generator ready to use, perhaps with its discriminator, and where it came from."""

    spec: ModelSpec  # what the networks fit
    generator: Generator  # the EMA generator, in evaluation mode, without gradients, on the CPU
    discriminator: Discriminator | None = None  # D at the same moment, in evaluation mode
    # JSON values: name, step, images_seen, seed, seconds, dataset, dataset_sha256, config, report.
    info: dict[str, Any] = field(default_factory=dict)

    def generate(self, z: Tensor, y: Tensor | None) -> Tensor:
        """Return images (N, C, H, W) clamped to [−1, 1], for z (N, z_dim), without gradients."""
        with torch.inference_mode():
            parts = [
                self.generator(z[i : i + CHUNK], None if y is None else y[i : i + CHUNK])
                for i in range(0, len(z), CHUNK)
            ]
            return torch.cat(parts).clamp(-1, 1)

    def sample(
        self, z: NDArray[Any] | Tensor, y: NDArray[Any] | Tensor | None
    ) -> NDArray[np.uint8]:
        """Return pictures uint8, (N, H, W) grey or (N, H, W, 3) colour: the same ones everywhere.

        They are computed in double precision. In single precision the order of a sum, which depends
        on the number of pictures drawn at once, on threads and on the processor, changes about one
        pixel in thirty thousand by one level; in double precision nothing of it is left after
        rounding to 8 bits. It takes three times as long as `generate`, which draws what only
        passes over the screen or is measured.

        Parameters
        ----------
        z : array
            (N, z_dim) float32.
        y : array or None
            Labels (N,) int64, class weights (N, K) float32, or None without classes.

        Raises
        ------
        UserError
            The generator returns numbers that aren't finite.
        """
        generator = copy.deepcopy(self.generator).double()
        noise, condition = torch.as_tensor(z).double(), as_condition(y)
        if condition is not None and condition.is_floating_point():
            condition = condition.double()
        parts = []
        with torch.inference_mode():
            for start in range(0, len(noise), EXACT_CHUNK):
                part = slice(start, start + EXACT_CHUNK)
                images = generator(noise[part], None if condition is None else condition[part])
                if not bool(images.isfinite().all()):
                    raise UserError("The model answers this noise with no picture.")
                parts.append(to_uint8(images))
        return np.concatenate(parts)

    def preview(
        self, z: NDArray[Any] | Tensor, y: NDArray[Any] | Tensor | None
    ) -> NDArray[np.uint8]:
        """Return pictures as `sample` does, in single precision: a pixel may be a level off."""
        return to_uint8(self.generate(torch.as_tensor(z), as_condition(y)))

    @property
    def objective(self) -> Objective:
        """The objective that the model was trained by; cross-entropy where nothing says so."""
        config = self.info.get("config") or {}
        return OBJECTIVES.get(str(config.get("objective")), OBJECTIVES["bce"])

    def read_images(self, images: Tensor, y: Tensor | None) -> NDArray[np.float32] | None:
        """Return what D says of images in [−1, 1], (N,), or None if D is not here.

        Beliefs in [0, 1], or a critic's scores: see `Objective.read_logits`.
        """
        if self.discriminator is None:
            return None
        with torch.inference_mode():
            parts = [
                self.discriminator(images[i : i + CHUNK], None if y is None else y[i : i + CHUNK])
                for i in range(0, len(images), CHUNK)
            ]
            return self.objective.read_logits(torch.cat(parts)).numpy()


def as_condition(y: NDArray[Any] | Tensor | None) -> Tensor | None:
    """Return labels as int64 and class weights as float32 tensors; None stays None."""
    if y is None:
        return None
    tensor = torch.as_tensor(y)
    return tensor.float() if tensor.is_floating_point() else tensor.long()


def to_uint8(images: Tensor) -> NDArray[np.uint8]:
    """Quantise images (N, C, H, W) in [−1, 1] to uint8 (N, H, W) grey or (N, H, W, 3) colour."""
    levels = images.clamp(-1, 1).add(1).mul(127.5).round().to(torch.uint8)
    if levels.shape[1] == 1:
        return np.ascontiguousarray(levels[:, 0].numpy())
    return np.ascontiguousarray(levels.permute(0, 2, 3, 1).numpy())


def from_uint8(images: Tensor) -> Tensor:
    """Map images uint8 to float32 in [−1, 1]."""
    return images.float().div_(127.5).sub_(1)
