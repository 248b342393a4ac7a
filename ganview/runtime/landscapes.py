"""What the landscape of a model shows: its data's real pictures, and pictures that it draws.

For background threads; torch is imported when something is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganview.runtime.jobs import OnProgress, ShouldStop, StopWork

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.data.source import DataSource
    from ganview.gan.explore.distribution import Birthdays, Histogram, Regions
    from ganview.gan.explore.landscape import Cloud, Landscape
    from ganview.gan.explore.shares import Shares
    from ganview.gan.model import Model
    from ganview.runtime.run_view import RunView

MEASURED = 2000  # real pictures whose strokes or light are measured


@dataclass(frozen=True, eq=False)
class Ground:
    """Real pictures and their landscape."""

    landscape: Landscape  # where they lie
    pictures: NDArray[np.uint8]  # uint8 (N, H, W) or (N, H, W, 3), the real pictures themselves
    handwritten: bool = False  # whether they are digits, whose strokes can be measured


@dataclass(frozen=True, eq=False)
class Look:
    """What one look at a generator found."""

    ground: Ground  # what it is held against
    cloud: Cloud  # what it draws
    shares: Shares | None  # of the classes, where all were drawn; None without two of them
    seconds: float  # processor time that it cost
    model: str  # SHA-256 of the generator's weights


@dataclass(frozen=True, eq=False)
class Numbers:
    """What was counted in a look."""

    shares: Shares | None  # of the classes
    histograms: tuple[Histogram, ...]  # of properties that a person can see
    regions: Regions  # of real pictures, and which are missing
    missing: NDArray[np.uint8]  # uint8 (R, H, W[, 3]), a real picture from each that is missing
    # real_birthdays, fake_birthdays: how many different pictures there are
    real_birthdays: Birthdays
    fake_birthdays: Birthdays
    seconds: float  # processor time that it cost


@dataclass(frozen=True, eq=False)
class PicturePosition:
    """Where one picture stands."""

    # place, within: on the map of all, and on that of its class
    place: tuple[float, float]
    within: tuple[float, float]
    rank: float  # how rare it is, 0 to 1; nan where that is not known
    label: int  # the class that it is held against
    features: NDArray[np.float32]  # float32 (64,)


@dataclass(frozen=True, eq=False)
class Ranked:
    """How rare pictures are."""

    ranks: NDArray[np.float32]  # float32 (N,), 0 to 1; nan where that is not known
    labels: NDArray[np.int64]  # int64 (N,), the classes that they are held against
    class_names: tuple[str, ...]  # empty where there are no classes


_known: dict[str, Ground] = {}  # of the data that was looked at last, by content
_ranking: dict[str, Landscape] = {}  # of the data that pictures were ranked in last


def ground_of(
    model: Model,
    find_data: Callable[[], Dataset | DataSource],
    progress: OnProgress = lambda _share, _text: None,
    should_stop: ShouldStop = lambda: False,
) -> Ground | DataSource:
    """Return the landscape of a model's data: as it ships, as it was kept, or made now.

    Where its run names data by a path, which is opened only if the user says so, that is returned.

    Parameters
    ----------
    find_data : callable
        Returns its training set, if it isn't the digits.

    Raises
    ------
    UserError
        There are too few pictures, or they can't be found.
    StopWork
        It was told to end.
    """
    from ganview.data.digits import are_digits, load_digits
    from ganview.data.source import DataSource
    from ganview.files.atomic import WriteError
    from ganview.files.landscape_file import keep_landscape, known_landscape
    from ganview.gan.explore.survey import survey_unknown

    sha256 = str(model.info.get("dataset_sha256"))
    known = _known.get(sha256)
    if known is not None:
        return known
    digits = are_digits(sha256)
    data = load_digits() if digits else find_data()
    if isinstance(data, DataSource):
        return data
    landscape = known_landscape(data.sha256)
    if landscape is None:

        def tell(share: float) -> None:
            if should_stop():
                raise StopWork
            progress(share, "Learning to tell these pictures apart")

        landscape = survey_unknown(data.images, data.labels, data.class_names, tell)
        with suppress(WriteError):  # on a full disk it is made again at the next start
            keep_landscape(data.sha256, landscape)
    chosen = data.images[landscape.chosen].numpy()
    pictures = chosen[:, 0] if chosen.shape[1] == 1 else np.moveaxis(chosen, 1, -1)
    ground = Ground(landscape, np.ascontiguousarray(pictures), digits)
    _known.clear()
    _known[sha256] = ground
    return ground


def data_of_run(
    model: Model, run: RunView | None, known: Sequence[DataSource]
) -> Dataset | DataSource:
    """Return what a model of a run learned from; as `data_of_model`, which says the rest."""
    from ganview.runtime.local_run import LocalRun
    from ganview.runtime.model_data import data_of_model

    if isinstance(run, LocalRun):
        return run.dataset
    return data_of_model(model, run.folder if run is not None else None, known)


def look_at(
    model: Model,
    ground: Ground,
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
    ground : Ground
        The landscape of its data.
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
    StopWork
        It was told to end.
    """
    from ganview.gan.explore.landscape import draw_cloud
    from ganview.gan.explore.shares import compare_shares
    from ganview.gan.fingerprint import weights_sha256

    def count(_done: int) -> None:
        if should_stop():
            raise StopWork

    began = time.thread_time()
    landscape = ground.landscape
    cloud = draw_cloud(model, landscape, pictures=pictures, psi=psi, label=label, count=count)
    whole = label is None or cloud.asked is None
    several = len(landscape.class_names) > 1
    shares = compare_shares(cloud.read, landscape.shares) if several and whole else None
    return Look(ground, cloud, shares, time.thread_time() - began, weights_sha256(model.generator))


def count_in_numbers(look: Look, label: int | None) -> Numbers:
    """Compare what was drawn with real pictures, of one class or of all, in plain numbers."""
    from ganview.gan.explore.distribution import count_birthdays, find_regions, histograms_of

    began = time.thread_time()
    landscape, cloud = look.ground.landscape, look.cloud
    classes = landscape.labels.numpy()
    rows = np.flatnonzero(classes == label) if label is not None else np.arange(len(classes))
    drawn = np.flatnonzero(cloud.labels == label) if label is not None else np.arange(len(cloud.z))
    real, fake = look.ground.pictures[rows], cloud.images[drawn]
    regions = find_regions(landscape.features[rows], cloud.features[drawn])
    return Numbers(
        look.shares,
        histograms_of(real[:MEASURED], fake, handwritten=look.ground.handwritten),
        regions,
        real[regions.missing],
        *count_birthdays(real, fake),
        time.thread_time() - began,
    )


def rank_pictures(
    model: Model, pictures: NDArray[np.uint8], labels: list[int | None]
) -> Ranked | None:
    """Tell how rare pictures are; None for data whose landscape neither ships nor was made yet.

    Parameters
    ----------
    pictures : ndarray
        uint8 (N, H, W) or (N, H, W, 3).
    labels : list
        Their classes; of those that have none, they are read.
    """
    from ganview.files.landscape_file import known_landscape
    from ganview.gan.explore.landscape import planes_first

    sha256 = str(model.info.get("dataset_sha256"))
    known = _known.get(sha256)
    landscape = known.landscape if known is not None else _ranking.get(sha256)
    if landscape is None:
        landscape = known_landscape(sha256)
        if landscape is None or landscape.judge.image_shape != model.spec.image_shape:
            return None
        _ranking.clear()
        _ranking[sha256] = landscape
    features, held = landscape.describe(planes_first(pictures), labels)
    ranks = landscape.rarity.ranks(features, held)
    return Ranked(ranks.numpy(), held.numpy(), landscape.class_names)


def position_of(ground: Ground, picture: NDArray[np.uint8], label: int | None) -> PicturePosition:
    """Return where a picture uint8 (H, W) or (H, W, 3) stands; without a class, it is read."""
    from ganview.gan.explore.landscape import planes_first

    landscape = ground.landscape
    features, labels = landscape.describe(planes_first(picture[None]), [label])
    ranks = landscape.rarity.ranks(features, labels)
    place = landscape.place(features)[0]
    within = landscape.place_within(features, labels, ranks)[0]
    return PicturePosition(
        (float(place[0]), float(place[1])),
        (float(within[0]), float(within[1])),
        float(ranks[0]),
        int(labels[0]),
        features[0].numpy(),
    )
