"""What is kept of a run: in memory, to go back to when it diverges, and in its folder."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch

from ganview.gan.trainer_state import load_state
from ganview.runtime.checkpoints import CheckpointWriter, Moment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ganview.gan.trainer import StepStats, Trainer
    from ganview.runtime.checkpoints import Row, RunStore, State

MEMORY_SECONDS = 5.0  # of training between two states kept in memory
# Between two pictures of the film of a run: growing, so that a run of an hour has a hundred of them
# and one of a year three hundred, most of them from when most changes.
FILM_SECONDS, FILM_GROWTH = 0.3, 0.06
FIRST_SECONDS = 3.0  # of training before the first write: so soon there is something to go on from


class RunSaver:
    """Keeps the last good state of a run, and has it written where there is a run folder.

    Parameters
    ----------
    run : RunStore or None
        The folder, which belongs to the keeper from now on.
    interval : float
        Seconds of training between two writes; the first comes after 3 already.
    elapsed : float
        Seconds trained so far.
    changed : callable
        Called from another thread when `trouble` has changed.
    """

    def __init__(
        self,
        run: RunStore | None,
        interval: float,
        elapsed: float,
        changed: Callable[[], None],
    ) -> None:
        self._run = run
        self._writer = CheckpointWriter(run, changed) if run is not None else None
        self._interval = interval
        self._kept_at = elapsed
        self._written_at = elapsed - max(0.0, interval - FIRST_SECONDS)
        self._written_step = -1
        self._film_from = -math.inf
        self._good: State | None = None
        self._last_trouble = ""

    @property
    def trouble(self) -> str:
        """A sentence while the newest write has failed, or nothing."""
        return self._writer.trouble if self._writer is not None else self._last_trouble

    def count(self, stats: StepStats, elapsed: float) -> None:
        """Note the numbers of a step, to be written with the next state."""
        if self._writer is not None:
            numbers = {**stats._asdict(), "seconds": elapsed}
            self._writer.count(
                {key: value if math.isfinite(value) else None for key, value in numbers.items()}
            )

    def film(self, atlas: NDArray[np.uint8], step: int, elapsed: float) -> None:
        """Have the sample grid written with the next state, if it is time for one."""
        if self._writer is not None and elapsed >= self._film_from:
            self._writer.film(atlas, step)
            self._film_from = elapsed + FILM_SECONDS + FILM_GROWTH * elapsed

    def count_quality(self, row: Row) -> None:
        """Note a measurement of the model, to be written with the next state."""
        if self._writer is not None:
            self._writer.count_quality(row)

    def write_is_due(self, elapsed: float) -> bool:
        """Tell whether it is time to write a state."""
        return self._writer is not None and elapsed - self._written_at >= self._interval

    def keep_is_due(self, elapsed: float) -> bool:
        """Tell whether it is time to keep a state in memory."""
        return elapsed - self._kept_at >= MEMORY_SECONDS

    def keep(self, state: State, elapsed: float) -> bool:
        """Keep a state in memory if all its numbers are finite; tells whether they were."""
        self._kept_at = elapsed
        good = all(
            bool(torch.isfinite(tensor).all())
            for tensor in state[0].values()
            if tensor.is_floating_point()
        )
        if good:
            self._good = state
        return good

    def write(self, moment: Moment, elapsed: float) -> None:
        """Keep a moment, and have it written; one that is not finite never is."""
        self._written_at = elapsed
        if self.keep(moment.state, elapsed) and self._writer is not None:
            self._writer.write(moment)
            self._written_step = moment.state[1]["step"]

    def is_written(self, trainer: Trainer) -> bool:
        """Tell whether there is nothing to write: no folder, or no step since."""
        return self._writer is None or trainer.step_count == self._written_step

    def restore_good_state(self, trainer: Trainer) -> bool:
        """Take the trainer to the last good state; False if there is none."""
        if self._good is None:
            return False
        load_state(trainer, *self._good)
        return True

    def close(self) -> str:
        """Write what waits, end the writer's thread, and let the folder go.

        Returns what went wrong, or nothing.
        """
        if self._writer is not None:
            self._last_trouble = self._writer.close()
        self._writer = None
        if self._run is not None:
            self._run.close()
        return self._last_trouble
