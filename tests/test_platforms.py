"""What is written for Windows and macOS: driven here by patched values, never run there."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path, PureWindowsPath
from types import ModuleType

import pytest

import ganview.files.lock
from ganview.cli import main
from ganview.files import atomic
from ganview.files.atomic import WriteError, atomic_folder, check_writable, write_bytes
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from tests.files.conftest import make_model

ROOT = Path(__file__).parent.parent
TORCH_FIRST = """
import sys
sys.platform = "win32"
from types import ModuleType
from ganview.runtime import preload
preload.import_torch = lambda: print("torch", "PySide6" in sys.modules)
startup = sys.modules["ganview.app.window.startup"] = ModuleType("startup")
startup.missing_display = lambda: ""
startup.load_display_plugin = lambda: None
startup.main = lambda *_: print("window") or 0
import ganview.app.window
ganview.app.window.startup = startup
from ganview.cli.entry import main
main(["gui"])
"""


def test_on_windows_torch_is_imported_before_qt():
    done = subprocess.run(
        [sys.executable, "-c", TORCH_FIRST], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.split() == ["torch", "False", "window"], done.stderr


@pytest.mark.parametrize(
    "name",
    ["con", "NUL.png", "com1.txt", "lpt³", "aux .x", "end.", "end ", "a:b.png", "a?.png", "a\tb"],
)
def test_names_that_windows_gives_to_devices_are_refused(tmp_path, monkeypatch, name):
    write_bytes(tmp_path / name, b"elsewhere they are names like others")
    (tmp_path / name).unlink()
    monkeypatch.setattr(atomic, "WINDOWS", True)
    with pytest.raises(WriteError, match="Windows has no files of that name"):
        write_bytes(tmp_path / name, b"")
    with pytest.raises(WriteError), atomic_folder(tmp_path / name):
        pass
    with pytest.raises(WriteError):
        check_writable(tmp_path / name)
    with pytest.raises(WriteError):
        RunFolder.create(tmp_path / name, TrainConfig())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["console", "nullable.png", "com.png", "com10", ".con", "aux-1"])
def test_names_that_only_look_like_those_are_not(tmp_path, monkeypatch, name):
    monkeypatch.setattr(atomic, "WINDOWS", True)
    write_bytes(tmp_path / name, b"1")
    assert (tmp_path / name).read_bytes() == b"1"


def test_windows_says_of_a_long_name_that_it_is_long(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, "WINDOWS", True)
    path = tmp_path / "/".join(["folder" * 10] * 4) / "file"
    assert (
        str(WriteError(path, FileNotFoundError(errno.ENOENT, "")))[-21:] == "the name is too long."
    )
    assert "folder is not there" in str(
        WriteError(Path("a/b"), FileNotFoundError(errno.ENOENT, ""))
    )


def test_locks_of_windows(tmp_path, monkeypatch):
    locked: dict[int, int] = {}  # inode to handle, as the system of Windows keeps them

    def locking(handle, mode, count):
        assert (mode, count) == (2, 1)
        assert os.lseek(handle, 0, os.SEEK_CUR) >= 2**30  # the text stays readable for others
        inode = os.fstat(handle).st_ino
        if locked.get(inode, handle) != handle:
            raise PermissionError(errno.EACCES, "Permission denied")
        locked[inode] = handle

    msvcrt = ModuleType("msvcrt")
    msvcrt.locking, msvcrt.LK_NBLCK = locking, 2
    monkeypatch.setitem(sys.modules, "msvcrt", msvcrt)
    monkeypatch.setattr(sys, "platform", "win32")
    spec = importlib.util.spec_from_file_location("lock_of_windows", ganview.files.lock.__file__)
    lock = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(lock)
    held = lock.FolderLock(tmp_path)
    assert lock.is_held(tmp_path)
    with pytest.raises(lock.LockedError, match=f"process {os.getpid()} on"):
        lock.FolderLock(tmp_path)
    assert (tmp_path / ".lock").read_text().startswith("process")
    held.release()
    locked.clear()  # closing a file lets its locks go
    assert not lock.ended_abruptly(tmp_path)
    lock.FolderLock(tmp_path).release()


def test_a_file_that_ships_is_known_on_a_disk_without_capital_letters(
    tmp_path, monkeypatch, capsys
):
    # what a disk does that ignores case: two names, one folder
    shipped, same = tmp_path / "weights", tmp_path / "WEIGHTS"
    shipped.mkdir()
    (shipped / "m.safetensors").write_bytes(_model(tmp_path))
    same.mkdir()
    (same / "m.safetensors").write_bytes(_model(tmp_path))
    monkeypatch.setattr("ganview.data.locate.weights_folder", lambda: shipped)
    monkeypatch.setattr(Path, "samefile", lambda a, b: str(a).lower() == str(b).lower())
    assert main(["eval", str(same / "m.safetensors"), "--keep"]) == 2
    assert "stays as it is" in capsys.readouterr().err


def _model(folder: Path) -> bytes:
    from ganview.files.model_file import save_model

    save_model(folder / "some.safetensors", make_model())
    return (folder / "some.safetensors").read_bytes()


def test_ctrl_break_ends_as_ctrl_c_does(tmp_path):
    code = (
        "import signal, time, os; signal.SIGBREAK = signal.SIGUSR1\n"
        "from ganview.cli.interrupts import end_on_interrupt\n"
        "end_on_interrupt(); print(os.environ['FOR_DISABLE_CONSOLE_CTRL_HANDLER'], flush=True)\n"
        "for _ in range(600): time.sleep(0.1)"  # a signal just before a sleep does not end it
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"1\n"
        process.send_signal(signal.SIGUSR1)
        assert process.wait(60) == 130


def test_on_macos_a_file_is_flushed_out_of_the_drive(tmp_path, monkeypatch):
    import fcntl

    asked = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", lambda _, what: asked.append(what))
    write_bytes(tmp_path / "f", b"1")
    assert asked == [51]
    monkeypatch.setattr(fcntl, "fcntl", lambda *_: os.close(-1))  # a disk that has no such thing
    write_bytes(tmp_path / "f", b"2")
    assert (tmp_path / "f").read_bytes() == b"2"


@pytest.mark.parametrize("home", [r"C:\Users\me", r"\\server\homes\me"], ids=["drive", "UNC"])
def test_reports_of_windows_have_no_path_of_the_home_folder(monkeypatch, home):
    from ganview.files import problem_report

    monkeypatch.setattr(Path, "home", lambda: PureWindowsPath(home))
    monkeypatch.setattr(problem_report.os.path, "realpath", str)
    path = rf"{home}\my photos\me.png"
    for told in (f"{path} is missing", f"{path!r} is missing", json.dumps({"last": path})):
        shown = problem_report.without_home(told)
        assert "~/…/" in shown
        assert not {"photos", "png", "Users", "homes"} & set(re.findall(r"\w+", shown)), shown
    line = problem_report.without_home(rf'File "{home}\x\lib\a\b.py", line 3')
    assert line == 'File "~/…/lib/a/b.py", line 3'


def test_a_share_of_windows_is_named_by_its_last_folder(tmp_path):
    from ganview.files.run_summary import RunStatus, RunSummary

    row = RunSummary(tmp_path, RunStatus.SAVED, "a", data=r"\\server\share\cats\\")
    assert row.data_label == "cats"


def test_macos_moves_two_actions_into_the_menu_of_the_program(qtbot):
    """Qt would guess by their texts, and take Settings and Options away from their menus."""
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMainWindow

    from ganview.app.controllers.actions import Actions

    window = QMainWindow()
    qtbot.addWidget(window)
    Actions(window)
    roles = {action.objectName(): action.menuRole() for action in window.actions()}
    none = QAction.MenuRole.NoRole
    assert {name for name, role in roles.items() if role is not none} == {"quit", "about"}


@pytest.mark.parametrize("family", ["Segoe UI", ".AppleSystemUIFont", "Cantarell", "Inter"])
def test_the_font_of_the_desktop_is_kept(qapp, monkeypatch, family):
    assert own_typeface(qapp, monkeypatch, family) == qapp.font().families()


@pytest.mark.parametrize("family", ["", "DejaVu Sans", "Bitstream Vera Sans", "Fixed"])
def test_where_the_desktop_names_no_font_the_one_that_ships_is_used(qapp, monkeypatch, family):
    assert own_typeface(qapp, monkeypatch, family)[0] == "Ganview Sans"


def own_typeface(qapp, monkeypatch, family: str) -> list[str]:
    """Make a theme where Qt finds this family for the desktop's font; returns what is used."""
    from ganview.app import theme

    class Info:
        def __init__(self, _font) -> None: ...

        def family(self) -> str:
            return family

    before = qapp.font()
    used = [before.families()]
    monkeypatch.setattr(theme, "QFontInfo", Info)
    monkeypatch.setattr(qapp, "setFont", lambda font: used.append(font.families()))
    made = theme.Theme(qapp)
    made.setParent(None)
    made.deleteLater()
    return used[-1]


def test_macos_shows_its_own_signs_for_keys(qtbot, monkeypatch):
    from PySide6.QtWidgets import QLabel

    from ganview.app.window.dialogs import ShortcutDialog

    monkeypatch.setattr(sys, "platform", "darwin")
    dialog = ShortcutDialog([])
    qtbot.addWidget(dialog)
    shown = [label.text() for label in dialog.findChildren(QLabel)]
    assert "⇧⌘1 … ⇧⌘9" in shown
    assert not [text for text in shown if "Ctrl" in text or "Alt+" in text]
