"""Networks without weights: their names and shapes, for a file's weights to be put in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

Net = TypeVar("Net", bound=nn.Module)


class _NoDraws(TorchFunctionMode):
    """Leaves weights as they are instead of drawing them.

    Not only to save time: on the meta device, draws are decomposed by parts of torch whose first
    use imports sympy, which takes longer than all else at the start of the program.
    """

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func in (torch.Tensor.normal_, torch.Tensor.uniform_):
            return args[0]
        if func is torch.randn:
            return torch.empty(*args, **kwargs)
        return func(*args, **kwargs)


def blank(build: Callable[[], Net]) -> Net:
    """Build a network on the meta device: nothing is allocated, drawn or computed."""
    with torch.device("meta"), _NoDraws():
        return build()
