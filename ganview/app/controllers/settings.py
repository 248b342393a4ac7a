"""What the window remembers between starts: one small JSON file, read as strictly as any other.

Each setting is declared once. A value that can't be used counts as its default; a file that can't
be read is set aside under another name and said so. (Qt's own QSettings would do less: it writes
in its own way, and its files may hold any type that Qt or Python can be made to rebuild.)
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from platformdirs import user_config_path
from PySide6.QtCore import QByteArray

from ganview.data.regular import read_small
from ganview.errors import UserError
from ganview.files.atomic import write_bytes, write_errors
from ganview.files.json_document import Document, Migration, parse_object, to_text, upgrade_document
from ganview.gan.presets import DEFAULT_PRESET, PRESETS

SCHEMA = 1
MIGRATIONS: dict[int, Migration] = {}  # from a schema to the next; 1 is the first
LARGEST = 2**20  # bytes; a few hundred are usual
MOST_ASIDE = 100
PLAIN = (str, int, float, bool)

T = TypeVar("T")

#: What the x axis of a plot may count: a column of the history, and what it is called.
PLOT_AXES = {
    "steps": ("step", "step"),
    "images": ("images_seen", "images seen"),
    "seconds": ("seconds", "seconds of training"),
}


class Setting(Generic[T]):
    """One remembered value: its key, its default, and how a stored value becomes a legal one."""

    def __init__(self, key: str, default: T, read: Callable[[Any], T | None]) -> None:
        self.key, self.default, self.read = key, default, read

    @overload
    def __get__(self, owner: None, kind: type) -> Setting[T]: ...
    @overload
    def __get__(self, owner: Settings, kind: type) -> T: ...
    def __get__(self, owner: Settings | None, kind: type) -> Setting[T] | T:
        if owner is None:
            return self
        value = self.read(owner.values[self.key]) if self.key in owner.values else None
        return self.default if value is None else value

    def __set__(self, owner: Settings, value: T) -> None:
        plain = base64.b64encode(value.data()).decode() if isinstance(value, QByteArray) else value
        owner.values[self.key] = plain


def _one_of(*choices: str) -> Callable[[Any], str | None]:
    return lambda value: value if isinstance(value, str) and value in choices else None


def _whole(low: int, high: int) -> Callable[[Any], int | None]:
    return lambda value: value if type(value) is int and low <= value <= high else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) < 4096 else None


def _bytes(value: Any) -> QByteArray | None:
    try:
        return QByteArray(base64.b64decode(value, validate=True))
    except (TypeError, ValueError):
        return None


class Settings:
    """The settings of one user.

    Parameters
    ----------
    path
        The file; by default in the user's configuration folder.
    """

    scheme = Setting("view/scheme", "system", _one_of("system", "light", "dark"))
    motion = Setting("view/motion", "system", _one_of("system", "still"))
    geometry = Setting("window/geometry", QByteArray(), _bytes)
    splitters = Setting("window/splitters", QByteArray(), _bytes)
    preset = Setting("train/preset", DEFAULT_PRESET, _one_of(*PRESETS))
    changes = Setting("train/changes", "{}", _text)
    seed = Setting("train/seed", 0, _whole(0, 2**31 - 1))
    stop_kind = Setting("train/stop_kind", "minutes", _one_of("never", "minutes", "steps"))
    stop_minutes = Setting("train/stop_minutes", 20, _whole(1, 10_000))
    stop_steps = Setting("train/stop_steps", 20_000, _whole(1, 100_000_000))
    page = Setting("view/page", "samples", _text)
    plot_axis = Setting("view/plot_axis", "steps", _one_of(*PLOT_AXES))
    plot_log = Setting("view/plot_log", 0, _whole(0, 1))
    plot_smooth = Setting("view/plot_smooth", 0, _whole(0, 1))
    knows_first_steps = Setting("help/first_steps", 0, _whole(0, 1))
    folder = Setting("files/folder", "", _text)
    left_run = Setting("train/left_run", "", _text)  # that trained when the window was closed
    recent_data = Setting("data/recent", "[]", _text)
    export_zoom = Setting("files/export_zoom", 10, _whole(1, 32))

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or user_config_path("ganview", appauthor=False) / "window.json"
        # What is remembered, as plain values by key; those of a newer program are kept.
        self.values: Document = {}
        self.note = ""  # a sentence about a file that was set aside, or nothing
        try:
            if self.path.exists():
                self.values = self._read()
        except (OSError, UserError):
            self.note = self._set_aside()

    def _read(self) -> Document:
        what = str(self.path)
        document = parse_object(read_small(self.path, LARGEST), what)
        document = upgrade_document(document, SCHEMA, MIGRATIONS, what)
        del document["schema"]
        return {key: value for key, value in document.items() if isinstance(value, PLAIN)}

    def _set_aside(self) -> str:
        for number in range(1, MOST_ASIDE):
            aside = self.path.with_name(
                f"{self.path.name}.unreadable{number if number > 1 else ''}"
            )
            if aside.exists():
                continue  # what was set aside before may still be wanted
            try:
                self.path.rename(aside)
            except OSError:
                break
            return (
                f"The settings couldn't be read; they are kept as {aside}, and the defaults are "
                "used."
            )
        return f"The settings in {self.path} can't be read; the defaults are used."

    @property
    def start_folder(self) -> Path:
        """Where files were chosen last, or the home folder."""
        return Path(self.folder) if self.folder and Path(self.folder).is_dir() else Path.home()

    def save(self) -> None:
        """Write them to the file now; may be called in any thread.

        Raises
        ------
        WriteError
            They could not be written; the earlier file is still there.
        """
        text = to_text({"schema": SCHEMA, **self.values.copy()}, indent=2) + "\n"
        with write_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(self.path, text.encode())
