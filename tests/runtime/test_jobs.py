from __future__ import annotations

import threading
from collections.abc import Callable

import torch

from ganview.errors import UserError
from ganview.runtime.jobs import Job, OnProgress, ShouldStop
from ganview.runtime.messages import Cancelled, Done, Failed, Progress

LONG = 60.0


def test_a_value_comes_back():
    def work(progress: OnProgress, cancelled: ShouldStop) -> str:
        progress(0.5, "half")
        progress(7.0, "done")
        return "sheet.png"

    job = Job.run(work, processors=None)
    assert job.result.wait(LONG) == Done("sheet.png")
    assert job.join(LONG)
    assert job.progress.take() == Progress(1.0, "done")
    assert not job.alive


def test_an_error_is_a_sentence_and_a_traceback():
    def work(progress: OnProgress, cancelled: ShouldStop) -> None:
        raise UserError("Choose another folder.")

    job = Job.run(work, "exporting", processors=None)
    result = job.result.wait(LONG)
    assert isinstance(result, Failed)
    assert result.error == "Choose another folder."
    assert "UserError" in result.details
    job.join()


def test_unexpected_errors_are_named():
    def work(progress: OnProgress, cancelled: ShouldStop) -> None:
        raise PermissionError(13, "Permission denied", "/there")

    job = Job.run(work, "exporting", processors=None)
    result = job.result.wait(LONG)
    assert isinstance(result, Failed)
    assert result.error == "An error while exporting: Permission denied (/there)."
    job.join()


def run_until_cancelled(ending: Callable[[], None]) -> object:
    begun = threading.Event()
    asked = threading.Event()

    def work(progress: OnProgress, cancelled: ShouldStop) -> int:
        begun.set()
        asked.wait(LONG)
        assert cancelled()
        ending()
        return 3

    job = Job.run(work, processors=None)
    assert begun.wait(LONG)
    job.cancel()
    asked.set()
    result = job.result.wait(LONG)
    assert job.join(LONG)
    return result


def test_a_cancelled_job_says_so():
    assert run_until_cancelled(lambda: None) == Cancelled()


def test_an_error_while_leaving_off_is_still_a_cancellation():
    def fail() -> None:
        raise RuntimeError("in the middle of it")

    assert run_until_cancelled(fail) == Cancelled()


def test_torch_work_gets_its_processors():
    def work(progress: OnProgress, cancelled: ShouldStop) -> int:
        return torch.get_num_threads()

    job = Job.run(work, processors=1)
    assert job.result.wait(LONG) == Done(1)
    job.join()
