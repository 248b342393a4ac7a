"""The thread that writes a run to its folder, so that training need not wait for a disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ganview.runtime.error_text import describe_error

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from ganview.gan.model import Model

    State = tuple[dict[str, Tensor], dict[str, Any]]  # as `Trainer.state` returns it
    Row = dict[str, float | None]  # the numbers of a step; None for what is not finite

RETRY_SECONDS = 10.0  # after a write that failed


class RunStore(Protocol):
    """What a session needs of a run folder (`ganview.files.run_folder.RunFolder`)."""

    def save_checkpoint(self, tensors: dict[str, Tensor], values: dict[str, Any], /) -> None:
        """Replace the checkpoint, whole or not at all."""

    def load_checkpoint(self) -> State:
        """Return what `save_checkpoint` was last given."""

    def append_metrics(self, rows: list[Row], /) -> None:
        """Add the numbers of some steps."""

    def append_quality(self, rows: list[Row], /) -> None:
        """Add measurements of the model."""

    def quality(self) -> Mapping[str, NDArray[np.float64]]:
        """Return all measurements so far, as columns of equal length by name."""

    def save_model(self, model: Model, /) -> None:
        """Replace the model that the folder stands for."""

    def save_sample(self, atlas: NDArray[np.uint8], step: int, /) -> object:
        """Keep the sample grid of one moment, that of a checkpoint."""

    def save_snapshot(self, atlas: NDArray[np.uint8], step: int, /) -> object:
        """Keep the sample grid of one moment, for the film of the run."""

    def metrics(self) -> Mapping[str, NDArray[np.float64]]:
        """Return all numbers so far, as columns of equal length by name."""

    def close(self) -> None:
        """Let others have the folder."""


@dataclass
class Moment:
    """A run as it is to be written: its state, its model, and its samples with their step."""

    state: State
    model: Model
    sample: tuple[NDArray[np.uint8], int]


@dataclass
class _Work:
    """What waits to be written."""

    moment: Moment | None = None
    rows: list[Row] = field(default_factory=list)
    film: list[tuple[NDArray[np.uint8], int]] = field(default_factory=list)
    quality: list[Row] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.moment is not None or any((self.rows, self.film, self.quality))


class CheckpointWriter:
    """A thread that writes states, models and numbers to a run folder, so that training need not.

    Of moments that wait, the newest is written; numbers wait until they are. A write that fails is
    tried again until it succeeds or the writer is closed; the files of before stay.

    Parameters
    ----------
    store : RunStore
        Where to write.
    changed : callable
        Called in the writer's thread when `trouble` has changed.
    """

    def __init__(self, store: RunStore, changed: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._changed = changed
        self._condition = threading.Condition()
        self._waiting = _Work()
        self._asked = False
        self._closing = False
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="ganview-writer")
        self._thread.start()

    @property
    def trouble(self) -> str:
        """A sentence while the newest write has failed, or nothing."""
        with self._condition:
            return self._trouble

    def count(self, row: Row) -> None:
        """Keep the numbers of one step for the next write."""
        with self._condition:
            self._waiting.rows.append(row)

    def film(self, atlas: NDArray[np.uint8], step: int) -> None:
        """Keep a picture of the film for the next write."""
        with self._condition:
            self._waiting.film.append((atlas, step))

    def count_quality(self, row: Row) -> None:
        """Keep a measurement for the next write."""
        with self._condition:
            self._waiting.quality.append(row)

    def write(self, moment: Moment) -> None:
        """Have a moment and all numbers so far written soon; returns at once."""
        with self._condition:
            self._waiting.moment = moment
            self._asked = True
            self._condition.notify()

    def close(self) -> str:
        """Write what waits, once, and join the thread; returns the last trouble."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        self._thread.join()
        return self.trouble

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(
                    lambda: self._closing or self._asked, RETRY_SECONDS if self._trouble else None
                )
                self._asked = False
                work, self._waiting = self._waiting, _Work()
                closing = self._closing
            if work:
                self._attempt(work)
            if closing:
                return

    def _attempt(self, work: _Work) -> None:
        trouble = ""
        try:
            self._write(work)
        except Exception as error:  # noqa: BLE001 - an error in a thread is a value
            trouble = f"{describe_error(error, 'saving the run')[0]} {self._outlook()}"
        with self._condition:
            if trouble and not self._closing:
                self._put_back(work)
            changed, self._trouble = trouble != self._trouble, trouble
        if changed:
            self._changed()

    def _outlook(self) -> str:
        with self._condition:
            closing = self._closing
        if closing:
            return "What was learned since it was last saved is lost."
        return "What was learned is kept in memory; trying again."

    def _write(self, work: _Work) -> None:
        """Write the numbers first: a reader forgets those that are newer than the checkpoint."""
        if work.rows:
            self._store.append_metrics(work.rows)
            work.rows = []  # safe: never twice
        if work.quality:
            self._store.append_quality(work.quality)
            work.quality = []
        if work.moment is not None:
            self._store.save_checkpoint(*work.moment.state)
            self._store.save_model(work.moment.model)
            self._store.save_sample(*work.moment.sample)
        while work.film:
            self._store.save_snapshot(*work.film[0])
            work.film.pop(0)

    def _put_back(self, work: _Work) -> None:
        """Let what was not written wait again, behind nothing newer."""
        newer = self._waiting
        newer.rows = work.rows + newer.rows
        newer.film = work.film + newer.film
        newer.quality = work.quality + newer.quality
        newer.moment = newer.moment or work.moment
