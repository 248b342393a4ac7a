"""What the landscape of a model shows: its data's real pictures, and pictures that it draws.

For background threads; torch is imported when something is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganview.errors import UserError
from ganview.runtime.jobs import StopWork

if TYPE_CHECKING:
    from ganview.gan.explore.landscape import Cloud, Landscape
    from ganview.gan.explore.shares import Shares
    from ganview.gan.model import Model

NO_LANDSCAPE = (
    "There is no landscape of these pictures yet: ganview has a judge for handwritten digits only."
)


@dataclass(frozen=True, eq=False)
class Ground:
    """Real pictures and their landscape.

    Parameters
    ----------
    landscape : Landscape
        Where they lie.
    pictures : ndarray
        uint8 (N, H, W) or (N, H, W, 3), the real pictures themselves.
    """

    landscape: Landscape
    pictures: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Look:
    """What one look at a generator found.

    Parameters
    ----------
    ground : Ground
        What it is held against.
    cloud : Cloud
        What it draws.
    shares : Shares or None
        Of the classes, where all were drawn; None without classes.
    seconds : float
        Processor time that it cost.
    """

    ground: Ground
    cloud: Cloud
    shares: Shares | None
    seconds: float


@dataclass(frozen=True, eq=False)
class PicturePosition:
    """Where one picture stands.

    Parameters
    ----------
    place, within : tuple of float
        On the map of all, and on that of its class.
    rank : float
        How rare it is, 0 to 1; nan where that is not known.
    label : int
        The class that it is held against.
    features : ndarray
        float32 (64,).
    """

    place: tuple[float, float]
    within: tuple[float, float]
    rank: float
    label: int
    features: NDArray[np.float32]


def ground_of(model: Model) -> Ground:
    """Return the landscape of a model's data.

    Raises
    ------
    UserError
        There is none.
    """
    from ganview.data.digits import DIGITS_SHA256, load_digits
    from ganview.files.landscape_file import shipped_landscape
    from ganview.gan.model import from_uint8, to_uint8

    known = _known.get(str(model.info.get("dataset_sha256")))
    if known is not None:
        return known
    if model.info.get("dataset_sha256") != DIGITS_SHA256:
        raise UserError(NO_LANDSCAPE)
    landscape = shipped_landscape()
    if landscape is None:
        raise UserError("The landscape that ships is of another judge: install ganview again.")
    pictures = to_uint8(from_uint8(load_digits().images[landscape.chosen]))
    _known[DIGITS_SHA256] = ground = Ground(landscape, pictures)
    return ground


_known: dict[str, Ground] = {}


def look_at(
    model: Model,
    *,
    pictures: int,
    psi: float,
    label: int | None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Look:
    """Draw pictures of a model and find where they lie.

    Parameters
    ----------
    model : Model
        The generator.
    pictures : int
        How many.
    psi : float
        Diversity.
    label : int or None
        Of this class only, where the generator has classes.
    should_stop : callable
        Says that the look is of no interest any more.

    Raises
    ------
    UserError
        There is no landscape of its data.
    StopWork
        It was told to end.
    """
    from ganview.gan.explore.landscape import draw_cloud
    from ganview.gan.explore.shares import compare_shares

    def count(_done: int) -> None:
        if should_stop():
            raise StopWork

    began = time.thread_time()
    ground = ground_of(model)
    landscape = ground.landscape
    cloud = draw_cloud(model, landscape, pictures=pictures, psi=psi, label=label, count=count)
    whole = label is None or cloud.asked is None
    shares = (
        compare_shares(cloud.read, landscape.shares) if landscape.class_names and whole else None
    )
    return Look(ground, cloud, shares, time.thread_time() - began)


def position_of(ground: Ground, picture: NDArray[np.uint8], label: int | None) -> PicturePosition:
    """Return where a picture uint8 (H, W) or (H, W, 3) stands; without a class, it is read."""
    import torch

    from ganview.gan.explore.landscape import planes_first

    landscape = ground.landscape
    features, read = landscape.read(planes_first(picture[None]))
    labels = read if label is None or not landscape.class_names else torch.tensor([label])
    place, within = landscape.place(features)[0], landscape.place_within(features, labels)[0]
    return PicturePosition(
        (float(place[0]), float(place[1])),
        (float(within[0]), float(within[1])),
        float(landscape.rarity.ranks(features, labels)[0]),
        int(labels[0]),
        features[0].numpy(),
    )
