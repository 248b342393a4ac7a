"""What is noted of a run's moments: their seconds, names and marks, as the index keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from ganview.data.regular import read_small
from ganview.errors import UserError

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
