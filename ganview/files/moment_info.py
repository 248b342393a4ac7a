"""A run after one of its steps: what is to be kept of it, and what the index notes of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ganview.data.regular import read_small
from ganview.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from ganview.gan.model import Model

State = tuple[dict[str, "Tensor"], dict[str, Any]]  # as `trainer_state.state_of` returns it
MAX_INDEX_BYTES = 2**22
MarkKind = Literal["first digits", "best", "collapse", "divergence"]


class Mark(msgspec.Struct, frozen=True):
    """A notable point of a run."""

    step: int  # where it is
    kind: MarkKind  # what kind of point
    note: str = ""  # a sentence about it


class MomentEntry(msgspec.Struct, omit_defaults=True):
    """What the index says of one moment."""

    seconds: float = 0.0
    name: str = ""


class MomentIndex(msgspec.Struct):
    """What the index says of all."""

    moments: dict[int, MomentEntry] = {}
    marks: list[Mark] = []


@dataclass(frozen=True, eq=False)
class Moment:
    """A run after one step, as it is to be kept."""

    step: int  # the step
    seconds: float  # of training until then
    # The grid, uint8 (H, W) or (H, W, 3); None leaves what was kept.
    samples: NDArray[np.uint8] | None = None
    model: Model | None = None  # the averaged generator and the discriminator
    # All that a bit-exact continuation needs; with it the moment becomes the checkpoint, too.
    state: State | None = None
    name: str = ""  # given by hand; nothing leaves the name as it is
    beliefs: NDArray[np.float32] | None = None  # what D says of each sample


@dataclass(frozen=True)
class MomentInfo:
    """What there is of a run after one of its steps."""

    step: int  # the step
    seconds: float = 0.0  # of training until then; 0 where nobody noted them
    name: str = ""  # given by hand: such a moment is kept for ever
    # has_samples, has_model, has_state: whether the sample grid, the model with its discriminator,
    # and all that a bit-exact continuation needs are kept
    has_samples: bool = False
    has_model: bool = False
    has_state: bool = False
    marks: tuple[Mark, ...] = ()  # notable points from here to the next moment


def read_moment_index(path: Path) -> MomentIndex:
    """Read an index; one that is damaged counts as empty, because the files are what matters."""
    try:
        return msgspec.json.decode(read_small(path, MAX_INDEX_BYTES), type=MomentIndex)
    except (UserError, msgspec.MsgspecError, UnicodeDecodeError):
        return MomentIndex()
