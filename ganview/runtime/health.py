"""Finds trouble in the newest losses and samples of a run, and explains it in a sentence."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from ganview.gan.objectives import OBJECTIVES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganview.gan.trainer import StepStats

EXPLODED = 1e4  # a healthy cost is below 100 for every objective on the menu
# A belief or a slope must stay put for a second of training before it means something, in no fewer
# than FEWEST steps; where steps are quick, LONG of them are enough.
SECOND, FEWEST, LONG = 1.0, 20, 100
NO_SLOPE = 1e-7  # gradient norm below which a network stands still
WARM_UP_IMAGES = 20_000  # before that a generator has not had the time to tell pictures apart
CONTRAST = 0.1  # standard deviation over the pixels, of 0 to 1, that a drawn picture has at least
# Part of the contrast by which collapsed samples still differ: below 0.04 in the preset that fails.
# Digits differ by 0.4; a DCGAN that has yet to learn what its noise is for, by no more than 0.10.
SAME_PICTURE = 0.05


class FindingKind(Enum):
    """What is wrong."""

    NOT_FINITE = "not finite"
    EXPLODED = "exploded"
    D_SATURATED = "D saturated"
    D_DEAD = "D dead"
    G_DEAD = "G dead"
    BLANK = "blank"
    COLLAPSED = "collapsed"
    CLASS_COLLAPSED = "class collapsed"
    CLASS_IGNORED = "class ignored"


COLLAPSES = {FindingKind.BLANK, FindingKind.COLLAPSED, FindingKind.CLASS_COLLAPSED}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: ``fatal`` when training on from here is of no use."""

    kind: FindingKind
    sentence: str
    fatal: bool = False


def find_divergence(stats: StepStats) -> Finding | None:
    """Tell whether one step ended in numbers from which no training comes back."""
    numbers = (stats.loss_d, stats.loss_g, stats.grad_norm_d, stats.grad_norm_g)
    if not all(map(math.isfinite, numbers)):
        what = "a cost is" if not all(map(math.isfinite, numbers[:2])) else "a gradient is"
        return Finding(
            FindingKind.NOT_FINITE,
            f"Training diverged at step {stats.step:,}: {what} not a number.",
            True,
        )
    worst = max(abs(stats.loss_d), abs(stats.loss_g))
    if worst > EXPLODED:
        return Finding(
            FindingKind.EXPLODED,
            f"Training diverged at step {stats.step:,}: a cost is {worst:,.0f}.",
            True,
        )
    return None


def last_second(recent: Collection[StepStats]) -> list[StepStats]:
    """Return the steps of the last second of training, or none while there are too few to tell."""
    steps = list(recent)[-LONG:]
    seconds = 0.0
    for count, stats in enumerate(reversed(steps), 1):
        seconds += stats.step_seconds
        if count == LONG or (count >= FEWEST and seconds >= SECOND):
            return steps[-count:]
    return []


def examine_losses(recent: Collection[StepStats], objective: str) -> Finding | None:
    """Judge the last steps.

    Parameters
    ----------
    recent : collection of StepStats
        Oldest first; those of the last second are looked at, and fewer are not judged.
    objective : str
        Name of the objective, which says when its D has won.
    """
    recent = last_second(recent)
    if not recent:
        return None
    is_saturated = OBJECTIVES[objective].is_saturated
    warm = recent[-1].images_seen >= WARM_UP_IMAGES  # a D that leads at first is caught up with
    if warm and all(is_saturated(it.y_hat_real, it.y_hat_fake, it.loss_d) for it in recent):
        return Finding(
            FindingKind.D_SATURATED,
            "The discriminator tells every fake from real for sure, "
            "so the generator learns little from it.",
        )
    if all(stats.grad_norm_d < NO_SLOPE for stats in recent):
        return Finding(
            FindingKind.D_DEAD, "The discriminator gets no gradient any more: it can't learn."
        )
    if all(stats.grad_norm_g < NO_SLOPE for stats in recent):
        return Finding(
            FindingKind.G_DEAD, "The generator gets no gradient any more: it can't learn."
        )
    return None


def examine_samples(
    tiles: NDArray[np.uint8],
    images_seen: int,
    class_names: Sequence[str],
    before: Finding | None = None,
) -> Finding | None:
    """Judge the samples of a snapshot.

    Parameters
    ----------
    tiles : ndarray
        uint8 (rows, cols, H, W) or (rows, cols, H, W, 3); with classes, one class a column and
        the same noise along a row.
    images_seen : int
        How long the generator has learned.
    class_names : sequence of str
        Names of the columns, empty without classes.
    before : Finding, optional
        What was found in the samples before these. What has collapsed counts as that until the
        pictures differ three times as much as would be needed to find it, or the finding would come
        and go: in the preset that fails they differ by 0.1 of the contrast for a while.
    """
    part = SAME_PICTURE * (1 if before is None else 3)
    rows, cols = tiles.shape[:2]
    if images_seen < WARM_UP_IMAGES or rows < 2:
        return None
    x = tiles.reshape(rows, cols, -1).astype(np.float32) / np.float32(255)
    if float(x.std(axis=2).max()) < CONTRAST:
        return Finding(
            FindingKind.BLANK, "The generator draws nothing: every picture is one flat shade."
        )
    if not class_names:
        if _same(x.reshape(rows * cols, -1), part):
            return Finding(
                FindingKind.COLLAPSED,
                "The generator has collapsed: whatever the noise, one picture.",
            )
        return None
    stuck = [class_names[column] for column in range(cols) if _same(x[:, column], part)]
    if stuck and _same(x.reshape(rows * cols, -1), part):
        return Finding(
            FindingKind.COLLAPSED,
            "The generator has collapsed: whatever noise and class, one picture.",
        )
    if stuck:
        named = ", ".join(stuck[:5]) + (" …" if len(stuck) > 5 else "")
        one = "class" if len(stuck) == 1 else "classes"
        return Finding(
            FindingKind.CLASS_COLLAPSED,
            f"Collapsed {one} {named}: whatever the noise, one picture.",
        )
    if cols > 1 and all(_same(x[row], part) for row in range(rows)):
        return Finding(
            FindingKind.CLASS_IGNORED, "The generator ignores the class: all columns look the same."
        )
    return None


def _same(pictures: NDArray[np.floating[Any]], part: float) -> bool:
    """Tell whether pictures (N, pixels), of 0 to 1, differ by no more than a part of contrast."""
    contrast = float(pictures.std(axis=1).mean())
    if contrast < CONTRAST:
        return False  # still a grey nothing, which is no collapse
    spread = float(np.sqrt(pictures.var(axis=0).mean()))
    return spread < part * contrast
