"""Builds networks without initialising their weights, for those of a file to be loaded into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

Net = TypeVar("Net", bound=nn.Module)


class _NoDraws(TorchFunctionMode):
    """Leaves weights as the memory happens to be, instead of drawing them.

    That saves time, and it leaves the global random generator alone, from which a trainer in
    another thread may be drawing its own first weights. (torch's meta device would do too, but
    its first use imports sympy, which takes longer than all else at the start of the program.)
    """

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        draws = func in (torch.Tensor.normal_, torch.Tensor.uniform_)
        if draws or getattr(func, "__module__", "") == "torch.nn.init":
            return args[0] if args else kwargs["tensor"]
        if func is torch.randn:
            return torch.empty(*args, **kwargs)
        return func(*args, **kwargs)


def uninitialised(build: Callable[[], Net]) -> Net:
    """Build a network whose weights are not initialised."""
    with _NoDraws():
        return build()
