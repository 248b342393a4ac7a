"""Fresh weights that a seed alone decides, whatever other threads draw meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

DRAWS = frozenset({"randn", "normal_", "uniform_", "kaiming_uniform_"})  # what our layers begin by


class Seeded(TorchFunctionMode):
    """Within it, this thread draws initial weights from a generator of its own.

    torch's global generator belongs to all threads: while the trainer builds its networks, a worker
    that opens a model takes numbers from the same stream, and the seed no longer decides anything.
    Numbers are those that ``torch.manual_seed(seed)`` would give a program of one thread.

    Parameters
    ----------
    seed : int
        Decides all that is drawn.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        named = dict(kwargs or {})
        if getattr(func, "__name__", "") in DRAWS:
            named["generator"] = self.generator
        return func(*args, **named)
