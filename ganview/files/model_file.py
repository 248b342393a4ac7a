"""A model in one file: safetensors with a header that says what the weights are.

The header's key ``ganview`` holds JSON: ``schema`` (version), ``program``, ``spec`` (a `ModelSpec`)
and ``info`` (where the model came from). Tensors are float32, named ``generator.*`` and, where the
discriminator is kept too, ``discriminator.*``, exactly as the networks of the spec name theirs.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec
import torch
from torch import Tensor, nn

from ganview import __version__
from ganview.errors import UserError
from ganview.files.json_document import (
    Document,
    Migration,
    check_fields,
    parse_object,
    to_text,
    upgrade_document,
)
from ganview.files.old_names import with_current_names
from ganview.files.tensor_file import (
    MODEL_LIMITS,
    Header,
    TensorInfo,
    read_header,
    read_tensors,
    write_tensors,
)
from ganview.files.uninitialised import uninitialised
from ganview.gan.model import Model, ModelSpec
from ganview.gan.networks.build import build_discriminator, build_generator

KEY = "ganview"
SCHEMA = 5


def _with_current_names(document: Document) -> Document:
    document = with_current_names(document)
    if isinstance(info := document.get("info"), dict):
        document["info"] = with_current_names(info)
    return document


# From a schema to the next. From 1 to 2 only the order of weights changed: see `current_order`.
MIGRATIONS: dict[int, Migration] = {
    1: dict,
    2: dict,
    3: _with_current_names,
    4: _with_current_names,
}
Natural = Annotated[int, msgspec.Meta(ge=0)]
ShortText = Annotated[str, msgspec.Meta(max_length=200)]
MAX_DOCUMENT = MODEL_LIMITS.header_bytes // 4  # once more as text in JSON, and beside the tensors
Net = TypeVar("Net", bound=nn.Module)


class ModelHeader(NamedTuple):
    """The description in the header of a model file."""

    spec: ModelSpec  # what its networks fit
    info: dict[str, Any]  # where it came from: see `Model.info`
    has_discriminator: bool  # whether D is in the file too
    parameters: int  # numbers in the generator


def save_model(path: str | Path, model: Model, *, discriminator: bool = True) -> None:
    """Write a model file, atomically.

    Parameters
    ----------
    path : str or Path
        Conventionally ``*.safetensors``.
    model : Model
        Its discriminator is written too if it has one.
    discriminator : bool
        False leaves the discriminator out: half the size, but no beliefs.

    Raises
    ------
    UserError
        The file could not be written (`WriteError`), or what is to be said of the model is too
        long for a header; what was there is still there.
    """
    document = {
        "schema": SCHEMA,
        "program": f"ganview {__version__}",
        "spec": model.spec.to_dict(),
        "info": model.info,
    }
    nets: dict[str, nn.Module] = {"generator": model.generator}
    if discriminator and model.discriminator is not None:
        nets["discriminator"] = model.discriminator
    tensors = {
        f"{name}.{key}": tensor
        for name, net in nets.items()
        for key, tensor in net.state_dict().items()
        if tensor.is_floating_point()  # batch norm's counters of batches matter only to training
    }
    text = to_text(document)
    if len(text.encode()) > MAX_DOCUMENT:
        raise UserError(f"{path} cannot be written: what is to be said of the model is too long.")
    write_tensors(path, tensors, {KEY: text})


def read_model_header(path: str | Path) -> ModelHeader:
    """Read the header of a model file, with all checks except those of the numbers.

    Raises
    ------
    UserError
        It is not a model file, is damaged, or was written by a newer ganview.
    """
    return _understood(Path(path), read_header(path, MODEL_LIMITS))


def load_model(path: str | Path) -> Model:
    """Read a model file of any origin.

    Raises
    ------
    UserError
        As `read_model_header`, or the weights hold NaN or infinities.
    """
    path = Path(path)
    raw = read_header(path, MODEL_LIMITS)
    header = _understood(path, raw)
    tensors = read_tensors(path, MODEL_LIMITS, expected=raw)
    for name, tensor in tensors.items():
        if not bool(torch.isfinite(tensor).all()):
            raise UserError(f"{path} is refused: its weights '{name}' hold NaN or infinities.")
    schema = parse_object(raw.metadata[KEY], str(path))["schema"]
    tensors = current_order(header.spec, schema, tensors)
    generator = _filled(build_generator, header.spec, "generator.", tensors)
    discriminator = None
    if header.has_discriminator:
        discriminator = _filled(build_discriminator, header.spec, "discriminator.", tensors)
    return Model(header.spec, generator, discriminator, header.info)


def _understood(path: Path, header: Header) -> ModelHeader:
    text = header.metadata.get(KEY)
    if text is None:
        raise UserError(f"{path} is not a model of ganview: it has no '{KEY}' header.")
    document = upgrade_document(parse_object(text, str(path)), SCHEMA, MIGRATIONS, str(path))
    description = document.get("spec")
    if not isinstance(description, dict):
        raise UserError(f"{path} is damaged: it does not describe its networks.")
    try:
        spec = ModelSpec.from_dict(description)
        info = _checked_info(document.get("info"))
    except UserError as error:
        raise UserError(f"{path} cannot be opened: {error}") from error
    has_discriminator = any(name.startswith("discriminator.") for name in header.tensors)
    _check_tensors(path, header, spec, has_discriminator)
    parameters = sum(
        torch.Size(info.shape).numel()
        for name, info in header.tensors.items()
        if name.startswith("generator.")
    )
    return ModelHeader(spec, info, has_discriminator, parameters)


class _Info(msgspec.Struct):
    """What is known of `Model.info`; the rest may be anything."""

    step: Natural | None = None
    images_seen: Natural | None = None
    seed: Natural | None = None
    seconds: Annotated[float, msgspec.Meta(ge=0)] | None = None
    name: ShortText | None = None
    dataset: ShortText | None = None
    dataset_sha256: ShortText | None = None
    created: ShortText | None = None
    config: dict[str, Any] | None = None
    report: dict[str, Any] | None = None
    reading: dict[str, Any] | None = None
    warm_started_from: dict[str, Any] | None = None


def _checked_info(info: Any) -> Document:
    found = check_fields(info, _Info, "What it says of itself")
    for text in (found.name, found.dataset, found.dataset_sha256, found.created):
        if text and not text.isprintable():  # it could steer a terminal or a title
            raise UserError(f"What it says of itself cannot be shown: {text[:40]!r}.")
    return dict(info)


def _check_tensors(path: Path, header: Header, spec: ModelSpec, discriminator: bool) -> None:
    wanted = _shapes("generator.", build_generator, spec)
    if discriminator:
        wanted |= _shapes("discriminator.", build_discriminator, spec)
    if header.tensors.keys() != wanted.keys():
        odd = sorted(header.tensors.keys() ^ wanted.keys())[0]
        raise UserError(
            f"{path} is refused: a {spec.size} {spec.architecture} network has other weights "
            f"('{odd[:60]}' is the first that differs)."
        )
    for name, expected in wanted.items():
        found = header.tensors[name]
        if found != expected:
            raise UserError(
                f"{path} is refused: its weights '{name}' are {found.dtype} {list(found.shape)} "
                f"where {expected.dtype} {list(expected.shape)} is right."
            )


def _shapes(
    prefix: str, build: Callable[[ModelSpec], nn.Module], spec: ModelSpec
) -> dict[str, TensorInfo]:
    return {
        prefix + key: TensorInfo("F32", tuple(tensor.shape))
        for key, tensor in _pattern(build, spec).state_dict().items()
        if tensor.is_floating_point()
    }


@lru_cache(maxsize=4)
def _pattern(build: Callable[[ModelSpec], Net], spec: ModelSpec) -> Net:
    """Return a network to copy, for the moments of a run are many: its weights mean nothing."""
    return uninitialised(lambda: build(spec))


def _filled(
    build: Callable[[ModelSpec], Net], spec: ModelSpec, prefix: str, tensors: dict[str, Tensor]
) -> Net:
    net: Net = copy.deepcopy(_pattern(build, spec))
    state = net.state_dict()
    for key, tensor in state.items():
        found = tensors.get(prefix + key)
        state[key] = torch.zeros_like(tensor, device="cpu") if found is None else found
    net.load_state_dict(state, assign=True)
    # The layout decides the order of summation: as in training, so that pictures are the same.
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return net.eval().requires_grad_(False)


def current_order(spec: ModelSpec, schema: int, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights as older schemas held them in the order that its networks have today.

    Schema 1 held the four pixels that a residual network moves into channels side by side for each
    channel; since schema 2 the channels of each pixel are side by side. The function that the
    network computes is the same.
    """
    if schema >= 2 or spec.architecture != "residual":
        return tensors
    moved = dict(tensors)
    for name in _named(tensors, "generator.ups."):  # outputs, of weights and of biases
        moved[name] = tensors[name].unflatten(0, (-1, 4)).transpose(0, 1).flatten(0, 1)
    for name in _named(tensors, "discriminator.downs."):
        if name.endswith("weight"):  # inputs
            moved[name] = tensors[name].unflatten(1, (-1, 4)).transpose(1, 2).flatten(1, 2)
    return moved


def _named(tensors: dict[str, Tensor], prefix: str) -> Iterator[str]:
    return (name for name in tensors if name.startswith(prefix))
