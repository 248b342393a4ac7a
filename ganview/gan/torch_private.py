"""What is used of torch beyond its documented interface, all in one place.

A version of torch that lacks one of these fails `tests/gan/test_torch_private.py` by its name. The
functions import torch when they are called: `ganview.runtime.preload` decides when it is loaded.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

#: Teaches the meta device (tensors without data) every operation; torch imports it with itself.
META_REGISTRATIONS = "torch._meta_registrations"


def allow_generators() -> None:
    """Let `torch.Generator` be called though `META_REGISTRATIONS` was not imported yet.

    Newer versions of torch refuse until its class has got a metaclass, which something imported
    along with the meta device's operations sets: what was left out. Setting it twice is no harm.
    """
    import torch

    set_metaclass = getattr(torch._C, "_set_generator_metaclass", None)
    if set_metaclass is not None:
        set_metaclass(import_module("torch._opaque_base").OpaqueBaseMeta)


def fused_adam(*tensors: list[Tensor], **options: Any) -> None:
    """Do what ``torch.optim.Adam(fused=True)`` calls."""
    import torch

    torch._fused_adam_(*tensors, **options)


def foreach_lerp(weights: list[Tensor], others: list[Tensor], part: float) -> None:
    """Move all weights of a network towards others, in one call."""
    import torch

    torch._foreach_lerp_(weights, others, part)


def leaky_relu_backward(grad: Tensor, x: Tensor, slope: float, is_result: bool) -> Tensor:
    """Return a gradient before a leaky ReLU, given its input, or its result."""
    import torch

    slopes: Tensor = torch.ops.aten.leaky_relu_backward(grad, x, slope, is_result)
    return slopes
