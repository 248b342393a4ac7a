"""Fresh weights that a seed alone decides, whatever other threads draw meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

#: What draws and takes a generator; all that fills weights in `torch.nn.init` calls one of these.
DRAWS = frozenset(
    (
        *("bernoulli", "bernoulli_", "cauchy_", "exponential_", "geometric_", "kaiming_uniform_"),
        *("log_normal_", "multinomial", "normal", "normal_", "rand", "randint", "randn"),
        *("randperm", "random_", "uniform_"),
    )
)


class Seeded(TorchFunctionMode):
    """A context in which this thread draws weights from a random generator of its own.

    torch's global generator belongs to all threads: while the trainer builds its networks, a worker
    that opens a model takes numbers from the same stream, and the seed no longer decides anything.
    Numbers are those that ``torch.manual_seed(seed)`` would give a program of one thread.
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
