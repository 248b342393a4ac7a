"""A run as one row of a list: read in a millisecond or two, without raising an error."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from ganview.data.regular import regular_file
from ganview.errors import UserError
from ganview.files.checkpoint import read_description
from ganview.files.lock import ended_abruptly, is_held, is_left_elsewhere
from ganview.files.run_files import (
    CHECKPOINT,
    CONFIG,
    METRICS,
    MOMENTS,
    QUALITY,
    SAMPLES,
    SNAPSHOTS,
)
from ganview.files.run_info import Parent, read_run_info
from ganview.gan.config import SETTINGS
from ganview.gan.metrics.quality import Quality, from_columns
from ganview.gan.presets import nearest_preset

GROWING_SECONDS = 10.0
#: How a run came to rest, by the state that its checkpoint was written in.
RESTS = {
    "paused": "paused",
    "finished": "finished",
    "failed": "failed",
    "training": "stopped",
    "stopping": "stopped",
}
TAIL_BYTES = 2**16  # of a log, in which its last row is looked for

_ROW = msgspec.json.Decoder(dict[str, float | None])


class RunStatus(Enum):
    """Whether a run goes on, can go on, or can't be read; the value is what is shown."""

    TRAINING = "training"  # its numbers grow
    OPEN = "open"  # this process, or another one, may write to it
    SAVED = "saved"
    INTERRUPTED = "ended suddenly"
    NO_CHECKPOINT = "no checkpoint"
    BROKEN = "can't be read"
    BUILT_IN = "built in"


@dataclass(frozen=True)
class RunSummary:
    """A row of the list of runs."""

    path: Path  # its folder; of a model that ships, its file
    status: RunStatus  # what can be done with it
    # name, note: what it is called, and what its user wrote about it
    name: str
    note: str = ""
    created: str = ""  # when it began, ISO 8601 in UTC; empty if unknown
    data: str = ""  # the name of what it learns from
    preset: str = ""  # the preset that its settings are closest to
    # What differs from that preset, values by name.
    changes: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)  # all settings, values by name
    step: int = 0  # how far it got
    seconds: float = math.nan  # how long it trained; nan if unknown
    quality: Quality | None = None  # what was measured of it last
    why: str = ""  # a sentence on why it can't be read, or nothing
    parent: Parent | None = None  # the run that it is a branch of
    missing: frozenset[str] = frozenset()  # names of settings that did not exist when it began
    rests: str = ""  # one of the words in `RESTS`; empty where the checkpoint does not say

    @property
    def state(self) -> str:
        """What it does, in a word or two."""
        if self.status is RunStatus.OPEN and self.rests in ("paused", "finished"):
            return f"{self.rests}, open"
        return self.rests if self.status is RunStatus.SAVED and self.rests else self.status.value

    @property
    def data_label(self) -> str:
        """A short name of the data: of a path, its last part."""
        return self.data.replace("\\", "/").rstrip("/").rpartition("/")[2]

    @property
    def is_folder(self) -> bool:
        """Whether it is the folder of a run, not a model that ships."""
        return self.status is not RunStatus.BUILT_IN

    @property
    def can_go_on(self) -> bool:
        """Whether there is a state to go on from, and nobody has it open."""
        return self.status in (RunStatus.SAVED, RunStatus.INTERRUPTED)

    @property
    def can_be_named(self) -> bool:
        """Whether it is a run that can be read, so that a name can be written into it."""
        return self.status not in (RunStatus.BROKEN, RunStatus.BUILT_IN)

    @property
    def distance(self) -> float:
        """The Fréchet distance that was measured last; nan where there is none."""
        return self.quality.frechet if self.quality is not None else math.nan


def summarise_run(path: Path) -> RunSummary:
    """Return the row of a run's folder; if it can't be read, the row says why."""
    try:
        info = read_run_info(path / CONFIG)
        preset, changes = nearest_preset(info.config, info.missing)
        row = last_row(path / METRICS)
        quality = last_row(path / QUALITY)
        looks = from_columns({name: np.array([value]) for name, value in quality.items()})
        return RunSummary(
            path,
            status_of(path),
            info.name or path.name,
            info.note,
            info.created,
            info.data.name,
            preset.label,
            {name: getattr(info.config, name) for name in changes},
            {name: getattr(info.config, name) for name in SETTINGS},
            int(row.get("step", 0)),
            row.get("seconds", math.nan),
            looks[-1] if looks else None,
            parent=info.parent,
            missing=info.missing,
            rests=_rests(path / CHECKPOINT),
        )
    except (UserError, OSError, ValueError) as error:
        return RunSummary(path, RunStatus.BROKEN, path.name, why=str(error))


def status_of(path: Path) -> RunStatus:
    """Return whether the run in a folder goes on, or can go on, as far as can be told."""
    held = is_held(path)
    if (held or is_left_elsewhere(path)) and _is_growing(path / METRICS):
        return RunStatus.TRAINING
    if held:
        return RunStatus.OPEN
    if not (path / CHECKPOINT).is_file():
        return RunStatus.NO_CHECKPOINT
    return RunStatus.INTERRUPTED if ended_abruptly(path) else RunStatus.SAVED


def _rests(checkpoint: Path) -> str:
    """Return in which way a run came to rest, as far as its checkpoint tells."""
    try:
        run = read_description(checkpoint)[1].get("run")
    except UserError:
        return ""  # there is none, or none that can be gone on from
    return RESTS.get(str(run.get("state")), "") if isinstance(run, dict) else ""


def _is_growing(log: Path) -> bool:
    """Tell whether a log was written in the last seconds; a run that trains does so each second."""
    try:
        return abs(time.time() - log.stat().st_mtime) < GROWING_SECONDS
    except OSError:
        return False


def last_row(path: Path) -> dict[str, float]:
    """Return the last whole row of a log, what is null in it left out; nothing without a log.

    Raises
    ------
    UserError
        The file can't be read.
    """
    if not path.exists():
        return {}
    with regular_file(path) as (file, size):
        file.seek(max(0, size - TAIL_BYTES))
        lines = file.read(TAIL_BYTES).split(b"\n")
    for line in reversed(lines):
        try:
            row = _ROW.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue  # half a line, or an empty one
        found = {name: value for name, value in row.items() if value is not None}
        if 0 <= found.get("step", -1) < 2**53:
            return found
    return {}


def newest_grid(path: Path) -> Path | None:
    """Return the picture of a run's newest samples, if any was kept."""
    found: list[tuple[int, Path]] = []
    for folder in (path / MOMENTS, path / SAMPLES, path / SNAPSHOTS):
        if folder.is_dir():
            files = (file for file in folder.iterdir() if file.suffix == ".png")
            found += [(int(file.stem), file) for file in files if file.stem.isdecimal()]
    return max(found, default=(0, None))[1]
