from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
import torch

from ganview.errors import UserError
from ganview.runtime.jobs import THREADS, JobPool, OnProgress, ShouldStop

LONG = 60.0


@pytest.fixture
def pool() -> Iterator[JobPool]:
    result = JobPool()
    yield result
    result.close()


def test_a_value_and_progress_come_back(pool: JobPool) -> None:
    def work(progress: OnProgress) -> str:
        progress(0.5, "half")
        progress(7.0, "done")
        return "sheet.png"

    job = pool.start(work, "exporting")
    assert job.future.result(LONG) == "sheet.png"
    assert job.progress.take() == (1.0, "done")
    assert not job.cancelled


def test_work_need_not_know_of_jobs(pool: JobPool) -> None:
    assert pool.start(lambda: 5, "counting").future.result(LONG) == 5


def test_an_error_is_a_value(pool: JobPool) -> None:
    def work() -> None:
        raise UserError("Choose another folder.")

    assert str(pool.start(work, "exporting").future.exception(LONG)) == "Choose another folder."


def test_many_jobs_share_a_few_threads(pool: JobPool) -> None:
    jobs = [pool.start(lambda: threading.get_ident(), "counting") for _ in range(100)]
    assert len({job.future.result(LONG) for job in jobs}) <= THREADS


def test_a_cancelled_job_says_so(pool: JobPool) -> None:
    begun = threading.Event()

    def work(should_stop: ShouldStop) -> int:
        begun.set()
        while not should_stop():
            pass
        return 3

    job = pool.start(work, "waiting")
    assert begun.wait(LONG)
    job.cancel()
    assert job.future.result(LONG) == 3
    assert job.cancelled


def test_what_waits_for_its_turn_is_never_begun(pool: JobPool) -> None:
    go_on, begun = threading.Event(), []
    busy = [pool.start(lambda: go_on.wait(LONG), "waiting") for _ in range(THREADS)]
    waiting = pool.start(lambda: begun.append(1), "never")
    waiting.cancel()
    go_on.set()
    for job in busy:
        job.future.result(LONG)
    assert waiting.future.cancelled()
    assert begun == []


def test_torch_work_gets_one_processor(pool: JobPool) -> None:
    work: Callable[[], int] = torch.get_num_threads
    assert pool.start(lambda: work(), "counting").future.result(LONG) == 1


def test_work_for_a_closed_pool_is_cancelled() -> None:
    pool = JobPool()
    pool.close()
    job = pool.start(lambda: None, "measuring")  # as a timer of a window that closes may ask
    assert job.cancelled
    assert job.future.cancelled()
