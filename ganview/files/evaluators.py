"""Reads and writes the networks behind every figure, as safetensors."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec
import torch
from platformdirs import user_data_path

from ganview.data.digits import are_digits
from ganview.data.locate import weights_folder
from ganview.errors import UserError
from ganview.files.json_document import check_fields, parse_object
from ganview.files.tensor_file import (
    MODEL_LIMITS,
    TensorInfo,
    read_header,
    read_tensors,
    write_tensors,
)
from ganview.gan.metrics.classifier import FEATURES, PANEL, ClassifierNet, NetKind, fingerprint
from ganview.gan.metrics.frechet import GaussianFit
from ganview.gan.metrics.online import OnlineEvaluator, RealStatistics
from ganview.gan.model import Model

JUDGE, CLASSIFIER, REFERENCE = (
    "judge.safetensors",
    "classifier.safetensors",
    "reference.safetensors",
)
PANEL_FILE = "panel-{}.safetensors"  # one for each kind of judge
OLD_KIND = "reader"  # the classifier's name in files of ganview 0.1
HEX = frozenset("0123456789abcdef")
Side = Annotated[int, msgspec.Meta(ge=8, le=256)]
KEY = "ganview-judge"
REFERENCE_KEY = "ganview-reference"


class Evaluators(NamedTuple):
    """Judge and classifier of one kind of data."""

    judge: ClassifierNet
    classifier: ClassifierNet


class _Classifier(msgspec.Struct):
    kind: NetKind | Literal["reader"]
    image_shape: tuple[Literal[1, 3], Side, Side]
    classes: Annotated[int, msgspec.Meta(ge=2, le=1000)]


class _Learned(msgspec.Struct):
    about: dict[str, object] = {}


class _Reference(msgspec.Struct):
    judge: str
    classifier: str
    frechet_real: float
    accuracy_real: Annotated[float, msgspec.Meta(gt=0, le=1)]
    samples: Annotated[int, msgspec.Meta(gt=1)]


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
    document = parse_object(header.metadata.get(KEY, "").encode(), str(path))
    about = check_fields(document, _Classifier, str(path))
    kind = "classifier" if about.kind == "reader" else about.kind
    classifier = ClassifierNet(about.image_shape, about.classes, kind)
    wanted = {
        name: TensorInfo("F32" if weight.is_floating_point() else "I64", tuple(weight.shape))
        for name, weight in classifier.state_dict().items()
    }
    if header.tensors != wanted:
        raise UserError(f"{path} does not hold the weights that its header describes.")
    tensors = read_tensors(path, MODEL_LIMITS, header)
    if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
        raise UserError(f"{path} is refused: its weights hold NaN or infinities.")
    classifier.load_state_dict(tensors)
    return classifier.eval().requires_grad_(False)


def check_learned_from(folder: Path, dataset_sha256: str) -> None:
    """Make sure that no judge of a folder was trained on other data; old files don't say.

    Raises
    ------
    UserError
        One was, or its file is damaged.
    """
    names = (JUDGE, CLASSIFIER, *map(PANEL_FILE.format, PANEL))
    for path in (folder / name for name in names if (folder / name).is_file()):
        header = read_header(path, MODEL_LIMITS)
        document = parse_object(header.metadata.get(KEY, "").encode(), str(path))
        learned = check_fields(document, _Learned, str(path)).about.get("data_sha256")
        if learned not in (None, dataset_sha256):
            raise UserError(
                f"{path} was trained on other data: name the data that 'ganview judge' was given "
                "with --data, or train judges of this data."
            )


def load_panel(folder: Path) -> tuple[ClassifierNet, ...]:
    """Read the judges of the panel in a folder; none where it has none.

    Raises
    ------
    UserError
        A file is damaged.
    """
    paths = [folder / PANEL_FILE.format(kind) for kind in PANEL]
    return tuple(load_classifier(path) for path in paths if path.is_file())


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
    """Return the frozen networks that evaluate a dataset; None where there are none for it.

    Those of the digits ship; those of other data are trained by its first run.

    Parameters
    ----------
    dataset_sha256 : object
        As in `ganview.data.digits.are_digits`.

    Raises
    ------
    UserError
        A file that ships is missing or damaged: ganview should be installed again.
    """
    if are_digits(dataset_sha256):
        return shipped_evaluators()
    counts = _own_counts(dataset_sha256)
    return own_evaluators(dataset_sha256, counts[0]) if counts else None


def _own_counts(dataset_sha256: object) -> list[int]:
    """Return how many pictures were held out of the evaluators that are kept for a data set."""
    whole = own_folder(dataset_sha256)
    parts = sorted(whole.glob("hold-out-*")) if whole is not None else []
    counts = [0, *(int(part.name[9:]) for part in parts if part.name[9:].isdecimal())]
    return [one for one in counts if own_evaluators(dataset_sha256, one) is not None]


def evaluator_for(model: Model) -> OnlineEvaluator | None:
    """Return what measures a model as its run would; None where nothing has learned from its data.

    Raises
    ------
    UserError
        A file is damaged.
    """
    sha256 = model.info.get("dataset_sha256")
    evaluators = evaluators_for(sha256)
    if evaluators is None or evaluators.judge.image_shape != model.spec.image_shape:
        return None
    if are_digits(sha256):
        statistics = shipped_real_statistics(evaluators)
    else:
        folder = own_folder(sha256, _own_counts(sha256)[0])
        assert folder is not None
        statistics = load_real_statistics(folder / REFERENCE, evaluators)
    return None if statistics is None else OnlineEvaluator(*evaluators, statistics)


def class_reader_for(model: Model) -> ClassifierNet | None:
    """Return the classifier that reads the classes of a model's pictures; None without one."""
    sha256 = model.info.get("dataset_sha256")
    evaluators = evaluators_for(sha256)
    if evaluators is None:
        return None
    classifier = evaluators.classifier
    if are_digits(sha256) or classifier.classes == model.spec.classes:
        return classifier
    return None  # of data without labels it knows clusters only


def own_folder(dataset_sha256: object, hold_out: int = 0) -> Path | None:
    """Return where the evaluators of a data set are kept; None if ``dataset_sha256`` is no hash.

    Those of runs that hold pictures out are others: they must not have seen these.
    """
    if not isinstance(dataset_sha256, str) or len(dataset_sha256) != 64:
        return None
    if not HEX.issuperset(dataset_sha256):
        return None
    folder = user_data_path("ganview", appauthor=False) / "judges" / dataset_sha256
    return folder / f"hold-out-{hold_out}" if hold_out else folder


def own_evaluators(dataset_sha256: object, hold_out: int = 0) -> Evaluators | None:
    """Return the evaluators that were trained for a set; None before that.

    Raises
    ------
    UserError
        A file is damaged.
    """
    folder = own_folder(dataset_sha256, hold_out)
    # the statistics are written last
    if folder is None or not (folder / REFERENCE).is_file():
        return None
    return _loaded(folder, (folder / REFERENCE).stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _loaded(folder: Path, _changed: int) -> Evaluators:
    return load_evaluators(folder)


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
    """Read the statistics of real pictures; None if other classifiers measured them.

    Raises
    ------
    UserError
        The file is damaged or holds something else.
    """
    header = read_header(path, MODEL_LIMITS)
    document = parse_object(header.metadata.get(REFERENCE_KEY, "").encode(), str(path))
    document.setdefault("classifier", document.pop(OLD_KIND, None))
    about = check_fields(document, _Reference, str(path))
    shapes = {name: (info.dtype, info.shape) for name, info in header.tensors.items()}
    if shapes != {"mean": ("F64", (FEATURES,)), "covariance": ("F64", (FEATURES, FEATURES))}:
        raise UserError(f"{path} does not say how real pictures were measured.")
    known = (fingerprint(evaluators.judge), fingerprint(evaluators.classifier))
    if (about.judge, about.classifier) != known:
        return None
    tensors = read_tensors(path, MODEL_LIMITS, header)
    if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
        raise UserError(f"{path} is damaged: not all of it are numbers.")
    return RealStatistics(
        GaussianFit(tensors["mean"], tensors["covariance"]),
        about.frechet_real,
        about.accuracy_real,
        about.samples,
    )


def shipped_real_statistics(evaluators: Evaluators) -> RealStatistics | None:
    """Read the statistics of the digits by the bundled classifiers; None without them.

    Raises
    ------
    UserError
        The file is damaged: ganview should be installed again.
    """
    path = weights_folder() / REFERENCE
    return load_real_statistics(path, evaluators) if path.is_file() else None
