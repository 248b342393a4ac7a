"""Draws the sample grid of a run: the same noise again and again, as the generator learns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ganview.errors import UserError
from ganview.gan.latent import draw_z
from ganview.gan.model import Model, ModelSpec, to_uint8
from ganview.runtime.messages import SampleGrid

COLUMNS = 10  # where there are no classes
MOST_COLUMNS = 20  # of classes shown: more would be tiny and cost training its time
BANDS = 4  # in which the rows take turns while there is no time for all of them
GRID_SEED = 20_140_610  # the noise of the grid is the same in every run, so that runs compare


class GridSampler:
    """Fixed noise for ``rows`` samples of every class, or for ``rows`` times ten without classes.

    Of more than `MOST_COLUMNS` classes, that number from ``first`` on is shown.
    """

    def __init__(self, spec: ModelSpec, rows: int, first: int = 0) -> None:
        self.spec = spec
        self.rows = rows
        self.first = first
        self.columns = min(spec.classes - first, MOST_COLUMNS) or COLUMNS
        count = rows if spec.classes else rows * self.columns
        self.z = frozen(draw_z(count, spec.z_dim, GRID_SEED))
        z = torch.from_numpy(self.z.copy())
        self._y: torch.Tensor | None = None
        if spec.classes:
            z = z.repeat_interleave(self.columns, dim=0)
            self._y = torch.arange(first, first + self.columns)  # of one row
        self._z = z.unflatten(0, (rows, self.columns))  # (rows, columns, z_dim)

    def draw(self, model: Model) -> SampleGrid:
        """Draw the grid with a model, and ask its discriminator about each sample."""
        return self._draw(model, range(self.rows))

    def redraw_rows(self, model: Model, before: SampleGrid, turn: int) -> SampleGrid:
        """Draw every `BANDS`-th row anew and keep the others; as ``turn`` counts up, all are."""
        rows = range(turn % min(BANDS, self.rows), self.rows, BANDS)
        band = self._draw(model, rows)
        images = before.images.copy()
        images[list(rows)] = band.images
        beliefs = band.beliefs
        if beliefs is not None and before.beliefs is not None:
            whole = before.beliefs.copy()
            whole[list(rows)] = beliefs
            beliefs = frozen(whole)
        return replace(before, images=frozen(images), beliefs=beliefs)

    def _draw(self, model: Model, rows: range) -> SampleGrid:
        chosen = list(rows)
        z = self._z[chosen].flatten(0, 1)  # (chosen * columns, z_dim)
        y = None if self._y is None else self._y.repeat(len(chosen))
        drawn = model.generate(z, y)
        beliefs = model.read_images(drawn, y)
        shape = (len(chosen), self.columns)
        if beliefs is not None:
            beliefs = frozen(beliefs.reshape(shape).astype(np.float32))
        images = to_uint8(drawn)
        images = frozen(images.reshape(*shape, *images.shape[1:]))
        names = self.spec.class_names[self.first : self.first + self.columns]
        return SampleGrid(images, self.z, names, beliefs, model.objective.name, self.first)


def grid_of(
    atlas: NDArray[np.uint8],
    spec: ModelSpec,
    objective: str,
    beliefs: Callable[[int], list[float] | None] = lambda _: None,
) -> SampleGrid:
    """Return the grid that was kept as one picture, with the noise that drew it.

    Parameters
    ----------
    atlas : ndarray
        uint8 (rows * H, columns * W[, 3]), as `SampleGrid.atlas` returns it.
    beliefs : callable, optional
        Returns D's beliefs about that number of samples, if they were kept.

    Raises
    ------
    UserError
        The picture is no grid of such a model.
    """
    channels, height, width = spec.image_shape
    rows, columns = atlas.shape[0] // height, atlas.shape[1] // width
    sampler = _sampler(spec, max(rows, 1))
    fits = (rows * height, columns * width) == atlas.shape[:2] and columns == sampler.columns
    if not rows or not fits or atlas.ndim != (2 if channels == 1 else 3):
        raise UserError("A sample grid of the run is of another size than its pictures.")
    images = atlas.reshape(rows, height, columns, width, *atlas.shape[2:]).swapaxes(1, 2)
    names = spec.class_names[:columns] if spec.classes else ()
    said = beliefs(rows * columns)
    kept = None if said is None else frozen(np.array(said, np.float32).reshape(rows, columns))
    return SampleGrid(frozen(np.ascontiguousarray(images)), sampler.z, names, kept, objective)


@lru_cache(maxsize=4)
def _sampler(spec: ModelSpec, rows: int) -> GridSampler:
    return GridSampler(spec, rows)


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array, made read-only."""
    array.setflags(write=False)
    return array
