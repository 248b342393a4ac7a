from __future__ import annotations

import threading

from ganview.runtime.mailbox import Latest


def test_newest_value_wins_and_take_empties():
    slot: Latest[str] = Latest()
    assert slot.take() is None
    slot.put("a")
    slot.put("b")
    assert slot.take() == "b"
    assert slot.take() is None


def test_wait_returns_what_another_thread_puts():
    slot: Latest[int] = Latest()
    thread = threading.Thread(target=slot.put, args=(7,))
    thread.start()
    assert slot.wait(30) == 7
    thread.join()
    assert slot.wait(0) is None


def test_reader_sees_growing_values_and_the_last_one():
    slot: Latest[int] = Latest()

    def write() -> None:
        for value in range(1, 2001):
            slot.put(value)

    thread = threading.Thread(target=write)
    thread.start()
    seen = []
    while not seen or seen[-1] < 2000:
        value = slot.wait(30)
        assert value is not None
        seen.append(value)
    thread.join()
    assert seen == sorted(set(seen))
