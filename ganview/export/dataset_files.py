"""A whole sampled set in the files that others train on: NPZ, or IDX as MNIST has it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ganview.data.idx import encode_idx
from ganview.errors import UserError
from ganview.export.npz import write_npz
from ganview.files.atomic import write_bytes

if TYPE_CHECKING:
    from ganview.export.samples import Samples

SUFFIXES = (".npz", ".idx", ".idx.gz")


def dataset_suffix(path: str | Path) -> str | None:
    """Return which of `SUFFIXES` a file name ends with, None if with none."""
    name = Path(path).name.lower()
    return next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)


def write_dataset(path: str | Path, samples: Samples) -> list[Path]:
    """Write samples, and return the files that were written.

    ``F.npz`` is one file. ``F.idx`` becomes ``F-images-idx3-ubyte`` (idx4 in colour) and, with
    classes, ``F-labels-idx1-ubyte``; with ``F.idx.gz`` both are gzipped. ``ganview train --data``
    reads either of them by the name of the images.

    Raises
    ------
    UserError
        The name ends otherwise, or the set is empty; `WriteError` if it can't be written.
    """
    path, suffix = Path(path), dataset_suffix(path)
    if suffix is None:
        raise UserError(f"A set is written as .npz, .idx or .idx.gz, not as '{path.name}'.")
    if suffix == ".npz":
        write_npz(path, *samples)
        return [path]
    images, labels, _ = samples
    stem, gz = path.name[: -len(suffix)] or "samples", suffix.endswith(".gz")
    end = ".gz" if gz else ""
    written = [path.with_name(f"{stem}-images-idx{images.ndim}-ubyte{end}")]
    data = encode_idx(images, compress=gz)
    if labels is not None and labels.max() > 255:
        raise UserError("IDX has room for 256 classes; write an NPZ instead.")
    write_bytes(written[0], data)
    if labels is not None:
        written.append(path.with_name(f"{stem}-labels-idx1-ubyte{end}"))
        write_bytes(written[1], encode_idx(labels.astype("u1"), compress=gz))
    return written
