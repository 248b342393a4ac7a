from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

import pytest
import torch

from ganview.runtime import threads
from ganview.runtime.threads import prepare_thread, use_threads


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


def test_a_thread_that_never_asks_computes_with_one():
    seen: list[int] = []

    def trainer() -> None:
        use_threads(2)
        in_thread(lambda: seen.append(torch.get_num_threads()))
        seen.append(torch.get_num_threads())

    in_thread(trainer)
    assert seen == [1, 2]
