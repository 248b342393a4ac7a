"""Draws a field of heights as hills seen from a side, with plain numpy.

The field is cut into slices from front to back. In each column of the picture, what of a slice
stands out above all slices before it is seen (floating horizon; Wright, 1973).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Packed = NDArray[np.uint32]  # 0xffRRGGBB

REACH = math.sqrt(2)  # of the square −1 to 1 from its middle
LOWEST, HIGHEST = math.radians(15), math.radians(80)
SLICE = 2.5  # pixels of ground from one slice to the next, about
MOST_SLICES = 500
ZOOM = 8.0  # at most


@dataclass(frozen=True)
class Camera:
    """Where the hills are looked at from."""

    turn: float = 0.6  # radians that the map is turned by
    tilt: float = 0.6  # radians that the eye stands above the ground, `LOWEST` to `HIGHEST`
    zoom: float = 1.0  # 1 shows all of the map, `ZOOM` is the most
    # x, y: the place of the map that is in the middle of the picture
    x: float = 0.0
    y: float = 0.0

    def turned(self, turn: float, tilt: float = 0.0) -> Camera:
        """Return the camera after a turn and a tilt, in radians."""
        tilt = min(max(self.tilt + tilt, LOWEST), HIGHEST)
        return replace(self, turn=(self.turn + turn) % math.tau, tilt=tilt)

    def zoomed(self, factor: float, x: float | None = None, y: float | None = None) -> Camera:
        """Return the camera nearer by a factor, at a place that stays where it is; all at 1."""
        zoom = min(max(self.zoom * factor, 1.0), ZOOM)
        if zoom == 1:
            return replace(self, zoom=1.0, x=0.0, y=0.0)
        part = 1 - self.zoom / zoom
        away = (self.x if x is None else x) - self.x, (self.y if y is None else y) - self.y
        return replace(self, zoom=zoom, x=self.x + part * away[0], y=self.y + part * away[1])


class Relief:
    """A picture of hills, which knows what is where in it.

    Parameters
    ----------
    heights : ndarray
        float32 (S, S), rows from y = −1 to 1 and columns from x = −1 to 1; about −1 to 1.
    colours : ndarray
        uint32 (T, T) ``0xffRRGGBB`` of the same square, as `paint_ground` makes them.
    camera : Camera
        Where from.
    size : tuple of int
        Width and height of the picture in pixels.
    background : int
        ``0xffRRGGBB`` of what lies around.
    fine : float
        How many times as many slices as while it turns.
    """

    def __init__(
        self, heights: Floats, colours: Packed, camera: Camera, size: tuple[int, int],
        background: int, fine: float = 1.0,
    ) -> None:  # fmt: skip
        self.camera, self.size = camera, size
        self._heights, self._colours, self._background = heights, colours, background
        width, height = size
        rise, flat = math.cos(camera.tilt), math.sin(camera.tilt)
        self._scale = (
            0.96 * camera.zoom * min(width / 2 / REACH, height / (2 * REACH * flat + rise))
        )
        self._rise, self._flat = self._scale * rise, self._scale * flat
        self._middle = (width / 2, height / 2 + self._rise / 2 / camera.zoom)
        corners = self._turn(np.array([-1, 1, -1, 1]), np.array([-1, -1, 1, 1]))[1]
        first = max(corners.min(), (self._middle[1] - height - self._rise) / self._flat)
        last = min(corners.max(), (self._middle[1] + self._rise) / self._flat)
        slices = round(max(0.1, last - first) * self._flat / SLICE * fine)
        self._depths = np.linspace(first, last, max(32, min(MOST_SLICES, slices)), dtype=np.float32)

    def _turn(self, x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return how far to the right and how far behind the middle places of the map are."""
        cos, sin = math.cos(self.camera.turn), math.sin(self.camera.turn)
        x, y = x - self.camera.x, y - self.camera.y
        return cos * x + sin * y, -sin * x + cos * y

    def _turn_back(self, across: Any, depth: Any) -> tuple[Any, Any]:
        cos, sin = math.cos(self.camera.turn), math.sin(self.camera.turn)
        x, y = cos * across - sin * depth, sin * across + cos * depth
        return x + self.camera.x, y + self.camera.y

    def project(self, places: Floats) -> Floats:
        """Return where places (N, 2) of the map, at the height they have, are in the picture.

        Returns
        -------
        ndarray
            float32 (N, 2), x and y in pixels. They may be hidden: see `shows`.
        """
        places = np.asarray(places, np.float32).reshape(-1, 2)
        x, y = places.T
        at = sample_field(self._heights, x, y)
        across, depth = self._turn(x, y)
        return np.stack(
            [
                self._middle[0] + across * self._scale,
                self._middle[1] - depth * self._flat - at * self._rise,
            ],
            axis=1,
        ).astype(np.float32)

    def shows(self, places: Floats) -> NDArray[np.bool_]:
        """Tell of places (N, 2) of the map whether no hill hides them."""
        places = np.asarray(places, np.float32).reshape(-1, 2)
        depth = self._turn(*places.T)[1]
        pixel = self.project(places)
        column = np.clip(pixel[:, 0].astype(int), 0, self.size[0] - 1)
        before = np.searchsorted(self._depths, depth) - 1
        edge = self._horizon[np.maximum(before, 0), column]
        seen: NDArray[np.bool_] = np.logical_or(before < 0, pixel[:, 1] <= edge + 1)
        return seen

    def place_at(self, x: float, y: float) -> tuple[float, float] | None:
        """Return the place of the map that is seen at a pixel; None beside the map."""
        width, height = self.size
        if not (0 <= x < width and 0 <= y < height):
            return None
        tops = self._slices[0][:, int(x)]
        covers = tops <= y
        if not covers.any():
            return None
        index = int(covers.argmax())
        depth = float(self._depths[index])
        if index and tops[index - 1] <= tops[:index].min():  # the slope between two slices
            part = (tops[index - 1] - y) / max(1e-6, float(tops[index - 1] - tops[index]))
            if tops[index - 1] < height:
                depth -= (1 - float(part)) * float(self._depths[index] - self._depths[index - 1])
        across = (int(x) + 0.5 - self._middle[0]) / self._scale
        place = self._turn_back(across, depth)
        return place if max(map(abs, place)) <= 1 else None

    @cached_property
    def _slices(self) -> tuple[Floats, Packed]:
        """The first row that each slice reaches in each column, (D, W), and its colours there."""
        width, height = self.size
        across = (np.arange(width, dtype=np.float32) + 0.5 - self._middle[0]) / self._scale
        depth = self._depths[:, None]
        x, y = self._turn_back(across, depth)
        inside = (np.abs(x) <= 1) & (np.abs(y) <= 1)
        top = self._middle[1] - depth * self._flat - sample_field(self._heights, x, y) * self._rise
        top[~inside] = height  # nothing is seen of it
        side = len(self._colours)
        column = ((x + 1) * (side / 2)).astype(np.int32).clip(0, side - 1)
        row = ((y + 1) * (side / 2)).astype(np.int32).clip(0, side - 1)
        return top, self._colours.ravel()[row * side + column]

    @cached_property
    def _horizon(self) -> NDArray[np.int32]:
        """The first row that is covered by slices 0 to d, (D, W)."""
        top = np.minimum.accumulate(self._slices[0], axis=0)
        return np.ceil(top).clip(0, self.size[1]).astype(np.int32)

    @cached_property
    def pixels(self) -> Packed:
        """The picture, uint32 (H, W) ``0xffRRGGBB``."""
        width, height = self.size
        horizon, colours = self._horizon, self._slices[1]
        count = len(horizon)
        cells = horizon * width + np.arange(width, dtype=np.int32)
        begins = np.bincount(cells.ravel(), minlength=(height + 1) * width)
        covering = begins.reshape(height + 1, width)[:height].astype(np.int32)
        np.cumsum(covering, axis=0, out=covering)  # slices whose horizon is at or above a pixel
        front = count - covering  # the first of them
        table = np.concatenate([colours.ravel(), np.full(width, self._background, np.uint32)])
        front *= width
        front += np.arange(width, dtype=np.int32)
        picture = table[front]
        self._cut_below(picture)
        return picture

    def _cut_below(self, picture: Packed) -> None:
        """Take away what would hang below the front edge of the map."""
        width, height = self.size
        top = self._slices[0]
        first = (top < height).argmax(axis=0)
        edge = top[first, np.arange(width)]
        below = np.arange(height, dtype=np.float32)[:, None] > edge + 2
        picture[below] = self._background


def sample_field(field: Floats, x: NDArray[Any], y: NDArray[Any]) -> Floats:
    """Return a field (S, S) over −1 to 1, blended between its cells, at any coordinates."""
    side = len(field)
    column = np.clip((x + 1) * (side / 2) - 0.5, 0, side - 1.001).astype(np.float32)
    row = np.clip((y + 1) * (side / 2) - 0.5, 0, side - 1.001).astype(np.float32)
    i, j = row.astype(np.int32), column.astype(np.int32)
    row -= i
    column -= j
    at = i * side + j
    flat = field.ravel()
    upper: Floats = flat[at]
    upper += column * (flat[at + 1] - upper)
    lower = flat[at + side]
    lower += column * (flat[at + side + 1] - lower)
    lower -= upper
    lower *= row
    upper += lower
    return upper
