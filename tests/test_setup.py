""".ci/setup: what it asks of a machine, and that it leaves either everything or nothing."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import signal
import struct
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="for sh and make")

TOOLS = ["cat", "cksum", "cut", "dirname", "env", "mkdir", "rm", "sh", "sleep", "true"]

PYTHON = """
case "$*" in
    *system_packages.py*) cat .ci/lacking ;;
    "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    "-m pip"*install*) echo installing; exec sh .ci/pip-install "$@" ;;
    "-m ganview") exit $GANVIEW ;;
    "-m ganview "*) echo "unseen: $*" ;;
esac
"""
"""Stands for the interpreter and for the one inside .venv."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a checkout on a machine that lacks nothing and whose pip succeeds."""
    folder = tmp_path / "a project"
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    for name in ("constraints.txt", "pyproject.toml", ".ci/lacking"):
        (folder / name).touch()
    (folder / ".ci/pip-install").write_text('echo "$@" >> pip.log')
    return folder


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Make a folder of all the programs that there are for an unprivileged user."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in [*TOOLS, "cp"]:
        (folder / tool).symlink_to(shutil.which(tool))
    stub(folder / "python3", PYTHON)
    stub(folder / "id", "echo 1000")
    stub(folder / "sudo", "exit 1")
    return folder


def stub(path: Path, lines: str) -> None:
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)


def command(project: Path) -> list[str]:
    return ["sh", str(project / ".ci/setup"), "run"]


def setup(project: Path, programs: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(project), env={"PATH": str(programs), **more}, capture_output=True, text=True
    )


def test_the_first_call_installs_and_the_second_does_nothing(project: Path, programs: Path) -> None:
    assert setup(project, programs).returncode == 0
    assert "-c constraints.txt -e ." in (project / "pip.log").read_text()
    (project / "pip.log").unlink()
    (programs / "python3").unlink()
    assert setup(project, programs).returncode == 0
    assert not (project / "pip.log").exists()


def test_a_changed_requirement_installs_again(project: Path, programs: Path) -> None:
    setup(project, programs)
    (project / "pip.log").unlink()
    (project / "pyproject.toml").write_text("changed")
    assert setup(project, programs).returncode == 0
    assert (project / "pip.log").exists()


def test_a_moved_checkout_starts_anew(project: Path, programs: Path) -> None:
    setup(project, programs)
    (project / ".venv/of the old place").touch()
    moved = project.rename(project.with_name("moved"))
    assert setup(moved, programs).returncode == 0
    assert not (moved / ".venv/of the old place").exists()
    assert (moved / ".venv/bin/python").exists()


def test_torch_alone_comes_from_the_index_that_was_chosen(project: Path, programs: Path) -> None:
    setup(project, programs, TORCH_INDEX="file:///cpu")
    first, second = (project / "pip.log").read_text().splitlines()
    assert first.endswith("--no-deps --index-url file:///cpu -c constraints.txt torch")
    assert "file:///cpu" not in second


def test_without_root_the_command_to_type_is_printed_and_nothing_is_left(
    project: Path, programs: Path
) -> None:
    (project / ".ci/lacking").write_text("libxcb-cursor0 python3-venv")
    stub(programs / "apt-get", "exit 99")
    before = sorted(project.rglob("*"))
    done = setup(project, programs)
    assert done.returncode == 1
    assert re.search(
        r"^ +sudo apt-get update && sudo apt-get install .*libxcb-cursor0 python3-venv$",
        done.stderr,
        re.MULTILINE,
    )
    assert sorted(project.rglob("*")) == before


def test_without_apt_the_missing_things_are_named(project: Path, programs: Path) -> None:
    (project / ".ci/lacking").write_text("libxcb-cursor.so.0")
    done = setup(project, programs)
    assert done.returncode == 1
    assert "libxcb-cursor.so.0" in done.stderr
    assert not (project / ".venv").exists()


def test_sudo_without_a_password_is_used(project: Path, programs: Path) -> None:
    (project / ".ci/lacking").write_text("libxcb-cursor0")
    stub(
        programs / "apt-get",
        'echo "$@" >> apt.log; case "$*" in *install*) : > .ci/lacking ;; esac',
    )
    stub(programs / "sudo", '[ "$1" = -n ] && shift; exec "$@"')
    assert setup(project, programs).returncode == 0
    update, install = (project / "apt.log").read_text().splitlines()
    assert update.endswith("update")
    assert install.endswith("install --no-install-recommends libxcb-cursor0")


def test_a_failing_apt_leaves_nothing(project: Path, programs: Path) -> None:
    (project / ".ci/lacking").write_text("libxcb-cursor0")
    stub(programs / "apt-get", "exit 100")
    stub(programs / "id", "echo 0")
    done = setup(project, programs)
    assert done.returncode == 1
    assert "could not install: libxcb-cursor0" in done.stderr
    assert not (project / ".venv").exists()


def test_a_python_that_is_too_old_is_named(project: Path, programs: Path) -> None:
    stub(programs / "old", '[ "$1" = --version ] && echo "Python 3.9.2" || exit 1')
    done = setup(project, programs, PYTHON=str(programs / "old"))
    assert done.returncode == 1
    assert "3.11 or newer" in done.stderr
    assert "Python 3.9.2" in done.stderr


def test_packages_that_cannot_be_had_leave_no_environment(project: Path, programs: Path) -> None:
    (project / ".ci/pip-install").write_text("exit 1")
    done = setup(project, programs)
    assert done.returncode == 1
    assert "pip could not install" in done.stderr
    assert not (project / ".venv").exists()


def test_an_interrupted_set_up_leaves_no_environment(project: Path, programs: Path) -> None:
    (project / ".ci/pip-install").write_text("exec sleep 60")
    with subprocess.Popen(
        command(project),
        env={"PATH": str(programs)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        while process.stderr.readline() != "installing\n":
            assert process.poll() is None
        assert (project / ".venv").exists()
        os.killpg(process.pid, signal.SIGTERM)
        assert process.wait(timeout=20) == 143
    assert not (project / ".venv").exists()


@pytest.mark.parametrize(("ending", "unseen"), [(0, False), (1, False), (2, True)])
def test_make_run_does_the_job_unseen_where_no_window_opens(
    project: Path, programs: Path, ending: int, unseen: bool
) -> None:
    shutil.copy(ROOT / "Makefile", project)
    make = shutil.which("make")
    assert make is not None
    done = subprocess.run(
        [make, "-C", str(project), "run"],
        env={"PATH": str(programs), "GANVIEW": str(ending)},
        capture_output=True,
        text=True,
    )
    assert ("unseen: -m ganview demo --out build/demo" in done.stdout) == unseen
    assert (done.returncode == 0) == (ending in (0, 2))


def test_what_a_killed_set_up_left_is_cleared(project: Path, programs: Path) -> None:
    (project / ".venv").mkdir()
    (project / ".venv/.unfinished").touch()
    (project / ".venv/half").touch()
    assert setup(project, programs).returncode == 0
    assert not (project / ".venv/half").exists()
    assert not (project / ".venv/.unfinished").exists()


def needed(path: Path) -> set[str]:
    """Read the names of the libraries that a 64-bit ELF file asks the linker for."""
    data = path.read_bytes()
    (sections,) = struct.unpack_from("<Q", data, 0x28)
    size, count = struct.unpack_from("<HH", data, 0x3A)
    headers = [struct.unpack_from("<IIQQQQIIQQ", data, sections + size * i) for i in range(count)]
    names: set[str] = set()
    for _, kind, _, _, offset, length, link, *_ in headers:
        if kind == 6:  # SHT_DYNAMIC; `link` is its table of strings
            for tag, value in struct.iter_unpack("<QQ", data[offset : offset + length]):
                if tag == 1:  # DT_NEEDED
                    start = headers[link][4] + value
                    names.add(data[start : data.index(b"\0", start)].decode())
    return names


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone leaves these to the system")
def test_every_library_that_qt_wants_from_the_system_is_looked_for() -> None:
    table = runpy.run_path(str(ROOT / ".ci/system_packages.py"), run_name="table")
    qt = Path(PySide6.__file__).parent / "Qt"
    modules = ("Core", "Gui", "Widgets", "DBus", "XcbQpa", "OpenGL", "Svg")
    files = [
        *(qt / "lib" / f"libQt6{name}.so.6" for name in modules),
        *(qt / "plugins/platforms" / f"libq{name}.so" for name in ("xcb", "offscreen")),
        *(qt / "plugins/xcbglintegrations").glob("*.so"),
    ]
    always_there = r"lib(c|m|dl|rt|pthread|gcc_s)\.so|ld-linux|libicu|libQt6"
    wanted = {name for file in files for name in needed(file) if not re.match(always_there, name)}
    assert wanted == set(table["LIBRARIES"])
