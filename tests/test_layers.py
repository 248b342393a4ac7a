"""What import-linter can't see: what is really loaded by an import, and how large modules grow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import ganview

PACKAGE = Path(ganview.__file__).parent
LONGEST = 400
"""Lines. Most modules of one idea have under 200."""

WITHOUT_TORCH = [
    "ganview.errors",
    "ganview.files.atomic",
    "ganview.gan.config",
    "ganview.gan.metrics.quality",
    "ganview.runtime.history",
    "ganview.runtime.mailbox",
    "ganview.runtime.messages",
    "ganview.runtime.preload",
    "ganview.runtime.quality_record",
]


def modules(folder: Path) -> list[str]:
    """Return the dotted names of all modules below `folder`."""
    paths = [path.relative_to(PACKAGE.parent).with_suffix("") for path in folder.rglob("*.py")]
    return sorted(".".join(path.parts).removesuffix(".__init__") for path in paths)


def loaded_by(*names: str) -> set[str]:
    """Import `names` in a fresh interpreter; return which of the heavy packages came along."""
    code = (
        "import importlib, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "print(*({'torch', 'PySide6', 'pyqtgraph'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=PACKAGE.parent
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_modules_that_the_window_needs_at_once_do_without_torch() -> None:
    assert loaded_by(*WITHOUT_TORCH) == set()


def test_the_command_line_loads_nothing_heavy_to_print_its_help() -> None:
    assert loaded_by("ganview", "ganview.cli") == set()


def test_the_window_is_built_before_torch_is_loaded() -> None:
    assert "torch" not in loaded_by(*modules(PACKAGE / "app"))


def test_everything_below_the_window_does_without_qt() -> None:
    below = [
        name for name in modules(PACKAGE) if name.split(".")[1:2] not in (["app"], ["__main__"])
    ]
    assert loaded_by(*below) == {"torch"}


def test_no_module_grows_too_long() -> None:
    lengths = {
        str(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}
