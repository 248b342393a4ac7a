"""Judge and classifier of data other than the digits: trained once for a set, and kept by its hash.

Of pictures that the generator learns from, a quarter is withheld from both of them (or the held-out
part is taken): models are compared with one half of that, and the other stands for a perfect
generator, so that real pictures and generated ones are measured alike and in equal number. Data
without labels is sorted into clusters first, whose numbers play the labels: its judge needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from ganview.data.dataset import Dataset
from ganview.errors import UserError
from ganview.files.evaluators import (
    CLASSIFIER,
    JUDGE,
    REFERENCE,
    Evaluators,
    load_real_statistics,
    own_evaluators,
    own_folder,
    save_classifier,
    save_real_statistics,
)
from ganview.gan.clusters import cluster_images
from ganview.gan.metrics.classifier import (
    accuracy,
    epochs_for,
    fingerprint,
    predict_labels,
    train_classifier,
)
from ganview.gan.metrics.online import SAMPLES, RealStatistics, measure_real_statistics
from ganview.gan.metrics.report import Labelled

ONE_IN = 4  # one picture in this many is withheld from judge and classifier
FEWEST = 100  # pictures of each of the two parts, below which a distance says nothing
CLUSTERS = 10  # that play the labels


class JudgeSplit(NamedTuple):
    """Data as judge and classifier see it."""

    learned: Dataset  # what they learn from
    # reference, perfect: what neither has seen: what models are held against, and what stands for a
    # perfect one
    reference: Dataset
    perfect: Dataset


def check_enough(dataset: Dataset, hold_out: int) -> None:
    """Refuse data that is too small to measure models by.

    Raises
    ------
    UserError
        It is.
    """
    own = 0 if dataset.unseen is None else len(dataset.unseen)
    if max(hold_out or own, (len(dataset) - hold_out) // ONE_IN) < 2 * FEWEST:
        raise UserError(
            f"Quality isn't measured here: '{dataset.name}' has {len(dataset):,} pictures, and "
            f"distances say little below {2 * FEWEST * ONE_IN:,}."
        )


def split_for_judge(dataset: Dataset, hold_out: int) -> JudgeSplit:
    """Divide data for judge and classifier, every class in its shares.

    Raises
    ------
    UserError
        There are too few pictures.
    """
    check_enough(dataset, hold_out)
    learned, unseen = dataset.divided(hold_out)
    if unseen is None or len(unseen) < 2 * FEWEST:
        learned, unseen = replace(learned, unseen=None).divided(len(learned) // ONE_IN)
    assert unseen is not None
    reference, perfect = unseen.divided(len(unseen) // 2)
    assert perfect is not None
    return JudgeSplit(learned, reference, perfect)


def with_cluster_labels(dataset: Dataset) -> Dataset:
    """Return data with labels: its own, or the numbers of clusters where it has none.

    Raises
    ------
    UserError
        There are too few pictures for clusters.
    """
    if len(dataset.class_names) > 1:
        return dataset
    clusters = cluster_images(dataset.images, CLUSTERS, 0)
    if clusters is None:
        raise UserError(f"'{dataset.name}' has too few pictures to measure quality by.")
    names = tuple(f"cluster {number + 1}" for number in range(len(clusters.counts)))
    return replace(dataset, labels=clusters.labels, class_names=names, unseen=None)


def train_own_evaluators(
    dataset: Dataset, hold_out: int, progress: Callable[[float], None]
) -> tuple[Evaluators, RealStatistics]:
    """Return the evaluators of a set and its real statistics, trained and kept if there are none.

    Parameters
    ----------
    hold_out : int
        How many of its pictures the generator doesn't see.
    progress : callable
        Called with the share done, 0 to 1; what it raises ends the work.

    Raises
    ------
    UserError
        There are too few pictures, or what is kept is damaged.
    WriteError
        They can't be kept.
    """
    split = split_for_judge(with_cluster_labels(dataset), hold_out)
    folder = own_folder(dataset.sha256, hold_out)
    kept = own_evaluators(dataset.sha256, hold_out)
    if kept is not None and folder is not None:
        found = load_real_statistics(folder / REFERENCE, kept)
        if found is not None:
            return kept, found
    images, labels = split.learned.images, split.learned.labels
    assert labels is not None
    classes, epochs = len(split.learned.class_names), epochs_for(len(images))
    evaluators = kept or Evaluators(
        train_classifier(
            images,
            labels,
            classes,
            "judge",
            seed=1,
            epochs=epochs,
            progress=lambda share: progress(0.6 * share),
        ),
        train_classifier(
            images,
            labels,
            classes,
            "classifier",
            seed=2,
            epochs=epochs,
            progress=lambda share: progress(0.6 + 0.3 * share),
        ),
    )
    perfect = split.perfect
    samples = min(SAMPLES, len(perfect))
    statistics = measure_real_statistics(
        *evaluators, Labelled(perfect.images, perfect.labels), split.reference.images, samples
    )
    if folder is not None and kept is None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, net in zip((JUDGE, CLASSIFIER), evaluators, strict=True):
            assert split.reference.labels is not None
            right = accuracy(predict_labels(net, split.reference.images), split.reference.labels)
            about = {"hash": fingerprint(net), "accuracy": right, "data_sha256": dataset.sha256}
            save_classifier(folder / name, net, about)
        save_real_statistics(folder / REFERENCE, statistics, evaluators)
    progress(1.0)
    return evaluators, statistics
