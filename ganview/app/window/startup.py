"""From the command line to the window, in this order: paint, then load torch, then the rest.

What of torch is no work for Python is loaded while the window is painted.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import cast

from PySide6.QtCore import QLibraryInfo, QObject, QPluginLoader, QTimer
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication

from ganview.app.controllers.app_controller import AppController
from ganview.app.controllers.settings import Settings
from ganview.app.theme import Scheme, Theme
from ganview.app.widgets.spoken_role import tell_roles
from ganview.app.window.crash import CrashReporter, start_log, stop_log
from ganview.app.window.main_window import MainWindow
from ganview.errors import UserError
from ganview.files.atomic import write_bytes
from ganview.plain_text import printable
from ganview.runtime.preload import Preload

TIMES = "GANVIEW_STARTUP_TIMES"
SIGNAL_MS = 200  # how often Python gets to look for signals while nothing else happens
#: Seconds that a thread keeps the interpreter while another waits for it. torch lets go of it and
#: takes it back at every operation: at Python's 5 ms, a picture of thirty operations would wait
#: 150 ms whenever another thread imports something or turns over lists.
SWITCH_SECONDS = 0.0005
PLUGIN_PATHS = {"QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH"}
LEAST_SCALE, MOST_SCALE = 0.25, 16.0  # pixels a unit


class StartupTimes(QObject):
    """Writes when the window was painted and when the explorer first answered.

    The file named by the environment variable ``GANVIEW_STARTUP_TIMES`` gets one JSON object:
    ``started`` (`main` was entered), ``painted`` and ``answering``, in seconds of
    `time.monotonic`, the clock that all processes share, so that whoever started the program can
    tell how long each took from there.
    """

    def __init__(self, window: MainWindow, path: Path, started: float) -> None:
        super().__init__(window)
        self._path, self._times = path, {"started": started}
        window.first_painted.connect(lambda: self._note("painted"))
        window.explorer.painted.connect(self._answered)

    def _answered(self, stamp: int) -> None:
        if stamp > 0:
            self._note("answering")

    def _note(self, what: str) -> None:
        if what not in self._times:
            self._times[what] = time.monotonic()
            if len(self._times) == 3:
                write_bytes(self._path, (json.dumps(self._times) + "\n").encode())


def main(
    model: str | None = None,
    state: str | None = None,
    resume: Path | None = None,
    runs: Sequence[Path] = (),
) -> int:
    """Open the window and stay until it is closed.

    Parameters
    ----------
    model
        Model file or run folder to begin with, instead of the one that ships.
    state
        Place to begin at, as text.
    resume
        Folder of a run to go on with.
    runs
        Folders of runs to open; the first comes into focus.

    Returns
    -------
    int
        0, or 130 when SIGINT or SIGTERM closed the window.

    Raises
    ------
    UserError
        The environment asks for a scale at which nothing can be seen.
    """
    started = time.monotonic()
    app = make_application()
    for screen in app.screens():
        check_scale(screen.devicePixelRatio())
    settings = Settings()
    Theme.current().set_scheme(cast("Scheme", settings.scheme))
    preload = Preload()
    controller = AppController()
    window = MainWindow(settings, controller)
    reporter = CrashReporter(window)
    signals = Signals(window)
    if TIMES in os.environ:
        StartupTimes(window, Path(os.environ[TIMES]), started)
    window.first_painted.connect(lambda: _after_first_paint(window, model, preload))
    # What was loaded stays. Going through it all for garbage would stop the window for a tenth of
    # a second now and then.
    controller.loaded.connect(_collect_again)
    controller.failed.connect(_collect_again)
    if state is not None:
        controller.ready.connect(
            lambda _opened: controller.opening.open_state(state, window.explorer.state.move)
        )
    if resume is not None:
        controller.ready.connect(lambda _opened: window.go_on(resume))
    if not settings.knows_first_steps:
        controller.ready.connect(lambda _opened: window.view.show_first_steps())
    if runs:
        controller.ready.connect(lambda _opened: controller.opening.open_all(runs))
    controller.closed.connect(app.quit)
    window.show()
    # The system loads one library at a time, and Qt loads two at its first SVG.
    QIcon("icons:check-light.svg").pixmap(1)
    QPixmap("icons:check-light.svg")
    preload.start()
    app.exec()
    preload.join()
    signals.uninstall()
    reporter.uninstall()
    stop_log()
    return 130 if signals.received else 0


def _collect_again() -> None:
    """Let Python look for garbage again, which stops while the program is loaded."""
    gc.freeze()
    gc.enable()


def _after_first_paint(window: MainWindow, model: str | None, preload: Preload) -> None:
    """Begin all that the eye needn't wait for."""
    window.controller.start(model, preload)
    log_trouble = start_log()
    if log_trouble:
        window.message_bar.show_note(log_trouble)


def make_application() -> QApplication:
    """Return the QApplication of this process, named, with threads that take short turns."""
    sys.setswitchinterval(SWITCH_SECONDS)
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    tell_roles()
    app.setApplicationName("ganview")
    app.setApplicationDisplayName("ganview")
    app.setDesktopFileName("ganview")
    app.setQuitOnLastWindowClosed(False)  # threads are joined between the two
    return app


class Signals(QObject):
    """Closes the window on SIGINT and SIGTERM, as its own button does."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.received = False
        self._window = window
        self._before = {
            number: signal.signal(number, self._close) for number in (signal.SIGINT, signal.SIGTERM)
        }
        # Python runs its handlers between two lines of Python, and an idle window has none.
        self._timer = QTimer(self)
        self._timer.timeout.connect(lambda: None)
        self._timer.start(SIGNAL_MS)

    def uninstall(self) -> None:
        """Restore the previous handlers."""
        self._timer.stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _close(self, _number: int, _frame: FrameType | None) -> None:
        self.received = True
        self._window.close_unasked()


def missing_display() -> str:
    """Return one line that says what to do where no window can be opened, or nothing."""
    asked = os.environ.get("QT_QPA_PLATFORM", "")
    there = _platforms() if asked else set()
    if there and there.isdisjoint(name.partition(":")[0] for name in asked.lower().split(";")):
        return (
            f"QT_QPA_PLATFORM asks for {printable(asked, 80)!r}, which Qt does not have here, only "
            f"{', '.join(sorted(there))}: unset it, or name one of these."
        )
    if not _uses_x():
        return ""
    display = os.environ.get("DISPLAY", "")
    if display and _answers(display):
        return ""
    what = f"The display {display} does not answer" if display else "There is no display"
    return (
        f"{what}: open ganview on a desktop, use ssh -X, or run 'ganview demo --out DIR', which "
        "does the same job unseen."
    )


def _platforms() -> set[str]:
    """Return the names of the platforms that Qt can draw on; it ends the process for any other.

    None where its plugins are kept in a place of their own, and are not known.
    """
    if not PLUGIN_PATHS.isdisjoint(os.environ):
        return set()
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath), "platforms")
    paths = folder.glob("*")
    described = [QPluginLoader(str(path)).metaData().get("MetaData") for path in paths]
    return {str(key) for about in described if about for key in cast("dict", about)["Keys"]}


def check_scale(scale: float) -> None:
    """Raise `UserError` if the screen's scale, pixels a unit, leaves no window to be seen."""
    if not LEAST_SCALE <= scale <= MOST_SCALE:
        raise UserError(
            f"The screen's scale is {scale:g}, not {LEAST_SCALE:g} to {MOST_SCALE:g}: look at "
            "QT_SCALE_FACTOR and QT_SCREEN_SCALE_FACTORS."
        )


def load_display_plugin() -> None:
    """Load Qt's plugin for X, before Qt ends the process because the plugin lacks a library.

    Raises
    ------
    ImportError
        A library of the system is missing; the message begins with its name.
    """
    plugins = QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)
    plugin = Path(plugins, "platforms", "libqxcb.so")
    if _uses_x() and plugin.is_file():
        try:
            ctypes.CDLL(os.fspath(plugin))
        except OSError as error:
            raise ImportError(str(error)) from error


def _uses_x() -> bool:
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    return (
        sys.platform.startswith("linux")
        and platform in ("", "xcb")
        and not os.environ.get("WAYLAND_DISPLAY")
    )


def _answers(display: str) -> bool:
    """Return whether an X server listens; Qt would end the process if there is none."""
    host, _, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not number.isdecimal():
        return False
    if host and host not in ("unix", "localhost/unix"):
        return True  # over the network: Qt may try
    for path in (f"\0/tmp/.X11-unix/X{number}", f"/tmp/.X11-unix/X{number}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(2.0)
            try:
                probe.connect(path)
            except OSError:
                continue
            return True
    return False
