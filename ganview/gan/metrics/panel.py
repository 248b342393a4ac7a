"""What several judges of different kinds measure of a model, and the worst of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from ganview.gan.metrics.classifier import ClassifierNet, fingerprint, in_chunks
from ganview.gan.metrics.frechet import fit_gaussian, frechet_distance
from ganview.gan.metrics.neighbours import manifold


@dataclass(frozen=True)
class JudgeFigures:
    """What one judge measures of samples, and of as many real training pictures.

    Parameters
    ----------
    judge : str
        Its kind and the hash of its weights: ``"deep@01234567"``.
    frechet, recall, coverage : float
        Of the samples against the test pictures.
    frechet_real, recall_real, coverage_real : float
        Of real training pictures against the same.
    """

    judge: str
    frechet: float
    frechet_real: float
    recall: float
    recall_real: float
    coverage: float
    coverage_real: float

    @property
    def frechet_ratio(self) -> float:
        """The samples' distance over that of real pictures; 1 is as near as those."""
        return self.frechet / max(self.frechet_real, 1e-9)

    @property
    def recall_ratio(self) -> float:
        """The samples' recall over that of real pictures."""
        return self.recall / max(self.recall_real, 1e-9)

    @property
    def coverage_ratio(self) -> float:
        """The samples' coverage over that of real pictures."""
        return self.coverage / max(self.coverage_real, 1e-9)


def measure_with(judge: ClassifierNet, fake: Tensor, real: Tensor, test: Tensor) -> JudgeFigures:
    """Measure in the features of one judge; pictures are uint8 (N, C, H, W).

    Parameters
    ----------
    fake, real : Tensor
        Samples, and as many training pictures.
    test : Tensor
        What both are held against.
    """
    ours, theirs, held = (in_chunks(judge.features, images) for images in (fake, real, test))
    reference = fit_gaussian(held)
    sides = [
        (frechet_distance(fit_gaussian(side), reference), manifold(held, side))
        for side in (ours, theirs)
    ]
    (frechet, near), (frechet_real, near_real) = sides
    return JudgeFigures(
        f"{judge.kind}@{fingerprint(judge)}",
        frechet,
        frechet_real,
        near.recall,
        near_real.recall,
        near.coverage,
        near_real.coverage,
    )


def worst_ratios(panel: Sequence[JudgeFigures]) -> dict[str, float]:
    """Return the largest ratio of distances and the smallest of recall and coverage, by name."""
    return {
        "frechet": max(figures.frechet_ratio for figures in panel),
        "recall": min(figures.recall_ratio for figures in panel),
        "coverage": min(figures.coverage_ratio for figures in panel),
    }
