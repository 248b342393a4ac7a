"""The frames of an animation of a run: the sample grids that were kept of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganview.errors import UserError
from ganview.export.animation import Timing, check_frame_size
from ganview.export.sheet import add_caption, enlarge
from ganview.files.png import decode_png

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ganview.files.run_folder import RunFolder

HELD = 0.15  # share of the time that the last grid is shown


def run_frames(
    run: RunFolder, timing: Timing, *, zoom: int = 1, background: int = 255
) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of an animation of a run.

    The grids were kept at growing intervals, and each is shown for the same time: it is fast
    where little changes. The last grid stays for a while.

    Parameters
    ----------
    run : RunFolder
        A run with at least two grids.
    timing : Timing
        How many frames are wanted.
    zoom : int
        Size of a pixel.
    background : int
        Behind the caption, 0 to 255.

    Raises
    ------
    UserError
        The run has kept too little, or a picture of it is damaged.
    """
    kept = run.samples()
    if len(kept) < 2:
        raise UserError(
            f"The run in {run.path} has kept no pictures of its way yet: train it for a while."
        )
    moving = max(1, round(timing.frames * (1 - HELD)))
    shown = np.minimum(np.arange(timing.frames) * len(kept) // moving, len(kept) - 1)
    before, frame, shape = -1, np.zeros(0, np.uint8), None
    for index in shown.tolist():
        if index != before:
            step, path = kept[index]
            atlas = decode_png(path)[0]
            if shape is not None and atlas.shape != shape:
                raise UserError(f"{path} is damaged: it is of another size than those before it.")
            before, shape = index, atlas.shape
            check_frame_size(atlas.shape[0] * zoom, atlas.shape[1] * zoom, timing)
            frame = add_caption(enlarge(atlas, zoom), f"step {step:,}", background)
        yield frame
