"""``ganview judge``: train the networks that every figure of ``ganview eval`` comes from."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganview.cli.argument_types import Commands, add_threads, use_threads, whole_number
from ganview.cli.data_options import add_data_options, given_source
from ganview.cli.output import is_there, print_answer, print_json, share_bar, with_home
from ganview.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganview.cli.reference_data import ReferenceSplit
    from ganview.files.evaluators import Evaluators
    from ganview.gan.metrics.classifier import ClassifierNet

EPILOG = """\
Two files are written to the folder: judge.safetensors, whose 64 features are the space in which
distances are measured, and classifier.safetensors, of another architecture and seed, which predicts
classes. Each is named by eight digits of the SHA-256 of its weights. Its header says how it was
trained and how accurate it is on unseen images. Three more judges, panel-….safetensors,
measure what no model was chosen by; one of them keeps its random weights. reference.safetensors
holds the statistics of real images.

The classifiers that ship are those of 'ganview judge' for the digits.

examples:
  ganview judge --out judges/photos --data photos/
  ganview eval runs/photos --data photos/ --judges judges/photos
"""


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "judge",
        help="train the classifiers that models are measured with",
        description="Train judge and classifier on labelled data.",
        epilog=EPILOG,
    )
    parser.add_argument("--out", type=Path, metavar="DIR", required=True, help="where they go")
    parser.add_argument("--data", default="digits", metavar="D", help="as for 'ganview train'")
    add_data_options(parser)
    add_threads(parser)
    parser.add_argument(
        "--epochs",
        type=whole_number,
        metavar="N",
        help="passes over the data (default: 5 for 60000 pictures, more for fewer)",
    )
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Train both, write them, and print their accuracy."""
    from ganview.cli.reference_data import split_reference, train_classifiers, train_panel
    from ganview.files.atomic import WriteError, check_name, check_writable
    from ganview.files.evaluators import CLASSIFIER, JUDGE, PANEL_FILE, REFERENCE
    from ganview.gan.metrics.classifier import PANEL

    use_threads(options)
    options.out = with_home(options.out)
    for name in (JUDGE, CLASSIFIER, REFERENCE, *map(PANEL_FILE.format, PANEL)):
        if is_there(options.out / name):
            raise UserError(f"{options.out} has a {name} already: choose another folder.")
    source = given_source(options, options.data)
    assert source is not None
    data = source.open()
    if data.labels is None:
        raise UserError(f"The data '{options.data}' has no labels to train a judge on.")
    real = split_reference(options.data, data, 0)
    try:
        check_name(options.out.name)
        options.out.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise WriteError(options.out, error) from error
    check_writable(options.out / JUDGE)  # before minutes of training
    with share_bar(quiet=options.quiet) as progress:
        evaluators = train_classifiers(
            real, lambda share, doing: progress(share / 2, doing), epochs=options.epochs
        )
        panel = train_panel(
            real, lambda share, doing: progress((1 + share) / 2, doing), epochs=options.epochs
        )
    told = save_classifiers(options, evaluators, panel, real, data.sha256)
    if options.json:
        print_json(told)
    else:
        for kind in ("judge", "classifier", *PANEL):
            one = told[kind]
            print_answer(f"{one['path']}: {kind}@{one['hash']} reads {one['accuracy']:.2%} right.")
        print_answer(f"Read were {real.against}.")
    return 0


def save_classifiers(
    options: argparse.Namespace,
    evaluators: Evaluators,
    panel: Sequence[ClassifierNet],
    real: ReferenceSplit,
    sha256: str,
) -> dict[str, Any]:
    """Write the classifiers and the statistics of real images; return what is to be printed.

    Raises
    ------
    UserError
        The folder can't be made or written.
    """
    from ganview.cli.reference_data import FIRST_PANEL_SEED
    from ganview.files.evaluators import (
        CLASSIFIER,
        JUDGE,
        PANEL_FILE,
        REFERENCE,
        save_classifier,
        save_real_statistics,
    )
    from ganview.gan.metrics.classifier import accuracy, epochs_for, fingerprint, predict_labels
    from ganview.gan.metrics.online import measure_real_statistics

    labels = real.test.labels
    assert labels is not None
    told: dict[str, Any] = {"against": real.against}
    epochs = options.epochs or epochs_for(len(real.train.images))
    for name, classifier, seed in (
        (JUDGE, evaluators.judge, 1),
        (CLASSIFIER, evaluators.classifier, 2),
        *(
            (PANEL_FILE.format(one.kind), one, seed)
            for seed, one in enumerate(panel, FIRST_PANEL_SEED)
        ),
    ):
        about = {
            "hash": fingerprint(classifier),
            "accuracy": accuracy(predict_labels(classifier, real.test.images), labels),
            "against": real.against,
            "data_sha256": sha256,
            "epochs": epochs,
            "seed": seed,
        }
        path = options.out / name
        save_classifier(path, classifier, about)
        told[classifier.kind] = {"path": str(path), **about}
    reference = measure_real_statistics(*evaluators, real.train, real.test.images)
    save_real_statistics(options.out / REFERENCE, reference, evaluators)
    return told
