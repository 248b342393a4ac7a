"""The moments that a run folder keeps of the run's past: grids, models and states by step.

In ``moments/``, named by step: ``.png`` is the sample grid, ``.model.safetensors`` the averaged
generator and the discriminator, ``.state.safetensors`` everything that a bit-exact continuation
needs. Runs of before have generators alone (``.safetensors``), and their grids in ``samples/`` and
``snapshots/``. The newest model and state are those of the checkpoint.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ganview.files.run_files import MOMENTS, SAMPLES, SNAPSHOTS

if TYPE_CHECKING:
    from pathlib import Path

GRID, GENERATOR = ".png", ".safetensors"
MODEL, STATE = ".model.safetensors", ".state.safetensors"


@dataclass
class MomentFiles:
    """The files of one moment, by what they are: `GRID`, `GENERATOR`, `MODEL` or `STATE`."""

    step: int
    files: dict[str, Path] = field(default_factory=dict)

    @property
    def model(self) -> Path | None:
        """The model file, with its discriminator if that was kept."""
        return self.files.get(MODEL) or self.files.get(GENERATOR)


def list_moments(folder: Path) -> dict[int, MomentFiles]:
    """Return what a run folder has kept, in order of steps; what isn't named by a step is not."""
    found: dict[int, MomentFiles] = {}
    kinds = {
        SNAPSHOTS: {GRID},
        SAMPLES: {GRID},
        MOMENTS: {GRID, GENERATOR, MODEL, STATE},
    }
    for name, wanted in kinds.items():
        place = folder / name
        if place.is_dir():
            for path in place.iterdir():
                digits, dot, rest = path.name.partition(".")
                if digits.isdecimal() and digits.isascii() and dot + rest in wanted:
                    step = int(digits)
                    found.setdefault(step, MomentFiles(step)).files[dot + rest] = path
    return dict(sorted(found.items()))
