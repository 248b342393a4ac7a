"""Drawing samples from a model: one function for the command line, the window and Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganview.errors import UserError
from ganview.gan.latent import draw_labels, draw_z, truncate
from ganview.gan.model import Model, ModelSpec

CHUNK = 500  # samples between two reports of progress; bounds the memory for float images
LABEL_SEED = 2**32  # added to the seed: labels must not share their random numbers with z

LabelChoice = int | Literal["any", "each"]


class Samples(NamedTuple):
    """Samples and how they were made."""

    images: NDArray[np.uint8]  # uint8 (N, H, W) grey or (N, H, W, 3) colour
    # int64 (N,), the class each was asked for; None without classes.
    labels: NDArray[np.int64] | None
    z: NDArray[np.float32]  # float32 (N, z_dim), the noise after truncation


def draw_samples(
    model: Model,
    count: int,
    *,
    label: LabelChoice = "any",
    seed: int = 0,
    truncation: float = 1.0,
    progress: Callable[[int], object] | None = None,
) -> Samples:
    """Draw samples; the same arguments give the same pictures.

    Parameters
    ----------
    count : int
        How many, up to a million.
    label : int, "any" or "each"
        One class for all; drawn with the frequencies of the training set; or class after class in
        turn. Without classes only "any" is right.
    seed : int
        Of noise and labels, 0 to 2³¹ − 1.
    truncation : float
        ψ: noise is scaled by it, towards the mean picture below 1.
    progress : callable, optional
        Told how many more are done, now and then.

    Raises
    ------
    UserError
        The arguments don't fit the model, or ask for too much.
    """
    spec = model.spec
    z, labels = draw_inputs(spec, count, label=label, seed=seed, truncation=truncation)
    channels, height, width = spec.image_shape
    shape = (count, height, width) if channels == 1 else (count, height, width, channels)
    images = np.empty(shape, np.uint8)
    for start in range(0, count, CHUNK):
        part = slice(start, start + CHUNK)
        images[part] = model.sample(z[part], None if labels is None else labels[part])
        if progress is not None:
            progress(len(z[part]))
    return Samples(images, labels, z)


def draw_inputs(
    spec: ModelSpec,
    count: int,
    *,
    label: LabelChoice = "any",
    seed: int = 0,
    truncation: float = 1.0,
) -> tuple[NDArray[np.float32], NDArray[np.int64] | None]:
    """Draw what the generator is given: noise (N, z_dim) after truncation, and labels (N,).

    Arguments and errors as `draw_samples`.
    """
    spec.check_count(count)
    if not 0 <= seed < 2**31:
        raise UserError(f"The seed must be 0 to {2**31 - 1:,}, not {seed}.")
    if not 0 <= truncation <= 10:
        raise UserError(f"The truncation must be between 0 and 10, not {truncation:g}.")
    labels = _labels(spec, count, label, seed)
    return truncate(draw_z(count, spec.z_dim, seed), truncation), labels


CLASS = "class:"  # before the name of a class, where that is "any" or "each"


def parse_label(spec: ModelSpec, text: str) -> LabelChoice:
    """Return what the name of a class, "any" or "each" stands for.

    Raises
    ------
    UserError
        The model has no such class.
    """
    if text == "any":
        return "any"
    if text == "each":
        return "each"
    return find_class(spec, text if text in spec.class_names else text.removeprefix(CLASS))


def find_class(spec: ModelSpec, name: str) -> int:
    """Return the number of a class given by its name.

    Raises
    ------
    UserError
        The model has no such class.
    """
    if name in spec.class_names:
        return spec.class_names.index(name)
    if not spec.classes:
        raise UserError("This model has no classes: leave the class out.")
    known = ", ".join(spec.class_names[:20]) + (", …" if spec.classes > 20 else "")
    raise UserError(f"This model has no class '{name}', only {known}.")


def _labels(spec: ModelSpec, count: int, label: LabelChoice, seed: int) -> NDArray[np.int64] | None:
    if not spec.classes:
        if label != "any":
            raise UserError("This model has no classes: leave the class out.")
        return None
    if label == "any":
        return draw_labels(count, spec.class_prior, seed + LABEL_SEED)
    if label == "each":
        return np.arange(count, dtype=np.int64) % spec.classes
    if not 0 <= label < spec.classes:
        raise UserError(f"This model has the classes 0 to {spec.classes - 1}, not {label}.")
    return np.full(count, label, dtype=np.int64)
