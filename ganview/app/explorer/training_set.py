"""The pictures that a generator learned from, searched for the nearest to one of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganview.app.latent_point import Floats
from ganview.errors import UserError

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.gan.explore.nearest import NearestIndex
    from ganview.gan.model import Model


@dataclass(frozen=True, eq=False)
class Nearest:
    """The training pictures nearest to a picture.

    Attributes
    ----------
    pictures
        uint8 (N, H, W) or (N, H, W, 3), the nearest first.
    distances
        float32 (N,): root mean square difference a pixel, 0 to 1.
    names
        Class of each, or empty strings.
    usual
        The distance from a real picture to the nearest other real one, by median.
    pair
        The distance between two real pictures taken at random, by median.
    copied
        Whether the nearest is suspiciously near.
    """

    pictures: NDArray[np.uint8]
    distances: Floats
    names: tuple[str, ...]
    usual: float
    pair: float
    copied: bool


Known = tuple["Dataset", "NearestIndex"]
#: What was searched last, by content; not all that was ever searched, since data can be large.
_known: dict[str, Known] = {}


def find_nearest(
    model: Model, picture: NDArray[np.uint8], count: int = 5, run: Path | None = None
) -> Nearest:
    """Search the training set of a model; for background threads.

    Parameters
    ----------
    model
        Whose training set.
    picture
        uint8 (H, W) or (H, W, 3).
    count
        How many to find.
    run
        The folder of the model's run, which says where data other than the digits is.

    Raises
    ------
    UserError
        The training set is not at hand.
    """
    dataset, index = _index_of(model, run)
    found = index.query(picture, count)
    chosen = dataset.images[found.indices].numpy()
    pictures = chosen[:, 0] if chosen.shape[1] == 1 else np.moveaxis(chosen, 1, -1)
    labels = dataset.labels
    names = tuple(
        "" if labels is None else dataset.class_names[int(labels[i])] for i in found.indices
    )
    return Nearest(
        np.ascontiguousarray(pictures),
        found.distances,
        names,
        found.usual,
        found.pair,
        found.copied,
    )


def _index_of(model: Model, run: Path | None) -> Known:
    from ganview.gan.explore.nearest import NearestIndex

    hashed = str(model.info.get("dataset_sha256", ""))
    known = _known.get(hashed)
    if known is None:
        dataset = _data_of(model, hashed, run)
        known = (dataset, NearestIndex(dataset.images))
        _known.clear()
        _known[hashed] = known
    return known


def _data_of(model: Model, hashed: str, run: Path | None) -> Dataset:
    from ganview.data.digits import load_digits
    from ganview.files.run_folder import CONFIG
    from ganview.files.run_info import read_run_info

    shape = model.spec.image_shape
    digits = load_digits("train") if shape == (1, 28, 28) else None
    if digits is not None and hashed in ("", digits.sha256):
        return digits
    if run is None:
        name = str(model.info.get("dataset") or "")
        called = f", '{name}'," if name else ""
        raise UserError(
            f"The pictures that this model learned from{called} are not at hand: open the folder "
            "of its run, which says where they are."
        )
    source = read_run_info(run / CONFIG).data
    dataset = source.read_as(shape).open()
    if dataset.shape != shape or hashed not in ("", dataset.sha256):
        raise UserError(
            f"The pictures in {source.name} are no longer those that this model learned."
        )
    return dataset
