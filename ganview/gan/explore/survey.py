"""Makes the landscape of some data: fits its map to real pictures and measures what it is worth."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ganview.errors import UserError
from ganview.gan.clusters import cluster_images
from ganview.gan.explore.landscape import SEED, Landscape, Worth
from ganview.gan.explore.plane_map import STEPS, PlaneMap, fit_plane_map
from ganview.gan.explore.rarity import Rarity, check_calibration
from ganview.gan.metrics.classifier import BATCH, ClassifierNet, in_chunks, train_classifier

REFERENCES = 10_000  # real pictures that are kept
SCORED = 10  # neighbours in the plane that are looked at …
AMONG = 100  # … and in the features, to tell a map's worth
LEVELS = 255  # of a feature that is kept
CHUNK = 1000  # rows of a distance matrix held at once
# of data that has no judge yet
MOST = 9000  # pictures that it is made from
KEPT_BACK = 6  # one in this many is kept from the judge, to measure how much the rest is worth
FEWEST = 120
JUDGE_STEPS = 600  # batches that a judge learns from, of pictures of 28 × 28; fewer of larger ones
MAP_STEPS = 1200
KINDS = 32  # clusters that a judge learns to tell apart where there are no two classes
JUDGE_SHARE = 0.7  # of the whole time, about


def survey_pictures(
    judge: ClassifierNet,
    classifier: ClassifierNet,
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
        The same of pictures that the judge has not learned from; what the landscape is worth is
        measured on them.
    steps : int
        Of fitting the map.
    fitted : int
        How many pictures the map is fitted to; of them the first `REFERENCES` are kept.
    """
    random = torch.Generator().manual_seed(SEED)
    order = torch.randperm(len(images), generator=random)
    features = in_chunks(judge.features, images[order[:fitted]])
    plane = fit_plane_map(features, steps=steps, count=count)
    chosen, rest = order[:REFERENCES], order[REFERENCES:]
    levels, scale = to_levels(features[:REFERENCES])
    features = levels * scale  # as they are kept, so that nothing changes when they are read again
    classes_of = class_or_zero(labels, len(images))
    here = classes_of[chosen]
    there = class_or_zero(unseen_labels, len(unseen))
    seen = in_chunks(judge.features, unseen)
    classes = max(1, len(class_names))
    others = in_chunks(judge.features, images[rest])
    rarity = Rarity.from_pictures(features, here, others, classes_of[rest], classes)
    worth = measure_worth(plane, rarity, features, here, seen, there, class_names)
    return Landscape(judge, classifier, plane, features, chosen, here, class_names, rarity, worth)


def survey_unknown(
    images: Tensor,
    labels: Tensor | None,
    class_names: tuple[str, ...],
    progress: Callable[[float], None] = lambda _share: None,
) -> Landscape:
    """Make the landscape of data that has no judge: one is trained for it, in a minute or less.

    It learns to tell the classes apart; without two of them it learns to tell clusters of alike
    pictures apart (DeepCluster: Caron et al., 2018, arXiv:1807.05520), once.

    Parameters
    ----------
    images, labels, class_names
        As in `survey_pictures`, of all the data.
    progress : callable
        Called with the share that is done, 0 to 1; may raise to end the work.

    Raises
    ------
    UserError
        There are too few pictures.
    """
    if len(images) < FEWEST:
        raise UserError(f"For a landscape at least {FEWEST} pictures are needed.")
    random = torch.Generator().manual_seed(SEED)
    order = torch.randperm(len(images), generator=random)[:MOST]
    images, labels = images[order], None if labels is None else labels[order]
    names = class_names if labels is not None else ()
    targets, kinds = labels, len(names)
    if targets is None or kinds < 2:
        clusters = cluster_images(images, KINDS, SEED)
        assert clusters is not None  # FEWEST pictures make two of them
        targets, kinds = clusters.labels, len(clusters.counts)
    unseen = torch.arange(len(images)) % KEPT_BACK == 0
    learned = int((~unseen).sum())
    pixels = images.shape[2] * images.shape[3] / 28**2
    epochs = max(1, round(JUDGE_STEPS / pixels / max(1, learned // BATCH)))
    judge = train_classifier(
        images[~unseen], targets[~unseen], kinds, "judge", epochs=epochs,
        progress=lambda share: progress(JUDGE_SHARE * share),
    )  # fmt: skip
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        progress(JUDGE_SHARE + (1 - JUDGE_SHARE) * done / MAP_STEPS)

    seen_labels, unseen_labels = (
        None if labels is None else labels[rows] for rows in (~unseen, unseen)
    )
    made = survey_pictures(
        judge, judge, images[~unseen], seen_labels, names, images[unseen], unseen_labels,
        steps=MAP_STEPS, count=count,
    )  # fmt: skip
    made.chosen = order[~unseen][made.chosen]
    return made


def to_levels(features: Tensor) -> tuple[Tensor, Tensor]:
    """Return features (N, d), none below 0, as uint8 (N, d), and what to multiply them by, (d,)."""
    scale = features.amax(0).clamp_min(1e-6) / LEVELS
    return (features / scale).round().to(torch.uint8), scale


def class_or_zero(labels: Tensor | None, count: int) -> Tensor:
    """Return the labels (N,); 0 for all of ``count`` pictures that have none."""
    return torch.zeros(count, dtype=torch.int64) if labels is None else labels


def measure_worth(
    plane: PlaneMap,
    rarity: Rarity,
    real: Tensor,
    labels: Tensor,
    unseen: Tensor,
    truth: Tensor,
    names: tuple[str, ...],
) -> Worth:
    """Lay features (U, d) that nothing was made of among those of real pictures (N, d)."""
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
        float(torch.cat(right).double().mean()) if len(names) > 1 else math.nan,
        len(unseen),
        check_calibration(rarity.ranks(unseen, truth), truth, max(1, len(names))),
    )
