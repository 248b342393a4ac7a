"""One field of a landscape: its heights, its colours, and the pictures that stand on it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ganview.export.ground import Shades, paint_ground
from ganview.export.relief import Floats, Packed


@dataclass(frozen=True, eq=False)
class Sprites:
    """Pictures at places of a map, the most important first."""

    places: Floats  # float32 (N, 2)
    pictures: NDArray[np.uint8]  # uint8 (N, H, W) or (N, H, W, 3)
    # Of the first ones, which are shown at every zoom; the rest come with nearness.
    captions: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Pane:
    """One field."""

    title: str  # what it is of
    heights: Floats  # float32 (S, S), −1 to 1
    shades: Shades  # its colours
    sprites: Sprites | None = None  # pictures on it
    dots: tuple[tuple[str, Floats], ...] = ()  # points of a flat map, by colour ``#rrggbb``
    painted: dict[bool, Packed] = field(default_factory=dict)

    def ground(self, *, lit: bool) -> Packed:
        """Return its colours, painted once."""
        if lit not in self.painted:
            self.painted[lit] = paint_ground(self.heights, self.shades, lit=lit)
        return self.painted[lit]
