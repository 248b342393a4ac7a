"""Colour maps for grey pictures: they show fine differences that grey hides."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GREY = "grey"
BACKGROUNDS = {"light": 255, "dark": 0}  # grey levels of what shows between pictures
# A few colours each, evenly from black to white level, blended in between. Viridis and inferno
# (van der Walt and Smith, 2015) rise evenly in lightness, also for those who see fewer hues.
COLORMAPS: dict[str, tuple[int, ...]] = {
    GREY: (0x000000, 0xFFFFFF),
    "inverted": (0xFFFFFF, 0x000000),
    "viridis": (0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30,
                0xFDE725),
    "inferno": (0x000004, 0x1F0C48, 0x550F6D, 0x88226A, 0xBA3655, 0xE35933, 0xF98E09, 0xF9CB35,
                0xFCFFA4),
    "signed": (0x2166AC, 0x92C5DE, 0xF7F7F7, 0xF4A582, 0xB2182B),
}  # fmt: skip


def apply_colormap(images: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
    """Return grey pictures (N, H, W) in the colours of a map, (N, H, W, 3).

    With the map "grey", and for pictures in colour, nothing changes.
    """
    if name == GREY or images.ndim == 4:
        return images
    return _table(name)[images]


@cache
def _table(name: str) -> NDArray[np.uint8]:
    """Return the colour of each of 256 levels, (256, 3)."""
    import numpy as np  # here: the command line knows the names without it

    parts = np.array([[c >> 16, c >> 8 & 255, c & 255] for c in COLORMAPS[name]], np.float64)
    places = np.linspace(0, 255, len(parts))
    levels = np.arange(256)
    table = np.stack([np.interp(levels, places, parts[:, i]) for i in range(3)], axis=1)
    return np.round(table).astype(np.uint8)
