"""Paths through latent space for animations: the inputs of the generator for each frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ganview.errors import UserError
from ganview.export.samples import LabelChoice, draw_inputs
from ganview.gan.latent import interpolate_frames, one_hot
from ganview.gan.model import Model, ModelSpec

PathKind = Literal["sweep", "morph", "path"]
PATH_KINDS: tuple[PathKind, ...] = ("sweep", "morph", "path")
MAX_TILES = 400  # in one frame
MAX_IMAGES = 200_000  # pictures in a whole path
MAX_NUMBERS = 2**26  # of noise and class weights in a whole path: 256 MiB
CHUNK = 128  # pictures drawn at once


@dataclass(frozen=True, eq=False)
class LatentPath:
    """What N tiles are drawn from in each of T frames."""

    z: NDArray[np.float32]  # float32 (T, N, D), with ψ in it
    # Labels int64 (N,), which stay; class weights float32 (T, N, K); None without classes.
    y: NDArray[Any] | None

    def __post_init__(self) -> None:
        weights = self.y.shape[2] if self.y is not None and self.y.ndim == 3 else 0
        check_path_size(self.z.shape[0], self.z.shape[1], self.z.shape[2], weights)

    def __len__(self) -> int:
        return len(self.z)

    def draw(self, model: Model) -> Iterator[NDArray[np.uint8]]:
        """Yield the tiles of each frame, uint8 (N, H, W[, 3])."""
        frames, tiles = self.z.shape[:2]
        step = max(1, CHUNK // tiles)
        for start in range(0, frames, step):
            z = self.z[start : start + step]
            y = self.y
            if y is not None:
                y = (
                    np.tile(y, len(z))
                    if y.ndim == 1
                    else y[start : start + step].reshape(-1, y.shape[2])
                )
            images = model.sample(z.reshape(-1, z.shape[2]), y)
            yield from images.reshape(len(z), tiles, *images.shape[1:])


def check_path_size(frames: int, tiles: int, z_dim: int, weights: int) -> None:
    """Refuse a path that is too long or too wide, before any memory is allocated.

    Parameters
    ----------
    frames, tiles, z_dim : int
        T, N and D.
    weights : int
        K where class weights are in it, otherwise 0.

    Raises
    ------
    UserError
        Over 400 tiles, 200,000 pictures or 2²⁶ numbers.
    """
    images = frames * tiles
    if tiles > MAX_TILES or images > MAX_IMAGES or images * (z_dim + weights) > MAX_NUMBERS:
        raise UserError(
            f"{frames:,} frames of {tiles:,} pictures are too many: make the animation "
            "shorter, with fewer frames a second, or show fewer pictures."
        )


def start_points(
    spec: ModelSpec, count: int, *, label: LabelChoice = "any", seed: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.int64] | None]:
    """Return noise (N, D) and labels (N,) for the start of a path.

    With ``label`` "each", the same noise is shown in every class, and ``count`` is rounded up to
    whole rows of classes.

    Raises
    ------
    UserError
        As `ganview.export.samples.draw_inputs`.
    """
    if label != "each":
        return draw_inputs(spec, count, label=label, seed=seed)
    classes = max(1, spec.classes)
    rows = -(-count // classes)
    z, _ = draw_inputs(spec, rows, seed=seed)
    _, labels = draw_inputs(spec, rows * classes, label="each", seed=seed)
    return z.repeat(classes, axis=0), labels


def sweep_path(
    z: NDArray[np.float32],
    y: NDArray[Any] | None,
    dimension: int,
    frames: int,
    *,
    reach: float = 3.0,
    psi: float = 1.0,
    loop: bool = True,
) -> LatentPath:
    """Move one number of the noise from −reach to reach; a loop goes there and back like a swing.

    Parameters
    ----------
    z : ndarray
        float32 (N, D), before ψ: where the other numbers stay.
    y : ndarray or None
        Labels (N,) or class weights (N, K).
    dimension : int
        Which number, 0 to D − 1.
    frames : int
        T.
    reach : float
        σ, up to 10.

    Raises
    ------
    UserError
        There is no such dimension, or the reach is no number of σ.
    """
    if not 0 <= dimension < z.shape[1]:
        raise UserError(f"The noise has the dimensions 1 to {z.shape[1]}, not {dimension + 1}.")
    if not 0 < reach <= 10:
        raise UserError(f"A sweep reaches up to 10 σ, not {reach:g}.")
    if loop:
        values = reach * np.sin(2 * np.pi * np.arange(frames) / frames)
    else:
        values = np.linspace(-reach, reach, frames)
    check_path_size(
        frames, z.shape[0], z.shape[1], y.shape[1] if y is not None and y.ndim == 2 else 0
    )
    moved = z[None].repeat(frames, axis=0)
    moved[:, :, dimension] = values[:, None]
    return LatentPath(moved * np.float32(psi), _still(y, frames))


def morph_path(
    z: NDArray[np.float32], classes: int, frames: int, *, psi: float = 1.0, loop: bool = True
) -> LatentPath:
    """Keep the noise (N, D) and go through the classes, resting at each.

    Raises
    ------
    UserError
        The model has no two classes.
    """
    if classes < 2:
        raise UserError("A morph goes from class to class, and this model has none to go to.")
    check_path_size(frames, z.shape[0], z.shape[1], classes)
    corners = one_hot(np.arange(classes), classes)
    at = _times(len(corners), frames, loop=loop)
    share = at - np.floor(at)
    rest = np.floor(at) + share * share * (3 - 2 * share)  # smoothstep: slow at each class
    mix = interpolate_frames(corners, rest, closed=loop, spherical=False)  # (T, K)
    y = mix[:, None].repeat(len(z), axis=1)
    return LatentPath(z[None].repeat(frames, axis=0) * np.float32(psi), y)


def path_through(
    z: NDArray[np.float32],
    y: NDArray[np.float32] | None,
    psi: NDArray[np.float32],
    frames: int,
    *,
    loop: bool = True,
) -> LatentPath:
    """Travel through key frames; noise on arcs, which keeps it as far out as Gaussian noise is.

    Parameters
    ----------
    z : ndarray
        float32 (F, N, D), before ψ, F ≥ 2 key frames of N tiles.
    y : ndarray or None
        Class weights float32 (F, N, K).
    psi : ndarray
        float32 (F,).
    frames : int
        T.

    Raises
    ------
    UserError
        There are no two key frames.
    """
    if len(z) < 2:
        raise UserError("A path needs at least two places to go through.")
    check_path_size(frames, z.shape[1], z.shape[2], 0 if y is None else y.shape[2])
    at = _times(len(z), frames, loop=loop)
    noise = np.stack(
        [interpolate_frames(z[:, n], at, closed=loop) for n in range(z.shape[1])], axis=1
    )
    scale = interpolate_frames(psi[:, None], at, closed=loop, spherical=False)  # (T, 1)
    weights = None
    if y is not None:
        weights = np.stack(
            [
                interpolate_frames(y[:, n], at, closed=loop, spherical=False)
                for n in range(y.shape[1])
            ],
            axis=1,
        )
    return LatentPath((noise * scale[:, :, None]).astype(np.float32), weights)


def random_path(
    spec: ModelSpec,
    keys: int,
    frames: int,
    *,
    count: int = 1,
    label: LabelChoice = "any",
    seed: int = 0,
    psi: float = 1.0,
    loop: bool = True,
) -> LatentPath:
    """Travel through places drawn at random: seed, seed + 1, … for as many as there are ``keys``.

    Raises
    ------
    UserError
        The arguments don't fit the model.
    """
    if not 2 <= keys <= 100:
        raise UserError(f"A path goes through 2 to 100 places, not {keys}.")
    if seed + keys > 2**31:
        raise UserError(
            f"{keys} places have seeds of their own: begin at {2**31 - keys:,} or below."
        )
    drawn = [start_points(spec, count, label=label, seed=seed + key) for key in range(keys)]
    z = np.stack([points for points, _ in drawn])
    labels = [some for _, some in drawn if some is not None]
    y = one_hot(np.stack(labels), spec.classes) if labels else None
    return path_through(z, y, np.full(keys, psi, np.float32), frames, loop=loop)


def make_path(
    spec: ModelSpec,
    kind: PathKind,
    frames: int,
    *,
    label: LabelChoice = "any",
    count: int = 1,
    seed: int = 0,
    psi: float = 1.0,
    places: int = 5,
    dimension: int = 0,
    reach: float = 3.0,
    loop: bool = True,
) -> LatentPath:
    """Return a path that begins at noise of a seed: what the command line and Python offer.

    Parameters
    ----------
    kind : {"path", "sweep", "morph"}
        Through ``places`` drawn at random, along one ``dimension``, or from class to class.
    label, count, seed
        As in `start_points`; a morph goes through all classes whatever the label is.
    psi : float
        Diversity ψ, 0 to 10.
    reach, loop
        As in `sweep_path`.

    Raises
    ------
    UserError
        The arguments don't fit the model.
    """
    if kind not in PATH_KINDS:
        raise UserError(f"An animation of a model is one of {', '.join(PATH_KINDS)}, not '{kind}'.")
    if not 0 <= psi <= 10:
        raise UserError(f"The truncation must be between 0 and 10, not {psi:g}.")
    rounded = -(-count // max(1, spec.classes)) * max(1, spec.classes)  # whole rows of classes
    tiles = rounded if label == "each" and kind != "morph" else count
    check_path_size(frames, tiles, spec.z_dim, 0 if kind == "sweep" else spec.classes)
    if kind == "path":
        return random_path(
            spec, places, frames, count=count, label=label, seed=seed, psi=psi, loop=loop
        )
    if kind == "morph":
        z, _ = start_points(spec, count, seed=seed)
        return morph_path(z, spec.classes, frames, psi=psi, loop=loop)
    z, labels = start_points(spec, count, label=label, seed=seed)
    return sweep_path(z, labels, dimension, frames, reach=reach, psi=psi, loop=loop)


def _times(keys: int, frames: int, *, loop: bool) -> NDArray[np.float64]:
    """Return the position of each of T frames, in key frames; a loop doesn't repeat its start."""
    if loop:
        return np.arange(frames, dtype=np.float64) * (keys / frames)
    return np.linspace(0, keys - 1, frames, dtype=np.float64)


def _still(y: NDArray[Any] | None, frames: int) -> NDArray[Any] | None:
    if y is None or y.ndim == 1:
        return y
    return y[None].repeat(frames, axis=0)
