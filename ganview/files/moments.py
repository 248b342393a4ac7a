"""The moments that are kept of a run: one series of sample grids, models and whole states.

========================== ===================================================================
``NNNNNNNNN.png``          the sample grid after that step
``NNNNNNNNN.safetensors``  the averaged generator and the discriminator, as a model file
``NNNNNNNNN.state``        all that a bit-exact continuation needs, as a checkpoint
``index.json``             seconds of training, names given by hand, and notable points
========================== ===================================================================

There are at most `MOST` of each. When there are too many, the one goes whose neighbours lie nearest
to each other, on a scale that gives the beginning, when most is learned, more room. The first, the
newest, those with a name and the best always stay. Beside them lies the grid of a second ago, for
programs that follow the run. What is in the folder counts: an index that is missing or damaged
costs names and times, never a picture.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from ganview.errors import UserError
from ganview.files.atomic import link_or_copy, remove_leftovers, write_bytes, write_errors
from ganview.files.grid_text import beliefs_text
from ganview.files.log_position import file_stamp
from ganview.files.model_file import save_model
from ganview.files.moment_info import (
    Mark,
    Moment,
    MomentEntry,
    MomentIndex,
    MomentInfo,
    read_moment_index,
)
from ganview.files.png import write_png
from ganview.files.run_files import MOMENTS, SAMPLES, SNAPSHOTS

Part = Literal["samples", "model", "state"]
SUFFIXES: dict[Part, str] = {"samples": ".png", "model": ".safetensors", "state": ".state"}
#: Of each part, how many are kept: some 100 MB at the default, however long a run is.
MOST: dict[Part, int] = {"samples": 240, "model": 50, "state": 6}
#: Where runs of ganview 0.1 kept them; read, never written.
OLD_FOLDERS: dict[Part, tuple[str, ...]] = {"samples": (SAMPLES, SNAPSHOTS)}
INDEX = "index.json"
MAX_NAME = 100


class Moments:
    """The series of one run folder; one thread changes it, any may ask it.

    Parameters
    ----------
    run : Path
        The folder of the run.
    """

    def __init__(self, run: Path) -> None:
        self._run = run
        self._folder = run / MOMENTS
        self._index = MomentIndex()
        self._files: dict[Part, dict[int, Path]] = {part: {} for part in SUFFIXES}
        self._seen: object = None
        self._guessed: tuple[Mark, ...] = ()
        self._shown: int | None = None  # a step whose grid is there for the moment only
        self._infos: tuple[MomentInfo, ...] = ()
        self.refresh()

    @property
    def infos(self) -> tuple[MomentInfo, ...]:
        """What is kept, in order of steps; as it was at the last change or `refresh`."""
        return self._infos

    def refresh(self) -> bool:
        """Look again at what the folder holds; returns whether that has changed."""
        seen = [file_stamp(self._folder), file_stamp(self._folder / INDEX)]
        seen += [file_stamp(self._run / old) for folders in OLD_FOLDERS.values() for old in folders]
        if seen == self._seen:
            return False
        for part, suffix in SUFFIXES.items():
            folders = (*OLD_FOLDERS.get(part, ()), MOMENTS)
            self._files[part] = {
                step: file for name in folders for step, file in _by_step(self._run / name, suffix)
            }
        self._index = read_moment_index(self._folder / INDEX)
        self._seen = seen
        self._tell()
        return True

    def file(self, part: Part, step: int) -> Path | None:
        """Return the file of a moment, the newest that is not after ``step``."""
        files = dict(self._files[part])
        steps = [known for known in files if known <= step]
        return files[max(steps)] if steps else None

    def files(self, part: Part) -> list[tuple[int, Path]]:
        """Return all files of one part, as (step, file) in order."""
        return sorted(self._files[part].items())

    def add(self, moment: Moment, model_file: Path | None = None) -> None:
        """Keep a moment, whose model may be in a file already.

        Raises
        ------
        WriteError
            It could not be written.
        """
        step, model = moment.step, moment.model
        if model_file is not None:  # first: what shape samples have is read from a model
            link_or_copy(model_file, self._place("model", step))
        elif model is not None:
            save_model(self._place("model", step), model)
        self._write_samples(moment)
        self._note_files(step)
        self._leave_shown(step)
        entry = self._index.moments.setdefault(step, MomentEntry())
        entry.seconds, entry.name = moment.seconds, moment.name[:MAX_NAME] or entry.name
        self._thin()
        self._write()

    def show(self, moment: Moment) -> None:
        """Write a sample grid as the newest; the next one shown or added replaces it.

        One that is older than what was kept meanwhile is left out. It is there for a second:
        neither flushed to the disk nor noted in the index.

        Raises
        ------
        WriteError
            It could not be written.
        """
        step = moment.step
        if step > max(self._files["samples"], default=-1):  # else a newer one was kept meanwhile
            self._write_samples(moment, lasting=False)
            self._note_files(step)
            self._leave_shown(step)
            self._shown = step
            self._index.moments.setdefault(step, MomentEntry()).seconds = moment.seconds
            self._tell()

    def _write_samples(self, moment: Moment, *, lasting: bool = True) -> None:
        if moment.samples is not None:
            text = {} if moment.beliefs is None else beliefs_text(moment.beliefs)
            path = self._place("samples", moment.step)
            write_png(path, moment.samples, text, quick=True, lasting=lasting)

    def _leave_shown(self, step: int) -> None:
        """Remove the grid that was only shown, now that there is a newer one."""
        shown, self._shown = self._shown, None
        if shown is not None and shown != step:
            self._remove("samples", shown)

    def _remove(self, part: Part, step: int) -> None:
        path = self._files[part].get(step)
        if path is not None:
            with write_errors(path):
                path.unlink(missing_ok=True)
            del self._files[part][step]

    def is_state_due(self, step: int) -> bool:
        """Tell whether the whole state after a step would be kept."""
        last = max(self._files["state"], default=0)
        return step >= 1.3 * last

    def state_path(self, step: int) -> Path:
        """Return where the whole state after a step is written, as a checkpoint.

        Raises
        ------
        WriteError
            There is no folder for it, and none can be made.
        """
        return self._place("state", step)

    def mark(self, mark: Mark) -> None:
        """Note a notable point; the last of a kind "best" counts.

        Raises
        ------
        WriteError
            It could not be written.
        """
        others = [old for old in self._index.marks if mark.kind != "best" or old.kind != "best"]
        if mark not in others:
            before, self._index.marks = self._index.marks, [*others, mark]
            try:
                self._write()
            except UserError:
                self._index.marks = before  # it is noted when it is tried again
                raise

    def guess(self, marks: Sequence[Mark]) -> None:
        """Show marks that were found afterwards, of kinds that nobody noted; nothing is written."""
        self._guessed = tuple(marks)
        self._tell()

    def written_before(self) -> list[tuple[int, Path]]:
        """Return the sample grids, (step, file) in order, of a version that noted no marks."""
        return [it for it in self.files("samples") if it[1].parent != self._folder]

    def forget_after(self, step: int) -> None:
        """Remove the moments of later steps: the run goes on from ``step``.

        Marks of a divergence stay: they tell of steps that the run did twice.

        Raises
        ------
        WriteError
            Something could not be removed, or not be noted; both are when it is tried again.
        """
        index = self._index
        entries = {known: entry for known, entry in index.moments.items() if known <= step}
        marks = [mark for mark in index.marks if mark.step <= step or mark.kind == "divergence"]
        if (entries, marks) != (index.moments, index.marks):
            self._index = MomentIndex(entries, marks)
            try:
                self._write()
            except UserError:
                self._index = index  # it is forgotten when that is tried again
                raise
        for part, files in self._files.items():
            for later in [known for known in files if known > step]:
                self._remove(part, later)
        self._tell()

    def take(self, other: Moments, step: int) -> None:
        """Take over another run's moments until ``step``, as hard links where the disk has them.

        Raises
        ------
        WriteError
            Something could not be written.
        """
        for part in SUFFIXES:
            for at, path in other.files(part):
                if at <= step:
                    link_or_copy(path, self._place(part, at))
                    self._note_files(at)
        entries = {at: entry for at, entry in other._index.moments.items() if at <= step}
        marks = [mark for mark in other._index.marks if mark.step <= step]
        self._index = MomentIndex(entries, marks)
        self._write()

    def clear(self) -> None:
        """Remove the whole series."""
        for files in self._files.values():
            for path in files.values():
                path.unlink(missing_ok=True)
        (self._folder / INDEX).unlink(missing_ok=True)
        remove_leftovers(self._folder)
        self.refresh()

    def _place(self, part: Part, step: int) -> Path:
        with write_errors(self._folder):
            self._folder.mkdir(exist_ok=True)
        return self._path_of(part, step)

    def _path_of(self, part: Part, step: int) -> Path:
        return self._folder / f"{step:09d}{SUFFIXES[part]}"

    def _note_files(self, step: int) -> None:
        """Note what was written of a moment."""
        for part, files in self._files.items():
            path = self._path_of(part, step)
            if path.exists():
                files[step] = path

    def _thin(self) -> None:
        stays = {step for step, entry in self._index.moments.items() if entry.name}
        best = [mark.step for mark in self._index.marks if mark.kind == "best"]
        for part, files in self._files.items():
            steps = sorted(files)
            kept = stays | {max((s for s in steps if s <= step), default=0) for step in best}
            for step in surplus(steps, MOST[part], kept):
                self._remove(part, step)
        present = {step for files in self._files.values() for step in files}
        self._index.moments = {
            step: entry for step, entry in self._index.moments.items() if step in present
        }

    def _write(self) -> None:
        self._tell()
        write_bytes(self._folder / INDEX, msgspec.json.encode(self._index))

    def _tell(self) -> None:
        """Make the series anew for those who ask."""
        files, index = self._files, self._index
        steps = sorted({step for part in files.values() for step in part})
        marks: dict[int, list[Mark]] = {}
        noted = {mark.kind for mark in index.marks}
        guessed = [mark for mark in self._guessed if mark.kind not in noted]
        for mark in sorted([*index.marks, *guessed], key=lambda mark: mark.step):
            before = max((step for step in steps if step <= mark.step), default=None)
            if before is not None:
                marks.setdefault(before, []).append(mark)
        nothing = MomentEntry()
        self._infos = tuple(
            MomentInfo(
                step,
                entry.seconds,
                entry.name,
                step in files["samples"],
                step in files["model"],
                step in files["state"],
                tuple(marks.get(step, ())),
            )
            for step in steps
            for entry in [index.moments.get(step, nothing)]
        )


def _by_step(folder: Path, suffix: str) -> list[tuple[int, Path]]:
    try:
        entries = [entry for entry in folder.iterdir() if entry.suffix == suffix]
    except (OSError, ValueError):
        return []
    return sorted(
        (int(file.stem), file) for file in entries if file.stem.isdecimal() and len(file.stem) < 16
    )


def surplus(steps: Sequence[int], most: int, kept: Collection[int]) -> list[int]:
    """Return which of a growing series of steps go, so that ``most`` stay, evenly spread.

    Parameters
    ----------
    steps : sequence of int
        In order.
    most : int
        How many may stay; more do only if ``kept`` holds more.
    kept : collection of int
        Steps that never go. The first and the last never do, either.
    """
    left, gone = list(steps), []
    while len(left) > max(most, 2):
        inner = [at for at in range(1, len(left) - 1) if left[at] not in kept]
        if not inner:
            break
        at = min(inner, key=lambda at: _scale(left[at + 1]) - _scale(left[at - 1]))
        gone.append(left.pop(at))
    return gone


def _scale(step: int) -> float:
    """Return where a step lies on a line that gives the beginning more room."""
    return float(step ** (1 / 3))
