"""Makes the landscape of some data: fits its map to real pictures and measures what it is worth."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ganview.gan.explore.landscape import SEED, Landscape, Worth
from ganview.gan.explore.plane_map import STEPS, PlaneMap, fit_plane_map
from ganview.gan.explore.rarity import Rarity
from ganview.gan.metrics.classifier import ClassifierNet, in_chunks

REFERENCES = 10_000  # real pictures that are kept
SCORED = 10  # neighbours in the plane that are looked at …
AMONG = 100  # … and in the features, to tell a map's worth
LEVELS = 255  # of a feature that is kept
CHUNK = 1000  # rows of a distance matrix held at once


def survey_pictures(
    judge: ClassifierNet,
    classifier: ClassifierNet | None,
    images: Tensor,
    labels: Tensor | None,
    class_names: tuple[str, ...],
    unseen: Tensor,
    unseen_labels: Tensor | None,
    *,
    steps: int = STEPS,
    fitted: int = REFERENCES,
    count: Callable[[int], object] = lambda _done: None,
) -> Landscape:
    """Make the landscape of real pictures: takes half a minute on one core for 10,000.

    Parameters
    ----------
    judge, classifier : ClassifierNet
        As in `Landscape`.
    images, labels
        uint8 (N, C, H, W) and int64 (N,) or None: the training pictures.
    class_names : tuple of str
        Empty without labels.
    unseen, unseen_labels
        The same of pictures that the judge has not learned from.
    steps : int
        Of fitting the map.
    fitted : int
        How many pictures the map is fitted to; of them the first `REFERENCES` are kept.
    count : callable
        As in `ganview.gan.explore.plane_map.fit_plane_map`.
    """
    random = torch.Generator().manual_seed(SEED)
    chosen = torch.randperm(len(images), generator=random)[:fitted]
    features = in_chunks(judge.features, images[chosen])
    plane = fit_plane_map(features, steps=steps, count=count)
    chosen = chosen[:REFERENCES]
    levels, scale = to_levels(features[:REFERENCES])
    features = levels * scale  # as they are kept, so that nothing changes when they are read again
    here = class_or_zero(labels, len(images))[chosen]
    there = class_or_zero(unseen_labels, len(unseen))
    seen = in_chunks(judge.features, unseen)
    classes = max(1, len(class_names))
    rarity = Rarity.from_pictures(features, here, seen, there, classes)
    worth = measure_worth(plane, features, here, seen, there, bool(class_names))
    return Landscape(judge, classifier, plane, features, chosen, here, class_names, rarity, worth)


def to_levels(features: Tensor) -> tuple[Tensor, Tensor]:
    """Return features (N, d), none below 0, as uint8 (N, d), and what to multiply them by, (d,)."""
    scale = features.amax(0).clamp_min(1e-6) / LEVELS
    return (features / scale).round().to(torch.uint8), scale


def class_or_zero(labels: Tensor | None, count: int) -> Tensor:
    """Return the labels (N,); 0 for all of ``count`` pictures that have none."""
    return torch.zeros(count, dtype=torch.int64) if labels is None else labels


def measure_worth(
    plane: PlaneMap, real: Tensor, labels: Tensor, unseen: Tensor, truth: Tensor, named: bool
) -> Worth:
    """Lay features (U, d) that a map was not fitted to among those of real pictures (N, d)."""
    points, others = plane(real), plane(unseen)
    kept, right = [], []
    for start in range(0, len(unseen), CHUNK):
        rows = slice(start, start + CHUNK)
        near = torch.cdist(others[rows], points).topk(min(SCORED, len(real)), largest=False).indices
        true = torch.cdist(unseen[rows], real).topk(min(AMONG, len(real)), largest=False).indices
        kept.append((near[:, :, None] == true[:, None, :]).any(2).double().mean(1))
        right.append(labels[near].mode(1).values == truth[rows])
    return Worth(
        float(torch.cat(kept).mean()),
        float(torch.cat(right).double().mean()) if named else math.nan,
        len(unseen),
    )
