"""Pictures that are exported on one sheet, as PNG with a recipe where their origin is known."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ganview.app.widgets.qt_images import Pixels
from ganview.errors import UserError

if TYPE_CHECKING:
    from ganview.export.recipe import Recipe
    from ganview.gan.model import Model

GAP = 2  # pixels between the tiles of an exported sheet, before the zoom
LARGEST_ZOOM = 32
GROUND = 255  # what shows in the gaps


@dataclass(frozen=True, eq=False)
class Origin:
    """What pictures were made from, as a recipe says it."""

    model: Model  # what drew them
    # Noise before ψ, float32 (R, D); each row for N / R pictures in succession.
    z: NDArray[np.float32]
    # Labels (L,) or class weights (L, K), in turn; None without classes.
    classes: NDArray[Any] | None
    psi: float = 1.0  # diversity ψ


@dataclass(frozen=True, eq=False)
class Tiles:
    """Pictures to be kept on one sheet."""

    title: str  # what is done, as the heading of a dialog
    name: str  # stem of the suggested file name
    images: Pixels  # uint8 (N, H, W) or (N, H, W, 3)
    columns: int  # how many stand side by side
    # What they were made from; the exported picture then carries its recipe and is drawn anew by
    # the model as it is now.
    origin: Origin | None = None
    # Whether the pictures are there already, to be kept where a recipe has no room for them.
    drawn: bool = True

    @classmethod
    def to_be_drawn(cls, title: str, name: str, origin: Origin, columns: int) -> Tiles:
        """Return a sheet with inputs but blank pictures, which are drawn later."""
        channels, height, width = origin.model.spec.image_shape
        colour = (channels,) if channels > 1 else ()
        blank = np.zeros((len(origin.z), height, width, *colour), np.uint8)
        return cls(title, name, blank, min(columns, len(origin.z)), origin, drawn=False)

    @property
    def gap(self) -> int:
        """Pixels between tiles, before the zoom."""
        return GAP if len(self.images) > 1 else 0

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the sheet, before the zoom."""
        count, height, width = self.images.shape[:3]
        rows = -(-count // self.columns)
        return (
            rows * height + (rows - 1) * self.gap,
            self.columns * width + (self.columns - 1) * self.gap,
        )

    @property
    def most_zoom(self) -> int:
        """The zoom up to which it is small enough to be opened again, 1 to `LARGEST_ZOOM`."""
        from ganview.data.pictures import MAX_PIXELS

        height, width = self.size
        pixels = (height + self.gap) * (width + self.gap)
        return max(1, min(LARGEST_ZOOM, isqrt(MAX_PIXELS // pixels)))


def render_tiles(tiles: Tiles, zoom: int) -> Pixels:
    """Return the sheet, uint8 (H, W) or (H, W, 3), exactly as `write_sheet` writes it."""
    from ganview.export.picture import render_recipe

    recipe = _recipe(tiles, zoom)
    if recipe is None or tiles.origin is None:
        return _enlarged(tiles, zoom)
    return render_recipe(recipe, tiles.origin.model)


def write_sheet(path: Path, tiles: Tiles, zoom: int) -> None:
    """Write the sheet as PNG, atomically, with its recipe where its origin is known.

    Raises
    ------
    UserError
        It can't be written.
    """
    from ganview.export.picture import write_picture
    from ganview.files.png import write_png

    recipe = _recipe(tiles, zoom)
    if recipe is None or tiles.origin is None:
        write_png(path, _enlarged(tiles, zoom))
    else:
        write_picture(path, recipe, tiles.origin.model)


def _enlarged(tiles: Tiles, zoom: int) -> Pixels:
    from ganview.export.sheet import tile_images

    if not tiles.drawn:
        raise UserError("The picture is too large; choose a smaller zoom.")
    return tile_images(
        tiles.images, tiles.columns, zoom=zoom, gap=tiles.gap * zoom, background=GROUND
    )


def _recipe(tiles: Tiles, zoom: int) -> Recipe | None:
    """Return how to draw the sheet again; None if its origin is unknown or it is too large."""
    from ganview.export.picture import is_too_large, model_ref
    from ganview.export.recipe import Recipe

    origin = tiles.origin
    if origin is None:
        return None
    recipe = Recipe(
        model=model_ref(origin.model),
        count=len(tiles.images),
        z=origin.z,
        classes=origin.classes,
        psi=origin.psi,
        columns=tiles.columns,
        zoom=zoom,
        gap=tiles.gap * zoom,
        background=GROUND,
    )
    return None if is_too_large(recipe) else recipe
