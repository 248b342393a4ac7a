"""The choice of the thread count, on machines whose steps take as long as a test says."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.runtime import thread_tuner
from ganview.runtime.thread_tuner import (
    PATIENCE,
    SlowdownDetector,
    ThreadTuner,
    candidate_counts,
    is_same_work,
    search_thread_counts,
)

from .conftest import SMALL, trainer_for

AUTOMATIC = SMALL.with_(threads=0)
QUIET, BUSY = {1: 0.019, 2: 0.014}, {1: 0.020, 2: 0.060}  # seconds a step, by thread count


def test_candidates_end_with_all_processors() -> None:
    assert candidate_counts(1) == [1]
    assert candidate_counts(2) == [1, 2]
    assert candidate_counts(10) == [1, 2, 3, 4, 6, 8, 10]


def searched(seconds: dict[int, float], most: int) -> tuple[int, list[int]]:
    """Return what the search finds, and the counts of all its steps."""
    search, counts = search_thread_counts(most), []
    count = next(search)
    while True:
        counts.append(count)
        try:
            count = search.send(seconds[count])
        except StopIteration as end:
            return end.value[0], counts


@pytest.mark.parametrize(
    ("seconds", "most", "best", "largest"),
    [
        ({1: 0.1, 2: 0.06, 3: 0.05, 4: 0.055}, 4, 3, 4),
        ({1: 0.1, 2: 0.098}, 2, 1, 2),  # more threads must be worth it
        ({1: 0.1, 2: 0.2}, 64, 1, 2),  # hopeless counts are not tried
    ],
)
def test_the_search_finds_the_fastest_count(
    seconds: dict[int, float], most: int, best: int, largest: int
) -> None:
    found, counts = searched(seconds, most)
    assert found == best
    assert max(counts) == largest


def test_barriers_that_spin_cost_a_single_step() -> None:
    assert searched({1: 0.1, 2: 3.0}, 2)[1].count(2) == 1


def test_one_slow_step_is_no_slowdown() -> None:
    detector = SlowdownDetector(usual=0.1)
    steps = [*[0.1] * 20, 2.0, *[0.1] * 20]
    assert not any(detector.is_slow_after(seconds) for seconds in steps)


def test_the_usual_seconds_are_learned_where_nobody_measured_them() -> None:
    detector = SlowdownDetector()
    assert not any(detector.is_slow_after(0.1) for _ in range(50))
    assert any(detector.is_slow_after(0.3) for _ in range(4))


class Machine:
    """A tuned run of steps that last as the threads in use say, on a clock of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, digits: Dataset, recorded: int) -> None:
        self.in_use = 0
        self.now = 0.0
        monkeypatch.setattr(thread_tuner, "use_threads", self._use)
        monkeypatch.setattr(thread_tuner, "usable_cores", lambda: 2)
        self.tuner = ThreadTuner(AUTOMATIC)
        self.tuner.begin(trainer_for(AUTOMATIC, digits), recorded)

    def _use(self, count: int) -> None:
        self.in_use = count

    def train(self, seconds: float, steps: dict[int, float]) -> int:
        """Train for so many seconds; returns the number of steps."""
        end = self.now + seconds
        for done in itertools.count():
            if self.now >= end:
                return done
            self.now += steps[self.in_use]
            self.tuner.stepped(steps[self.in_use])
        raise AssertionError


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, digits: Dataset) -> Callable[[int], Machine]:
    return lambda recorded: Machine(monkeypatch, digits, recorded)


def test_a_busy_neighbour_is_noticed_within_a_second_and_so_is_its_end(
    machine: Callable[[int], Machine],
) -> None:
    run = machine(2)
    run.train(60, QUIET)
    assert run.tuner.count == run.in_use == 2
    run.train(1, BUSY)
    assert run.tuner.count == run.in_use == 1
    run.train(2 * PATIENCE, QUIET)
    assert run.tuner.count == run.in_use == 2


def test_beside_a_lasting_neighbour_little_is_lost(machine: Callable[[int], Machine]) -> None:
    run = machine(2)
    run.train(1, QUIET)
    assert run.train(60, BUSY) > 0.95 * 60 / BUSY[1]
    run = machine(1)
    spinning = {**BUSY, 2: 1.5}  # seconds, where two threads of a barrier share a processor
    assert run.train(60, spinning) > 0.95 * 60 / spinning[1]
    run = machine(1)
    assert run.train(60, QUIET) > 0.9 * 60 / QUIET[2]


def test_steady_steps_with_all_processors_are_left_alone(
    machine: Callable[[int], Machine],
) -> None:
    run = machine(2)
    assert run.train(600, QUIET) == pytest.approx(600 / QUIET[2], abs=1)


def test_is_same_work_looks_at_what_keeps_a_processor_busy() -> None:
    assert is_same_work(AUTOMATIC, AUTOMATIC.with_(seed=7))
    assert not is_same_work(AUTOMATIC, AUTOMATIC.with_(batch_size=16))


def test_a_run_goes_on_with_the_count_of_its_checkpoint(digits: Dataset) -> None:
    tuner = ThreadTuner(AUTOMATIC)
    tuner.begin(trainer_for(AUTOMATIC, digits), recorded=1)
    assert tuner.count == torch.get_num_threads() == 1


def test_the_settings_have_the_last_word(digits: Dataset) -> None:
    tuner = ThreadTuner(SMALL)
    tuner.begin(trainer_for(SMALL, digits), recorded=3)
    for seconds in [0.1] * 100 + [1.0] * 100:
        tuner.stepped(seconds)
    assert tuner.count == torch.get_num_threads() == 1


def test_a_measurement_that_is_interrupted_goes_on_with_the_steps_of_the_run(
    digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread_tuner, "usable_cores", lambda: 2)
    tuner = ThreadTuner(AUTOMATIC)
    tuner.begin(trainer_for(AUTOMATIC, digits), recorded=None)
    tuner.measure(lambda: trainer_for(AUTOMATIC, digits), lambda: True)
    assert tuner.count == 1
    for _ in range(10):
        tuner.stepped(0.1 / torch.get_num_threads())
    assert tuner.count == torch.get_num_threads() == 2
