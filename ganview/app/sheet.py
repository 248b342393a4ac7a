"""What the sample grid shows, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganview.gan.objectives import DEFAULT_OBJECTIVE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ganview.gan.model import Model
    from ganview.runtime.messages import Snapshot

ROWS = 8


@dataclass(frozen=True, eq=False)
class Sheet:
    """Samples of one generator at one moment.

    Parameters
    ----------
    atlas
        uint8 (rows * H, columns * W) or (rows * H, columns * W, 3).
    rows, columns
        Number of tiles.
    z
        Noise, float32: (rows, D) where a row shares its noise, (rows * columns, D) without classes.
    class_names
        Name of each column's class; empty when the generator knows no classes.
    beliefs
        What D says of each tile, (rows, columns), or None without a discriminator.
    objective
        Name of D's objective, by which that is read.
    """

    atlas: NDArray[np.uint8]
    rows: int
    columns: int
    z: NDArray[np.float32]
    class_names: tuple[str, ...] = ()
    beliefs: NDArray[np.float32] | None = None
    objective: str = DEFAULT_OBJECTIVE

    @classmethod
    def of_snapshot(cls, snapshot: Snapshot, model: Model) -> Sheet:
        """Return the samples of a snapshot of the session that trains a model."""
        class_names = model.spec.class_names
        return cls(
            atlas=snapshot.atlas,
            rows=snapshot.rows,
            columns=snapshot.cols,
            z=snapshot.grid_z,
            class_names=class_names[: snapshot.cols] if snapshot.grid_y is not None else (),
            beliefs=snapshot.beliefs,
            objective=model.objective.name,
        )

    @classmethod
    def of_model(cls, model: Model) -> Sheet:
        """Draw samples of a model on the noise of a session's grid; for background threads."""
        from ganview.runtime.sample_grid import GridNoise

        grid = GridNoise(model.spec, ROWS)
        drawn = grid.draw(model)
        names = model.spec.class_names[: grid.cols]
        return cls(drawn.atlas, ROWS, grid.cols, grid.z, names, drawn.beliefs, model.objective.name)

    @property
    def tile_height(self) -> int:
        """Height of one tile in pixels."""
        return self.atlas.shape[0] // self.rows

    @property
    def tile_width(self) -> int:
        """Width of one tile in pixels."""
        return self.atlas.shape[1] // self.columns

    def tile_z(self, row: int, column: int) -> NDArray[np.float32]:
        """Return the noise (D,) of one tile."""
        z: NDArray[np.float32] = self.z[row if self.class_names else row * self.columns + column]
        return z

    def tile_class(self, column: int) -> int | None:
        """Return the class of a column, None without classes."""
        return column if self.class_names else None

    def tiles(self) -> NDArray[np.uint8]:
        """Return the tiles one by one, uint8 (rows * columns, H, W[, 3])."""
        height, width, colour = self.tile_height, self.tile_width, self.atlas.shape[2:]
        cut = self.atlas.reshape(self.rows, height, self.columns, width, *colour)
        return cut.swapaxes(1, 2).reshape(self.rows * self.columns, height, width, *colour)
