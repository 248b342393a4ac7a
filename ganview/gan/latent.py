"""Moving through noise: draws, truncation, interpolation, neighbours, arithmetic, class mixtures.

Noise is float32 and standard normal. In D dimensions nearly all of it lies close to the sphere of
radius √D; what stays near that sphere looks like what the generator was trained on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]


def draw_z(count: int, z_dim: int, seed: int) -> Array:
    """Draw noise (count, z_dim), float32, from a generator of its own; same seed, same noise."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, z_dim, generator=generator).numpy()


def draw_labels(count: int, prior: Sequence[float], seed: int) -> NDArray[np.int64]:
    """Draw labels (count,), int64, with the class frequencies ``prior`` (any positive total)."""
    if len(prior) == 0:
        raise ValueError("there are no classes to draw from")
    generator = torch.Generator().manual_seed(seed)
    weights = torch.tensor(prior, dtype=torch.float64)
    return torch.multinomial(weights, count, replacement=True, generator=generator).numpy()


def truncate(z: ArrayLike, psi: float) -> Array:
    """Pull noise (…, D) towards its mean, zero: ``psi · z``.

    ψ = 1 leaves it, 0 gives the mean picture of a class, more than 1 exaggerates.
    """
    truncated: Array = np.asarray(z, np.float32) * np.float32(psi)
    return truncated


def lerp(a: Doubles, b: Doubles, t: Doubles | float) -> Array:
    """Interpolate in a straight line between a and b (…, D); t, 0 to 1, broadcasts against both."""
    return ((1 - t) * a + t * b).astype(np.float32)


def slerp(a: Doubles, b: Doubles, t: Doubles | float) -> Array:
    """Interpolate on the arc between a and b (…, D) (Shoemake, 1985; White, 2016).

    The direction turns at a constant speed and the norm moves linearly between those of the ends,
    so that points between two typical draws are typical too. Where the arc is not defined (a zero
    vector, or two opposite ones) the line is taken. Arguments as in `lerp`.
    """
    norm_a = np.linalg.norm(a, axis=-1, keepdims=True)
    norm_b = np.linalg.norm(b, axis=-1, keepdims=True)
    unit_a = a / np.where(norm_a > 0, norm_a, 1)
    unit_b = b / np.where(norm_b > 0, norm_b, 1)
    # this form of the angle is exact near 0 and π too, where arccos is not
    angle = 2 * np.arctan2(
        np.linalg.norm(unit_a - unit_b, axis=-1, keepdims=True),
        np.linalg.norm(unit_a + unit_b, axis=-1, keepdims=True),
    )
    sine = np.sin(angle)
    turning = (norm_a > 0) & (norm_b > 0) & (sine > 1e-6)
    sine = np.where(turning, sine, 1)
    unit = (np.sin((1 - t) * angle) * unit_a + np.sin(t * angle) * unit_b) / sine
    arc = unit * ((1 - t) * norm_a + t * norm_b)
    return np.where(turning, arc, (1 - t) * a + t * b).astype(np.float32)


def nearby(z: ArrayLike, count: int = 9, step: float = 0.35, seed: int = 0) -> Array:
    """Draw ``count`` candidates (count, D) a small step from z (D,).

    Each is ``cos(step) · z + sin(step) · noise``: a rotation of a Gaussian pair, so that a typical
    z stays typical, however often it is applied.

    Parameters
    ----------
    z : array_like
        (D,).
    count : int
        How many.
    step : float
        Angle in radians: 0 repeats z, π/2 forgets it.
    seed : int
        Of the noise.
    """
    z = np.asarray(z, np.float32)
    noise = draw_z(count, z.shape[-1], seed)
    turned: Array = (np.cos(step) * z + np.sin(step) * noise).astype(np.float32)
    return turned


def arithmetic(a: ArrayLike, b: ArrayLike, c: ArrayLike, *, typical: bool = True) -> Array:
    """Return ``a − b + c`` of points (…, D), as in Radford et al. (2016).

    With ``typical``, the result is pulled in to the largest norm among the three: otherwise a sum
    of three independent draws lies √3 times too far out, where pictures break.
    """
    a, b, c = (np.asarray(point, np.float32) for point in (a, b, c))
    result = a - b + c
    if typical:
        norms = [np.linalg.norm(point, axis=-1, keepdims=True) for point in (a, b, c)]
        limit = np.maximum(np.maximum(norms[0], norms[1]), norms[2])
        norm = np.linalg.norm(result, axis=-1, keepdims=True)
        result = result * np.where(norm > limit, limit / np.where(norm > 0, norm, 1), 1)
    return result.astype(np.float32)


def interpolate_frames(
    frames: ArrayLike, times: ArrayLike, *, closed: bool = False, spherical: bool = True
) -> Array:
    """Sample a path through key frames.

    Parameters
    ----------
    frames : array_like
        Key frames (F, D), F ≥ 1; class mixtures (F, K) work too, with ``spherical=False``.
    times : array_like
        (T,), in key frames: 0 is the first, 1 the second, 1.5 half-way to the third. An open path
        stops at its ends; a closed one goes on from the last frame to the first, for ever and in
        both directions.
    closed, spherical : bool
        A loop or not; arcs or straight lines between neighbours.

    Returns
    -------
    ndarray
        (T, D) float32.
    """
    points = np.asarray(frames, np.float64)
    if points.ndim != 2 or len(points) == 0:
        raise ValueError("a path needs key frames of shape (F, D), at least one")
    count = len(points)
    at = np.atleast_1d(np.asarray(times, np.float64))
    at = np.mod(at, count) if closed else np.clip(at, 0, count - 1)
    start = np.floor(at).astype(np.int64) % count
    share = (at - np.floor(at))[:, None]
    following = (start + 1) % count if closed else np.minimum(start + 1, count - 1)
    between = slerp if spherical else lerp
    return between(points[start], points[following], share)


def one_hot(labels: ArrayLike, classes: int) -> Array:
    """Turn labels (…) into class weights (…, K) float32, all on one class."""
    chosen = np.asarray(labels, np.int64)
    if chosen.size and (chosen.min() < 0 or chosen.max() >= classes):
        raise ValueError(f"labels must be 0 to {classes - 1}")
    return np.eye(classes, dtype=np.float32)[chosen]


def normalise_mix(weights: ArrayLike) -> Array:
    """Scale class weights (…, K) to a total of one; negative ones count as none.

    Weights that are all zero become equal ones: there is no other fair choice.
    """
    mix = np.maximum(np.asarray(weights, np.float32), 0)
    total = mix.sum(axis=-1, keepdims=True)
    equal = np.float32(1 / mix.shape[-1])
    return np.where(total > 0, mix / np.where(total > 0, total, 1), equal).astype(np.float32)


def ring_mix(x: float, y: float, classes: int, sharpness: float = 2.0) -> Array:
    """Read class weights (K,) off a pad whose classes sit evenly on a circle of radius 1.

    Class 0 is at the top and they go clockwise; x grows to the right and y downwards. A class's
    weight is the inverse of its distance to the power ``sharpness`` (Shepard, 1968): on a class it
    is that class alone, at the centre all are equal.
    """
    distance = np.linalg.norm(ring_places(classes) - np.array([x, y], np.float32), axis=1)
    nearest = int(distance.argmin())
    if distance[nearest] < 1e-3:
        return one_hot(nearest, classes)
    # relative to the nearest, so that no power can overflow
    return normalise_mix((distance[nearest] / distance) ** sharpness)


def ring_places(classes: int) -> Array:
    """Return where the classes sit on the pad of `ring_mix`: (K, 2) of x, y."""
    angle = 2 * np.pi * np.arange(classes) / max(classes, 1)
    return np.stack([np.sin(angle), -np.cos(angle)], axis=1).astype(np.float32)


def plane(
    centre: ArrayLike, across: ArrayLike, down: ArrayLike, columns: int, rows: int, reach: float
) -> Array:
    """Cut a flat field of noise for a map.

    Parameters
    ----------
    centre, across, down : array_like
        (D,): the middle of the map, and the vectors that one σ to the right and down adds.
    columns, rows : int
        Size of the field.
    reach : float
        σ from the middle to the edge, in both directions.

    Returns
    -------
    ndarray
        (rows · columns, D) float32, row by row.
    """
    centre, across, down = (np.asarray(v, np.float32) for v in (centre, across, down))
    s = np.linspace(-reach, reach, columns, dtype=np.float32)
    t = np.linspace(-reach, reach, rows, dtype=np.float32)
    field: Array = centre + s[None, :, None] * across + t[:, None, None] * down
    return field.reshape(rows * columns, -1)


def plane_through(a: ArrayLike, b: ArrayLike, c: ArrayLike) -> tuple[Array, Array, Array]:
    """Return centre, across and down of the plane that holds three points (D,).

    Across points from a to b, down is at right angles towards c, both of length one; the centre is
    the mean of the three. Points that lie on a line leave ``down`` zero.
    """
    a, b, c = (np.asarray(point, np.float32) for point in (a, b, c))
    across = _unit(b - a)
    rest: Array = c - a
    down: Array = rest - np.float32(rest @ across) * across
    if np.linalg.norm(down) < 1e-4 * max(float(np.linalg.norm(rest)), 1e-12):
        down = np.zeros_like(down)
    return ((a + b + c) / 3).astype(np.float32), across, _unit(down)


def _unit(vector: Array) -> Array:
    """Scale a vector to length one; zero stays zero."""
    norm = float(np.linalg.norm(vector))
    return (vector / norm if norm > 0 else vector).astype(np.float32)
