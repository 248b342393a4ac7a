"""The pictures that a generator learned from, searched for the nearest to one of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganview.app.explorer_state import Floats
from ganview.errors import UserError

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.gan.model import Model
    from ganview.gan.nearest import NearestIndex


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


_known: dict[str, tuple[Dataset, NearestIndex]] = {}


def find_nearest(model: Model, picture: NDArray[np.uint8], count: int = 5) -> Nearest:
    """Search the training set of a model; for background threads.

    Raises
    ------
    UserError
        The training set is not at hand.
    """
    dataset, index = _index_of(model)
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


def _index_of(model: Model) -> tuple[Dataset, NearestIndex]:
    from ganview.data.digits import load_digits
    from ganview.gan.nearest import NearestIndex

    hashed = str(model.info.get("dataset_sha256", ""))
    if "digits" not in _known:
        dataset = load_digits("train")
        _known["digits"] = (dataset, NearestIndex(dataset.images))
    dataset, index = _known["digits"]
    if tuple(model.spec.image_shape) != tuple(dataset.shape) or hashed not in ("", dataset.sha256):
        raise UserError("The pictures that this model learned from are not at hand.")
    return dataset, index
