"""Trains the two runs of a pair in step with each other, each with half of the processors."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.data.source import DIGITS
from ganview.files.run_files import CONFIG
from ganview.files.run_info import describe_run
from ganview.gan.players import Players
from ganview.gan.trainer import Gradients, StepStats, Trainer
from ganview.runtime.channels import Pause, Resume, RunOptions
from ganview.runtime.failure_words import compare_quality, compare_variety, describe_run_so_far
from ganview.runtime.local_run import LocalRun
from ganview.runtime.messages import Snapshot, StopAt
from ganview.runtime.run_setup import RunSetup, set_up_new_run
from ganview.runtime.threads import usable_cores

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganview.data.dataset import Dataset
    from ganview.gan.config import TrainConfig
    from ganview.runtime.failure_pairs import FailurePair

STEPS = 2000  # that each of the two does
SLACK = 8  # steps that one may be ahead, so that a save or a snapshot of one holds up none
PATIENCE = 2.0  # seconds after which a run that rests is no longer waited for
FORM = "%Y-%m-%d %H.%M.%S"


class Pace:
    """Keeps runs in step: none is more than some steps ahead of the others.

    A run that has not come for `PATIENCE` seconds rests or has failed: the others go on without
    it, until it comes again.

    Parameters
    ----------
    count : int
        How many run.
    patience : float
        How long one waits for another, in seconds.
    slack : int
        How many steps one may have begun more than another.
    """

    def __init__(self, count: int, patience: float = PATIENCE, slack: int = SLACK) -> None:
        self._changed = threading.Condition()
        self._begun = [0] * count
        self._resting: set[int] = set()
        self._patience, self._slack = patience, slack
        self._open = False

    def begin_step(self, number: int) -> None:
        """Wait until a run may begin its next step."""
        with self._changed:
            self._resting.discard(number)
            while not self._open and (behind := self._behind(number)):
                if not self._changed.wait_for(
                    lambda: self._open or not self._behind(number), self._patience
                ):
                    self._resting |= behind
            self._begun[number] += 1
            self._changed.notify_all()

    def release(self) -> None:
        """Let nobody wait any more: the runs are being ended."""
        with self._changed:
            self._open = True
            self._changed.notify_all()

    def _behind(self, number: int) -> set[int]:
        least = self._begun[number] + 1 - self._slack
        return {at for at, begun in enumerate(self._begun) if begun < least} - self._resting


class PacedTrainer(Trainer):
    """A trainer that waits for its turn before each step; waiting is not time of its step."""

    def __init__(self, config: TrainConfig, dataset: Dataset, pace: Pace, number: int) -> None:
        super().__init__(config, dataset.images, dataset.labels, dataset.class_names)
        self._pace, self._number = pace, number

    def step(
        self, players: Players = Players.BOTH, observe: Callable[[Gradients], None] | None = None
    ) -> StepStats:
        """Wait for the others, then do a step."""
        self._pace.begin_step(self._number)
        return super().step(players, observe)


@dataclass(frozen=True, eq=False)
class LabRun:
    """One of the two runs."""

    label: str  # what it is called
    run: LocalRun  # it itself


class FailureLab:
    """The two runs of a pair: made, begun, paused and ended together.

    Parameters
    ----------
    pair : FailurePair
        What differs.
    runs : Path
        Where their folders go.
    steps : int
        How many each does.
    dataset : Dataset, optional
        What both learn from, by default the digits.
    """

    def __init__(
        self, pair: FailurePair, runs: Path, *, steps: int = STEPS, dataset: Dataset | None = None
    ) -> None:
        self.pair = pair
        self._pace = Pace(2)
        whole = DIGITS.open() if dataset is None else dataset
        threads = max(1, usable_cores() // 2)
        self.unsaved: list[str] = []  # why runs of it are not saved
        setups = [
            self._set_up(config.with_(threads=threads), learned, label, runs)
            for config, learned, label in zip(
                pair.configs, pair.datasets(whole), (pair.first, pair.second), strict=True
            )
        ]
        self.runs = tuple(
            LabRun(label, self._make_run(setup, whole, number, steps))
            for number, (setup, label) in enumerate(
                zip(setups, (pair.first, pair.second), strict=True)
            )
        )

    def _set_up(self, config: TrainConfig, learned: Dataset, label: str, runs: Path) -> RunSetup:
        setup = set_up_new_run(config, DIGITS, dataset=learned).with_folder_if_possible(runs, FORM)
        self.unsaved += [setup.unsaved] * bool(setup.unsaved)
        if setup.folder is not None:
            name = f"{self.pair.title}: {label}"
            describe_run(setup.folder.path / CONFIG, name, self.pair.look)
        return setup

    def _make_run(self, setup: RunSetup, whole: Dataset, number: int, steps: int) -> LocalRun:
        def make_trainer(config: TrainConfig, _whole: Dataset) -> Trainer:
            return PacedTrainer(config, setup.dataset, self._pace, number)

        return LocalRun(
            setup.config,
            replace(whole, name=setup.dataset.name),  # measured beside all digits
            RunOptions(
                store=setup.folder,
                stop=StopAt(steps=steps),
                measures=True,
                make_trainer=make_trainer,
            ),
        )

    def resume(self) -> None:
        """Train both."""
        for one in self.runs:
            one.run.send(Resume())

    def pause(self) -> None:
        """Let both rest."""
        for one in self.runs:
            one.run.send(Pause())

    def stop(self) -> None:
        """End both, and save them; their threads end soon."""
        for one in self.runs:
            one.run.stop()
        self._pace.release()

    def join(self) -> None:
        """Wait until both threads have ended."""
        for one in self.runs:
            one.run.join()

    @property
    def alive(self) -> bool:
        """Whether a thread still runs."""
        return any(one.run.alive for one in self.runs)


def tell_outcome(lab: FailureLab, last: tuple[Snapshot | None, Snapshot | None]) -> str:
    """Say in plain words what has come of the two so far, on a line each, and how they differ."""
    told = [
        f"{one.label[:1].upper()}{one.label[1:]}: {describe_run_so_far(one.run, snapshot)}"
        for one, snapshot in zip(lab.runs, last, strict=True)
    ]
    differences = []
    first, second = (one.run.quality.looks()[-1:] for one in lab.runs)
    if first and second:
        differences.append(compare_quality(first[0], second[0]))
    grids = [snapshot.samples for snapshot in last if snapshot is not None]
    if len(grids) == 2 and grids[0] is not None and grids[1] is not None:
        differences.append(compare_variety(grids[0], grids[1]))
    return "\n".join(part for part in (*told, " ".join(differences).strip()) if part)
