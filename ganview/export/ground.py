"""The colours of a map: density as shades with contour lines, lit from one side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganview.export.relief import Floats, Packed, sample_field

TEXTURE = 384  # pixels a side
CONTOURS = 8  # between nothing and the highest hill
STEEP = 0.035  # heights and the map's side are of different kinds: how strongly slopes are lit
POWER = 0.6  # of the share of pictures: low hills beside high ones are seen


@dataclass(frozen=True)
class Shades:
    """Colours ``#rrggbb`` of a map."""

    # ground, high, low: where there is nothing; on top of a hill; in the deepest pit
    ground: str
    high: str
    low: str
    line: str  # of the contours


def heights_of(fields: list[Floats]) -> list[Floats]:
    """Return fields of shares as heights on one scale: 1 for the highest of them, roots between."""
    most = max((float(np.abs(field).max(initial=0)) for field in fields), default=0.0) or 1.0
    return [
        (np.sign(field) * (np.abs(field) / most) ** POWER).astype(np.float32) for field in fields
    ]


def paint_ground(heights: Floats, shades: Shades, *, lit: bool) -> Packed:
    """Return the colours of a map, uint32 (384, 384) ``0xffRRGGBB``.

    Parameters
    ----------
    heights : ndarray
        (S, S), −1 to 1.
    lit : bool
        Whether slopes are lit, as hills are; a flat map is not.
    """
    at = (np.arange(TEXTURE, dtype=np.float32) + 0.5) * 2 / TEXTURE - 1
    fine = sample_field(heights, at[None, :], at[:, None])
    ground, high, low, line = (
        rgb(c) for c in (shades.ground, shades.high, shades.low, shades.line)
    )
    share = np.clip(np.abs(fine), 0, 1)[..., None]
    colour = ground + (np.where(fine[..., None] < 0, low, high) - ground) * share**0.8
    if not lit:  # lines a pixel wide would be broken on a steep slope
        band = np.floor(np.abs(fine) * CONTOURS)
        edge = (band != np.roll(band, 1, 0)) | (band != np.roll(band, 1, 1))
        colour[edge] += 0.35 * (line - colour[edge])
    else:
        down, across = np.gradient(fine * (TEXTURE * STEEP))
        light = (1 + 0.6 * across - 0.5 * down) / np.sqrt(1 + across**2 + down**2)
        colour *= np.clip(0.55 + 0.45 * light, 0.35, 1.12)[..., None]
    levels = np.concatenate([colour[..., ::-1], np.full((*fine.shape, 1), 255)], axis=2)
    packed: Packed = levels.clip(0, 255).astype(np.uint8).view("<u4")[..., 0].astype(np.uint32)
    return packed


def rgb(colour: str) -> NDArray[np.float32]:
    """Return red, green and blue, 0 to 255, of ``#rrggbb``."""
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.float32)


def packed_colour(colour: str) -> int:
    """Return ``0xffRRGGBB`` of ``#rrggbb``."""
    return 0xFF000000 | int(colour[1:], 16)
