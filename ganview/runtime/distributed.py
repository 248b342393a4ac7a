"""One run on several processes: a trainer that stops everywhere at once, a store that only reads.

Every process has its own run, and all of them take the same decisions because they see the
same numbers: the trainer averages losses and norms; this module averages the time of a step and the
requests to stop. Only the first process writes to the run's folder. The others have a read-only
store, so that they too keep states in memory to return to.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from ganview.data.dataset import Dataset
from ganview.files.moment_info import State
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from ganview.gan.device import choose_device
from ganview.gan.health_sample import HealthSample
from ganview.gan.players import Players
from ganview.gan.replicas import Replicas
from ganview.gan.trainer import Gradients, StepStats, Trainer
from ganview.runtime.threads import usable_cores


def threads_per_process() -> int:
    """Return a process's share of the processors.

    It is not measured: trials of thread counts would be steps that the other processes don't take.
    """
    return max(1, usable_cores() // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))


class DistributedTrainer(Trainer):
    """A trainer that agrees with the other processes after each step on its time and on stopping.

    Parameters
    ----------
    config : TrainConfig
        The same in all processes, with a fixed thread count.
    dataset : Dataset
        The same in all processes.
    replicas : Replicas
        The rank of this process, and how many there are.
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
            # CUDA's current device belongs to a thread, and this is the trainer's
            torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
        super().__init__(config, dataset.images, dataset.labels, dataset.class_names, replicas)
        self._wants_to_stop = wants_to_stop
        self._agreed = agreed

    def step(
        self, players: Players = Players.BOTH, observe: Callable[[Gradients], None] | None = None
    ) -> StepStats:
        """Do a step, then agree on its time and on whether to stop."""
        stats = super().step(players, observe)
        mine = torch.tensor([stats.step_seconds, float(self._wants_to_stop())], dtype=torch.float64)
        seconds, wishes = self.replicas.average(mine.to(self.device)).tolist()
        if wishes > 0:
            self._agreed()
        return stats._replace(step_seconds=seconds)


class ReadOnlyStore:
    """A run's folder in all processes but the first: it is read, and nothing is written."""

    path = None

    def __init__(self, store: RunFolder | None = None) -> None:
        self._store = store

    def _leave(self, *_parts: object) -> None:
        """Do nothing; the first process writes."""

    save_checkpoint = append_metrics = append_quality = append_health = forget_after = _leave
    save_model = save_moment = show_moment = mark = _leave

    def load_checkpoint(self) -> State:
        """Return the checkpoint that the first process resumes from."""
        if self._store is None:
            raise ValueError("a new run has no checkpoint")
        return self._store.load_checkpoint()

    def metrics(self) -> Mapping[str, NDArray[np.float64]]:
        """Return all numbers so far."""
        return self._store.metrics() if self._store is not None else {}

    def quality(self) -> Mapping[str, NDArray[np.float64]]:
        """Return all measurements so far."""
        return self._store.quality() if self._store is not None else {}

    def health(self) -> list[HealthSample]:
        """Return nothing: the first process keeps the record."""
        return []

    def close(self) -> None:
        """Close the folder."""
        if self._store is not None:
            self._store.close()


RunStore = RunFolder | ReadOnlyStore  # what a run's thread saves to
