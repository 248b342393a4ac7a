"""What makes a moment of a run notable, as it learns or in what was kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganview.files.moment_info import Mark
from ganview.gan.metrics.quality import Quality
from ganview.gan.trainer import StepStats
from ganview.runtime.health import COLLAPSES, examine_samples, find_divergence
from ganview.runtime.messages import SampleGrid

RECOGNISABLE = 0.8  # class accuracy from which one can say that the classes are there
MISSING = 10  # times a step's seconds that must be missing where a run is said to have gone back


def is_best(look: Quality, others: Sequence[Quality]) -> bool:
    """Tell whether no comparable look found a smaller distance from unseen pictures."""
    comparable = (it for it in others if (it.judge, it.samples) == (look.judge, look.samples))
    return isfinite(look.frechet) and all(not it.frechet < look.frechet for it in comparable)


def is_first_recognised(look: Quality, before: Sequence[Quality]) -> bool:
    """Tell whether the classes are recognised for the first time."""
    return look.accuracy >= RECOGNISABLE and not any(
        it.accuracy >= RECOGNISABLE for it in before if it.step < look.step
    )


def marks_of_quality(looks: Sequence[Quality]) -> list[Mark]:
    """Return where a run was best, by the judge of its last look, and first recognised."""
    first = [Mark(it.step, "first digits") for it in looks if is_first_recognised(it, looks)]
    same = [it for it in looks if (it.judge, it.samples) == (looks[-1].judge, looks[-1].samples)]
    best = [Mark(it.step, "best") for it in same if is_best(it, same)]
    return first[:1] + best[:1]


def marks_of_samples(grids: Iterable[tuple[int, int, SampleGrid]]) -> list[Mark]:
    """Return where collapse began, of (step, images seen, samples) in order."""
    marks: list[Mark] = []
    before, collapsed = None, False
    for step, seen, grid in grids:
        before = examine_samples(grid.images, seen, grid.class_names, before)
        was, collapsed = collapsed, before is not None and before.kind in COLLAPSES
        if before is not None and collapsed and not was:
            marks.append(Mark(step, "collapse", before.sentence))
    return marks


def marks_of_divergence(
    columns: Mapping[str, NDArray[np.floating[Any]]], *, slowed: bool
) -> list[Mark]:
    """Return where a run diverged, as far as its numbers tell.

    Of a run that went back and on more slowly, no step shows it: but the seconds of the steps that
    were given up are missing between two that follow each other.

    Parameters
    ----------
    slowed : bool
        Whether the run's learning rate was lowered, as is done after a divergence.
    """
    step, seconds = columns["step"], columns["seconds"].astype(np.float64)
    if len(step) < 2:
        return []
    marks = []
    lengths = np.diff(seconds)
    a_step = float(np.median(lengths / np.diff(step)))
    missing = lengths - a_step * np.diff(step)
    if slowed and a_step > 0 and missing.max() > MISSING * a_step:
        back = int(step[np.argmax(missing)])
        told = f"Training diverged, and went back to about step {back:,}, at a lower learning rate."
        marks.append(Mark(back, "divergence", told))
    noted = (name for name in StepStats._fields if name in columns)
    last = {name: columns[name][-1].item() for name in noted if np.isfinite(columns[name]).any()}
    finding = find_divergence(StepStats._make(last.get(name, 0) for name in StepStats._fields))
    if finding is not None:
        marks.append(Mark(int(step[-1]), "divergence", finding.sentence))
    return marks
