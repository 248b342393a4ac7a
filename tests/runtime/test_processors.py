"""The thread count, from one run to the next."""

from __future__ import annotations

import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.runtime import threads
from ganview.runtime.processors import Processors, is_same_work

from .conftest import SMALL, trainer_for

MEASURED = SMALL.with_(threads=0)


@pytest.fixture(autouse=True)
def _one_is_fastest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "fastest", lambda _step, _most, _interrupted: 1)


def measured(digits: Dataset) -> Processors:
    processors = Processors(MEASURED)
    processors.begin(trainer_for(MEASURED, digits), recorded=None)
    assert processors.count == 0
    processors.measure(lambda: trainer_for(MEASURED, digits), lambda: False)
    return processors


def test_what_was_measured_holds_for_the_same_work_alone(digits: Dataset) -> None:
    assert is_same_work(MEASURED, MEASURED.with_(seed=7))
    assert not is_same_work(MEASURED, MEASURED.with_(batch_size=16))
    known = Processors(MEASURED, measured(digits).count)
    known.begin(trainer_for(MEASURED, digits), recorded=None)
    assert known.count == 1


def test_a_run_goes_on_with_the_count_of_its_checkpoint(digits: Dataset) -> None:
    processors = Processors(MEASURED)
    processors.begin(trainer_for(MEASURED, digits), recorded=1)
    assert processors.count == torch.get_num_threads() == 1


def test_the_settings_have_the_last_word(digits: Dataset) -> None:
    processors = Processors(SMALL)
    processors.begin(trainer_for(SMALL, digits), recorded=3)
    assert processors.count == 1
    assert not any(processors.stepped(1.0) for _ in range(1000))  # and are not measured again


def test_a_count_that_was_measured_is_doubted_after_a_while(digits: Dataset) -> None:
    processors = measured(digits)
    steps = [processors.stepped(0.1) for _ in range(100)]
    assert not any(steps)
    assert any(processors.stepped(1.0) for _ in range(500))
