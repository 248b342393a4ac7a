"""How a run went, in plain sentences: from its numbers, its samples and its quality."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from ganview.gan.trainer import StepStats
from ganview.runtime.health import LONG, examine_losses, examine_samples
from ganview.runtime.messages import RunState, SampleGrid, Snapshot

if TYPE_CHECKING:
    from ganview.gan.metrics.quality import Quality
    from ganview.runtime.run_view import RunView

MUCH = 1.25  # times the distance from which one is told to be worse
WORSE_CLASS = 0.1  # of accuracy by which a worst class is worse
LESS_VARIED = 0.6  # part of the other's variety from which one is told to draw more alike


def describe_run_so_far(run: RunView, snapshot: Snapshot | None) -> str:
    """Return sentences on how good a run's pictures are, and on what went wrong with it."""
    looks = run.quality.looks()
    parts = []
    if looks:
        look = looks[-1]
        reads = f", {100 * look.accuracy:.0f} % read as the class asked for"
        parts.append(f"judge-FD {look.frechet:.3g}{'' if isnan(look.accuracy) else reads}.")
    if snapshot is not None and snapshot.state is RunState.FAILED and snapshot.error:
        parts.append(snapshot.error)
    else:
        samples = snapshot.samples if snapshot is not None else None
        findings = [examine_losses(newest_steps(run), run.config.objective)]
        if snapshot is not None and samples is not None:
            seen = snapshot.images_seen
            findings.insert(0, examine_samples(samples.images, seen, samples.class_names))
        parts += [finding.sentence for finding in findings if finding is not None]
    return " ".join(parts) or "nothing is measured yet."


def compare_variety(first: SampleGrid, second: SampleGrid) -> str:
    """Return a sentence where the samples of the second are far more alike, else nothing."""
    ours, theirs = variety(first), variety(second)
    if not ours or theirs > LESS_VARIED * ours:
        return ""
    where = "Within a class, samples" if second.class_names else "Samples"
    return f"{where} of the second differ from each other only {100 * theirs / ours:.0f} % as much."


def variety(grid: SampleGrid) -> float:
    """Return how much samples of one class differ, as a part of the contrast within a picture.

    It is the standard deviation of a pixel over the samples, divided by that over the pixels of a
    sample, both as root mean squares: 0 where all are one picture, about 0.6 for digits of a class.
    Without classes, all samples count as one class. 0 without any contrast.
    """
    x = grid.images.reshape(grid.rows, grid.columns, -1).astype(np.float32)
    if not grid.class_names:
        x = x.reshape(-1, 1, x.shape[2])
    contrast = float(x.var(axis=2).mean())
    return float(np.sqrt(x.var(axis=0).mean() / contrast)) if contrast else 0.0


def compare_quality(first: Quality, second: Quality) -> str:
    """Return a sentence on which of two is better."""
    ratio = second.frechet / max(first.frechet, 1e-9)
    if ratio >= MUCH:
        told = f"Pictures of the second are {ratio:.1f} times as far from real ones"
    elif ratio <= 1 / MUCH:
        told = "Pictures of the second are nearer to real ones"
    else:
        told = "Both are about equally far from real pictures so far"
    if first.worst - second.worst >= WORSE_CLASS:
        told += f", and the worst class is read right in {100 * second.worst:.0f} %, "
        told += f"not {100 * first.worst:.0f} %"
    return f"{told}."


def newest_steps(run: RunView) -> list[StepStats]:
    """Return the numbers of a run's last steps, as its trainer gave them."""
    columns = run.history.view()
    rows = range(max(1, len(columns["step"]) - LONG), len(columns["step"]))
    seconds = columns["seconds"]
    names = [name for name in StepStats._fields if name in columns]
    return [
        StepStats(
            **{name: columns[name][row].item() for name in names},
            step_seconds=seconds[row] - seconds[row - 1],
        )
        for row in rows
    ]
