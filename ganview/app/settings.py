"""What the window remembers between starts: a typed, checked view over QSettings.

Each setting is declared once. A value that can't be used counts as its default; a file that can't
be read is set aside under another name and said so.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from platformdirs import user_config_path
from PySide6.QtCore import QByteArray, QSettings

from ganview.gan.config import DEFAULT_PRESET, PRESETS

T = TypeVar("T")


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
        try:
            value = self.read(owner.store.value(self.key, self.default))
        except (TypeError, ValueError, OverflowError, EOFError):
            value = None
        return self.default if value is None else value

    def __set__(self, owner: Settings, value: T) -> None:
        owner.store.setValue(self.key, value)


def _one_of(*choices: str) -> Callable[[Any], str | None]:
    return lambda value: value if value in choices else None


def _whole(low: int, high: int) -> Callable[[Any], int | None]:
    def read(value: Any) -> int | None:
        number = int(value)
        return number if low <= number <= high else None

    return read


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) < 4096 else None


def _bytes(value: Any) -> QByteArray | None:
    return value if isinstance(value, QByteArray) else None


class Settings:
    """The settings of one user.

    Parameters
    ----------
    path
        The INI file; by default in the user's configuration folder.

    Attributes
    ----------
    note
        A sentence about a file that was set aside, or nothing.
    """

    scheme = Setting("view/scheme", "system", _one_of("system", "light", "dark"))
    geometry = Setting("window/geometry", QByteArray(), _bytes)
    splitters = Setting("window/splitters", QByteArray(), _bytes)
    preset = Setting("train/preset", DEFAULT_PRESET, _one_of(*PRESETS))
    changes = Setting("train/changes", "{}", _text)
    seed = Setting("train/seed", 0, _whole(0, 2**31 - 1))
    stop_kind = Setting("train/stop_kind", "minutes", _one_of("never", "minutes", "steps"))
    stop_minutes = Setting("train/stop_minutes", 20, _whole(1, 10_000))
    stop_steps = Setting("train/stop_steps", 20_000, _whole(1, 100_000_000))
    plot_axis = Setting("view/plot_axis", "steps", _one_of("steps", "images"))
    folder = Setting("files/folder", "", _text)
    export_zoom = Setting("files/export_zoom", 10, _whole(1, 32))

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or user_config_path("ganview", appauthor=False) / "window.ini"
        self.note = self._set_aside_if_unreadable()
        self.store = QSettings(str(self.path), QSettings.Format.IniFormat)

    def _set_aside_if_unreadable(self) -> str:
        try:
            content = self.path.read_bytes()
            content.decode("utf-8")
            readable = b"\0" not in content and len(content) < 1 << 20
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError):
            readable = False
        if readable:
            probe = QSettings(str(self.path), QSettings.Format.IniFormat)
            probe.allKeys()
            readable = probe.status() == QSettings.Status.NoError
        if readable:
            return ""
        aside = self.path.with_name(self.path.name + ".unreadable")
        try:
            self.path.replace(aside)
        except OSError:
            return f"The settings in {self.path} can't be read; the defaults are used."
        return (
            f"The settings couldn't be read; they are kept as {aside}, and the defaults are used."
        )

    def save(self) -> None:
        """Write what changed to the file now."""
        self.store.sync()
