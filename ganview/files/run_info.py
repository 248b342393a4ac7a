"""What a run was begun with: its ``config.json``."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ganview import __version__
from ganview.data.regular import read_small
from ganview.data.source import DataSource
from ganview.errors import UserError
from ganview.files.atomic import write_bytes
from ganview.files.json_document import Document, Migration, parse_object, to_text, upgrade_document
from ganview.files.lock import refuse_links_out
from ganview.files.old_names import with_current_names
from ganview.gan.config import SETTINGS, TrainConfig, rename_settings

SCHEMA = 4


#: From a schema to the next; 4 knows more settings than 3.
MIGRATIONS: dict[int, Migration] = {1: dict, 2: with_current_names, 3: with_current_names}
MAX_BYTES = 2**20
MAX_NAME, MAX_NOTE = 200, 4000  # characters


@dataclass(frozen=True)
class Parent:
    """The run that a branch goes on from."""

    folder: str  # where it was; shown, and never opened unless the user names it again
    name: str  # what it was called
    step: int  # where the branch left it


@dataclass(frozen=True)
class RunInfo:
    """What ``config.json`` holds."""

    config: TrainConfig  # the settings the run began with
    # What it learns from. A path among it is never opened unless the user names it again.
    data: DataSource
    data_sha256: str  # its hash, to tell whether a continuation has the same
    created: str  # when the run began, ISO 8601 in UTC
    # name, note: what its user calls it, and wrote about it; the folder's name stands in for no
    # name
    name: str = ""
    note: str = ""
    parent: Parent | None = None  # the run that it is a branch of
    # Names of settings that did not exist when the run began: nobody chose their values.
    missing: frozenset[str] = frozenset()


def write_run_info(path: Path, info: RunInfo) -> None:
    """Write ``config.json``, atomically.

    Raises
    ------
    WriteError
        It could not be written.
    """
    document = {
        "schema": SCHEMA,
        "program": f"ganview {__version__}",
        "created": info.created,
        **{key: text for key in ("name", "note") if (text := getattr(info, key))},
        **({"parent": asdict(info.parent)} if info.parent is not None else {}),
        "data": {
            "source": info.data.name,
            "sha256": info.data_sha256,
            "options": info.data.options(),
        },
        "config": info.config.to_dict(),
    }
    write_bytes(path, (to_text(document, indent=2) + "\n").encode())


def read_run_info(path: Path) -> RunInfo:
    """Read ``config.json``.

    Raises
    ------
    UserError
        It cannot be read, is damaged, or was written by a newer ganview.
    """
    written = parse_object(read_small(path, MAX_BYTES), str(path))
    document = upgrade_document(written, SCHEMA, MIGRATIONS, str(path))
    data, config, created = (document.get(key) for key in ("data", "config", "created"))
    match data, config, created:
        case {"source": str(), "sha256": str(sha256)}, dict(), str():
            try:
                return RunInfo(
                    TrainConfig.from_dict(config),
                    _source_of(dict(data or {})),
                    sha256,
                    created,
                    _text(document.get("name"), MAX_NAME),
                    _text(document.get("note"), MAX_NOTE),
                    _parent_of(document.get("parent")),
                    frozenset(SETTINGS.keys() - rename_settings(written["config"]).keys()),
                )
            except UserError as error:
                raise UserError(f"{path} cannot be used: {error}") from error
    raise UserError(f"{path} is damaged: settings, data or date are missing.")


def describe_run(path: Path, name: str | None = None, note: str | None = None) -> None:
    """Write what a run is called, or a note on it, into its ``config.json``; None leaves it.

    It may be done while the run trains: nobody else writes to that file.

    Raises
    ------
    UserError
        The file can't be read or written, or leads out of the run's folder.
    """
    refuse_links_out(path.parent)
    read_run_info(path)  # what can't be read is not written either
    document = parse_object(read_small(path, MAX_BYTES), str(path))
    if name is not None:
        document["name"] = name.strip()[:MAX_NAME]
    if note is not None:
        document["note"] = note[:MAX_NOTE]
    write_bytes(path, (to_text(document, indent=2) + "\n").encode())


def made_by(info: RunInfo) -> Document:
    """Return the versions and data that a checkpoint depends on, for `changes_since`."""
    import torch

    return {
        "torch": torch.__version__,
        "platform": f"{platform.system()} {platform.machine()}",
        "data_sha256": info.data_sha256,
        "config": info.config.to_dict(),
    }


def changes_since(before: Document, info: RunInfo) -> tuple[str, ...]:
    """Return a sentence for each thing that differs from what `made_by` said ``before``."""
    now = made_by(info)
    told = [
        f"The checkpoint was made with {key} {before[key]}, and this is {now[key]}: "
        "the run may not go on bit for bit."
        for key in ("torch", "platform")
        if before.get(key, now[key]) != now[key]
    ]
    if before.get("data_sha256", info.data_sha256) != info.data_sha256:
        told.append("The checkpoint was made with other data than the run's settings name now.")
    settings = before.get("config")
    told += [
        f"The setting {name} was {settings[name]} at the checkpoint and is {value} now."
        for name, value in now["config"].items()
        if isinstance(settings, dict) and settings.get(name, value) != value
    ]
    return tuple(told)


def _text(value: object, longest: int) -> str:
    return value[:longest] if isinstance(value, str) else ""


def _parent_of(value: Any) -> Parent | None:
    match value:
        case {"folder": str(folder), "name": str(name), "step": int(step)} if step >= 0:
            return Parent(_text(folder, MAX_NOTE), _text(name, MAX_NAME), step)
    return None


def _source_of(data: dict[Any, Any]) -> DataSource:
    options = data.get("options")
    if isinstance(options, dict):
        return DataSource.of_options(data["source"], options)
    source = DataSource.of_options(data["source"], data)
    # as all pictures were read before there were options
    return replace(source, ground="white", everything=True) if source.is_path else source
