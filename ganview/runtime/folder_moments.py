"""The moments of a run in a folder: listed at once, and read one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganview.errors import UserError
from ganview.files.model_file import load_model, read_model_header
from ganview.files.moments import GRID, MODEL, STATE, list_moments
from ganview.files.moments import MomentFiles as Files
from ganview.files.png import decode_png
from ganview.files.run_files import CHECKPOINT
from ganview.files.run_files import MODEL as NEWEST_MODEL
from ganview.files.run_folder import RunFolder
from ganview.runtime.run_view import Moment, MomentInfo
from ganview.runtime.sample_grid import GridSampler, frozen

if TYPE_CHECKING:
    from pathlib import Path

    from ganview.gan.model import Model, ModelSpec
    from ganview.runtime.history import History
    from ganview.runtime.messages import SampleGrid


class FolderMoments:
    """What a run folder keeps of its run's past; nothing of it is changed.

    For background threads: each call reads the disk.

    Parameters
    ----------
    folder : Path
        The run's folder.
    history : History
        Its numbers, which know how long the run had trained at a step.
    """

    def __init__(self, folder: Path, history: History) -> None:
        self._folder = folder
        self._history = history
        self._files: dict[int, Files] | None = None  # until the folder is looked at
        self._spec: ModelSpec | None = None

    def look(self) -> tuple[MomentInfo, ...]:
        """Look at what the folder holds by now, in order of steps."""
        files = list_moments(self._folder)
        self._add_newest(files)
        self._files = files = dict(sorted(files.items()))
        columns = self._history.view()
        rows = np.searchsorted(columns["step"], np.array(list(files), np.float64))
        seconds = np.append(columns["seconds"], columns["seconds"][-1:])
        return tuple(
            MomentInfo(
                step=step,
                seconds=float(seconds[min(row, len(seconds) - 1)]) if len(seconds) else 0.0,
                has_samples=GRID in moment.files,
                has_model=moment.model is not None,
                has_discriminator=MODEL in moment.files,
                has_state=STATE in moment.files,
            )
            for row, (step, moment) in zip(rows.tolist(), files.items(), strict=True)
        )

    def _add_newest(self, files: dict[int, Files]) -> None:
        """Count model and checkpoint of the run as moments, too."""
        try:
            model = self._folder / NEWEST_MODEL
            step = read_model_header(model).info.get("step")
            if isinstance(step, int):
                files.setdefault(step, Files(step)).files[MODEL] = model
            step = RunFolder.open(self._folder, write=False).checkpoint_step()
            files.setdefault(step, Files(step)).files[STATE] = self._folder / CHECKPOINT
        except UserError:
            pass  # there is none yet, or it is being replaced

    def at(self, step: int) -> Moment | None:
        """Read the newest moment not after a step, with the newest model not after it.

        Raises
        ------
        UserError
            A file can't be read.
        """
        infos = [info for info in self.look() if info.step <= step]
        if not infos:
            return None
        return Moment(infos[-1], self.samples_at(step), self.model_at(step))

    def samples_at(self, step: int) -> SampleGrid | None:
        """Read the newest grid not after a step; None if there is none.

        Raises
        ------
        UserError
            It can't be read.
        """
        spec = self._find_spec()
        kept = [files for files in self._until(step) if GRID in files.files]
        return read_grid(kept[-1].files[GRID], spec) if kept and spec is not None else None

    def model_at(self, step: int) -> Model | None:
        """Read the newest model not after a step, with D if it was kept; None if there is none.

        Raises
        ------
        UserError
            It can't be read.
        """
        kept = [path for files in self._until(step) if (path := files.model)]
        return load_model(kept[-1]) if kept else None

    def _until(self, step: float) -> list[Files]:
        if self._files is None:
            self.look()
        assert self._files is not None
        return [files for at, files in self._files.items() if at <= step]

    def _find_spec(self) -> ModelSpec | None:
        """Return what the run's networks fit; it is the same all along."""
        if self._spec is None:
            models = (files.model for files in self._until(np.inf))
            first = next((path for path in models if path is not None), None)
            self._spec = read_model_header(first).spec if first is not None else None
        return self._spec


def read_grid(path: Path, spec: ModelSpec) -> SampleGrid:
    """Read the sample grid of a model whose noise is that of every run.

    Raises
    ------
    UserError
        It can't be read, or is of another size than this model's pictures.
    """
    from ganview.runtime.messages import SampleGrid

    atlas, _ = decode_png(path)
    channels, height, width = spec.image_shape
    rows, left_over = divmod(len(atlas), height)
    sampler = GridSampler(spec, rows) if rows and not left_over else None
    if sampler is None or atlas.shape[1] != sampler.columns * width:
        raise UserError(f"{path} is no sample grid of this run: it is of another size.")
    if channels == 1:
        atlas = atlas if atlas.ndim == 2 else atlas[..., 0]
    elif atlas.ndim == 2:
        atlas = atlas[..., None].repeat(3, axis=2)
    tiles = atlas.reshape(rows, height, sampler.columns, width, *atlas.shape[2:]).swapaxes(1, 2)
    names = spec.class_names[: sampler.columns]
    return SampleGrid(frozen(np.ascontiguousarray(tiles)), sampler.z, names)
