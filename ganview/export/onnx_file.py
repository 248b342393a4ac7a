"""A generator as ONNX, for programs without PyTorch; checked by running it before it is kept."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ganview.errors import UserError
from ganview.export.optional_imports import import_optional
from ganview.files.atomic import atomic_path
from ganview.gan.latent import draw_z
from ganview.gan.model import Model
from ganview.gan.networks.base import Generator

TOLERANCE = 1e-4  # of values in [−1, 1]: a hundredth of a grey level
BATCHES = (1, 3, 64)
STEPS = 3  # of which progress tells
Tell = Callable[[int], object]


class _Plain(nn.Module):
    """A generator whose images are clamped to [−1, 1], as ganview shows them."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Return images (N, C, H, W)."""
        images: Tensor = self.generator(z, label)
        return images.clamp(-1, 1)


def write_onnx(path: str | Path, model: Model, progress: Tell | None = None) -> None:
    """Write a model's generator as ONNX, atomically, once ONNX Runtime draws the same with it.

    The inputs are ``z``, float32 (N, z_dim), and with classes ``class``, float32 (N, K) class
    weights, one-hot for a single class; the output is ``image``, float32 (N, C, H, W) in [−1, 1].
    N is free.

    Parameters
    ----------
    progress : callable, optional
        Told that one more of `STEPS` steps is done.

    Raises
    ------
    UserError
        The extra ``onnx`` is missing, or the exported model draws other pictures; `WriteError` if
        the file can't be written.
    """
    tell = progress or (lambda _more: None)
    onnx = import_optional("onnx", "onnx", "ONNX")
    import_optional("onnxscript", "onnx", "ONNX")
    runtime = import_optional("onnxruntime", "onnx", "ONNX")
    spec = model.spec
    network = _Plain(copy.deepcopy(model.generator)).eval()
    z = torch.from_numpy(draw_z(2, spec.z_dim, 0))
    inputs: tuple[Tensor, ...] = (z,)
    names = ["z"]
    if spec.classes:
        inputs, names = (z, torch.full((2, spec.classes), 1 / spec.classes)), ["z", "class"]
    count = torch.export.Dim("N", min=1, max=2**20)
    with _quiet():
        program = torch.onnx.export(
            network,
            inputs,
            dynamo=True,
            input_names=names,
            output_names=["image"],
            dynamic_shapes=tuple({0: count} for _ in inputs),
            verbose=False,
        )
    assert program is not None
    tell(1)
    proto = program.model_proto
    for key, value in _about(model).items():
        entry = proto.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.checker.check_model(proto)
    data = proto.SerializeToString()
    tell(1)
    _check(runtime, data, network, model)
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)
    tell(1)


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppress the messages of the exporter to its own developers."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _about(model: Model) -> dict[str, str]:
    """Return what the file says of itself."""
    from ganview import __version__
    from ganview.gan.fingerprint import weights_sha256

    return {
        "program": f"ganview {__version__}",
        "model": str(model.info.get("name") or ""),
        "sha256": weights_sha256(model.generator),
        "classes": "\n".join(model.spec.class_names),
    }


def _check(runtime: Any, data: bytes, network: _Plain, model: Model) -> None:
    """Draw with ONNX Runtime what torch draws, in batches of several sizes."""
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    session = runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    classes = model.spec.classes
    for count in BATCHES:
        z = draw_z(count, model.spec.z_dim, count)
        given: dict[str, Any] = {"z": z}
        y = None
        if classes:
            mix = np.eye(classes, dtype=np.float32)[np.arange(count) % classes]
            mix[0] = 1 / classes  # a mixture, too
            given["class"], y = mix, torch.from_numpy(mix)
        with torch.inference_mode():
            ours = network(torch.from_numpy(z), y).numpy()
        theirs = session.run(["image"], given)[0]
        if theirs.shape != ours.shape or not np.abs(theirs - ours).max() <= TOLERANCE:
            raise UserError(
                "The exported model draws other pictures than this one, so it was not kept: "
                "another version of onnx, onnxscript or onnxruntime may do better."
            )
