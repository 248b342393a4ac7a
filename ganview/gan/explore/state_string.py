"""A place in the explorer as a line of text, to copy, paste and type after a command.

The text is ``ganview:`` and the base64 (RFC 4648, for URLs) of a few packed numbers with a check
sum. It restores noise, class and diversity exactly, and knows which model it belongs to. Text comes
from anywhere: it is read strictly, and what is wrong with it is said in a sentence.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganview.errors import UserError

PREFIX = "ganview:"
VERSION = 1
MAX_LENGTH = 12_000  # characters: 512 dimensions and 1000 classes in full need fewer
MAX_Z = 100.0  # σ; no slider goes beyond 10, and recipes have the same limits
MAX_PSI = 100.0
WEIGHTS_TOLERANCE = 1e-3  # of their sum, which is 1, and of each

DRAWN, HALVES, ONE_CLASS = 1, 2, 4  # flags
HEADER = struct.Struct("<BBHHf4s")  # version, flags, D, K, ψ, model
CHECKSUM = struct.Struct("<I")

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class State:
    """A place, and the model it is a place of."""

    z: Array  # float32 (D,), before ψ is applied
    weights: Array  # float32 (K,) class weights that sum to 1; (0,) without classes
    drawn: bool = False  # whether the class is *any*: drawn from the training set's frequencies
    psi: float = 1.0  # diversity ψ
    # Eight hexadecimal digits that name the generator, the first of its `weights_sha256`.
    model: str = "00000000"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and encode_state(self) == encode_state(other)

    def __hash__(self) -> int:
        return hash(encode_state(self))


def encode_state(state: State) -> str:
    """Write a state as text; `decode_state` gives it back bit for bit.

    Raises
    ------
    UserError
        It holds numbers that `decode_state` would refuse.
    """
    if not _is_within_limits(state):
        raise UserError("This state holds numbers that no slider can have: it cannot be copied.")
    z = np.ascontiguousarray(state.z, "<f4")
    weights = np.ascontiguousarray(state.weights, "<f4")
    flags = DRAWN if state.drawn else 0
    body = z.tobytes()
    halves = np.clip(z, -MAX_Z, MAX_Z).astype("<f2")
    if np.array_equal(halves.astype("<f4"), z):  # zeros and round numbers need no more
        flags |= HALVES
        body = halves.tobytes()
    if np.count_nonzero(weights) == 1 and weights.max() == 1:
        flags |= ONE_CLASS
        body += struct.pack("<H", int(weights.argmax()))
    else:
        body += weights.tobytes()
    psi, model = float(state.psi), bytes.fromhex(state.model)
    packed = HEADER.pack(VERSION, flags, len(z), len(weights), psi, model) + body
    packed += CHECKSUM.pack(zlib.crc32(packed))
    return PREFIX + base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def decode_state(text: str) -> State:
    """Read a state from text.

    Raises
    ------
    UserError
        It is not a state, is damaged, or comes from a newer version.
    """
    packed = unpack_text(text)
    if packed[0] != VERSION:
        raise UserError("This state was copied from another version of ganview; update to read it.")
    content, checksum = packed[: -CHECKSUM.size], packed[-CHECKSUM.size :]
    whole = len(content) >= HEADER.size and CHECKSUM.pack(zlib.crc32(content)) == checksum
    if not whole:
        raise UserError("This state is damaged or was not copied to its end; copy it again.")
    _, flags, z_dim, classes, psi, name = HEADER.unpack(content[: HEADER.size])
    body = content[HEADER.size :]
    z_bytes = z_dim * (2 if flags & HALVES else 4)
    rest = 2 if flags & ONE_CLASS else 4 * classes
    if flags & ~(DRAWN | HALVES | ONE_CLASS) or z_dim == 0 or len(body) != z_bytes + rest:
        raise UserError("This state is damaged; copy it again.")
    z = np.frombuffer(body[:z_bytes], "<f2" if flags & HALVES else "<f4").astype(np.float32)
    weights = _weights(body[z_bytes:], classes, flags)
    state = State(z, weights, bool(flags & DRAWN), psi, name.hex())
    if not _is_within_limits(state):
        raise UserError("This state holds numbers that no slider can have; copy it again.")
    return state


def _is_within_limits(state: State) -> bool:
    """Return whether all numbers can be those of a state; NaN is not."""
    total = float(state.weights.sum(dtype=np.float64))
    return bool(
        (np.abs(state.z) <= MAX_Z).all()
        and 0 <= state.psi <= MAX_PSI
        and (state.weights >= 0).all()
        and (not state.weights.size or abs(total - 1) <= WEIGHTS_TOLERANCE)
    )


def _weights(body: bytes, classes: int, flags: int) -> Array:
    """Read class weights (K,)."""
    if not flags & ONE_CLASS:
        return np.frombuffer(body, "<f4").astype(np.float32)
    label = int(struct.unpack("<H", body)[0])
    if label >= classes:
        raise UserError("This state names a class that it does not have; copy it again.")
    weights = np.zeros(classes, np.float32)
    weights[label] = 1
    return weights


def unpack_text(text: str) -> bytes:
    """Return the bytes in a state's text, at least one."""
    compact = "".join(text[: MAX_LENGTH + 1].split())  # a mail may have broken the line
    if not compact.startswith(PREFIX):
        raise UserError(f"This is not a ganview state: one begins with '{PREFIX}'.")
    if len(text) > MAX_LENGTH:
        raise UserError("This text is too long for a ganview state; copy the state alone.")
    digits = compact[len(PREFIX) :]
    try:
        packed = base64.b64decode(digits + "=" * (-len(digits) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise UserError(
            "This state has letters that do not belong there; copy it again."
        ) from error
    if not packed:
        raise UserError("This state was not copied to its end; copy it again.")
    return packed


def check_fits(state: State, z_dim: int, classes: int, model: str) -> None:
    """Raise `UserError` unless a state is one of the model at hand."""
    if len(state.z) != z_dim or len(state.weights) != classes:
        raise UserError(
            f"This state has {len(state.z)} noise dimensions and {len(state.weights)} classes; "
            f"this model has {z_dim} and {classes}. Open the model that it was copied from."
        )
    if state.model != model:
        raise UserError(
            f"This state belongs to the model {state.model}, not to this one, {model}; "
            "open that model first."
        )
