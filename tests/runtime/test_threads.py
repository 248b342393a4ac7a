from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

import pytest
import torch

from ganview.runtime import threads
from ganview.runtime.threads import BusyWatch, candidates, fastest, prepare_thread, use_threads


def in_thread(work: Callable[[], None]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_a_thread_count_belongs_to_its_thread():
    ready, changed = threading.Event(), threading.Event()
    seen: dict[str, int] = {}

    def trainer() -> None:
        use_threads(3)
        ready.set()
        changed.wait(30)
        seen["trainer"] = torch.get_num_threads()

    def renderer() -> None:
        ready.wait(30)
        use_threads(1)
        seen["renderer"] = torch.get_num_threads()
        changed.set()

    workers = [threading.Thread(target=work) for work in (trainer, renderer)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert seen == {"trainer": 3, "renderer": 1}


def test_denormals_are_zero_in_a_prepared_thread():
    result: list[float] = []

    def work() -> None:
        prepare_thread(1)
        result.append(float(torch.tensor(1e-38) * 1e-3))

    in_thread(work)
    assert result == [0.0]


@pytest.mark.skipif(sys.platform != "linux", reason="only there priority belongs to a thread")
def test_only_the_thread_that_gives_way_gets_nicer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(threads, "NICER", 5)
    seen: list[int] = []
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def work() -> None:
        prepare_thread(1, give_way=True)
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    in_thread(work)
    assert seen == [min(19, own + 5)]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == own


def test_candidates_end_with_all_processors():
    assert candidates(1) == [1]
    assert candidates(2) == [1, 2]
    assert candidates(10) == [1, 2, 3, 4, 6, 8, 10]


class Machine:
    """Steps that take as long as the count says, on a clock of its own."""

    def __init__(self, seconds: dict[int, float]) -> None:
        self.seconds = seconds
        self.count = 0
        self.now = 0.0
        self.tried: list[int] = []

    def use(self, count: int) -> None:
        self.count = count
        self.tried.append(count)

    def step(self) -> None:
        self.now += self.seconds[self.count]

    def choose(self, most: int, **more: Callable[[], bool]) -> int:
        return fastest(self.step, most, use=self.use, clock=lambda: self.now, **more)


def test_the_fastest_count_is_chosen_and_in_use():
    machine = Machine({1: 0.1, 2: 0.06, 3: 0.05, 4: 0.055})
    assert machine.choose(4) == 3
    assert machine.tried[-1] == 3


def test_more_threads_must_be_worth_it():
    assert Machine({1: 0.1, 2: 0.098}).choose(2) == 1


def test_hopeless_counts_are_not_tried():
    machine = Machine({1: 0.1, 2: 0.9})
    assert machine.choose(64) == 1
    assert max(machine.tried) == 2


def test_barriers_that_spin_cost_a_single_step():
    machine = Machine({1: 0.1, 2: 3.0})
    assert machine.choose(2) == 1
    assert machine.now < 4


def test_an_interruption_ends_the_search_with_the_best_so_far():
    machine = Machine({1: 0.1, 2: 0.05, 3: 0.01})
    assert machine.choose(3, interrupted=lambda: machine.count == 3) == 2


def steps_until_due(watch: BusyWatch, seconds: float, most: int = 10_000) -> int | None:
    return next((i for i in range(most) if watch.stepped(seconds)), None)


def test_steady_steps_are_left_alone():
    watch = BusyWatch()
    watch.measured(2, 2, changed=True)
    assert steps_until_due(watch, 0.1) is None


def test_a_busy_machine_is_noticed_after_seconds():
    watch = BusyWatch()
    watch.measured(2, 2, changed=True)
    assert steps_until_due(watch, 0.1, 300) is None
    late = steps_until_due(watch, 0.5)
    assert late is not None
    assert late * 0.5 < 5


def test_one_slow_step_is_no_busy_machine():
    watch = BusyWatch()
    watch.measured(2, 2, changed=True)
    assert steps_until_due(watch, 0.1, 300) is None
    assert not watch.stepped(2.0)
    assert steps_until_due(watch, 0.1) is None


def test_processors_that_lie_idle_are_tried_again_later():
    watch = BusyWatch()
    watch.measured(1, 2, changed=True)
    again = steps_until_due(watch, 0.1)
    assert again is not None
    assert again * 0.1 >= threads.PATIENCE
    watch.measured(1, 2, changed=False)
    later = steps_until_due(watch, 0.1)
    assert later is not None
    assert later > 1.5 * again
