from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from ganview.app.controllers.bridge import Bridge
from ganview.app.controllers.thread_wakeup import ThreadWakeup
from ganview.runtime.mailbox import Latest


@pytest.fixture
def bridge(qapp: object) -> Iterator[Bridge]:
    result = Bridge()
    result.start()
    yield result
    result.stop()


class FakeSession:
    def __init__(self) -> None:
        self.snapshots: Latest[str] = Latest()
        self.traces: Latest[str] = Latest()
        self.alive = True


class FakeRenderer:
    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.asked: list[str] = []

    def request(self, lane: str, z: object, y: object, *, want_belief: bool = False) -> int:
        self.asked.append(lane)
        return len(self.asked)

    def take(self, lane: str) -> str | None:
        return self.answers.pop(lane, None)

    def busy(self) -> bool:
        return len(self.asked) > 0


def test_the_last_words_of_a_session_are_heard(bridge: Bridge, qtbot: QtBot) -> None:
    session, heard = FakeSession(), []
    bridge.snapshot.connect(heard.append)
    session.snapshots.put("the last")
    session.alive = False
    with qtbot.waitSignal(bridge.run_ended):
        bridge.attach_run(session)  # type: ignore[arg-type]
    assert heard == ["the last"]


def test_a_picture_is_fetched_when_the_bell_rings(bridge: Bridge, qtbot: QtBot) -> None:
    renderer, heard = FakeRenderer(), []
    bridge.rendered.connect(heard.append)
    bridge.attach_renderer(renderer)  # type: ignore[arg-type]
    bridge.findChild(QTimer).stop()  # it would poll sooner or later
    assert bridge.request("picture", np.zeros((1, 4)), None) == 1
    renderer.answers["picture"] = "drawn"
    assert bridge.ring is not None
    thread = threading.Thread(target=bridge.ring)
    thread.start()
    qtbot.waitUntil(lambda: heard == ["drawn"])
    thread.join()


def test_a_bell_can_be_rung_more_often_than_it_is_heard(qtbot: QtBot) -> None:
    bell, heard = ThreadWakeup(), []
    bell.rang.connect(lambda: heard.append(True))
    for _ in range(5_000):
        bell.ring()
    qtbot.waitUntil(lambda: len(heard) > 0)
    bell.close()


def test_without_a_renderer_nothing_is_asked(bridge: Bridge) -> None:
    assert bridge.request("picture", np.zeros((1, 4)), None) == 0


def test_a_job_calls_back_on_the_gui_thread(bridge: Bridge, qtbot: QtBot) -> None:
    heard: list[tuple[str, object]] = []
    here = threading.get_ident()

    def work(progress) -> int:
        progress(0.5, "half")
        return threading.get_ident()

    def done(worker: int) -> None:
        heard.append(("other thread", worker != here))
        heard.append(("this thread", threading.get_ident() == here))

    bridge.run_job(work, "working", done)
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert all(truth for _, truth in heard)
    assert not bridge.busy


def test_a_job_that_fails_is_a_sentence(bridge: Bridge, qtbot: QtBot) -> None:
    failures: list[tuple[str, str]] = []

    def work() -> None:
        raise OSError(28, "No space left on device", "/somewhere")

    bridge.run_job(work, "exporting a.png", failed=lambda *told: failures.append(told))
    qtbot.waitUntil(lambda: bool(failures))
    sentence, details = failures[0]
    assert "exporting a.png" in sentence
    assert "No space left on device" in sentence
    assert "Traceback" in details


def test_a_cancelled_job_calls_nobody(bridge: Bridge, qtbot: QtBot) -> None:
    go = threading.Event()

    def work() -> None:
        go.wait(30)

    bridge.run_job(work, "waiting", done=lambda _value: pytest.fail("called back"))
    bridge.cancel_jobs()
    go.set()
    qtbot.waitUntil(lambda: not bridge.busy)


def test_what_nobody_waits_for_begins_when_the_hand_rests(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, heard = [100.0], []
    monkeypatch.setattr("ganview.app.controllers.bridge.time.monotonic", lambda: now[0])
    bridge.stop()
    bridge.attach_renderer(FakeRenderer())  # type: ignore[arg-type]
    here, there = np.zeros((1, 2)), np.ones((1, 2))
    bridge.request("picture", here, None)
    bridge.when_at_rest(lambda: heard.append("warm"))
    now[0] += 0.4
    bridge.request("picture", there, None)
    now[0] += 0.4
    bridge.poll()
    assert heard == []
    bridge.request("picture", there, None)  # the same place, by a generator that learned on
    now[0] += 0.2
    bridge.poll()
    assert heard == ["warm"]
    bridge.poll()
    assert heard == ["warm"]


def test_what_was_freed_is_given_back_though_the_hand_never_rests(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    given: list[float] = []
    monkeypatch.setattr("ganview.app.controllers.bridge.time.monotonic", lambda: now[0])
    bridge.stop()
    monkeypatch.setattr(bridge, "run_job", lambda *_args, **_named: given.append(now[0]))
    bridge.attach_renderer(FakeRenderer())  # type: ignore[arg-type]
    bridge._tidied_at, bridge._untidy = now[0], True
    for step in range(150):
        now[0] += 0.4
        bridge.request("picture", np.full((1, 2), step), None)
        bridge.poll()
    assert [round(time) for time in given] == [160]


def test_what_jobs_freed_is_given_back_once(
    bridge: Bridge, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []
    monkeypatch.setattr("ganview.app.controllers.bridge.BETWEEN_TIDYING", 0.0)
    monkeypatch.setattr(
        "ganview.app.controllers.bridge.give_back_memory", lambda: given.append("back")
    )
    polls = 0

    def count() -> None:
        nonlocal polls
        polls += 1

    bridge.findChild(QTimer).timeout.connect(count)
    qtbot.waitUntil(lambda: polls > 3)
    assert given == []  # nobody worked
    bridge.run_job(lambda: None, "working")
    qtbot.waitUntil(lambda: given == ["back"] and not bridge.busy)
    polls = 0
    qtbot.waitUntil(lambda: polls > 3)
    assert given == ["back"]
