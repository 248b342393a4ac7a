"""The text in the picture of a sample grid: D's beliefs about the samples."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

BELIEFS_KEY = "ganview-beliefs"
_BELIEFS = msgspec.json.Decoder(list[float | None])


def beliefs_text(beliefs: NDArray[np.float32]) -> dict[str, str]:
    """Return D's belief about each sample as text, by its key in the picture."""
    values = [round(float(value), 4) for value in beliefs.ravel()]
    finite = [value if math.isfinite(value) else None for value in values]
    return {BELIEFS_KEY: msgspec.json.encode(finite).decode()}


def read_beliefs(text: Mapping[str, str], count: int) -> list[float] | None:
    """Return what a grid's text says of D's beliefs, nan where D had none; None if it says nothing.

    Parameters
    ----------
    text : mapping
        As `ganview.files.png.decode_png` returns it; of any origin.
    count : int
        Samples of the grid.
    """
    try:
        values = _BELIEFS.decode(text.get(BELIEFS_KEY, ""))
    except (msgspec.MsgspecError, UnicodeError):
        return None
    if len(values) != count:
        return None
    return [math.nan if value is None else value for value in values]
