"""The pins of one model: places by name, as the state strings that anybody may copy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from ganview import __version__
from ganview.data.regular import read_small
from ganview.errors import UserError
from ganview.files.atomic import write_bytes, write_errors
from ganview.files.json_document import (
    Migration,
    check_fields,
    parse_object,
    to_text,
    upgrade_document,
)
from ganview.gan.explore.state_string import State, decode_state, encode_state

SCHEMA = 1
MIGRATIONS: dict[int, Migration] = {}  # from a schema to the next; 1 is the first
MAX_BYTES = 2**21
MAX_PINS = 64  # pins that are kept
MAX_NAME = 24  # characters


class _Pin(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME)]
    state: str


class _Pins(msgspec.Struct):
    pins: Annotated[list[_Pin], msgspec.Meta(max_length=MAX_PINS)]


def save_pins(path: Path, pins: Sequence[tuple[str, State]]) -> None:
    """Write names and states, in their order, atomically; the folder is made if it isn't there.

    Raises
    ------
    WriteError
        They could not be written; the old file is still there.
    """
    document = {
        "schema": SCHEMA,
        "program": f"ganview {__version__}",
        "pins": [{"name": name, "state": encode_state(state)} for name, state in pins],
    }
    with write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, (to_text(document, indent=1) + "\n").encode())


def load_pins(path: Path, z_dim: int, classes: int) -> list[tuple[str, State]]:
    """Read the pins of a model with these numbers of noise dimensions and classes.

    Raises
    ------
    UserError
        The file cannot be read, is damaged, or is of another kind of model.
    """
    document = parse_object(read_small(path, MAX_BYTES), str(path))
    document = upgrade_document(document, SCHEMA, MIGRATIONS, str(path))
    pins = check_fields(document, _Pins, str(path)).pins
    found = [(pin.name, decode_state(pin.state)) for pin in pins]
    for name, state in found:
        if not name.isprintable():
            raise UserError(f"{path} is damaged: a pin's name cannot be shown.")
        if (len(state.z), len(state.weights)) != (z_dim, classes):
            raise UserError(f"{path} is refused: its pins are of another kind of model.")
    return found
