"""The sample grid of a session: fixed noise, drawn again as the generator learns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ganview.gan.latent import draw_z
from ganview.gan.model import to_uint8

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganview.gan.model import Model, ModelSpec

COLUMNS = 10  # where there are no classes
MOST_COLUMNS = 20  # of classes shown: more would be tiny and cost training its time
BANDS = 4  # in which the rows take turns while there is no time for all of them
GRID_SEED = 20_140_610  # the noise of the grid is the same in every run, so that runs compare


@dataclass(frozen=True)
class SampleImages:
    """The grid at one moment: uint8 (rows, cols, H, W[, 3]) and D's belief in each picture."""

    tiles: NDArray[np.uint8]
    beliefs: NDArray[np.float32] | None

    @property
    def atlas(self) -> NDArray[np.uint8]:
        """One picture (rows * H, cols * W) or (rows * H, cols * W, 3), read-only."""
        rows, cols, height, width = self.tiles.shape[:4]
        across = self.tiles.swapaxes(1, 2)  # (rows, H, cols, W[, 3])
        picture = across.reshape(rows * height, cols * width, *self.tiles.shape[4:])
        return frozen(np.ascontiguousarray(picture))


class GridNoise:
    """Fixed noise for ``rows`` samples of every class, or for ``rows`` times ten without classes.

    Of more than `MOST_COLUMNS` classes, the first ones are shown.

    Parameters
    ----------
    spec : ModelSpec
        What the model takes.
    rows : int
        Samples of a class.
    """

    def __init__(self, spec: ModelSpec, rows: int) -> None:
        self.spec = spec
        self.rows = rows
        self.cols = min(spec.classes, MOST_COLUMNS) or COLUMNS
        self.y: NDArray[np.int64] | None = None
        self.z = frozen(draw_z(rows if spec.classes else rows * self.cols, spec.z_dim, GRID_SEED))
        z = torch.from_numpy(self.z.copy())
        self._y: torch.Tensor | None = None
        if spec.classes:
            self.y = frozen(np.arange(self.cols, dtype=np.int64))
            z = z.repeat_interleave(self.cols, dim=0)
            self._y = torch.arange(self.cols)  # of one row
        self._z = z.unflatten(0, (rows, self.cols))  # (rows, cols, z_dim)

    def draw(self, model: Model) -> SampleImages:
        """Draw the grid with a model, and ask its discriminator what it thinks."""
        return self._draw(model, range(self.rows))

    def redraw_rows(self, model: Model, before: SampleImages, turn: int) -> SampleImages:
        """Draw some of the rows anew and leave the others as they were.

        A band is every `BANDS`-th row; as ``turn`` counts up, all rows have theirs.
        """
        rows = range(turn % min(BANDS, self.rows), self.rows, BANDS)
        band = self._draw(model, rows)
        tiles = before.tiles.copy()
        tiles[list(rows)] = band.tiles
        beliefs = band.beliefs
        if beliefs is not None and before.beliefs is not None:
            whole = before.beliefs.copy()
            whole[list(rows)] = beliefs
            beliefs = frozen(whole)
        return SampleImages(frozen(tiles), beliefs)

    def _draw(self, model: Model, rows: range) -> SampleImages:
        chosen = list(rows)
        z = self._z[chosen].flatten(0, 1)  # (chosen * cols, z_dim)
        y = None if self._y is None else self._y.repeat(len(chosen))
        images = model.generate(z, y)
        beliefs = model.read_images(images, y)
        shape = (len(chosen), self.cols)
        if beliefs is not None:
            beliefs = frozen(beliefs.reshape(shape).astype(np.float32))
        tiles = to_uint8(images)
        return SampleImages(frozen(tiles.reshape(*shape, *tiles.shape[1:])), beliefs)


def empty_grid(rows: int, cols: int, image_shape: tuple[int, int, int]) -> SampleImages:
    """Return a grid without pictures, for when there is no model to draw them."""
    channels, height, width = image_shape
    colour = (channels,) if channels > 1 else ()
    return SampleImages(frozen(np.full((rows, cols, height, width, *colour), 128, np.uint8)), None)


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array, made read-only."""
    array.setflags(write=False)
    return array
