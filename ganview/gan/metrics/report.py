"""The whole report on a model: every figure, and the same figure for real data beside it.

Always the averaged generator and pictures of 256 levels: 10,000 samples, with the training
set's shares of classes, against the 10,000 test pictures. The second column measures 10,000 real
training pictures in exactly the same way: what a perfect generator would get.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from ganview.gan.latent import draw_z
from ganview.gan.metrics.classifier import (
    ClassifierNet,
    accuracy,
    fingerprint,
    in_chunks,
    predict_labels,
)
from ganview.gan.metrics.frechet import fit_gaussian, frechet_distance
from ganview.gan.metrics.kernel import kernel_distance
from ganview.gan.metrics.neighbours import manifold, nearest_distance
from ganview.gan.metrics.panel import JudgeFigures, measure_with, worst_ratios
from ganview.gan.model import CHUNK, Model

SAMPLES = 10_000
SEED = 2_000_000  # of the noise: far from the seeds that people type
DIVERSITY_PAIRS = 2000
NOTHING = torch.zeros(0, dtype=torch.long)
MEMORY_SHARE = 5  # one sample in this many is compared with the whole training set

OnProgress = Callable[[float, str], None]


class Labelled(NamedTuple):
    """Real pictures uint8 (N, C, H, W) and their labels int64 (N,), or None without."""

    images: Tensor
    labels: Tensor | None


@dataclass(frozen=True)
class Figure:
    """One line of the report."""

    label: str  # what it is called
    # value, real: the model's figure, and the one that real data gets by the same measurement
    value: float
    real: float
    better: str  # which way is good: "lower", "higher" or "as real"


@dataclass(frozen=True)
class Report:
    """All figures of a model, and what they were measured with.

    Parameters
    ----------
    figures : dict of Figure
        By name.
    samples : int
        How many pictures were drawn.
    judge, classifier : str
        Hashes of the classifiers, empty where the data has no labels to train them on.
    judge_accuracy, classifier_accuracy : float
        Share of the unseen real pictures that they read as labelled.
    matrix : list
        Counts: rows the class asked for, columns the class read; empty without classes.
    histogram, prior : list of float
        Share of each class among the samples, and in the training data.
    against : str
        What the pictures were held against, in words.
    panel : list of JudgeFigures
        What each judge of the panel measured; empty without a panel.
    """

    figures: dict[str, Figure]
    samples: int
    judge: str
    judge_accuracy: float
    classifier: str
    classifier_accuracy: float
    matrix: list[list[int]] = field(default_factory=list)
    histogram: list[float] = field(default_factory=list)
    prior: list[float] = field(default_factory=list)
    against: str = "test pictures"
    panel: list[JudgeFigures] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def proportional_labels(count: int, prior: tuple[float, ...]) -> Tensor:
    """Return labels (count,) int64 in the shares of ``prior``, to the nearest whole picture."""
    edges = np.round(np.cumsum([0.0, *prior]) / sum(prior) * count).astype(int)
    return torch.from_numpy(np.repeat(np.arange(len(prior)), np.diff(edges)))


def draw_in_proportion(model: Model, count: int, seed: int) -> Labelled:
    """Generate ``count`` quantised pictures uint8 (count, C, H, W) with the labels asked for.

    The shares of the classes are those of the training set as nearly as can be, not drawn.

    Raises
    ------
    UserError
        They are too many to be drawn at once.
    """
    model.spec.check_count(count)
    z = torch.as_tensor(draw_z(count, model.spec.z_dim, seed))
    y = proportional_labels(count, model.spec.class_prior) if model.spec.classes else None
    images = torch.empty(count, *model.spec.image_shape, dtype=torch.uint8)
    for start in range(0, count, CHUNK):
        part = slice(start, start + CHUNK)
        drawn = model.generate(z[part], None if y is None else y[part])
        images[part] = drawn.add(1).mul(127.5).round().to(torch.uint8)
    return Labelled(images, y)


def confusion(asked: Tensor, seen: Tensor, classes: int) -> Tensor:
    """Return counts (K, K): rows the class asked for, columns the class recognised."""
    return torch.bincount(asked * classes + seen, minlength=classes**2).view(classes, classes)


def class_shares(labels: Tensor, classes: int) -> Tensor:
    """Return the share (K,) of each class among labels (N,)."""
    return torch.bincount(labels, minlength=classes).double() / max(1, len(labels))


def diversity(features: Tensor, labels: Tensor, classes: int) -> float:
    """Return the mean distance between two features of one class, averaged over the classes."""
    generator = torch.Generator().manual_seed(0)
    means = []
    for label in range(classes):
        rows = features[labels == label]
        if len(rows) < 2:
            continue
        a, b = torch.randint(len(rows), (2, DIVERSITY_PAIRS), generator=generator)
        apart = a != b
        means.append((rows[a[apart]] - rows[b[apart]]).norm(dim=1).mean())
    return float(torch.stack(means).mean()) if means else 0.0


class Classified(NamedTuple):
    """Pictures with all that the two classifiers say of them.

    ``labels`` are those asked for, or, without classes, those read; ``predicted`` the classifier's,
    (N,) int64; ``features`` are the judge's, (N, 64).
    """

    images: Tensor
    labels: Tensor
    predicted: Tensor
    features: Tensor


def classify(pictures: Labelled, judge: ClassifierNet, classifier: ClassifierNet) -> Classified:
    """Let judge and classifier look at pictures, once."""
    seen = predict_labels(classifier, pictures.images)
    labels = seen if pictures.labels is None else pictures.labels
    return Classified(pictures.images, labels, seen, in_chunks(judge.features, pictures.images))


def distance_figures(
    fake: Classified, real: Classified, test: Classified, space: tuple[str, str]
) -> dict[str, Figure]:
    """Measure how the two clouds of features lie to each other.

    ``space`` names the features in a label: ``judge-FD@08567f50`` for ``("judge", "@08567f50")``.
    """
    m_test = fit_gaussian(test.features)
    frechet = [frechet_distance(fit_gaussian(side.features), m_test) for side in (fake, real)]
    kernel = [kernel_distance(side.features, test.features) for side in (fake, real)]
    figures = {
        "frechet": Figure("-FD".join(space), frechet[0], frechet[1], "lower"),
        "kernel": Figure("-KID".join(space), kernel[0], kernel[1], "lower"),
    }
    ours, theirs = (manifold(test.features, side.features) for side in (fake, real))
    for name, value, beside in zip(ours._fields, ours, theirs, strict=True):
        figures[name] = Figure(name.capitalize(), value, beside, "higher")
    return figures


PANEL_LABELS = {
    "frechet": ("Fréchet distance over real", "lower"),
    "recall": ("Recall over real", "higher"),
    "coverage": ("Coverage over real", "higher"),
}


def panel_figures(panel: Sequence[JudgeFigures]) -> dict[str, Figure]:
    """Return the worst of the panel's ratios; real pictures have 1 by definition."""
    if not panel:
        return {}
    return {
        f"panel_{name}": Figure(f"{label}, worst of {len(panel)} judges", worst, 1.0, better)
        for (name, worst), (label, better) in zip(
            worst_ratios(panel).items(), PANEL_LABELS.values(), strict=True
        )
    }


def accuracy_figures(fake: Classified, real: Classified, classes: int) -> dict[str, Figure]:
    """Measure how often the class asked for is the class read."""
    rows = []
    for side in (fake, real):
        counts = confusion(side.labels, side.predicted, classes)
        there = counts.sum(1) > 0  # a class without pictures is not read wrongly
        right = counts.diagonal()[there] / counts.sum(1)[there]
        rows.append((float(counts.diagonal().sum() / counts.sum()), float(right.min())))
    (ours, ours_worst), (theirs, theirs_worst) = rows
    return {
        "accuracy": Figure("Class accuracy", ours, theirs, "higher"),
        "worst": Figure("Class accuracy, worst class", ours_worst, theirs_worst, "higher"),
    }


def variety_figures(fake: Classified, real: Classified, prior: Tensor) -> dict[str, Figure]:
    """Measure the shares of the classes, and the variety within them."""
    classes = len(prior)
    gaps = [
        float((class_shares(side.predicted, classes) / prior - 1)[prior > 0].abs().max())
        for side in (fake, real)
    ]
    apart = [diversity(side.features, side.labels, classes) for side in (fake, real)]
    return {
        "share": Figure("Largest gap from a class's share", gaps[0], gaps[1], "lower"),
        "diversity": Figure("Diversity within a class", apart[0], apart[1], "as real"),
    }


def memory_figure(fake: Classified, test: Classified, train: Tensor) -> Figure:
    """Measure the distance to the nearest training picture, for samples and for test pictures."""
    few = len(fake.images) // MEMORY_SHARE + 1
    distances = []
    for side in (fake, test):
        picks = torch.linspace(0, len(side.images) - 1, few).long()
        nearest = nearest_distance(side.images[picks].flatten(1), train.flatten(1))
        distances.append(float(nearest.mean()) / 255)
    return Figure("Distance to the nearest training picture", distances[0], distances[1], "as real")


def evaluate(
    model: Model,
    judge: ClassifierNet,
    classifier: ClassifierNet,
    train: Labelled,
    test: Labelled,
    *,
    samples: int = SAMPLES,
    seed: int = SEED,
    against: str = "test pictures",
    panel: Sequence[ClassifierNet] = (),
    perfect: Labelled | None = None,
    progress: OnProgress = lambda _share, _next: None,
) -> Report:
    """Measure a model.

    Parameters
    ----------
    judge, classifier : ClassifierNet
        For features, and for reading classes.
    train, test : Labelled
        Real labelled pictures: those that the model learned from, and those that nobody has seen.
    samples : int
        How many pictures of the model, and how many training pictures, are held against all of
        the test pictures.
    seed : int
        Of the noise.
    against : str
        What ``test`` is, in words.
    panel : sequence of ClassifierNet
        Judges that no model was chosen by; the worst of their figures comes first.
    perfect : Labelled, optional
        Real pictures that stand for a perfect generator; by default those that were learned.
    progress : callable
        Called with the share done, 0 to 1, and a word on what comes next.
    """
    if train.labels is None or test.labels is None:
        raise ValueError("the report needs labelled data")
    classes, name = judge.classes, fingerprint(judge)
    prior = class_shares(train.labels, classes)
    progress(0.0, "drawing samples")
    drawn = draw_in_proportion(model, samples, seed)
    progress(0.15, "reading classes")
    fake = classify(drawn, judge, classifier)
    # real data stands in for the model, against the same test pictures
    instead = perfect or train
    assert instead.labels is not None
    real = classify(Labelled(instead.images[:samples], instead.labels[:samples]), judge, classifier)
    held = classify(test, judge, classifier)
    progress(0.3, "distances")
    measured = [measure_with(one, fake.images, real.images, test.images) for one in panel]
    progress(0.6, "distances")
    figures = panel_figures(measured)
    figures |= distance_figures(fake, real, held, ("judge", f"@{name}"))
    if drawn.labels is not None:
        figures |= accuracy_figures(fake, real, classes)
    figures |= variety_figures(fake, real, prior)
    progress(0.8, "nearest training pictures")
    figures["nearest"] = memory_figure(fake, held, train.images)
    progress(1.0, "done")
    asked = drawn.labels is not None
    matrix = confusion(fake.labels, fake.predicted, classes).tolist() if asked else []
    judged = judge.head(held.features).argmax(1)
    return Report(
        figures,
        samples,
        name,
        accuracy(judged, test.labels),
        fingerprint(classifier),
        accuracy(held.predicted, test.labels),
        matrix,
        class_shares(fake.predicted, classes).tolist(),
        prior.tolist(),
        against,
        measured,
    )


def evaluate_unlabelled(
    model: Model,
    train: Tensor,
    test: Tensor,
    *,
    samples: int = SAMPLES,
    against: str = "test pictures",
    progress: OnProgress = lambda _share, _next: None,
) -> Report:
    """Measure a model of data without labels, from which no judge can learn.

    Distances are taken between thumbnails of 8 × 8 pixels, and named so: they see coarse shapes
    only. What needs classes is left out. Parameters are those of `evaluate`.
    """
    progress(0.0, "drawing samples")
    drawn = draw_in_proportion(model, samples, SEED).images
    sides = [
        Classified(images, NOTHING, NOTHING, thumbnails(images))
        for images in (drawn, train[:samples], test)
    ]
    fake, real, held = sides
    progress(0.2, "distances")
    figures = distance_figures(fake, real, held, ("thumbnail", ""))
    progress(0.8, "nearest training pictures")
    figures["nearest"] = memory_figure(fake, held, train)
    progress(1.0, "done")
    return Report(figures, samples, "", 0.0, "", 0.0, against=against)


def thumbnails(images: Tensor) -> Tensor:
    """Return mean brightnesses (N, C · 64), 0 to 1, of 8 × 8 parts of images uint8."""
    small = [adaptive_avg_pool2d(part.float() / 255, 8).flatten(1) for part in images.split(1000)]
    return torch.cat(small)
