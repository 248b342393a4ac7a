"""A field of pictures over a plane of noise: where its points are, in which order they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ganview.app.latent_point import Floats, LatentPoint, Part

#: What a plane takes from the pins that it goes through, besides its noise.
KIND = Part.CLASS | Part.DIVERSITY


@dataclass(frozen=True, eq=False)
class Plane:
    """A flat piece of the noise."""

    # centre, across, down: (D,): the middle, and what one unit to the right and one down add; of
    # unit length and at right angles
    centre: Floats
    across: Floats
    down: Floats
    reach: float  # units from the middle to each edge
    names: tuple[str, str]  # what the two ways are called
    # Three places that it goes through, whose class weights and ψ hold at them and blend between
    # them; without any, those of the present place hold everywhere.
    pins: tuple[LatentPoint, ...] = ()

    def at(self, x: float, y: float) -> Floats:
        """Return the noise (D,) at a point, −1 to 1 from edge to edge, y downwards."""
        return self.points(np.array([[x, y]], np.float32))[0]

    def points(self, where: Floats) -> Floats:
        """Return the noise (N, D) at points (N, 2)."""
        scaled = where * np.float32(self.reach)
        moved = self.centre + scaled[:, :1] * self.across + scaled[:, 1:] * self.down
        return moved.astype(np.float32)

    def kinds(self, where: Floats, place: LatentPoint) -> tuple[Floats, Floats]:
        """Return class weights (N, K) and ψ (N,) at points (N, 2), of a place or blended of pins.

        The shares of the pins are the barycentric coordinates of a point; beyond an edge of their
        triangle those of its pins alone.
        """
        if not self.pins:
            count = len(where)
            return place.weights[None].repeat(count, axis=0), np.full(count, place.psi, np.float32)
        corners = np.array([(*self.project(pin.z), 1.0) for pin in self.pins]).T
        shares = np.linalg.solve(corners, np.c_[where, np.ones(len(where))].T).T.clip(0)
        shares /= shares.sum(axis=1, keepdims=True)
        weights = shares @ np.stack([pin.weights for pin in self.pins])
        psi = shares @ np.array([pin.psi for pin in self.pins])
        return weights.astype(np.float32), psi.astype(np.float32)

    def place_at(self, x: float, y: float, place: LatentPoint) -> LatentPoint:
        """Return the place at a point as `at` takes it, else as the present place is."""
        z = self.at(x, y)
        if not self.pins:
            return replace(place, z=z)
        weights, psi = self.kinds(np.array([[x, y]], np.float32), place)
        return LatentPoint(z, weights[0], psi=float(psi[0]))

    def project(self, z: Floats) -> tuple[float, float]:
        """Return where on the plane the point nearest to z is; beyond ±1 it is off the map."""
        away = z - self.centre
        return float(away @ self.across) / self.reach, float(away @ self.down) / self.reach

    def same(self, other: Plane | None) -> bool:
        """Whether another plane has the same points."""
        return (
            other is not None
            and self.reach == other.reach
            and self.centre.shape == other.centre.shape
            and np.allclose(self.centre, other.centre, atol=1e-4)
            and np.allclose(self.across, other.across, atol=1e-4)
            and np.allclose(self.down, other.down, atol=1e-4)
            and len(self.pins) == len(other.pins)
            and not any(
                a.parts_unlike(b) & KIND for a, b in zip(self.pins, other.pins, strict=True)
            )
        )


def cell_centres(count: int) -> Floats:
    """Return the middles of a field of count × count cells, (count², 2), row by row, in ±1."""
    line = (np.arange(count, dtype=np.float32) + 0.5) * 2 / count - 1
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2).astype(np.float32)


def drawing_order(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return in which order the cells of a count × count field are drawn, coarse ones first.

    Returns
    -------
    cells
        (count²,) index of each cell.
    strides
        (count²,) side of the block of cells that each stands for until finer ones are drawn.
    """
    row, column = np.divmod(np.arange(count * count), count)
    taken = np.zeros(count * count, bool)
    drawn, strides = [], []
    for stride in sorted({max(1, count // 4), 2, 1}, reverse=True):
        middle = stride // 2
        first = np.flatnonzero(
            (np.minimum(row // stride * stride + middle, count - 1) == row)
            & (np.minimum(column // stride * stride + middle, count - 1) == column)
            & ~taken
        )
        taken[first] = True
        drawn.append(first)
        strides.append(np.full(len(first), stride))
    return np.concatenate(drawn), np.concatenate(strides)


def shown_images(count: int, drawn: int) -> NDArray[np.intp]:
    """Return which picture, in the order of drawing, each cell shows after some are drawn.

    Returns
    -------
    ndarray
        (count²,), −1 for a cell that has nothing to show yet.
    """
    sequence, strides = drawing_order(count)
    shown = np.full((count, count), -1)
    for index, (cell, stride) in enumerate(zip(sequence[:drawn], strides, strict=False)):
        top, left = (int(side) // int(stride) * int(stride) for side in divmod(int(cell), count))
        shown[top : top + stride, left : left + stride] = index
    shown.flat[sequence[:drawn]] = np.arange(drawn)
    return shown.ravel()


def plane_of_dimensions(z: Floats, first: int, second: int, reach: float) -> Plane:
    """Return the plane of two dimensions through z: the first to the right, the second upwards."""
    centre = z.copy()
    centre[[first, second]] = 0
    across, down = np.zeros_like(z), np.zeros_like(z)
    across[first] = 1
    down[second] = -1
    return Plane(centre, across, down, reach, (f"z{first + 1}", f"z{second + 1}"))


def plane_of_directions(
    z: Floats, first: Floats, second: Floats, reach: float, names: tuple[str, str]
) -> Plane | None:
    """Return the plane of two directions (D,) through z, None where they are the same."""
    across = first / np.linalg.norm(first)
    up = second - (second @ across) * across
    if np.linalg.norm(up) < 1e-3 * np.linalg.norm(second):
        return None
    up = up / np.linalg.norm(up)
    centre = z - (z @ across) * across - (z @ up) * up
    return Plane(centre, across, -up, reach, names)


def plane_of_pins(pins: Sequence[LatentPoint], names: tuple[str, str]) -> Plane | None:
    """Return the plane through three places, None where they lie on a line.

    The first to the second is to the right, and the third is upwards of them.
    """
    from ganview.gan.latent import plane_through

    points = [pin.z for pin in pins]
    centre, across, down = plane_through(*points)
    if not across.any() or not down.any():
        return None
    farthest = max(float(np.linalg.norm(point - centre)) for point in points)
    return Plane(centre, across, -down, 1.25 * farthest, names, tuple(pins))
