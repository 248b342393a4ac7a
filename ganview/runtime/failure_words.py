"""What has come of a run, in plain words, from its numbers, its samples and its quality."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from ganview.gan.trainer import StepStats
from ganview.runtime.health import LONG, examine_losses, examine_samples
from ganview.runtime.messages import RunState

if TYPE_CHECKING:
    from ganview.gan.metrics.quality import Quality
    from ganview.runtime.messages import Snapshot
    from ganview.runtime.run_view import RunView

MUCH = 1.25  # times the distance from which one is told to be worse
WORSE_CLASS = 0.1  # of accuracy by which a worst class is worse


def describe_run_so_far(run: RunView, snapshot: Snapshot | None) -> str:
    """Return sentences on how good a run's pictures are, and on what went wrong with it."""
    looks = run.quality.looks()
    parts = []
    if looks:
        look = looks[-1]
        reads = "" if isnan(look.accuracy) else f", {look.accuracy:.0%} read as the class asked for"
        parts.append(f"judge-FD {look.frechet:.3g}{reads}.")
    if snapshot is not None and snapshot.state is RunState.FAILED and snapshot.error:
        parts.append(snapshot.error)
    else:
        finding = examine_losses(newest_steps(run), run.config.objective)
        if finding is None and snapshot is not None and snapshot.samples is not None:
            samples = snapshot.samples
            finding = examine_samples(samples.images, snapshot.images_seen, samples.class_names)
        if finding is not None:
            parts.append(finding.sentence)
    return " ".join(parts) or "nothing is measured yet."


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
        told += f", and the worst class is read right in {second.worst:.0%}, not {first.worst:.0%}"
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
