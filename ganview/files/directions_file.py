"""The named directions of one generator, kept so that they need not be fitted twice."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ganview.errors import UserError
from ganview.files.json_document import Migration, parse_object, to_text, upgrade_document
from ganview.files.tensor_file import Limits, TensorInfo, read_header, read_tensors, write_tensors
from ganview.gan.explore.measures import MEASURES
from ganview.gan.explore.named_directions import NamedDirection
from ganview.gan.explore.surrogate import CLASS, HIDDEN, Surrogate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ganview.gan.model import ModelSpec

KEY = "ganview-directions"
SCHEMA = 2
# Schema 1 knew width and height by another measure: such directions must be fitted again.
MIGRATIONS: dict[int, Migration] = {}
LIMITS = Limits(header_bytes=2**16, tensor_bytes=2**24, tensors=16)


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
    described = _described(document.get("directions"), path)
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
        NamedDirection(name, vector, "named", quality, surrogate=surrogate)
        for (name, quality), vector in zip(described, arrays["vectors"], strict=True)
    ]


def _shapes(spec: ModelSpec, count: int, more: int) -> dict[str, TensorInfo]:
    """Return the tensors of a file, of a surrogate that guesses ``more`` than the measures."""
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


def _described(listed: object, path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return name and quality of each direction."""
    damaged = UserError(f"{path} is damaged: it does not say what its directions are.")
    if not isinstance(listed, list) or not 0 < len(listed) <= len(MEASURES):
        raise damaged
    found = []
    for item in listed:
        match item:
            case {"name": str(name), "quality": dict(quality)} if name in MEASURES:
                found.append((name, _quality(quality, damaged)))
            case _:
                raise damaged
    return found


def _quality(quality: dict[str, Any], damaged: UserError) -> dict[str, Any]:
    """Return a report with nothing in it but what `direction_quality.assess` writes."""
    others, classes = quality.get("others"), quality.get("classes")
    if not isinstance(others, dict) or not isinstance(classes, list) or len(classes) > 1000:
        raise damaged
    numbers = {name: quality.get(name) for name in ("rank_correlation", "change", "own")}
    changes = {name: value for name, value in others.items() if name in MEASURES}
    for value in (*numbers.values(), *changes.values()):
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise damaged
    held = {name: quality.get(name) for name in ("class_held", "class_before")}
    for share in held.values():
        if share is not None and not (isinstance(share, int | float) and 0 <= share <= 1):
            raise damaged
    return {
        **numbers,
        **held,
        "others": changes,
        "classes": [str(name)[:100] for name in classes],
    }
