"""The two classifiers behind every figure, kept as safetensors like everything else."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, cast

import torch

from ganview.data.digits import are_digits
from ganview.data.locate import weights_folder
from ganview.errors import UserError
from ganview.files.json_document import parse_object
from ganview.files.tensor_file import (
    MODEL_LIMITS,
    TensorInfo,
    read_header,
    read_tensors,
    write_tensors,
)
from ganview.gan.metrics.classifier import FEATURES, ClassifierNet, NetKind, fingerprint
from ganview.gan.metrics.frechet import GaussianFit
from ganview.gan.metrics.online import RealStatistics

JUDGE, CLASSIFIER, REFERENCE = (
    "judge.safetensors",
    "classifier.safetensors",
    "reference.safetensors",
)
OLD_KIND = "reader"  # the classifier's name in files of ganview 0.1
KEY = "ganview-judge"
REFERENCE_KEY = "ganview-reference"


class Evaluators(NamedTuple):
    """Judge and classifier of one kind of data."""

    judge: ClassifierNet
    classifier: ClassifierNet


def save_classifier(path: Path, classifier: ClassifierNet, about: dict[str, object]) -> None:
    """Write a classifier with how it was made and how well it reads test data.

    Raises
    ------
    WriteError
        It could not be written.
    """
    shape = {
        "kind": classifier.kind,
        "image_shape": list(classifier.image_shape),
        "classes": classifier.classes,
    }
    write_tensors(path, classifier.state_dict(), {KEY: json.dumps({**shape, "about": about})})


def load_classifier(path: Path) -> ClassifierNet:
    """Read a classifier, frozen and in evaluation mode.

    Raises
    ------
    UserError
        The file is missing, damaged or holds something else.
    """
    header = read_header(path, MODEL_LIMITS)
    about = parse_object(header.metadata.get(KEY, "").encode(), str(path))
    match about:
        case {
            "kind": "judge" | "classifier" | "reader" as kind,
            "image_shape": [1 | 3 as channels, int(height), int(width)],
            "classes": int(classes),
        } if 8 <= height <= 256 and 8 <= width <= 256 and 2 <= classes <= 1000:
            # 1.0 and true are the 1 of a pattern, too
            shape = (int(channels), int(height), int(width))
            kind = "classifier" if kind == OLD_KIND else kind
            classifier = ClassifierNet(shape, int(classes), cast(NetKind, kind))
        case _:
            raise UserError(f"{path} does not describe a judge or a classifier.")
    wanted = {
        name: TensorInfo("F32", tuple(weight.shape))
        for name, weight in classifier.state_dict().items()
    }
    if header.tensors != wanted:
        raise UserError(f"{path} does not hold the weights that its header describes.")
    tensors = read_tensors(path, MODEL_LIMITS, header)
    if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
        raise UserError(f"{path} is refused: its weights hold NaN or infinities.")
    classifier.load_state_dict(tensors)
    return classifier.eval().requires_grad_(False)


def load_evaluators(folder: Path) -> Evaluators:
    """Read the judge and the classifier in a folder.

    Raises
    ------
    UserError
        A file is missing or damaged, or the two are not of one kind of data.
    """
    old, path = folder / f"{OLD_KIND}.safetensors", folder / CLASSIFIER
    judge = load_classifier(folder / JUDGE)
    classifier = load_classifier(old if old.is_file() and not path.is_file() else path)
    if (judge.image_shape, judge.classes) != (classifier.image_shape, classifier.classes):
        raise UserError(f"The judge and the classifier in {folder} were trained on different data.")
    return Evaluators(judge, classifier)


def evaluators_for(dataset_sha256: object) -> Evaluators | None:
    """Return the frozen networks that evaluate a dataset; None where ganview has none for it.

    Parameters
    ----------
    dataset_sha256 : object
        As in `ganview.data.digits.are_digits`.

    Raises
    ------
    UserError
        A file that ships is missing or damaged: ganview should be installed again.
    """
    return shipped_evaluators() if are_digits(dataset_sha256) else None


@lru_cache(maxsize=1)
def shipped_evaluators() -> Evaluators:
    """Return the judge and the classifier of handwritten digits that ship; read once.

    Raises
    ------
    UserError
        A file is missing or damaged: ganview should be installed again.
    """
    return load_evaluators(weights_folder())


def save_real_statistics(path: Path, reference: RealStatistics, evaluators: Evaluators) -> None:
    """Write the statistics of real images, so that they need not be computed again.

    Raises
    ------
    WriteError
        It could not be written.
    """
    about = {
        "judge": fingerprint(evaluators.judge),
        "classifier": fingerprint(evaluators.classifier),
        "frechet_real": reference.frechet_real,
        "accuracy_real": reference.accuracy_real,
        "samples": reference.samples,
    }
    write_tensors(path, reference.gaussian._asdict(), {REFERENCE_KEY: json.dumps(about)})


def load_real_statistics(path: Path, evaluators: Evaluators) -> RealStatistics | None:
    """Read what was measured of real pictures; None where another judge or classifier measured it.

    Raises
    ------
    UserError
        The file is damaged or holds something else.
    """
    header = read_header(path, MODEL_LIMITS)
    about = parse_object(header.metadata.get(REFERENCE_KEY, "").encode(), str(path))
    about.setdefault("classifier", about.pop(OLD_KIND, None))
    shapes = {name: (info.dtype, info.shape) for name, info in header.tensors.items()}
    wanted = {"mean": ("F64", (FEATURES,)), "covariance": ("F64", (FEATURES, FEATURES))}
    match about:
        case {
            "judge": str(judge),
            "classifier": str(classifier),
            "frechet_real": float(distance),
            "accuracy_real": float(accuracy),
            "samples": int(samples),
        } if shapes == wanted and math.isfinite(distance) and 0 < accuracy <= 1 and samples > 1:
            pass
        case _:
            raise UserError(f"{path} does not say how real pictures were measured.")
    if (judge, classifier) != (fingerprint(evaluators.judge), fingerprint(evaluators.classifier)):
        return None
    tensors = read_tensors(path, MODEL_LIMITS, header)
    if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
        raise UserError(f"{path} is damaged: not all of it are numbers.")
    return RealStatistics(
        GaussianFit(tensors["mean"], tensors["covariance"]), distance, accuracy, samples
    )


def shipped_real_statistics(evaluators: Evaluators) -> RealStatistics | None:
    """Read what the classifiers that ship measured of the digits; None where there is nothing.

    Raises
    ------
    UserError
        The file is damaged: ganview should be installed again.
    """
    path = weights_folder() / REFERENCE
    return load_real_statistics(path, evaluators) if path.is_file() else None
