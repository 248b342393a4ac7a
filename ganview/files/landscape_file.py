"""The landscape of some data in one file: its map and the features of real pictures."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import torch

from ganview.data.digits import CLASS_NAMES
from ganview.data.locate import weights_folder
from ganview.errors import UserError
from ganview.files.evaluators import (
    JUDGE,
    Evaluators,
    load_classifier,
    save_classifier,
    shipped_evaluators,
)
from ganview.files.json_document import parse_object
from ganview.files.tensor_file import MODEL_LIMITS, read_header, read_tensors, write_tensors
from ganview.gan.explore.landscape import Landscape, Worth
from ganview.gan.explore.plane_map import PlaneMap
from ganview.gan.explore.rarity import Rarity
from ganview.gan.explore.survey import to_levels
from ganview.gan.metrics.classifier import FEATURES, fingerprint

LANDSCAPE = "landscape.safetensors"
KEY = "ganview-landscape"
SHORT = 16  # hexadecimal digits of the name of data
MAP = "map."


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
        "worth": {
            **asdict(landscape.worth),
            "accuracy": landscape.worth.accuracy if landscape.class_names else None,
        },
    }
    write_tensors(path, tensors, {KEY: json.dumps(about)})


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
    match about:
        case {
            "judge": str(judge),
            "class_names": [*names],
            "worth": {
                "neighbours": float(neighbours),
                "accuracy": float() | None as accuracy,
                "pictures": int(many),
            },
        } if all(isinstance(name, str) and name.isprintable() for name in names):  # fmt: skip
            pass
        case _:
            raise UserError(f"{path} does not describe a landscape.")
    if judge != fingerprint(evaluators.judge):
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
    if (
        not all(bool(torch.isfinite(tensor).all()) for tensor in numbers)
        or not all(bool(((part >= 0) & (part < classes)).all()) for part in (labels, at))
        or not bool((torch.bincount(labels, minlength=classes) > 0).all())
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
        Worth(neighbours, math.nan if accuracy is None else accuracy, many),
    )


def keep_landscape(folder: Path | None, dataset_sha256: str, landscape: Landscape) -> None:
    """Keep the landscape of some data, and its judge, in the user's folder, if there is one.

    Raises
    ------
    WriteError
        It could not be written.
    """
    if folder is not None:
        place = folder / dataset_sha256[:SHORT]
        place.mkdir(parents=True, exist_ok=True)
        save_classifier(place / JUDGE, landscape.judge, {"data_sha256": dataset_sha256})
        save_landscape(place / LANDSCAPE, landscape)


def kept_landscape(folder: Path | None, dataset_sha256: str) -> Landscape | None:
    """Read the landscape that was kept of some data; None where there is none that can be read."""
    if folder is None:
        return None
    place = folder / dataset_sha256[:SHORT]
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
    """Make the landscape of the digits anew and write it: how the one that ships was made."""
    from ganview.data.digits import load_digits
    from ganview.gan.explore.survey import survey_pictures

    train, test = load_digits("train"), load_digits("test")
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
    save_landscape(path, landscape)
    return landscape
