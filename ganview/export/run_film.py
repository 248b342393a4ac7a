"""The film of a run: its sample grid, as it was kept along the way (`snapshots/`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganview.errors import UserError
from ganview.export.sheet import captioned, enlarged
from ganview.files.png import decode_png

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ganview.export.animation import Film
    from ganview.files.run_folder import RunFolder

HELD = 0.15  # part of the film for which the last picture stays


def run_frames(
    run: RunFolder,
    film: Film,
    *,
    zoom: int = 1,
    captions: bool = True,
    ground: int = 255,
) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of a run's film.

    The grids were kept at growing intervals, and each is shown for the same time: the film is fast
    where little changes. Its last picture stays for a while.

    Parameters
    ----------
    run : RunFolder
        A run with at least two grids.
    film : Film
        How many frames are wanted.
    zoom : int
        Size of a pixel.
    captions : bool
        Whether the step stands below.
    ground : int
        Behind the caption, 0 to 255.

    Raises
    ------
    UserError
        The run has kept too little, or a picture of it is damaged.
    """
    kept = run.snapshots()
    kept += [sample for sample in run.samples()[-1:] if not kept or sample[0] > kept[-1][0]]
    if len(kept) < 2:
        raise UserError(
            f"The run in {run.path} has kept no pictures of its way yet: train it for a while."
        )
    moving = max(1, round(film.frames * (1 - HELD)))
    shown = np.minimum(np.arange(film.frames) * len(kept) // moving, len(kept) - 1)
    before, frame, shape = -1, np.zeros(0, np.uint8), None
    for index in shown.tolist():
        if index != before:
            step, path = kept[index]
            atlas = decode_png(path)[0]
            if shape is not None and atlas.shape != shape:
                raise UserError(f"{path} is damaged: it is of another size than those before it.")
            before, shape = index, atlas.shape
            frame = enlarged(atlas, zoom)
            if captions:
                frame = captioned(frame, f"step {step:,}", ground)
        yield frame
