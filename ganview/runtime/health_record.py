"""The health of a run over time, written by the trainer's thread and read by any other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ganview.gan.health_sample import HealthSample

Values = NDArray[np.float64]

#: Seconds of training between two samples, growing, so that a run of an hour has some 300 of them
#: and one of a week 800. One costs a fifth of a step: a few milliseconds.
SECONDS, GROWTH = 2.0, 0.01
BINS = 24  # of a histogram of D's answers
RECENT = 8  # samples whose answers a histogram counts


class HealthRecord:
    """The samples of one run, in order of steps; without torch."""

    def __init__(self) -> None:
        self._samples: tuple[HealthSample, ...] = ()  # replaced, not changed: so no lock is needed

    def __len__(self) -> int:
        return len(self._samples)

    def samples(self, until: int | None = None) -> list[HealthSample]:
        """Return the samples, oldest first; with ``until`` those that are not after a step."""
        return [it for it in self._samples if until is None or it.step <= until]

    def append(self, sample: HealthSample) -> None:
        """Add a sample; what was there of its step or later ones is forgotten."""
        self._samples = (*self.samples(sample.step - 1), sample)

    def load(self, samples: Iterable[HealthSample]) -> None:
        """Take over the samples of a run that goes on or is followed."""
        self._samples = tuple(samples)

    def rewind(self, step: int) -> None:
        """Take away the samples after ``step``: the run went back to there."""
        self._samples = tuple(self.samples(step))


class HealthClock:
    """Tells when another sample is due."""

    def __init__(self) -> None:
        self._next = -np.inf

    def due(self, elapsed: float) -> bool:
        """Tell whether it is time, ``elapsed`` seconds of training into the run; asked once."""
        if elapsed < self._next:
            return False
        self._next = elapsed + SECONDS + GROWTH * elapsed
        return True


def layers_over_time(
    samples: Sequence[HealthSample], net: str, what: str
) -> tuple[tuple[str, ...], Values]:
    """Return the names of a network's layers, and their numbers (layers, samples).

    Parameters
    ----------
    samples : sequence of HealthSample
        In order.
    net : str
        ``G`` or ``D``.
    what : str
        ``gradient`` or ``ratio``, as in `LayerHealth`; NaN where the player was not updated.
    """
    names = next((tuple(it.layers[net]) for it in reversed(samples) if it.layers.get(net)), ())
    layers = [it.layers.get(net, {}) for it in samples]
    rows = [[getattr(of.get(name), what, np.nan) for of in layers] for name in names]
    return names, np.array(rows, np.float64).reshape(len(names), len(samples))


def answer_shares(
    samples: Sequence[HealthSample], low: float, high: float
) -> tuple[Values, Values]:
    """Return shares of D's answers to real and fake pictures in `BINS` bins, each summing to 1.

    Of the last `RECENT` of the samples; answers outside of ``low`` to ``high`` count at the ends,
    those that are not finite nowhere: a run that diverges may give such answers.
    """
    recent = samples[-RECENT:]
    found = []
    for parts in ([it.real for it in recent], [it.fake for it in recent]):
        together = np.concatenate(parts) if parts else np.zeros(0)
        together = np.clip(together[np.isfinite(together)], low, high)
        counts = np.histogram(together, BINS, (low, high))[0].astype(np.float64)
        found.append(counts / max(1.0, counts.sum()))
    return found[0], found[1]


def answer_range(samples: Sequence[HealthSample]) -> tuple[float, float]:
    """Return the lowest and the highest of D's recent finite answers, a little apart at least."""
    together = [value for it in samples[-RECENT:] for value in (*it.real, *it.fake)]
    finite = [value for value in together if isfinite(value)] or [0.0]
    low, high = min(finite), max(finite)
    return low, max(high, low + 0.1)
