"""What a run was begun with: its ``config.json``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganview import __version__
from ganview.data.regular import read_small
from ganview.errors import UserError
from ganview.files.atomic import write_bytes
from ganview.files.document import Document, Migration, parse_object, to_text, upgrade
from ganview.gan.config import TrainConfig

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = 2


def _without_classifier(document: Document) -> Document:
    """Say of a run from before D had a classifier that it has none, no kinds, and D G's pace."""
    config = document.get("config")
    if isinstance(config, dict):
        without = {"class_pull": 0.0, "class_pull_end": 0.0, "d_rate": 1.0, "kinds": 0}
        return {**document, "config": {**without, **config}}
    return dict(document)


MIGRATIONS: dict[int, Migration] = {1: _without_classifier}  # from a schema to the next
MAX_BYTES = 2**20


@dataclass(frozen=True)
class RunInfo:
    """What ``config.json`` holds.

    Parameters
    ----------
    config : TrainConfig
        The settings the run began with.
    data : str
        The data as it was named: ``digits`` or a path.
    data_sha256 : str
        Its hash, to tell whether a continuation has the same.
    created : str
        When the run began, ISO 8601 in UTC.
    """

    config: TrainConfig
    data: str
    data_sha256: str
    created: str


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
        "data": {"source": info.data, "sha256": info.data_sha256},
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
    document = parse_object(read_small(path, MAX_BYTES), str(path))
    document = upgrade(document, SCHEMA, MIGRATIONS, str(path))
    data, config, created = (document.get(key) for key in ("data", "config", "created"))
    match data, config, created:
        case {"source": str(source), "sha256": str(sha256)}, dict(), str():
            try:
                return RunInfo(TrainConfig.from_dict(config), source, sha256, created)
            except UserError as error:
                raise UserError(f"{path} cannot be used: {error}") from error
    raise UserError(f"{path} is damaged: settings, data or date are missing.")
