"""What the threads say to a window: finished values of numpy and plain Python, without torch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class SessionState(Enum):
    """What the trainer thread is doing."""

    IDLE = "idle"  # nothing learned yet, or just reset
    TRAINING = "training"
    PAUSED = "paused"
    FINISHED = "finished"  # the stop condition is reached
    FAILED = "failed"
    STOPPING = "stopping"  # saving, then the thread ends


@dataclass(frozen=True)
class StopAt:
    """When a run is finished: at a number of steps or of seconds of training, whichever is first.

    Both count from the start of the run; seconds are of training alone.
    """

    steps: int | None = None
    seconds: float | None = None

    def progress(self, step: int, seconds: float) -> float | None:
        """Return the part that is done, 0 to 1, or None without a condition."""
        parts = []
        if self.steps is not None:
            parts.append(step / self.steps if self.steps > 0 else 1.0)
        if self.seconds is not None:
            parts.append(seconds / self.seconds if self.seconds > 0 else 1.0)
        return min(1.0, max(parts)) if parts else None

    def remaining(self, step: int, seconds: float, steps_per_second: float) -> float | None:
        """Return the seconds of training left, or None where they can't be told yet."""
        left = []
        if self.steps is not None and steps_per_second > 0:
            left.append((self.steps - step) / steps_per_second)
        if self.seconds is not None:
            left.append(self.seconds - seconds)
        return max(0.0, min(left)) if left else None


@dataclass(frozen=True)
class Snapshot:
    """The state of a session at one moment; every array is read-only.

    Parameters
    ----------
    state : SessionState
        What the session is doing.
    step, images_seen : int
        How far the run is.
    elapsed : float
        Seconds of training alone, from the start of the run.
    images_per_second : float
        Of the last seconds of training; 0 before there are any.
    progress : float or None
        0 to 1 towards the stop condition, None without one.
    remaining : float or None
        Seconds of training left, None while that is unknown.
    atlas : ndarray
        The samples as one picture, uint8, (rows * H, cols * W) or (rows * H, cols * W, 3).
    tile : tuple of int
        (H, W) of one sample.
    rows, cols : int
        Samples down and across.
    beliefs : ndarray or None
        D's belief that each sample is real, float32 (rows, cols), 0 to 1.
    grid_z : ndarray
        The noise of the samples, float32: (rows, z_dim) where a row shares its noise, or
        (rows * cols, z_dim) without classes.
    grid_y : ndarray or None
        The class of each column, int64 (cols,); None without classes.
    note : str
        A sentence about trouble found or work done, or nothing.
    unsaved : str
        Why the run can't be saved, for as long as that is so, or nothing.
    error : str or None
        One sentence when ``state`` is FAILED.
    details : str or None
        The traceback behind ``error``.
    version : int
        Grows with every snapshot of a session.
    generation : int
        Grows with every reset: numbers of different generations belong to different runs.
    threads : int
        Processor threads that the trainer uses.
    model_version : int
        Number of the model in ``Session.models`` that drew these samples.
    """

    state: SessionState
    step: int
    images_seen: int
    elapsed: float
    images_per_second: float
    progress: float | None
    remaining: float | None
    atlas: NDArray[np.uint8]
    tile: tuple[int, int]
    rows: int
    cols: int
    beliefs: NDArray[np.float32] | None
    grid_z: NDArray[np.float32]
    grid_y: NDArray[np.int64] | None
    note: str = ""
    unsaved: str = ""
    error: str | None = None
    details: str | None = None
    version: int = 0
    generation: int = 0
    threads: int = 0
    model_version: int = 0

    @classmethod
    def nothing(cls, state: SessionState, error: str, details: str) -> Snapshot:
        """Return a snapshot without pictures, of a session that could not even begin."""
        return cls(
            state=state,
            step=0,
            images_seen=0,
            elapsed=0.0,
            images_per_second=0.0,
            progress=None,
            remaining=None,
            atlas=np.zeros((0, 0), np.uint8),
            tile=(0, 0),
            rows=0,
            cols=0,
            beliefs=None,
            grid_z=np.zeros((0, 0), np.float32),
            grid_y=None,
            error=error,
            details=details,
        )

    def tile_z(self, row: int, col: int) -> NDArray[np.float32]:
        """Return the noise (z_dim,) of one sample."""
        index = row if self.grid_y is not None else row * self.cols + col
        z: NDArray[np.float32] = self.grid_z[index]
        return z

    def tile_class(self, col: int) -> int | None:
        """Return the class of the samples in a column; None without classes."""
        return None if self.grid_y is None else int(self.grid_y[col])


@dataclass(frozen=True)
class RenderedImages:
    """Pictures that a renderer made, or the sentence why it could not.

    Parameters
    ----------
    lane : str
        Where the request stood.
    stamp : int
        What `Renderer.request` returned for it.
    images : ndarray
        uint8 (N, H, W) or (N, H, W, 3): all, or the first N, of the pictures asked for.
    beliefs : ndarray or None
        D's belief in each, float32 (N,), if it was asked for and the model has a discriminator.
    complete : bool
        Whether more of the same request will follow.
    seconds : float
        From the request to this result.
    model_version : int
        What `Renderer.set_model` returned for the model that drew them.
    error, details : str or None
        One sentence and the traceback, when nothing could be drawn.
    """

    lane: str
    stamp: int
    images: NDArray[np.uint8]
    beliefs: NDArray[np.float32] | None
    complete: bool
    seconds: float
    model_version: int
    error: str | None = None
    details: str | None = None


@dataclass(frozen=True)
class Progress:
    """How far a job is: ``fraction`` 0 to 1, and a few words."""

    fraction: float
    text: str = ""


@dataclass(frozen=True)
class Done:
    """A job ended well, with its value."""

    value: Any


@dataclass(frozen=True)
class Failed:
    """A job ended with an error: one sentence, and the traceback."""

    error: str
    details: str


@dataclass(frozen=True)
class Cancelled:
    """A job ended because it was told to."""
