"""One run on several processes: what must happen in all of them at the same step, or in one alone.

Every process has a session of its own, and all come to the same decisions because they go by the
same numbers: losses and norms are averaged by the trainer, the time of a step and the wish to stop
here. One process writes; the others pretend to, so that they too keep states to go back to.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch

from ganview.gan.device import choose_device
from ganview.gan.trainer import Gradients, Players, StepStats, Trainer
from ganview.runtime.threads import usable_processors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from ganview.data.dataset import Dataset
    from ganview.gan.config import TrainConfig
    from ganview.gan.model import Model
    from ganview.gan.replicas import Replicas
    from ganview.runtime.checkpoints import Row, RunStore, State


def threads_per_process() -> int:
    """Return a process's share of the processors.

    It is not measured: trials of thread counts would be steps that the other processes don't take.
    """
    return max(1, usable_processors() // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))


class DistributedTrainer(Trainer):
    """A trainer whose fellows agree after each step how long it took, and whether to stop.

    Parameters
    ----------
    config : TrainConfig
        The same in all processes, with a fixed thread count.
    dataset : Dataset
        The same in all processes.
    replicas : Replicas
        Which of them this one is.
    wants_to_stop : callable
        Asked after each step.
    agreed : callable
        Called after the step in which any process wanted to stop, in each of them.
    """

    def __init__(
        self,
        config: TrainConfig,
        dataset: Dataset,
        replicas: Replicas,
        wants_to_stop: Callable[[], bool],
        agreed: Callable[[], None],
    ) -> None:
        if choose_device(config.device).type == "cuda":
            # CUDA's current device is one of each thread: this is the thread that trains
            torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
        super().__init__(config, dataset.images, dataset.labels, dataset.class_names, replicas)
        self._wants_to_stop = wants_to_stop
        self._agreed = agreed

    def step(
        self,
        players: Players = Players.BOTH,
        observe: Callable[[Gradients], None] | None = None,
    ) -> StepStats:
        """Do a step, and agree on what follows from it."""
        stats = super().step(players, observe)
        mine = torch.tensor([stats.seconds, float(self._wants_to_stop())], dtype=torch.float64)
        seconds, wishes = self.replicas.average(mine.to(self.device)).tolist()
        if wishes > 0:
            self._agreed()
        return stats._replace(seconds=seconds)


class ReadOnlyStore:
    """A `RunStore` that reads from the run's folder and writes nothing.

    Parameters
    ----------
    store : RunStore, optional
        Where the checkpoint to go on from is.
    """

    def __init__(self, store: RunStore | None = None) -> None:
        self._store = store

    def save_checkpoint(self, _tensors: dict[str, Tensor], _values: dict[str, Any], /) -> None:
        """Leave that to the first process."""

    def append_metrics(self, _rows: list[Row], /) -> None:
        """Leave that to the first process."""

    def append_quality(self, _rows: list[Row], /) -> None:
        """Leave that to the first process."""

    def save_model(self, _model: Model, /) -> None:
        """Leave that to the first process."""

    def save_sample(self, _atlas: NDArray[np.uint8], _step: int, /) -> None:
        """Leave that to the first process."""

    def save_snapshot(self, _atlas: NDArray[np.uint8], _step: int, /) -> None:
        """Leave that to the first process."""

    def load_checkpoint(self) -> State:
        """Return what the first process goes on from."""
        if self._store is None:
            raise ValueError("a new run has no checkpoint")
        return self._store.load_checkpoint()

    def metrics(self) -> Mapping[str, NDArray[np.float64]]:
        """Return all numbers so far."""
        return self._store.metrics() if self._store is not None else {}

    def quality(self) -> Mapping[str, NDArray[np.float64]]:
        """Return all measurements so far."""
        return self._store.quality() if self._store is not None else {}

    def close(self) -> None:
        """Let go of the folder."""
        if self._store is not None:
            self._store.close()
