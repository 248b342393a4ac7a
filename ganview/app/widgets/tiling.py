"""How large tiles can be and where they lie on the screen: plain arithmetic, without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor


@dataclass(frozen=True)
class Tiling:
    """Equal tiles in rows and columns; lengths in logical pixels."""

    # rows, columns: number of tiles
    rows: int
    columns: int
    # left, top: corner of the first tile
    left: float
    top: float
    # width, height: size of one tile
    width: float
    height: float
    gap: float  # room between neighbours

    @property
    def total_width(self) -> float:
        """Width of all tiles and the gaps between them."""
        return self.columns * self.width + (self.columns - 1) * self.gap

    @property
    def total_height(self) -> float:
        """Height of all tiles and the gaps between them."""
        return self.rows * self.height + (self.rows - 1) * self.gap

    def corner(self, tile: int) -> tuple[float, float]:
        """Left and top of one tile (row-major index)."""
        row, column = divmod(tile, self.columns)
        return (
            self.left + column * (self.width + self.gap),
            self.top + row * (self.height + self.gap),
        )

    def tile_at(self, x: float, y: float) -> int:
        """Index of the tile at a point, -1 outside; a gap belongs to the tile before it."""
        across, down = x - self.left, y - self.top
        if not (0 <= across < self.total_width and 0 <= down < self.total_height):
            return -1
        column = int(across // (self.width + self.gap))
        row = int(down // (self.height + self.gap))
        return row * self.columns + column


def whole_zoom(
    picture: tuple[int, int],
    room: tuple[float, float],
    *,
    gaps: tuple[float, float],
    pixel_ratio: float,
    maximum: int,
) -> int:
    """Largest whole number of screen pixels to an image pixel that fits, at least 1.

    Parameters
    ----------
    picture
        (height, width) of the image in pixels.
    room
        (height, width) to fill, logical pixels.
    gaps
        (down, across) of the room that gaps take, logical pixels.
    pixel_ratio
        Screen pixels to a logical pixel.
    maximum
        Largest zoom, in logical pixels.
    """
    height, width = picture
    if not height or not width:
        return 1
    down = (room[0] - gaps[0]) * pixel_ratio / height
    across = (room[1] - gaps[1]) * pixel_ratio / width
    return max(1, min(floor(down), floor(across), floor(maximum * pixel_ratio)))


def best_grid(
    count: int,
    tile: tuple[int, int],
    room: tuple[float, float],
    *,
    caption: float,
    gap: float,
    maximum: int,
    even: bool = False,
) -> tuple[int, int]:
    """Choose (columns, zoom) that show ``count`` tiles as large as the room allows.

    Parameters
    ----------
    tile
        (height, width) of one in pixels.
    room
        (height, width) to fill.
    even
        Whether all lines must be equally long.

    Returns
    -------
    columns, zoom
        The fewest lines among those of the largest whole zoom; zoom 1 where nothing fits.
    """
    best = (max(1, count), 0)
    for rows in range(1, count + 1):
        columns = ceil(count / rows)
        if even and columns * rows != count:
            continue
        across = (room[1] - (columns - 1) * gap) / (columns * tile[1])
        down = (room[0] - (rows - 1) * gap - rows * caption) / (rows * tile[0])
        zoom = min(int(across), int(down), maximum)
        if zoom > best[1]:
            best = (columns, zoom)
    if best[1]:
        return best
    columns = int((room[1] + gap) // (tile[1] + gap))
    return min(max(1, columns), max(1, count)), 1
