"""The landscape of some data in one file: its map and the features of real pictures."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import msgspec
import torch

from ganview.data.digits import CLASS_NAMES, are_digits
from ganview.data.locate import weights_folder
from ganview.errors import UserError
from ganview.files.atomic import write_errors
from ganview.files.evaluators import (
    JUDGE,
    Evaluators,
    load_classifier,
    own_folder,
    save_classifier,
    shipped_evaluators,
)
from ganview.files.json_document import check_fields, parse_object, to_text
from ganview.files.tensor_file import MODEL_LIMITS, read_header, read_tensors, write_tensors
from ganview.gan.explore.landscape import Landscape, Worth
from ganview.gan.explore.plane_map import PlaneMap
from ganview.gan.explore.rarity import Calibration, Rarity
from ganview.gan.explore.survey import to_levels
from ganview.gan.metrics.classifier import FEATURES, fingerprint

LANDSCAPE = "landscape.safetensors"
KEY = "ganview-landscape"
SHORT = 16  # hexadecimal digits of the name of data
MAP = "map."


Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class _Worth(msgspec.Struct):
    neighbours: Share
    accuracy: Share | None  # JSON has no nan
    pictures: Annotated[int, msgspec.Meta(ge=0)]
    calibration: Calibration | None = None  # files had none at first
    elsewhere: Calibration | None = None


class _About(msgspec.Struct):
    judge: str
    class_names: list[str]
    worth: _Worth


def save_landscape(path: Path, landscape: Landscape) -> None:
    """Write a landscape: some 0.8 MB for 10,000 real pictures, none of which is in it.

    Raises
    ------
    WriteError
        It could not be written.
    """
    levels, scale = to_levels(landscape.features)
    distances = landscape.rarity.distances
    tensors = {
        **{MAP + name: tensor for name, tensor in landscape.plane.state_dict().items()},
        "levels": levels,
        "scale": scale,
        "chosen": landscape.chosen.int(),
        "labels": landscape.labels.int(),
        "distances": torch.cat(distances),
        "distance_labels": torch.cat(
            [torch.full((len(part),), label) for label, part in enumerate(distances)]
        ).int(),
    }
    about = {
        "judge": fingerprint(landscape.judge),
        "class_names": landscape.class_names,
        "worth": asdict(landscape.worth),
    }
    write_tensors(path, tensors, {KEY: to_text(about)})


def load_landscape(path: Path, evaluators: Evaluators) -> Landscape | None:
    """Read a landscape; None where it is another judge's.

    Raises
    ------
    UserError
        The file is damaged or holds something else.
    """
    header = read_header(path, MODEL_LIMITS)
    about = parse_object(header.metadata.get(KEY, "").encode(), str(path))
    tensors = read_tensors(path, MODEL_LIMITS, header)
    found = check_fields(about, _About, str(path))
    names, worth = found.class_names, found.worth
    if not all(name.isprintable() for name in names):
        raise UserError(f"{path} does not describe a landscape.")
    if found.judge != fingerprint(evaluators.judge):
        return None
    plane = PlaneMap(FEATURES)
    count = len(tensors.get("labels", ()))
    unseen = len(tensors.get("distances", ()))
    wanted = {
        **{MAP + name: tuple(tensor.shape) for name, tensor in plane.state_dict().items()},
        "levels": (count, FEATURES),
        "scale": (FEATURES,),
        "chosen": (count,),
        "labels": (count,),
        "distances": (unseen,),
        "distance_labels": (unseen,),
    }
    classes = max(1, len(names))
    if {name: tuple(tensor.shape) for name, tensor in tensors.items()} != wanted or count < 2:
        raise UserError(f"{path} does not hold the landscape that its header describes.")
    labels, at = tensors["labels"].long(), tensors["distance_labels"].long()
    numbers = [tensor for tensor in tensors.values() if tensor.is_floating_point()]
    if not (
        all(bool(torch.isfinite(tensor).all()) for tensor in numbers)
        and all(bool(((part >= 0) & (part < classes)).all()) for part in (labels, at))
    ):
        raise UserError(f"{path} is damaged: its numbers make no landscape.")
    plane.load_state_dict(
        {name.removeprefix(MAP): part for name, part in tensors.items() if name.startswith(MAP)}
    )
    features = tensors["levels"] * tensors["scale"]
    distances = tuple(tensors["distances"][at == label] for label in range(classes))
    return Landscape(
        evaluators.judge,
        evaluators.classifier,
        plane.eval().requires_grad_(False),
        features,
        tensors["chosen"].long(),
        labels,
        tuple(names),
        Rarity(features, labels, distances),
        Worth(
            worth.neighbours,
            math.nan if worth.accuracy is None else worth.accuracy,
            worth.pictures,
            worth.calibration,
            worth.elsewhere,
        ),
    )


def kept_place(dataset_sha256: object) -> Path | None:
    """Return where the landscape of a data set is kept; None if ``dataset_sha256`` is no hash."""
    judge = own_folder(dataset_sha256)
    return None if judge is None else judge.parents[1] / "landscapes" / judge.name[:SHORT]


def keep_landscape(dataset_sha256: str, landscape: Landscape) -> None:
    """Keep the landscape of some data, and its judge, among the user's files.

    Raises
    ------
    WriteError
        It could not be written.
    """
    place = kept_place(dataset_sha256)
    if place is not None:
        with write_errors(place):
            place.mkdir(parents=True, exist_ok=True)
        save_classifier(place / JUDGE, landscape.judge, {"data_sha256": dataset_sha256})
        save_landscape(place / LANDSCAPE, landscape)


def known_landscape(dataset_sha256: object) -> Landscape | None:
    """Return the landscape of some data that ships or was kept; None where none can be read."""
    if are_digits(dataset_sha256):
        return shipped_landscape()
    place = kept_place(dataset_sha256)
    if place is None or not (place / LANDSCAPE).exists():
        return None
    try:
        judge = load_classifier(place / JUDGE)
        return load_landscape(place / LANDSCAPE, Evaluators(judge, judge))
    except UserError:  # it is made again
        return None


@lru_cache(maxsize=1)
def shipped_landscape() -> Landscape | None:
    """Read the landscape of the digits that ships; None where it is of another judge.

    Raises
    ------
    UserError
        The file is damaged or missing: ganview should be installed again.
    """
    return load_landscape(weights_folder() / LANDSCAPE, shipped_evaluators())


def survey_digits(path: Path, steps: int = 8000, fitted: int = 20_000) -> Landscape:
    """Make the landscape of the digits anew and write it: how the one that ships was made.

    The ranks are those of all training digits, and what they are worth is told by halves of them;
    the test digits are of other people.
    """
    from ganview.data.digits import load_digits
    from ganview.gan.explore.landscape import SEED
    from ganview.gan.explore.rarity import check_halves
    from ganview.gan.explore.survey import REFERENCES, survey_pictures
    from ganview.gan.metrics.classifier import in_chunks

    train, test = load_digits("train"), load_digits("test")
    assert train.labels is not None
    landscape = survey_pictures(
        *shipped_evaluators(),
        train.images,
        train.labels,
        CLASS_NAMES,
        test.images,
        test.labels,
        steps=steps,
        fitted=fitted,
    )
    features = in_chunks(landscape.judge.features, train.images)
    halves = check_halves(features, train.labels, 10, references=REFERENCES, seed=SEED)
    worth = landscape.worth
    landscape.worth = replace(worth, calibration=halves, elsewhere=worth.calibration)
    save_landscape(path, landscape)
    return landscape
