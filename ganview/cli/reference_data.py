"""Real pictures to hold a model against, and the two classifiers that look at both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ganview.cli.output import print_message
from ganview.errors import UserError

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.files.evaluators import Evaluators
    from ganview.gan.metrics.report import Labelled
    from ganview.gan.model import Model

Progress = Callable[[float, str], None]

ONE_IN = 6  # of other data than digits, one picture in so many plays the test set
MIN_IMAGES = 60  # pictures from which anything can be told


class ReferenceSplit(NamedTuple):
    """What a model learned from, what it is held against, and what that is, in words."""

    train: Labelled
    test: Labelled
    class_names: tuple[str, ...]
    against: str


def split_reference(source: str, data: Dataset, hold_out: int) -> ReferenceSplit:
    """Divide data into what a model learned from and what it is held against.

    Parameters
    ----------
    source : str
        How the user named the data.
    data : Dataset
        All of it.
    hold_out : int
        How many of the last pictures the model has not seen, which are then the test pictures; with
        0 those are the test digits, or, of other data, one picture in `ONE_IN`.

    Raises
    ------
    UserError
        There are too few.
    """
    from ganview.data.digits import are_digits, load_digits
    from ganview.gan.metrics.report import Labelled

    learned, unseen = data.divided(hold_out)
    if unseen is not None:
        if len(unseen) < MIN_IMAGES // ONE_IN:
            raise UserError(f"{hold_out} pictures held out are too few to measure by.")
        train, test = Labelled(learned.images, learned.labels), unseen
        against = f"{hold_out:,} training images, held out"
        if are_digits(data.sha256):
            against += " from the model, not from judge and classifier"
        return ReferenceSplit(train, Labelled(test.images, test.labels), data.class_names, against)
    if are_digits(data.sha256):
        test = load_digits("test")
        train = Labelled(data.images, data.labels)
        against = f"the {len(test):,} test digits"
        return ReferenceSplit(train, Labelled(test.images, test.labels), data.class_names, against)
    if len(data) < MIN_IMAGES:
        raise UserError(f"'{source}' has {len(data)} pictures: at least {MIN_IMAGES} are needed.")
    return _every_sixth(data)


def _every_sixth(data: Dataset) -> ReferenceSplit:
    import torch

    from ganview.gan.metrics.report import Labelled

    order = torch.randperm(len(data.images), generator=torch.Generator().manual_seed(0))
    kept, shown = order[::ONE_IN], torch.cat([order[i::ONE_IN] for i in range(1, ONE_IN)])
    train, test = (
        Labelled(data.images[rows], None if data.labels is None else data.labels[rows])
        for rows in (shown, kept)
    )
    against = f"{len(kept):,} of its pictures, which judge and classifier have not seen"
    return ReferenceSplit(train, test, data.class_names, against)


def train_classifiers(
    real: ReferenceSplit, progress: Progress, *, epochs: int | None = None
) -> Evaluators:
    """Train judge and classifier on labelled pictures."""
    from ganview.files.evaluators import Evaluators
    from ganview.gan.metrics.classifier import ClassifierNet, NetKind, epochs_for, train_classifier

    images, labels = real.train
    assert labels is not None

    def trained(kind: NetKind, seed: int) -> ClassifierNet:
        return train_classifier(
            images,
            labels,
            len(real.class_names),
            kind,
            seed=seed,
            epochs=epochs or epochs_for(len(images)),
            progress=lambda share: progress(0.99 * share, f"training the {kind}"),
        )

    return Evaluators(trained("judge", 1), trained("classifier", 2))


def choose_classifiers(
    source: str,
    data: Dataset,
    model: Model,
    real: ReferenceSplit,
    folder: Path | None,
    progress: Progress,
) -> Evaluators:
    """Return the classifiers of a folder, those that ship, or, for other data, new ones.

    Raises
    ------
    UserError
        Those of the folder don't fit, or are damaged.
    """
    from ganview.files.evaluators import evaluators_for, load_evaluators

    if folder is not None:
        evaluators = load_evaluators(folder)
        if (
            evaluators.judge.image_shape != model.spec.image_shape
            or evaluators.judge.classes != len(real.class_names)
        ):
            raise UserError(f"The judges in {folder} know other pictures than this model draws.")
        return evaluators
    known = evaluators_for(data.sha256)
    if known is not None:
        return known
    print_message(
        f"Judge and classifier are trained on the labels of '{source}' first; "
        "'ganview judge' keeps them for later."
    )
    return train_classifiers(real, progress)
