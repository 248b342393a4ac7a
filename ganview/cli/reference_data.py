"""Splits real pictures for measuring a model, and chooses the classifiers that measure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ganview.cli.output import print_message
from ganview.errors import UserError

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.files.evaluators import Evaluators
    from ganview.gan.metrics.classifier import ClassifierNet, NetKind
    from ganview.gan.metrics.report import Labelled
    from ganview.gan.model import Model

Progress = Callable[[float, str], None]

FIRST_PANEL_SEED = 11  # of the judges' weights; others than the judge's and the classifier's
MIN_TESTS = 10  # pictures held out
MIN_IMAGES = 60  # pictures from which anything can be told


class ReferenceSplit(NamedTuple):
    """What a model learned from, what it is held against, and what that is, in words.

    ``perfect`` stands for a perfect generator, where judge and classifier have seen all of what the
    model learned from, and would know it again.
    """

    train: Labelled
    test: Labelled
    class_names: tuple[str, ...]
    against: str
    perfect: Labelled | None = None


def split_reference(source: str, data: Dataset, hold_out: int) -> ReferenceSplit:
    """Divide data into training and test pictures.

    Parameters
    ----------
    hold_out : int
        How many of the last pictures the model has not seen, which are then the test pictures; with
        0 those are the test digits, or, of other data, one picture in `ONE_IN`.

    Raises
    ------
    UserError
        There are too few.
    """
    from ganview.data.digits import are_digits, load_digits
    from ganview.files.own_evaluators import ONE_IN
    from ganview.gan.metrics.report import Labelled

    learned, unseen = data.divided(hold_out)
    judged = data.labels is not None  # by networks that are trained on labels
    if unseen is not None:
        if len(unseen) < MIN_TESTS:
            raise UserError(f"{len(unseen)} pictures held out are too few to measure by.")
        if not are_digits(data.sha256):
            who = "none of model, judge and classifier has" if judged else "the model has not"
            return _halved(learned, unseen, f"which {who} seen")
        against = (
            f"{len(unseen):,} training images, held out from the model, not from judge and "
            "classifier"
        )
        train, test = (Labelled(part.images, part.labels) for part in (learned, unseen))
        return ReferenceSplit(train, test, data.class_names, against)
    if are_digits(data.sha256):
        digits = load_digits("test")
        train, test = Labelled(data.images, data.labels), Labelled(digits.images, digits.labels)
        against = f"the {len(digits):,} test digits"
        return ReferenceSplit(train, test, data.class_names, against)
    if len(data) < MIN_IMAGES:
        raise UserError(f"'{source}' has {len(data)} pictures: at least {MIN_IMAGES} are needed.")
    shown, kept = data.divided(len(data) // ONE_IN)
    assert kept is not None
    others = "judge and classifier have not seen, and " if judged else ""
    return _halved(shown, kept, f"which {others}the model has seen")


def _halved(learned: Dataset, unseen: Dataset, what: str) -> ReferenceSplit:
    """Hold models against one half of what is unseen; the other stands for a perfect one."""
    from ganview.files.own_evaluators import FEWEST
    from ganview.gan.metrics.report import Labelled

    test, perfect = unseen.divided(len(unseen) // 2)
    assert perfect is not None
    train, against, other = (
        Labelled(part.images, part.labels) for part in (learned, test, perfect)
    )
    if len(perfect) < FEWEST:
        print_message(
            f"{len(perfect)} pictures are few to measure by: what chance does to distances is more "
            "than models differ by."
        )
    told = f"{len(test):,} of its pictures, {what}"
    return ReferenceSplit(train, against, learned.class_names, told, other)


def train_classifiers(
    real: ReferenceSplit, progress: Progress, *, epochs: int | None = None
) -> Evaluators:
    """Train judge and classifier on labelled pictures."""
    from ganview.files.evaluators import Evaluators

    judge, classifier = _train_kinds(real, {"judge": 1, "classifier": 2}, progress, epochs)
    return Evaluators(judge, classifier)


def train_panel(
    real: ReferenceSplit, progress: Progress, *, epochs: int | None = None
) -> tuple[ClassifierNet, ...]:
    """Train the judges that no model is chosen by, on labelled pictures."""
    from ganview.gan.metrics.classifier import PANEL

    kinds = {kind: seed for seed, kind in enumerate(PANEL, FIRST_PANEL_SEED)}
    return tuple(_train_kinds(real, kinds, progress, epochs))


def _train_kinds(
    real: ReferenceSplit, seeds: Mapping[NetKind, int], progress: Progress, epochs: int | None
) -> Iterator[ClassifierNet]:
    from ganview.gan.metrics.classifier import epochs_for, train_classifier

    images, labels = real.train
    assert labels is not None
    for kind, seed in seeds.items():
        yield train_classifier(
            images,
            labels,
            len(real.class_names),
            kind,
            seed=seed,
            epochs=epochs or epochs_for(len(images)),
            progress=partial(_tell_share, progress, f"training the {kind}"),
        )


def _tell_share(progress: Progress, doing: str, share: float) -> None:
    progress(0.99 * share, doing)


def choose_panel(dataset_sha256: str, folder: Path | None) -> tuple[ClassifierNet, ...]:
    """Return the panel of a folder of judges, or the one that ships; none for other data."""
    from ganview.data.digits import are_digits
    from ganview.data.locate import weights_folder
    from ganview.files.evaluators import load_panel

    if folder is not None:
        return load_panel(folder)
    return load_panel(weights_folder()) if are_digits(dataset_sha256) else ()


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
        Those of the folder don't fit, were trained on other data, or are damaged.
    """
    from ganview.files.evaluators import check_learned_from, evaluators_for, load_evaluators

    if folder is not None:
        evaluators = load_evaluators(folder)
        if (
            evaluators.judge.image_shape != model.spec.image_shape
            or evaluators.judge.classes != len(real.class_names)
        ):
            raise UserError(f"The judges in {folder} know other pictures than this model draws.")
        check_learned_from(folder, data.sha256)
        return evaluators
    known = evaluators_for(data.sha256)
    if known is not None:
        return known
    print_message(
        f"Judge and classifier are trained on the labels of '{source}' first; "
        "'ganview judge' keeps them for later."
    )
    return train_classifiers(real, progress)
