"""A set of samples in one file of numpy's, so that others can measure it or train on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganview.files.atomic import atomic_path

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


NO_CLASS = -1


def write_npz(
    path: str | Path,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64] | None,
    z: NDArray[np.float32],
) -> None:
    """Write samples as NPZ, atomically.

    Parameters
    ----------
    path : str or Path
        Conventionally ``*.npz``; written under just this name.
    images : ndarray
        uint8 (N, H, W) or (N, H, W, C).
    labels : ndarray or None
        int64 (N,), the class each sample was asked for; −1 each in the file without classes.
    z : ndarray
        float32 (N, z_dim), the noise after truncation: what the generator was given.

    Raises
    ------
    WriteError
        It could not be written; the old file is still there.
    """
    if labels is None:
        labels = np.full(len(images), NO_CLASS, np.int64)
    with atomic_path(path) as temporary, temporary.open("xb") as file:
        np.savez(file, images=images, labels=labels, z=z)
