"""One model on several processes: each takes its share of a batch, and all take the same step.

Every process draws the whole batch from the same seed and keeps its own rows, so that nothing but
gradients has to travel, and N processes see exactly what one would. Gradients are averaged by hand
(flatten, all-reduce, split): wrappers around the networks do not survive a second derivative.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor


@dataclass(frozen=True)
class Replicas:
    """The rank of this process, and how many there are."""

    # rank, count: which of how many processes this one is
    rank: int = 0
    count: int = 1

    def shard(self, rows: Tensor) -> Tensor:
        """Return this process's share of rows (B, …): B / count of them."""
        return rows.chunk(self.count)[self.rank] if self.count > 1 else rows

    def average_gradients(self, grads: list[Tensor]) -> None:
        """Give every process the mean of all gradients of a network, in place."""
        if self.count == 1:
            return
        flat = torch.cat([grad.flatten() for grad in grads])
        dist.all_reduce(flat)
        flat /= self.count
        for grad, mean in zip(grads, flat.split([grad.numel() for grad in grads]), strict=True):
            grad.copy_(mean.view_as(grad))

    def average(self, values: Tensor) -> Tensor:
        """Return the mean of a tensor over all processes."""
        if self.count > 1:
            dist.all_reduce(values)
            values = values / self.count
        return values


SINGLE_PROCESS = Replicas()


def launched_by_torchrun() -> bool:
    """Whether this process is one of several that ``torchrun`` has started.

    Some clusters set ``WORLD_SIZE`` alone, which is not enough to find the others.
    """
    numbers = [os.environ.get(name, "") for name in ("RANK", "MASTER_PORT", "WORLD_SIZE")]
    known = "MASTER_ADDR" in os.environ and all(number.isdecimal() for number in numbers)
    return known and int(numbers[-1]) > 1


def join_replicas(device: torch.device) -> Replicas:
    """Meet the other processes: over NCCL between GPUs, over gloo between processors."""
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return Replicas(dist.get_rank(), dist.get_world_size())


def leave_replicas() -> None:
    """Part from the other processes, if ever met."""
    if dist.is_initialized():
        dist.destroy_process_group()
