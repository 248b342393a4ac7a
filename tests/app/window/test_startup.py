from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMainWindow, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from ganview.app.window import startup
from ganview.app.window.crash import CrashReporter, log, report_problem, start_log, stop_log
from ganview.files.problem_report import log_folder

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X and Wayland only")


@linux
def test_without_a_display_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    said = startup.missing_display()
    assert "There is no display" in said
    assert "ganview demo" in said
    assert "\n" not in said


@linux
def test_a_display_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for display in (":7654", "nonsense", "unix:7654"):
        monkeypatch.setenv("DISPLAY", display)
        assert display in startup.missing_display()


@linux
def test_a_library_that_the_display_needs_is_asked_for_before_qt_ends_the_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(startup.QLibraryInfo, "path", lambda _which: str(tmp_path))
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    startup.load_display_plugin()  # a Qt of another make has its plugins elsewhere
    (tmp_path / "platforms").mkdir()
    (tmp_path / "platforms/libqxcb.so").touch()
    with pytest.raises(ImportError, match=r"libqxcb\.so"):
        startup.load_display_plugin()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    startup.load_display_plugin()


def test_offscreen_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert startup.missing_display() == ""


def test_a_platform_that_qt_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for asked in ("bogus", "bogus:size=3", " ", "a;b"):
        monkeypatch.setenv("QT_QPA_PLATFORM", asked)
        assert repr(asked) in startup.missing_display()
        assert "offscreen" in startup.missing_display()
    for asked in ("bogus;offscreen", "Offscreen", "OFFSCREEN:size=3"):
        monkeypatch.setenv("QT_QPA_PLATFORM", asked)
        assert startup.missing_display() == ""


@pytest.mark.parametrize("scale", ["nan", "-1", "1e9"])
def test_a_scale_that_shows_nothing_is_refused(user_folders: Path, scale: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ganview"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "QT_SCALE_FACTOR" in done.stderr


def test_the_window_is_there_before_torch() -> None:
    """Importing everything that is painted first must not import what is slow."""
    code = (
        "import sys; from ganview.app.window import startup; "
        "print([m for m in ('torch', 'pyqtgraph', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@linux
def test_no_library_is_loaded_while_the_window_is_first_painted(user_folders: Path) -> None:
    """Qt's own for SVG would wait for torch's, which is loaded beside the painting."""
    code = """
import os
from pathlib import Path
from ganview.app.window import startup

def libraries():
    lines = Path("/proc/self/maps").read_text().splitlines()
    return {line.split()[-1] for line in lines if "/PySide6/" in line}

startup.Preload.start = lambda _self: before.update(libraries())
before = set()
def told(window, *_):
    print(*(libraries() - before), flush=True)
    os._exit(0)
startup._after_first_paint = told
startup.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    assert done.stdout.strip() == ""


@pytest.mark.timeout(300)
def test_a_start_is_timed_and_a_signal_closes(user_folders: Path, tmp_path: Path) -> None:
    times = tmp_path / "times.json"
    before = time.monotonic()
    program = subprocess.Popen(
        [sys.executable, "-m", "ganview"],
        env={**os.environ, startup.TIMES: str(times), "QT_QPA_PLATFORM": "offscreen"},
        stderr=subprocess.PIPE,
    )
    try:
        deadline = before + 200
        while not times.exists() or not times.read_text().endswith("\n"):
            assert program.poll() is None, program.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        noted = json.loads(times.read_text())
        assert before < noted["started"] < noted["painted"] < noted["answering"]
        program.send_signal(signal.SIGTERM)
        assert program.wait(100) == 130
    finally:
        program.kill()
        program.wait()
        program.stderr.close()


def test_what_nobody_caught_is_told_and_logged(
    qtbot: QtBot, user_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.show()
    assert start_log() == ""
    before = sys.excepthook
    reporter = CrashReporter(window)
    try:
        sys.excepthook(ValueError, ValueError("something odd"), None)
        qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)))
        box = window.findChild(QMessageBox)
        assert "something odd" in box.informativeText()
        assert not box.isModal()
        next(button for button in box.buttons() if button.text() == "Copy details").click()
        from PySide6.QtGui import QGuiApplication

        assert "ValueError: something odd" in QGuiApplication.clipboard().text()
    finally:
        reporter.uninstall()
        path = Path(log.handlers[0].baseFilename)
        stop_log()
        for box in window.findChildren(QMessageBox):
            box.close()
    assert "something odd" in path.read_text()
    assert "something odd" in capsys.readouterr().err
    assert sys.excepthook is before


@pytest.mark.parametrize("line", ["import faulthandler; faulthandler._sigsegv()", "pass"])
def test_a_fault_in_native_code_is_told_at_the_next_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str
) -> None:
    code = (
        "from pathlib import Path; from ganview.app.window import crash;"
        f"crash.log_folder = lambda: Path({str(tmp_path)!r}); assert crash.start_log() == '';"
        f"{line}; crash.stop_log()"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    monkeypatch.setattr("ganview.app.window.crash.log_folder", lambda: tmp_path)
    said = start_log()
    stop_log()
    if line == "pass":
        assert (done.returncode, said) == (0, "")
    else:
        assert done.returncode == -signal.SIGSEGV
        assert "ended with a fault" in said
        assert "Segmentation fault" in (tmp_path / "fault.1.log").read_text()
        assert start_log() == "", "told once"
        stop_log()


def test_a_log_that_cant_be_written_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr("ganview.app.window.crash.log_folder", lambda: tmp_path / "file" / "log")
    assert start_log().startswith("No log is written")
    stop_log()


def test_a_problem_is_reported_as_one_zip(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    box = report_problem(window, {"scheme": "dark"})
    (path,) = log_folder().glob("report-*.zip")
    with zipfile.ZipFile(path) as archive:
        assert {"report.txt", "settings.txt"} <= set(archive.namelist())
    assert not box.isModal()
    assert str(path) in box.informativeText()


def test_a_log_has_no_escapes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("ganview.app.window.crash.log_folder", lambda: tmp_path)
    assert start_log() == ""
    log.warning("%s", "a\x1b[31m\u202e")
    stop_log()
    assert r"a\x1b[31m\u202e" in (tmp_path / "ganview.log").read_text(encoding="utf-8")
