"""Exceptions that nobody caught go to the log and into a dialog that can copy their details."""

from __future__ import annotations

import faulthandler
import logging
import queue
import sys
import threading
import traceback
from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from ganview import __version__
from ganview.files.atomic import WriteError
from ganview.files.problem_report import log_folder, problem_text, zip_problem_report
from ganview.plain_text import printable

POLL_MS = 250
MOST_DIALOGS = 3  # of one session: a fault in a timer must not bury the desktop

log = logging.getLogger("ganview")
_fault_file: list[TextIO] = []  # open as long as the log is, for the interpreter's last words


def start_log() -> str:
    """Write the log to a rotating file, and beside it what an end without Python leaves to say.

    Returns
    -------
    str
        A sentence if that can't be done, or if there was such an end the last time, or nothing.
    """
    # Imported here because it brings much along, and the window is to be painted first.
    from logging.handlers import RotatingFileHandler

    log.setLevel(logging.INFO)
    try:
        log_folder().mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            log_folder() / "ganview.log", maxBytes=1 << 20, backupCount=3, encoding="utf-8"
        )
        told = _watch_for_faults()
    except OSError as error:
        return f"No log is written: {error.strerror} ({log_folder()})."
    handler.setFormatter(_PlainFormatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.info("ganview %s begins", __version__)
    if told:
        log.warning("%s", told)
    return told


class _PlainFormatter(logging.Formatter):
    """Escapes what a message has from a file: whoever reads the log reads it in a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(map(printable, super().format(record).split("\n")))


def _watch_for_faults() -> str:
    """Have a fault in native code write where it was; tells of one of the last time."""
    path, before, told = log_folder() / "fault.log", log_folder() / "fault.1.log", ""
    if path.exists() and path.stat().st_size > 0:
        path.replace(before)
        told = f"ganview ended with a fault the last time. Where it was is in {before}."
    if not faulthandler.is_enabled():  # by somebody who wants to see it elsewhere
        file = path.open("w", encoding="utf-8")
        faulthandler.enable(file)
        _fault_file.append(file)
    return told


def stop_log() -> None:
    """Close the log file."""
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()
    while _fault_file:
        faulthandler.disable()
        _fault_file.pop().close()


class CrashReporter(QObject):
    """Installs the hooks for errors that nobody caught, in any thread."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._reports: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._shown = 0
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._show_reports)
        self._timer.start()

    def uninstall(self) -> None:
        """Restore the previous hooks."""
        self._timer.stop()
        sys.excepthook, threading.excepthook = self._before

    def _caught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
            return
        self._report("".join(traceback.format_exception(kind, error, trace)))

    def _caught_in_thread(self, args: threading.ExceptHookArgs) -> None:
        name = args.thread.name if args.thread is not None else "unknown"
        trace = traceback.format_exception(args.exc_type, args.exc_value, args.exc_traceback)
        self._report(f"In the thread {name}:\n" + "".join(trace))

    def _report(self, details: str) -> None:
        log.error("%s", details)
        if sys.stderr is not None:
            sys.stderr.write(details)
        self._reports.put(details)

    def _show_reports(self) -> None:
        while not self._reports.empty():
            details = self._reports.get()
            if self._shown < MOST_DIALOGS:
                self._shown += 1
                crash_dialog(self._window, details).show()


def crash_dialog(window: QWidget, details: str) -> QMessageBox:
    """Return a dialog, not modal, about an error in the program itself."""
    box = QMessageBox(window, textFormat=Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("An error in ganview")
    box.setText("Something in ganview went wrong. The program is still running; save your work.")
    last = details.strip().splitlines()[-1] if details.strip() else "unknown"
    box.setInformativeText(
        f"{printable(last, 300)}\n\nThe details are also in the log: {log_folder()}"
    )
    box.setDetailedText(problem_text(details))
    copy = box.addButton("Copy details", QMessageBox.ButtonRole.ActionRole)
    box.addButton(QMessageBox.StandardButton.Close)
    copy.clicked.connect(lambda: _copy(box.detailedText()))
    box.setModal(False)
    return box


def report_problem(window: QWidget, settings: Mapping[str, object]) -> QMessageBox:
    """Write a report for the authors beside the logs; returns a dialog, not modal, about it."""
    path = log_folder() / f"report-{datetime.now().astimezone():%Y%m%d-%H%M%S}.zip"
    box = QMessageBox(window, textFormat=Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle("Report a problem")
    box.addButton(QMessageBox.StandardButton.Close)
    box.setModal(False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        zip_problem_report(path, problem_text("Asked for in the window."), settings)
    except (OSError, WriteError) as error:
        box.setText(f"The report could not be written: {error}")
        return box
    box.setText("A report was written. Attach it when you describe the problem.")
    box.setInformativeText(
        f"{path}\n\nIt has versions, settings and logs, no pictures and no paths of your home."
    )
    return box


def _copy(text: str) -> None:
    from PySide6.QtGui import QGuiApplication

    QGuiApplication.clipboard().setText(text)
