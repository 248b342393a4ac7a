"""Every run on this computer, wherever it is, and the models that ship; without torch.

A run is found in the folder of runs, or in a small index of folders that were opened from
elsewhere. For background threads.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ganview.data.regular import read_small
from ganview.errors import UserError
from ganview.files.atomic import write_bytes, write_errors
from ganview.files.json_document import (
    Migration,
    check_fields,
    parse_object,
    to_text,
    upgrade_document,
)
from ganview.files.lock import check_unlocked
from ganview.files.png import decode_png
from ganview.files.run_files import is_run_folder
from ganview.files.run_summary import RunStatus, RunSummary, newest_grid, summarise_run
from ganview.runtime.opening import SHIPPED

INDEX = "known-runs.json"  # beside the folder of runs
TRASH = ".ganview-trash"  # in the folder that a run lay in, so that moving it is a rename
SCHEMA = 1
MIGRATIONS: dict[int, Migration] = {}  # from a schema to the next; 1 is the first
MAX_BYTES = 2**22
MAX_KNOWN = 1000
MAX_FOLDERS = 10_000  # that are looked through
GRID_ROWS = 8  # of every sample grid
PICTURE_TILES = 6  # across a run's small picture


class _Index(msgspec.Struct):
    folders: Annotated[list[str], msgspec.Meta(max_length=MAX_KNOWN)]


def list_runs(
    runs: Path, progress: Callable[[float, str], None] = lambda _part, _words: None
) -> list[RunSummary]:
    """Return every run in a folder of runs or in the index beside it, the newest first."""
    folders = [*_run_folders(runs), *known_folders(runs)]
    found = []
    for number, path in enumerate(folders):
        found.append(summarise_run(path))
        progress((number + 1) / len(folders), "")
    return sorted(found, key=lambda run: run.created, reverse=True)


def built_in_models() -> list[RunSummary]:
    """Return the models that ship, as rows of the list."""
    from ganview.files.model_file import read_model_header
    from ganview.files.open_model import shipped_model

    rows = []
    for word, label in SHIPPED.items():
        try:
            path = shipped_model(word)
            info = read_model_header(path).info
        except UserError:
            continue
        step = info.get("step")
        rows.append(
            RunSummary(
                path,
                RunStatus.BUILT_IN,
                label,
                data="digits",
                step=step if isinstance(step, int) else 0,
            )
        )
    return rows


def small_picture(run: RunSummary) -> NDArray[np.uint8] | None:
    """Return two rows of a run's newest samples, uint8 (H, W) or (H, W, 3); None without any.

    At most `PICTURE_TILES` pictures across, where they are square. A model that ships draws its
    own.
    """
    try:
        if not run.is_folder:
            return _draw_samples(run.path)
        file = newest_grid(run.path)
        if file is None:
            return None
        atlas = decode_png(file)[0]
    except (UserError, OSError):
        return None
    side = atlas.shape[0] // GRID_ROWS
    return atlas[: 2 * side, : PICTURE_TILES * side] if side else atlas


def _draw_samples(path: Path) -> NDArray[np.uint8]:
    from ganview.files.model_file import load_model
    from ganview.runtime.sample_grid import GridSampler

    model = load_model(path)
    grid = GridSampler(model.spec, 2).draw(model)
    return replace(grid, images=grid.images[:, :PICTURE_TILES]).atlas


# ---- runs from elsewhere -----------------------------------------------------------------------


def known_folders(runs: Path) -> list[Path]:
    """Return the folders of runs that were opened from elsewhere, the newest first.

    An index that is missing or damaged holds none: it is written anew with the next run.
    """
    path = runs.parent / INDEX
    try:
        document = parse_object(read_small(path, MAX_BYTES), str(path))
        document = upgrade_document(document, SCHEMA, MIGRATIONS, str(path))
        return [Path(name) for name in check_fields(document, _Index, str(path)).folders]
    except UserError:
        return []


def remember_run(runs: Path, path: Path) -> None:
    """Have the run in a folder listed from now on, wherever it is.

    Raises
    ------
    WriteError
        The index can't be written.
    """
    path = path.absolute()
    if is_run_folder(path) and not _is_in(path, runs):
        _write_index(runs, [path, *(other for other in known_folders(runs) if other != path)])


def forget_run(runs: Path, path: Path) -> None:
    """Take a run from elsewhere off the list; its files stay.

    Raises
    ------
    WriteError
        The index can't be written.
    """
    _write_index(runs, [other for other in known_folders(runs) if other != path])


def _write_index(runs: Path, folders: list[Path]) -> None:
    names = [str(folder) for folder in folders[:MAX_KNOWN]]
    # the name of a folder may be no Unicode, which JSON has no place for
    names = [name for name in names if name.encode(errors="replace").decode() == name]
    path = runs.parent / INDEX
    with write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, (to_text({"schema": SCHEMA, "folders": names}, indent=1) + "\n").encode())


# ---- the trash ---------------------------------------------------------------------------------


def discard_run(runs: Path, path: Path) -> Path:
    """Move a run to the trash, from which `restore_run` brings it back; returns where it is.

    Raises
    ------
    LockedError
        Somebody has it open.
    WriteError
        It can't be moved.
    """
    check_unlocked(path)
    if path in known_folders(runs):
        forget_run(runs, path)
    return _move(path, path.parent / TRASH / path.name)


def restore_run(runs: Path, path: Path) -> Path:
    """Bring a run back from the trash; returns where it is.

    Raises
    ------
    WriteError
        It can't be moved.
    """
    back = _move(path, path.parent.parent / path.name)
    remember_run(runs, back)
    return back


def list_discarded(runs: Path) -> list[RunSummary]:
    """Return the runs in the trash beside runs, and beside those of the index, newest first."""
    places = dict.fromkeys([runs, *(path.parent for path in known_folders(runs))])
    found = [summarise_run(path) for place in places for path in _run_folders(place / TRASH)]
    return sorted(found, key=lambda run: run.created, reverse=True)


def erase_run(path: Path) -> None:
    """Delete a run that is in the trash, for ever.

    Raises
    ------
    WriteError
        It can't be deleted, or is not in the trash.
    """
    if path.parent.name != TRASH:
        raise UserError(f"{path} is not in the trash: only what is there is deleted for ever.")
    with write_errors(path):
        shutil.rmtree(path)


def _move(path: Path, wanted: Path) -> Path:
    target, number = wanted, 1
    with write_errors(path):
        wanted.parent.mkdir(exist_ok=True)
        while target.exists():
            number += 1
            target = wanted.with_name(f"{wanted.name}-{number}")
        path.rename(target)
    return target


def _run_folders(folder: Path) -> list[Path]:
    try:
        entries = list(islice(folder.iterdir(), MAX_FOLDERS))
    except OSError:
        return []
    return [entry for entry in entries if is_run_folder(entry)]


def _is_in(path: Path, folder: Path) -> bool:
    try:
        return path.parent.samefile(folder)
    except OSError:
        return False


def to_document(run: RunSummary) -> dict[str, Any]:
    """Return a row as JSON values, for scripts."""
    quality = run.quality
    return {
        "path": str(run.path),
        "name": run.name,
        "note": run.note,
        "state": run.state,
        "why": run.why,
        "created": run.created,
        "parent": asdict(run.parent) if run.parent is not None else None,
        "data": run.data,
        "preset": run.preset,
        "changes": run.changes,
        "step": run.step,
        "seconds": run.seconds,
        "judge_fd": quality.frechet if quality is not None else None,
        "class_accuracy": quality.accuracy if quality is not None else None,
    }
