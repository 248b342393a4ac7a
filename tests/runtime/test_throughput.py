from __future__ import annotations

import pytest

from ganview.runtime.throughput import Throughput, TimeBudget


def test_speed_is_that_of_the_last_seconds():
    pace = Throughput()
    assert pace.images_per_second == 0.0
    for _ in range(100):
        pace.stepped(0.1, 64)
    assert pace.images_per_second == pytest.approx(640)
    for _ in range(20):
        pace.stepped(0.2, 64)
    assert pace.images_per_second == pytest.approx(320)
    assert pace.steps_per_second == pytest.approx(5)
    assert pace.elapsed == pytest.approx(14)


def test_a_step_longer_than_the_window_counts():
    pace = Throughput(100.0)
    pace.stepped(10.0, 64)
    pace.stepped(10.0, 64)
    assert pace.images_per_second == pytest.approx(6.4)
    assert pace.elapsed == 120


def test_cheap_things_are_due_at_their_interval():
    allowance = TimeBudget(0.2, share=0.02)
    assert allowance.due(5.0)
    allowance.done(5.0, 0.001)
    assert not allowance.due(5.19)
    assert allowance.due(5.21)


def test_costly_things_take_no_more_than_their_share():
    allowance = TimeBudget(0.2, share=0.02, longest=10)
    allowance.done(0.0, 0.02)
    assert allowance.interval == pytest.approx(1.0)
    allowance.done(1.0, 0.004)  # half old, half new
    assert allowance.interval == pytest.approx(0.6)
    allowance.done(2.0, 99.0)
    assert allowance.interval == 10


def test_something_out_of_turn_puts_the_next_off_but_tells_no_cost():
    allowance = TimeBudget(0.2, share=0.02)
    allowance.done(1.0, None)
    assert allowance.interval == 0.2
    assert not allowance.due(1.1)
