"""Writes a run's numbers and samples as TensorBoard event files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganview.export.optional_imports import import_optional

SCALARS = {
    "loss_d": "loss/D",
    "loss_g": "loss/G",
    "y_hat_real": "belief/real",
    "y_hat_fake": "belief/fake",
    "grad_norm_d": "gradient norm/D",
    "grad_norm_g": "gradient norm/G",
    "augment_p": "augmentation/p",
}


def import_tensorboard() -> Any:
    """Return torch's writer of event files.

    Raises
    ------
    UserError
        The extra ``tensorboard`` is not installed.
    """
    return import_optional("torch.utils.tensorboard", "tensorboard", "--tensorboard")


class EventLog:
    """Follows the numbers and pictures of a run; close it when the run has ended."""

    def __init__(self, folder: Path) -> None:
        self._writer = import_tensorboard().SummaryWriter(str(folder))
        self._seen = 0

    def follow(self, columns: Mapping[str, NDArray[np.floating[Any]]]) -> None:
        """Write one point for all new steps: their mean."""
        steps = columns["step"]
        self._seen = min(self._seen, len(steps))  # the run may have gone back
        if len(steps) <= self._seen:
            return
        step = int(steps[-1])
        for name, tag in SCALARS.items():
            new = columns[name][self._seen :]
            new = new[np.isfinite(new)]
            if len(new):
                self._writer.add_scalar(tag, float(new.mean()), step)
        self._seen = len(steps)

    def picture(self, atlas: NDArray[np.uint8], step: int) -> None:
        """Write the sample grid, uint8 (H, W) or (H, W, 3)."""
        form = "HW" if atlas.ndim == 2 else "HWC"
        self._writer.add_image("samples", atlas.copy(), step, dataformats=form)

    def close(self) -> None:
        """Write the rest."""
        self._writer.close()
