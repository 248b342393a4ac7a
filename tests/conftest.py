"""What every test gets: no display, its own user folders, and a search for what it left behind."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
import traceback
import weakref
from collections.abc import Iterator
from pathlib import Path

# All of this has to be in place before Qt or torch is imported for the first time.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import hypothesis
import pytest
import tqdm
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

# What a shell had the tests ignore (`&`, nohup), the commands that they start would, too.
for _number in (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")):
    if _number is not None and signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.SIG_DFL)

# tqdm's watchdog thread outlives its bar and would be taken for a leak.
tqdm.tqdm.monitor_interval = 0

# A crowded machine is no reason to fail.
hypothesis.settings.register_profile(
    "ganview", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("ganview")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-pictures", action="store_true", help="keep what tests of painting paint now"
    )


GRACE_SECONDS = 3.0
"""How long a thread may take to end after its test."""

_USER_FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")


@pytest.fixture(scope="session", autouse=True)
def _no_folders_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep fixtures of a whole module, too, from the folders of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _USER_FOLDERS:
            patch.setenv(name, str(tmp_path_factory.mktemp("user")))
        yield


def _started_at(stack: traceback.StackSummary) -> str:
    """Name the newest line of this project in `stack`, else its newest line."""
    root = str(Path(__file__).parent.parent)
    own = [
        frame
        for frame in stack
        if frame.filename.startswith(root)
        and "/.venv/" not in frame.filename
        and frame.filename != __file__
    ]
    frame = own[-1] if own else stack[-1]
    return f"{frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"


class _Starts:
    """Remembers which line started each thread and each timer."""

    def __init__(self) -> None:
        self.threads: weakref.WeakKeyDictionary[threading.Thread, str] = weakref.WeakKeyDictionary()
        self.timers: weakref.WeakKeyDictionary[QTimer, str] = weakref.WeakKeyDictionary()
        start_thread, start_timer = threading.Thread.start, QTimer.start

        def thread_start(thread: threading.Thread) -> None:
            self.threads[thread] = _started_at(traceback.extract_stack(limit=12))
            start_thread(thread)

        def timer_start(timer: QTimer, *args: object) -> None:
            self.timers[timer] = _started_at(traceback.extract_stack(limit=12))
            start_timer(timer, *args)

        threading.Thread.start = thread_start
        QTimer.start = timer_start

    def running_timers(self) -> list[QTimer]:
        """Return the timers started so far that are still running."""
        return [timer for timer in self.timers if isValid(timer) and timer.isActive()]


_starts = _Starts()


def _alive() -> set[threading.Thread]:
    # A dummy is Python's name for a thread of somebody's C++ (torch's backward has some).
    return {
        thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)
    }


def _wait_for_end(threads: set[threading.Thread]) -> set[threading.Thread]:
    deadline = time.monotonic() + GRACE_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return {thread for thread in threads if thread.is_alive()}


def _top_level_widgets() -> set[object]:
    app = QApplication.instance()
    return set(app.topLevelWidgets()) if isinstance(app, QApplication) else set()


def _widgets_left(before: set[object]) -> set[object]:
    """Return the top-level widgets that outlive what Qt and Python would still delete."""
    if QApplication.instance() is None:
        return set()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = _top_level_widgets() - before
    if left:
        del left
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        left = _top_level_widgets() - before
    return {widget for widget in left if isValid(widget)}


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest):
    """Fail a test that leaves a thread, a running timer or a top-level widget, and name it."""
    threads, timers, widgets = _alive(), set(_starts.running_timers()), _top_level_widgets()
    yield
    found = [
        f"top-level widget {type(widget).__name__}"
        f" ({widget.objectName() or widget.windowTitle() or 'unnamed'})"
        for widget in _widgets_left(widgets)
    ]
    found += [
        f"running QTimer, started at {_starts.timers[timer]}"
        for timer in _starts.running_timers()
        if timer not in timers
    ]
    found += [
        f"thread {thread.name}, started at {_starts.threads.get(thread, 'an unknown line')}"
        for thread in _wait_for_end(_alive() - threads)
    ]
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    if found:
        pytest.fail("left behind:\n  " + "\n  ".join(found), pytrace=False)


@pytest.fixture(autouse=True)
def user_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test, and the programs it starts, empty user folders; return their parent."""
    home = tmp_path_factory.mktemp("user")
    for name in _USER_FOLDERS:
        monkeypatch.setenv(name, str(home / name.lower()))
    return home
