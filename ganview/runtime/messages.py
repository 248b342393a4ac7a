"""What the threads say to a window: finished values of numpy and plain Python, without torch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ganview.gan.objectives import DEFAULT_OBJECTIVE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganview.gan.model import Model
    from ganview.runtime.health import Finding


class RunState(Enum):
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


@dataclass(frozen=True, eq=False)
class SampleGrid:
    """Samples of one generator at one moment; every array is read-only.

    With classes each column is one class and each row shares its noise.
    """

    images: NDArray[np.uint8]  # uint8 (rows, columns, H, W) or (rows, columns, H, W, 3)
    # Noise, float32: (rows, z_dim) where a row shares it, (rows * columns, z_dim) without classes.
    z: NDArray[np.float32]
    class_names: tuple[str, ...] = ()  # class of each column; empty without classes
    # What D says of each sample, float32 (rows, columns); None without D.
    beliefs: NDArray[np.float32] | None = None
    objective: str = DEFAULT_OBJECTIVE  # name of D's objective, which says how that is to be read
    first_class: int = 0  # class of the first column

    @property
    def rows(self) -> int:
        """Samples down."""
        return int(self.images.shape[0])

    @property
    def columns(self) -> int:
        """Samples across."""
        return int(self.images.shape[1])

    @property
    def tile(self) -> tuple[int, int]:
        """Height and width of one sample."""
        return self.images.shape[2], self.images.shape[3]

    @cached_property
    def atlas(self) -> NDArray[np.uint8]:
        """All samples as one picture: uint8 (rows * H, columns * W[, 3])."""
        rows, columns, height, width, *colour = self.images.shape
        across = self.images.swapaxes(1, 2)  # (rows, H, columns, W[, 3])
        picture = np.ascontiguousarray(across).reshape(rows * height, columns * width, *colour)
        picture.setflags(write=False)
        return picture

    def tile_z(self, row: int, column: int) -> NDArray[np.float32]:
        """Return the noise (z_dim,) of one sample."""
        z: NDArray[np.float32] = self.z[row if self.class_names else row * self.columns + column]
        return z

    def tile_class(self, column: int) -> int | None:
        """Return the class of a column; None without classes."""
        return self.first_class + column if self.class_names else None

    def tiles(self) -> NDArray[np.uint8]:
        """Return the samples one by one, uint8 (rows * columns, H, W[, 3])."""
        return self.images.reshape(-1, *self.images.shape[2:])


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A run at one moment: the one message from its thread."""

    state: RunState  # what the run's thread is doing
    # step, images_seen: how far the run is
    step: int = 0
    images_seen: int = 0
    elapsed: float = 0.0  # seconds of training alone, from the start of the run
    images_per_second: float = 0.0  # of the last seconds of training; 0 before there are any
    progress: float | None = None  # 0 to 1 towards the stop condition, None without one
    remaining: float | None = None  # seconds of training left, None while that is unknown
    samples: SampleGrid | None = None  # what ``model`` drew; None before there is a network
    model: Model | None = None  # the averaged generator with D, a copy that nobody changes
    note: str = ""  # a sentence about trouble found or work done, or nothing
    # What is wrong with the run by its newest numbers and samples.
    findings: tuple[Finding, ...] = ()
    unsaved: str = ""  # why the run can't be saved, for as long as that is so, or nothing
    error: str | None = None  # one sentence when ``state`` is FAILED
    details: str | None = None  # the traceback behind ``error``
    threads: int = 0  # processor threads that the trainer uses; 0 while they are not chosen


@dataclass(frozen=True)
class RenderedImages:
    """Pictures that a renderer made, or the sentence why it could not."""

    lane: str  # where the request stood
    stamp: int  # what `Renderer.request` returned for it
    # uint8 (N, H, W) or (N, H, W, 3): all, or the first N, of the pictures asked for.
    images: NDArray[np.uint8]
    # D's belief in each, float32 (N,), if it was asked for and the model has a discriminator.
    beliefs: NDArray[np.float32] | None
    complete: bool  # whether these are all; if not, more of the same request will follow
    seconds: float  # from the request to this result
    model: Model | None  # what drew them; None where nothing could
    # error, details: one sentence and the traceback, when nothing could be drawn
    error: str | None = None
    details: str | None = None
