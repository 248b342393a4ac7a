"""The training images of a generator that are nearest to one of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganview.app.latent_point import Floats
from ganview.runtime.model_data import data_of_model

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.data.source import DataSource
    from ganview.gan.explore.nearest import NearestIndex
    from ganview.gan.model import Model


@dataclass(frozen=True, eq=False)
class Nearest:
    """The training pictures nearest to a picture."""

    pictures: NDArray[np.uint8]  # uint8 (N, H, W) or (N, H, W, 3), the nearest first
    distances: Floats  # float32 (N,): root mean square difference a pixel, 0 to 1
    names: tuple[str, ...]  # class of each, or empty strings
    usual: float  # the distance from a real picture to the nearest other real one, by median
    pair: float  # the distance between two real pictures taken at random, by median
    copied: bool  # whether the nearest is suspiciously near


Searched = tuple["Dataset", "NearestIndex"]
#: What was searched last, by content; not all that was ever searched, since data can be large.
_searched: dict[str, Searched] = {}


def find_nearest(
    model: Model,
    picture: NDArray[np.uint8],
    count: int = 5,
    run: Path | None = None,
    known: Sequence[DataSource] = (),
) -> Nearest | DataSource:
    """Search the training set of a model; for background threads.

    Parameters
    ----------
    picture
        uint8 (H, W) or (H, W, 3).
    run
        The folder of the model's run, which says where data other than the digits is.
    known
        Data that the user has chosen or agreed to open: another path in a file is not followed.

    Returns
    -------
    Nearest or DataSource
        The data to ask the user about, where the run names a path that is not ``known``.

    Raises
    ------
    UserError
        The training set is not at hand.
    """
    searched = _index_of(model, run, known)
    if not isinstance(searched, tuple):
        return searched
    dataset, index = searched
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


def _index_of(model: Model, run: Path | None, known: Sequence[DataSource]) -> Searched | DataSource:
    from ganview.data.source import DataSource
    from ganview.gan.explore.nearest import NearestIndex

    hashed = str(model.info.get("dataset_sha256", ""))
    found = _searched.get(hashed)
    if found is None:
        dataset = data_of_model(model, run, known)
        if isinstance(dataset, DataSource):
            return dataset
        found = (dataset, NearestIndex(dataset.images))
        _searched.clear()
        _searched[hashed] = found
    return found
