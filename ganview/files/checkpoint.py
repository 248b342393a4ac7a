"""All that a bit-exact continuation needs, in one file of tensors with a description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganview.errors import UserError
from ganview.files.json_document import Document, Migration, parse_object, to_text, upgrade_document
from ganview.files.old_names import with_current_names
from ganview.files.run_info import RunInfo, made_by
from ganview.files.tensor_file import (
    CHECKPOINT_LIMITS,
    Header,
    read_header,
    read_tensors,
    write_tensors,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

CHECKPOINT_KEY = "ganview-checkpoint"
SCHEMA = 5  # of checkpoints; runs whose checkpoint has schema 1 can't be resumed


def _with_current_names(document: Document) -> Document:
    return {
        name: with_current_names(part) if isinstance(part, dict) else part
        for name, part in document.items()
    }


def _with_run(document: Document) -> Document:
    """Call by its name of today what a run's thread adds to the trainer's state."""
    values = document.get("values")
    if isinstance(values, dict) and "session" in values:
        document = {**document, "values": {**values, "run": values["session"]}}
        del document["values"]["session"]
    return document


# From a schema to the next.
MIGRATIONS: dict[int, Migration] = {
    2: _with_current_names,
    3: _with_run,
    4: _with_current_names,
}


def write_checkpoint(
    path: Path, tensors: Mapping[str, Tensor], values: Document, info: RunInfo
) -> None:
    """Write a checkpoint of the run that ``info`` is of, atomically.

    Raises
    ------
    WriteError
        It could not be written; what was there still is.
    """
    text = to_text({"schema": SCHEMA, "values": values, "made_by": made_by(info)})
    write_tensors(path, tensors, {CHECKPOINT_KEY: text})


def read_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return tensors and values of a checkpoint.

    Raises
    ------
    UserError
        It can't be read, or is damaged.
    """
    header, values, _ = read_description(path)
    tensors = read_tensors(path, CHECKPOINT_LIMITS, expected=header)
    if "kinds" in tensors:  # of schema 2
        tensors["clusters"] = tensors.pop("kinds")
    return tensors, values


def read_description(path: Path) -> tuple[Header, Document, Document]:
    """Return a checkpoint's header, its values, and what it was made by.

    Raises
    ------
    UserError
        It can't be read, or is damaged.
    """
    header = read_header(path, CHECKPOINT_LIMITS)
    text = header.metadata.get(CHECKPOINT_KEY)
    if text is None:
        raise UserError(f"{path} is not a checkpoint of ganview.")
    document = upgrade_document(parse_object(text, str(path)), SCHEMA, MIGRATIONS, str(path))
    values = document.get("values")
    if not isinstance(values, dict) or type(values.get("step")) is not int:
        raise UserError(f"{path} is damaged: it does not say at which step it was written.")
    made = document.get("made_by")
    return header, values, made if isinstance(made, dict) else {}
