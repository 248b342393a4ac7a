"""What makes a measurement of a run notable."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganview.gan.metrics.quality import Quality

RECOGNISABLE = 0.8  # class accuracy from which one can say that the classes are there


def is_best(look: Quality, others: Sequence[Quality]) -> bool:
    """Tell whether no comparable look found a smaller distance from unseen pictures."""
    comparable = (it for it in others if (it.judge, it.samples) == (look.judge, look.samples))
    return isfinite(look.frechet) and all(not it.frechet < look.frechet for it in comparable)


def is_first_recognised(look: Quality, before: Sequence[Quality]) -> bool:
    """Tell whether the classes are recognised for the first time."""
    return look.accuracy >= RECOGNISABLE and not any(
        it.accuracy >= RECOGNISABLE for it in before if it.step < look.step
    )
