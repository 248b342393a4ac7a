"""The report of a fault in ganview itself, for its developers: no pictures, no private paths."""

from __future__ import annotations

import io
import os
import platform
import re
import sys
import traceback
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from platformdirs import user_log_path

from ganview import __version__
from ganview.files.atomic import WriteError, write_bytes
from ganview.plain_text import printable

LIBRARIES = ("torch", "numpy", "pillow", "safetensors", "PySide6_Essentials", "pyqtgraph")
LOG_BYTES = 1 << 20  # of the end of each log file in a zip


def log_folder() -> Path:
    """Return the folder of log files and reports."""
    return user_log_path("ganview", appauthor=False)


def problem_text(error: BaseException | str, doing: Sequence[str] = ()) -> str:
    """Return a report: what went wrong, where, under which versions and settings.

    Parameters
    ----------
    error : BaseException or str
        The error with its traceback, or a text about it.
    doing : sequence of str
        The command line, or a line for each setting; paths in it are left out.
    """
    details = error if isinstance(error, str) else "".join(traceback.format_exception(error))
    shown = [re.sub(r"^(--?[\w-]+=)?.*[/\\].*$", r"\1<path>", word) for word in doing]
    lines = [
        f"ganview {__version__}, {datetime.now().astimezone():%Y-%m-%d %H:%M}",
        f"Python {platform.python_version()}, {platform.platform()}, {os.cpu_count()} processors",
        ", ".join(f"{name} {_version(name)}" for name in LIBRARIES),
        f"Encodings: {sys.getfilesystemencoding()}, {getattr(sys.stdout, 'encoding', None)}",
        f"Asked for: {' '.join(shown) or 'nothing'}",
        "",
        *details.splitlines(),
    ]
    return without_home("\n".join(map(printable, lines))) + "\n"


def write_problem_report(error: BaseException, doing: Sequence[str] = ()) -> Path | None:
    """Write a report into the log folder; returns its path, or None where it can't be written."""
    try:
        folder = log_folder()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"problem-{datetime.now().astimezone():%Y%m%d-%H%M%S}-{os.getpid()}.txt"
        write_bytes(path, problem_text(error, doing).encode())
    except (OSError, WriteError):
        return None
    return path


def zip_problem_report(path: Path, text: str, settings: Mapping[str, object]) -> None:
    """Write one zip with a report, the settings and the ends of the logs.

    Parameters
    ----------
    settings : mapping
        Of the window, by name; those that hold paths lose them.

    Raises
    ------
    WriteError
        It can't be written.
    """
    lines = [f"{name} = {value!r}" for name, value in settings.items()]
    parts = {"report.txt": text, "settings.txt": "\n".join(lines)}
    for log in sorted(log_folder().glob("*.log*")) + sorted(log_folder().glob("problem-*.txt")):
        try:
            with log.open("rb") as file:
                file.seek(max(0, log.stat().st_size - LOG_BYTES))
                parts[f"log/{log.name}"] = file.read(LOG_BYTES).decode("utf-8", "replace")
        except OSError as error:
            parts[f"log/{log.name}"] = f"It can't be read: {error.strerror}"
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, without_home(content))
    write_bytes(path, memory.getvalue())


def without_home(text: str) -> str:
    """Return a text in which paths below the home folder are ``~/…``, Python's files shortened."""
    homes = {str(Path.home()), os.path.realpath(Path.home())} - {os.sep}
    homes |= {home.replace("\\", "\\\\") for home in homes}  # as in repr and JSON on Windows
    for home in sorted(homes, key=len, reverse=True):
        begins = re.escape(home) + r"(?![\w.-])"
        # without quotes it is unknown where a name with spaces ends: at the last slash or dot, say
        rest = r"""(?:[/\\](?:[^\n"',;:)\]]*[/\\.])?[^\s"',;:)\]]*)?"""
        pattern = rf"""(["']){begins}[^"'\n]*\1|{begins}{rest}"""
        text = re.sub(pattern, _shortened, text)
    return text


def _shortened(match: re.Match[str]) -> str:
    quote = match[1] or ""
    path = match[0].strip(quote) if quote else match[0]
    parts = re.split(r"[/\\]+", path)
    ours = path.endswith(".py") and " " not in path
    kept = "/".join(parts[-3:]) if ours else ""
    return f"{quote}~/…/{kept}{quote}"


def _version(name: str) -> str:
    from importlib import metadata  # late: it takes 10 ms

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"
