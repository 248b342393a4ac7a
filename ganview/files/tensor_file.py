"""safetensors, read with limits: the header is checked whole before any tensor is.

The format: eight bytes with the length of the header, the header in JSON, the tensors' bytes. The
header names each tensor's type, shape and place, and holds free text under ``__metadata__``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from safetensors import SafetensorError, safe_open

from ganview.data.regular import regular_file
from ganview.errors import UserError
from ganview.files.atomic import write_bytes
from ganview.files.json_document import parse_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

# Suffixes of pickles: the oldest formats have no signature to recognise them by.
PICKLES = {".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin"}
PICKLE = (
    "PyTorch's .pt and .pth files are: opening a pickle can run any program hidden in it, so "
    "ganview never does. To convert one that you trust, load its weights in Python with "
    "torch.load(path, weights_only=True) into ganview's networks and write them with "
    "ganview.files.model_file.save_model."
)


@dataclass(frozen=True)
class Limits:
    """How much is read of a file of unknown origin: bytes of header and tensors, and tensors."""

    header_bytes: int
    tensor_bytes: int
    tensors: int


# The largest pair of networks that can be trained, a large DCGAN with 512 noise dimensions and a
# thousand classes at 64 pixels, takes 513 MiB.
MODEL_LIMITS = Limits(header_bytes=2**20, tensor_bytes=5 * 2**27, tensors=512)
CHECKPOINT_LIMITS = Limits(header_bytes=2**22, tensor_bytes=2**32, tensors=4096)


class TensorInfo(NamedTuple):
    """One tensor in a header: safetensors' name of its type, and its shape."""

    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Header:
    """A header that has been checked against the size of its file."""

    metadata: dict[str, str]
    tensors: dict[str, TensorInfo]


def read_header(path: str | Path, limits: Limits) -> Header:
    """Read the header of a safetensors file, and check it against the file's size.

    Raises
    ------
    UserError
        The file cannot be read, is not safetensors, is damaged or over the limits.
    """
    with regular_file(Path(path)) as (file, size):
        return _header(Path(path), file, size, limits)


def read_tensors(
    path: str | Path, limits: Limits, expected: Header | None = None
) -> dict[str, Tensor]:
    """Read all tensors of a file, by name.

    Parameters
    ----------
    expected : Header, optional
        A header read from this path before; a file that has changed since is refused.

    Raises
    ------
    UserError
        As `read_header`.
    """
    from safetensors.torch import load  # which brings torch: a header is read without it

    path = Path(path)
    with regular_file(path) as (file, size):
        header = _header(path, file, size, limits)
        if expected is not None and header != expected:
            raise UserError(f"{path} changed while it was read: try again.")
        file.seek(0)
        data = file.read(size)
    try:
        return load(data)
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise UserError(f"{path} is damaged: {error}.") from error


def write_tensors(
    path: str | Path, tensors: Mapping[str, Tensor], metadata: dict[str, str]
) -> None:
    """Write tensors and texts to one file, atomically.

    Raises
    ------
    WriteError
        It could not be written; the old file is still there.
    """
    from safetensors.torch import save

    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_bytes(path, save(plain, metadata))


def _header(path: Path, file: BinaryIO, size: int, limits: Limits) -> Header:
    start = file.read(8)
    refusal = other_format(start)
    if refusal is not None:
        raise UserError(f"{path} {refusal}")
    length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
    if not 2 <= length <= size - 8:
        if path.suffix.lower() in PICKLES:
            raise UserError(f"{path} is named like a pickle, as {PICKLE}")
        raise UserError(f"{path} is not a safetensors file, or only the beginning of one.")
    if length > limits.header_bytes:
        raise UserError(f"{path} is refused: its header of {length:,} bytes is too long.")
    if size - 8 - length > limits.tensor_bytes:
        raise UserError(
            f"{path} is refused: it holds more than {limits.tensor_bytes >> 20} MB of weights."
        )
    document = parse_object(file.read(length), str(path))
    metadata = document.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise UserError(f"{path} is damaged: its metadata is not text.")
    if len(document) > limits.tensors:
        raise UserError(f"{path} is refused: it holds {len(document):,} tensors.")
    try:
        with safe_open(path, "numpy") as whole:  # checks types, shapes, gaps and overlaps
            slices = {name: whole.get_slice(name) for name in document}
            tensors = {
                name: TensorInfo(part.get_dtype(), tuple(part.get_shape()))
                for name, part in slices.items()
            }
    except (SafetensorError, OSError, KeyError, OverflowError) as error:
        raise UserError(f"{path} is damaged: {error}.") from error
    return Header(metadata, tensors)


def other_format(start: bytes) -> str | None:
    """Return what a file is if its beginning is not that of safetensors, else None.

    Parameters
    ----------
    start : bytes
        Its first eight bytes.
    """
    # a pickle begins with 0x80 and its protocol, and so do lengths of headers like 0x380
    is_pickle = start[:1] == b"\x80" and start[1:2] <= b"\x05" and any(start[3:])
    if is_pickle or start.startswith(b"PK\x03\x04"):
        return f"is a pickle or a zip archive, as {PICKLE}"
    known = {
        b"\x89PNG": "a picture",
        b"\x89HDF": "an HDF5 file (Keras)",
        b"GGUF": "a GGUF file",
        b"\x93NUM": "a numpy array",
        b"\x1f\x8b": "a gzip archive",
        b"\xff\xd8\xff": "a picture",
    }
    for magic, kind in known.items():
        if start.startswith(magic):
            return f"is {kind}, not a model: models are .safetensors files written by ganview."
    return None
