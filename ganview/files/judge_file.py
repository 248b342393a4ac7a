"""The two classifiers behind every figure, kept as safetensors like everything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple, cast

from ganview.data.locate import weights
from ganview.errors import UserError
from ganview.files.document import parse_object
from ganview.files.tensor_file import MODEL_LIMITS, read_header, read_tensors, write_tensors
from ganview.gan.judge import Classifier, Kind

KEY = "ganview-judge"


class Bench(NamedTuple):
    """Judge and reader of one kind of data."""

    judge: Classifier
    reader: Classifier


def save_classifier(path: Path, classifier: Classifier, about: dict[str, object]) -> None:
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


def load_classifier(path: Path) -> Classifier:
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
            "kind": "judge" | "reader" as kind,
            "image_shape": [1 | 3 as channels, int(height), int(width)],
            "classes": int(classes),
        } if 8 <= height <= 256 and 8 <= width <= 256 and 2 <= classes <= 1000:
            classifier = Classifier((channels, height, width), classes, cast("Kind", kind))
        case _:
            raise UserError(f"{path} does not describe a judge or a reader.")
    wanted = {name: tuple(weight.shape) for name, weight in classifier.state_dict().items()}
    if {name: info.shape for name, info in header.tensors.items()} != wanted:
        raise UserError(f"{path} does not hold the weights that its header describes.")
    classifier.load_state_dict(read_tensors(path, MODEL_LIMITS, header))
    return classifier.eval().requires_grad_(False)


def shipped_bench() -> Bench:
    """Read the judge and the reader of handwritten digits that ship.

    Raises
    ------
    UserError
        A file is missing or damaged: ganview should be installed again.
    """
    return Bench(
        load_classifier(weights() / "judge.safetensors"),
        load_classifier(weights() / "reader.safetensors"),
    )
