"""The named directions of one generator, kept so that they need not be fitted twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import torch

from ganview.errors import UserError
from ganview.files.json_document import (
    Migration,
    check_fields,
    parse_object,
    to_text,
    upgrade_document,
)
from ganview.files.tensor_file import Limits, TensorInfo, read_header, read_tensors, write_tensors
from ganview.gan.explore.measures import MEASURES
from ganview.gan.explore.named_directions import NamedDirection
from ganview.gan.explore.surrogate import CLASS, HIDDEN, Surrogate
from ganview.gan.model import ModelSpec

KEY = "ganview-directions"
SCHEMA = 2
# Schema 1 knew width and height by another measure: such directions must be fitted again.
MIGRATIONS: dict[int, Migration] = {}
LIMITS = Limits(header_bytes=2**16, tensor_bytes=2**24, tensors=16)


Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class _Quality(msgspec.Struct):
    """What `direction_quality.assess_directions` reports."""

    rank_correlation: float
    change: float
    own: float
    others: dict[str, float]
    classes: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=200)]], msgspec.Meta(max_length=1000)
    ]
    class_held: Share | None = None
    class_before: Share | None = None


class _Described(msgspec.Struct):
    name: str
    quality: _Quality


class _Directions(msgspec.Struct):
    directions: Annotated[list[_Described], msgspec.Meta(min_length=1, max_length=len(MEASURES))]


def save_directions(path: Path, directions: Sequence[NamedDirection]) -> None:
    """Write directions that one surrogate was fitted for, at least one, atomically.

    Raises
    ------
    WriteError
        They could not be written.
    """
    surrogate = directions[0].surrogate
    arrays = {
        **{f"weights.{i}": array for i, array in enumerate(surrogate.weights)},
        **{f"biases.{i}": array for i, array in enumerate(surrogate.biases)},
        "spread": surrogate.spread,
        "loops": surrogate.loops.astype(np.uint8),
        "fit": surrogate.fit,
        "vectors": np.stack([direction.vector for direction in directions]),
    }
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
    document = {
        "schema": SCHEMA,
        "directions": [
            {"name": direction.name, "quality": direction.quality} for direction in directions
        ],
    }
    write_tensors(path, tensors, {KEY: to_text(document)})


def load_directions(path: Path, spec: ModelSpec) -> list[NamedDirection]:
    """Read the directions of a generator of a given kind.

    Raises
    ------
    UserError
        The file cannot be read, is damaged, or is of another kind of generator.
    """
    header = read_header(path, LIMITS)
    text = header.metadata.get(KEY)
    if text is None:
        raise UserError(f"{path} holds no directions.")
    document = upgrade_document(parse_object(text, str(path)), SCHEMA, MIGRATIONS, str(path))
    described = check_fields(document, _Directions, str(path)).directions
    measures = {name for about in described for name in (about.name, *about.quality.others)}
    if not measures <= set(MEASURES):
        raise UserError(f"{path} is damaged: it names measures that ganview does not know.")
    if header.tensors not in (_shapes(spec, len(described), more) for more in (0, 1)):
        raise UserError(f"{path} is refused: its directions are of another kind of generator.")
    arrays = {
        name: tensor.numpy() for name, tensor in read_tensors(path, LIMITS, expected=header).items()
    }
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise UserError(f"{path} is damaged: it holds numbers that are none.")
    surrogate = Surrogate(
        (arrays["weights.0"], arrays["weights.1"], arrays["weights.2"]),
        (arrays["biases.0"], arrays["biases.1"], arrays["biases.2"]),
        arrays["spread"],
        arrays["loops"].astype(bool),
        arrays["fit"],
    )
    return [
        NamedDirection(
            about.name, vector, "named", msgspec.to_builtins(about.quality), surrogate=surrogate
        )
        for about, vector in zip(described, arrays["vectors"], strict=True)
    ]


def _shapes(spec: ModelSpec, count: int, more: int) -> dict[str, TensorInfo]:
    """Return the tensors of a file whose surrogate predicts ``more`` values than the measures."""
    groups, columns = max(spec.classes, 1), CLASS + more
    shapes = {
        "weights.0": (spec.z_dim + spec.classes, HIDDEN),
        "weights.1": (HIDDEN, HIDDEN),
        "weights.2": (HIDDEN, columns),
        "biases.0": (HIDDEN,),
        "biases.1": (HIDDEN,),
        "biases.2": (columns,),
        "spread": (groups, columns),
        "fit": (columns,),
        "vectors": (count, spec.z_dim),
    }
    found = {name: TensorInfo("F32", shape) for name, shape in shapes.items()}
    return found | {"loops": TensorInfo("U8", (groups,))}
