"""What is kept of each trace to see how the game goes: a few numbers, not the pictures."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganview.gan.step_trace import Floats, StepTrace

LONGEST = 1000  # traces: eight minutes of two a second
BINS = 24  # of a histogram of D's answers
RECENT = 8  # traces whose answers a histogram counts


@dataclass(frozen=True, eq=False)
class HealthNumbers:
    """Of one step.

    Parameters
    ----------
    step
        Its number.
    gradients, ratios
        By network, ``G`` or ``D``: norm of each layer's gradient, and size of its update over
        that of its weights, float64 (layers,).
    real, fake
        D's answers over the batch: beliefs, or a critic's scores.
    variety
        Mean distance between two pictures of G over that between two real ones: 1 is as varied.
    """

    step: int
    gradients: dict[str, NDArray[np.float64]]
    ratios: dict[str, NDArray[np.float64]]
    real: Floats
    fake: Floats
    variety: float


def numbers_of(trace: StepTrace) -> HealthNumbers:
    """Return what is kept of a trace."""
    layers = {"G": trace.layers_g, "D": trace.layers_d}
    real = mean_distance(trace.x)
    return HealthNumbers(
        trace.step,
        {net: np.array([layer.gradient for layer in of]) for net, of in layers.items()},
        {net: np.array([layer.ratio for layer in of]) for net, of in layers.items()},
        trace.belief(trace.before.all_real),
        trace.belief(trace.before.all_fake),
        mean_distance(trace.x_hat) / real if real else 0.0,
    )


def mean_distance(images: Floats) -> float:
    """Return the mean root mean square difference between two of images (R, C, H, W)."""
    flat = images.reshape(len(images), -1)
    squares = ((flat[:, None] - flat[None]) ** 2).mean(axis=2)
    pairs = np.sqrt(squares)[np.triu_indices(len(flat), 1)]
    return float(pairs.mean()) if pairs.size else 0.0


class HealthRecord:
    """The numbers of the last traces of one run, in order of steps."""

    def __init__(self) -> None:
        self.numbers: deque[HealthNumbers] = deque(maxlen=LONGEST)
        self.names: dict[str, tuple[str, ...]] = {}

    def add(self, trace: StepTrace) -> None:
        """Keep the numbers of a trace; a run that went back forgets what came after."""
        while self.numbers and self.numbers[-1].step >= trace.step:
            self.numbers.pop()
        self.names = {
            "G": tuple(layer.name for layer in trace.layers_g),
            "D": tuple(layer.name for layer in trace.layers_d),
        }
        self.numbers.append(numbers_of(trace))

    def clear(self) -> None:
        """Forget everything: another run begins."""
        self.numbers.clear()

    def layers_over_time(self, net: str, what: str) -> NDArray[np.float64]:
        """Return ``gradients`` or ``ratios`` of a network, (layers, traces)."""
        columns = [getattr(each, what)[net] for each in self.numbers]
        same = [column for column in columns if len(column) == len(columns[-1])]
        return np.stack(same, axis=1) if same else np.zeros((0, 0))

    def answer_range(self) -> tuple[float, float]:
        """Return the lowest and the highest of D's recent answers, a little apart at least."""
        recent = list(self.numbers)[-RECENT:]
        parts = [part for each in recent for part in (each.real, each.fake)]
        together = np.concatenate(parts) if parts else np.zeros(1)
        low, high = float(together.min()), float(together.max())
        return low, max(high, low + 0.1)

    def histograms(self, low: float, high: float) -> tuple[NDArray[np.float64], ...]:
        """Return shares of D's answers to real and fake pictures in `BINS` bins, each summing to 1.

        Of the last `RECENT` traces.
        """
        recent = list(self.numbers)[-RECENT:]
        found = []
        for parts in ([each.real for each in recent], [each.fake for each in recent]):
            together = np.clip(np.concatenate(parts), low, high) if parts else np.zeros(0)
            counts = np.histogram(together, BINS, (low, high))[0].astype(np.float64)
            found.append(counts / max(1.0, counts.sum()))
        return tuple(found)
