"""Landscapes as files: PNG with how it was made, SVG of a flat map, and frames of a turn."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganview.errors import UserError
from ganview.export.ground import CONTOURS, packed_colour
from ganview.export.landscape_pane import Pane
from ganview.export.relief import Camera, Floats, Packed, Relief
from ganview.export.sheet import add_caption
from ganview.files.atomic import write_bytes
from ganview.files.png import encode_png

KEY = "ganview-landscape"  # of the chunk in a PNG that says how it was made
FINE = 3.0  # slices, as many times as while it turns on a screen
STEM = 0.03  # of the height, from a top to the picture above it
GAP = 8
SMALLEST, LARGEST = 100, 4096  # pixels a side of a field
SIDE = 600  # units of a field in an SVG

Rgb = NDArray[np.uint8]


def draw_landscape(
    panes: tuple[Pane, ...], size: tuple[int, int], background: str, camera: Camera | None
) -> Rgb:
    """Draw fields side by side, each with its title below.

    Parameters
    ----------
    panes : tuple of Pane
        What to draw.
    size : tuple of int
        Width and height of one field in pixels.
    background : str
        ``#rrggbb``.
    camera : Camera or None
        Where the hills are seen from; None draws flat maps.

    Returns
    -------
    ndarray
        uint8 (H, W, 3).

    Raises
    ------
    UserError
        A field would be too small or too large.
    """
    if not all(SMALLEST <= side <= LARGEST for side in size):
        raise UserError(f"A landscape is {SMALLEST} to {LARGEST} pixels wide and high.")
    level = sum(int(background[at : at + 2], 16) for at in (1, 3, 5)) // 3
    drawn = []
    for pane in panes:
        picture = (
            _map_of(pane, size) if camera is None else _hills_of(pane, size, background, camera)
        )
        drawn.append(add_caption(picture, pane.title, level))
    gap = np.full((len(drawn[0]), GAP, 3), level, np.uint8)
    joined = [part for picture in drawn for part in (gap, picture)][1:]
    return np.concatenate(joined, axis=1)


def turn_frames(
    panes: tuple[Pane, ...], size: tuple[int, int], background: str, camera: Camera, count: int
) -> Iterator[Rgb]:
    """Yield the frames of one whole turn."""
    for index in range(count):
        at = replace(camera, turn=camera.turn + math.tau * index / count)
        yield draw_landscape(panes, size, background, at)


def write_landscape_png(path: Path, picture: Rgb, made: dict[str, Any]) -> None:
    """Write a PNG that carries how it was made, atomically.

    Raises
    ------
    WriteError
        It could not be written.
    """
    write_bytes(path, encode_png(picture, {KEY: json.dumps(made, sort_keys=True)}))


def _rgb(packed: Packed) -> Rgb:
    return np.ascontiguousarray(
        packed.astype("<u4").view(np.uint8).reshape(*packed.shape, 4)[..., 2::-1]
    )


def _hills_of(pane: Pane, size: tuple[int, int], background: str, camera: Camera) -> Rgb:
    relief = Relief(
        pane.heights, pane.ground(lit=True), camera, size, packed_colour(background), FINE
    )
    picture = _rgb(relief.pixels)
    if pane.sprites is not None:
        named = pane.sprites.places[: len(pane.sprites.captions)]
        _paste(picture, pane, relief.project(named), relief.shows(named), STEM * size[1])
    return picture


def _map_of(pane: Pane, size: tuple[int, int]) -> Rgb:
    ground = Image.fromarray(_rgb(pane.ground(lit=False)[::-1]))
    picture = np.array(ground.resize(size, Image.Resampling.BILINEAR))
    width, height = size
    for colour, places in pane.dots:
        at = _on_map(places, size).astype(int)
        ink = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            rows, columns = (at[:, 1] + dy).clip(0, height - 1), (at[:, 0] + dx).clip(0, width - 1)
            picture[rows, columns] = ink
    if pane.sprites is not None:
        points = _on_map(pane.sprites.places[: len(pane.sprites.captions)], size)
        _paste(picture, pane, points, np.ones(len(points), np.bool_), 0)
    return picture


def _on_map(places: Floats, size: tuple[int, int]) -> Floats:
    at = np.stack([(places[:, 0] + 1) / 2 * size[0], (1 - places[:, 1]) / 2 * size[1]], axis=1)
    return at.astype(np.float32)


def _paste(picture: Rgb, pane: Pane, points: Floats, seen: NDArray[np.bool_], lift: float) -> None:
    """Put small pictures above points, those that come first before those they would cover."""
    assert pane.sprites is not None
    height, width = picture.shape[:2]
    tile = pane.sprites.pictures.shape[1:3]
    zoom = max(1, round(width / 18 / max(tile)))
    taken: list[tuple[int, int]] = []
    for index in np.flatnonzero(seen).tolist():
        small = pane.sprites.pictures[index].repeat(zoom, 0).repeat(zoom, 1)
        small = small if small.ndim == 3 else small[..., None].repeat(3, axis=2)
        h, w = small.shape[:2]
        left, top = int(points[index, 0] - w / 2), int(points[index, 1] - lift - h)
        top = max(0, top) if lift else top + h // 2
        if not (0 <= left <= width - w and 0 <= top <= height - h):
            continue
        if any(abs(left - x) < w + 2 and abs(top - y) < h + 2 for x, y in taken):
            continue
        taken.append((left, top))
        picture[top : top + h, left : left + w] = small


def landscape_svg(panes: tuple[Pane, ...], ink: str, background: str) -> str:
    """Return flat maps as an SVG that stands alone: contours and dots as lines, pictures inside.

    Parameters
    ----------
    ink, background : str
        ``#rrggbb`` of words and of the ground.
    """
    wide = len(panes) * (SIDE + GAP) - GAP
    box = f'viewBox="0 0 {wide} {SIDE + 24}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="sans-serif" font-size="14">',
        f'<rect width="{wide}" height="{SIDE + 24}" fill="{background}"/>',
    ]
    for index, pane in enumerate(panes):
        parts.append(f'<g transform="translate({index * (SIDE + GAP)},0)">')
        for number in range(1, CONTOURS):
            for sign, colour in ((1, pane.shades.high), (-1, pane.shades.low)):
                lines = contour_lines(sign * pane.heights, number / CONTOURS)
                path = "".join(
                    f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}"
                    for (a, b), (c, d) in zip(
                        _on_map(lines[:, 0], (SIDE, SIDE)).tolist(),
                        _on_map(lines[:, 1], (SIDE, SIDE)).tolist(),
                        strict=True,
                    )
                )
                if path:
                    parts.append(f'<path d="{path}" stroke="{colour}" stroke-width="1.5"/>')
        for colour, places in pane.dots:
            dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in _on_map(places, (SIDE, SIDE)).tolist())
            parts.append(
                f'<path d="{dots}" stroke="{colour}" stroke-width="2" stroke-linecap="round"/>'
            )
        parts += _svg_sprites(pane, ink)
        title = escape(pane.title)
        parts.append(f'<text x="4" y="{SIDE + 18}" fill="{ink}">{title}</text></g>')
    return "".join([*parts, "</svg>"])


def _svg_sprites(pane: Pane, ink: str) -> Iterator[str]:
    if pane.sprites is None:
        return
    named = len(pane.sprites.captions)
    points = _on_map(pane.sprites.places[:named], (SIDE, SIDE)).tolist()
    for (x, y), caption, picture in zip(
        points, pane.sprites.captions, pane.sprites.pictures, strict=False
    ):
        data = base64.b64encode(encode_png(picture)).decode()
        yield (
            f'<image x="{x - 16:.1f}" y="{y - 16:.1f}" width="32" height="32" '
            f'style="image-rendering:pixelated" href="data:image/png;base64,{data}"/>'
        )
        if caption:
            yield f'<text x="{x + 19:.1f}" y="{y + 5:.1f}" fill="{ink}">{escape(caption)}</text>'


def contour_lines(field: Floats, level: float) -> Floats:
    """Return the pieces (N, 2, 2) of the line along which a field (S, S) over −1 to 1 has a level.

    Each square between four cells' middles is cut into two triangles, and a triangle is crossed by
    one straight piece or by none.
    """
    side = len(field)
    row, column = np.mgrid[0 : side - 1, 0 : side - 1]
    corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
    pieces = []
    for triangle in ((0, 1, 2), (0, 2, 3)):
        places = np.stack([np.stack(corners[at], -1) for at in triangle], 2).reshape(-1, 3, 2)
        values = field[places[..., 0], places[..., 1]] - level
        crossed = (values > 0).any(1) & (values <= 0).any(1)
        places, values = places[crossed], values[crossed]
        ends = []
        for first, second in ((0, 1), (1, 2), (2, 0)):
            cut = (values[:, first] > 0) != (values[:, second] > 0)
            gap = np.where(cut, values[:, first] - values[:, second], 1)
            part = (values[:, first] / gap)[:, None]
            at = places[:, first] + part * (places[:, second] - places[:, first])
            ends.append(np.where(cut[:, None], at, np.nan))
        three = np.stack(ends, 1)
        two = three[~np.isnan(three[..., 0])].reshape(-1, 2, 2)
        pieces.append((two[..., ::-1] + 0.5) * 2 / side - 1)
    return np.concatenate(pieces).astype(np.float32)
