from __future__ import annotations

import numpy as np
import pytest

from ganview.gan.health_sample import HealthSample, LayerHealth
from ganview.runtime.health_record import (
    BINS,
    HealthClock,
    HealthRecord,
    answer_range,
    answer_shares,
    layers_over_time,
)


def sample(step: int, layers: dict[str, LayerHealth] | None = None, answer=0.25) -> HealthSample:
    return HealthSample(step, {"G": layers or {}}, [1 - answer] * 3, [answer] * 3, 1.0, 1e-3, 0.1)


def test_a_run_that_went_back_forgets_what_came_after() -> None:
    record = HealthRecord()
    for step in (1, 5, 9, 5):
        record.append(sample(step))
    assert [it.step for it in record.samples()] == [1, 5]
    record.rewind(4)
    assert [it.step for it in record.samples()] == [1]


def test_samples_come_often_at_first_and_stay_few_for_a_week() -> None:
    clock = HealthClock()
    due = [second for second in range(7 * 86400) if clock.due(second)]
    assert due[:3] == [0, 2, 5]
    assert sum(second < 3600 for second in due) < 300
    assert len(due) < 1000


def test_layers_over_time_leave_out_who_was_not_updated() -> None:
    layers = {"first": LayerHealth(2.0, 0.1), "last": LayerHealth(4.0, 0.2)}
    samples = [sample(1, layers), sample(2), sample(3, layers)]
    names, gradients = layers_over_time(samples, "G", "gradient")
    assert names == ("first", "last")
    assert gradients[:, [0, 2]].tolist() == [[2, 2], [4, 4]]
    assert np.isnan(gradients[:, 1]).all()
    assert layers_over_time(samples, "G", "ratio")[1][1, 0] == 0.2
    assert layers_over_time(samples, "D", "ratio")[1].shape == (0, 3)


def test_shares_of_answers_are_of_the_last_samples_and_sum_to_one() -> None:
    samples = [sample(1, answer=0.9)] * 20 + [sample(2)] * 10
    real, fake = answer_shares(samples, 0, 1)
    assert real.shape == (BINS,)
    assert real.sum() == pytest.approx(1)
    assert fake[int(0.25 * BINS)] == 1
    assert answer_range([sample(1, answer=-3.0)]) == (-3.0, 4.0)
    assert answer_range([]) == (0.0, 0.1)


def test_answers_of_a_run_that_diverges_are_left_out() -> None:
    samples = [sample(1), sample(2, answer=float("nan")), sample(3, answer=float("inf"))]
    low, high = answer_range(samples)
    assert (low, high) == (0.25, 0.75)
    for shares in answer_shares(samples, low, high):
        assert shares.sum() == pytest.approx(1)
    assert answer_range(samples[1:]) == (0.0, 0.1)
