"""``ganview eval``: every figure of a model, with the figure of real data beside it."""

from __future__ import annotations

import argparse
import hashlib
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.cli.argument_types import Commands, add_threads, use_threads, whole_number
from ganview.cli.output import print_answer, print_json, print_message, share_bar
from ganview.cli.reference_data import Progress, choose_classifiers, choose_panel, split_reference
from ganview.errors import UserError
from ganview.plain_text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganview.gan.metrics.report import Report
    from ganview.gan.model import Model

MIN_SAMPLES = 2000  # samples for a report, at least
MAX_COLUMNS = 20  # classes of a table
MAX_NAME_OF_DATA = 80  # characters
MAX_NAME = 12  # characters of a class name in it

EPILOG = """\
Always the averaged generator and pictures of 256 levels. The second column measures real training
pictures in the same way: what a perfect generator would get. Distances are taken in the features
of a small network, the judge, and compare only with distances of the same judge and number of
samples. A second network, the classifier, predicts the classes. A model may have been chosen by
that judge's figures: the worst of three others, which choose nothing, is the one to trust.

The test digits are for reporting. To choose between models, train them with --hold-out 5000, and
measure them with --held-out: on the training digits that none of them has seen.

--cas adds the classifier accuracy score: a classifier learns from 60,000 samples, another from as
many real pictures, and both read the test pictures. It takes minutes.

For other data than digits, --data names it; judge and classifier are then trained on its
labels first, unless --judges names a folder written by 'ganview judge'. Without labels there is no
judge: distances are measured between thumbnails, and say less.

examples:
  ganview eval conditional
  ganview eval runs/first --json > report.json
  ganview eval runs/first --cas
  ganview eval runs/a --held-out
  ganview eval runs/photos --data photos/
"""

ARROWS = {"lower": "lower is better", "higher": "higher is better", "as real": "best as real"}


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "eval",
        help="measure a model",
        description="Measure how good a model's pictures are, beside real data.",
        epilog=EPILOG,
    )
    parser.add_argument("model", metavar="MODEL", help="model file, run folder or shipped model")
    parser.add_argument(
        "--data", metavar="D", help="what it learned from, as for 'ganview train' (default: digits)"
    )
    parser.add_argument(
        "--samples",
        type=whole_number,
        metavar="N",
        help="pictures drawn (default 10000, or as many as there are test pictures)",
    )
    parser.add_argument(
        "--held-out",
        action="store_true",
        help="hold it against the training pictures that it has not seen, to choose between models",
    )
    parser.add_argument(
        "--cas", action="store_true", help="add the classifier accuracy score; takes minutes"
    )
    parser.add_argument(
        "--cas-samples",
        type=whole_number,
        metavar="N",
        help="number of samples to learn from; below 60000 the figure has another name",
    )
    parser.add_argument(
        "--judges", type=Path, metavar="DIR", help="classifiers to use, of 'ganview judge'"
    )
    add_threads(parser)
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    parser.add_argument(
        "--keep", action="store_true", help="write the report into the header of the model file"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    from ganview.files.open_model import open_model

    if options.samples is not None and options.samples < MIN_SAMPLES:
        raise UserError(f"--samples must be {MIN_SAMPLES} or more: fewer say little.")
    if options.cas_samples is not None and options.cas_samples < MIN_SAMPLES:
        raise UserError(f"--cas-samples must be {MIN_SAMPLES} or more: fewer teach nothing.")
    use_threads(options)
    kept = _file_to_keep_in(options.model) if options.keep else None
    model = open_model(options.model)
    with share_bar(quiet=options.quiet) as progress:
        report = measure_model(options, model, progress)
    if options.json:
        print_json({"model": options.model, "data": options.data or "digits", **report.to_dict()})
    else:
        print_answer(as_text(report, model.spec.class_names))
    return 0 if kept is None or keep_report(*kept, model, report) else 1


def keep_report(path: Path, sha256: str, model: Model, report: Report) -> bool:
    """Write a report into the header of the model file that it is about.

    Returns
    -------
    bool
        Whether it is there; False, after a message, where another model has taken the file's place
        in the meantime, or is about to.
    """
    from ganview.files.model_file import save_model

    model.info["report"] = report.to_dict()
    try:
        with _held_run(path):
            if _sha256(path) != sha256:
                raise UserError(f"{path} has changed since it was measured.")
            save_model(path, model)
    except UserError as error:
        print_message(f"The report is not kept: {error}")
        return False
    print_message(f"The report is in the header of {path}.")
    return True


def _file_to_keep_in(source: str) -> tuple[Path, str]:
    """Return path and SHA-256 of a model file into which a report may be written.

    Raises
    ------
    UserError
        It ships with ganview, may not be written, or is being trained.
    """
    from ganview.data.locate import weights_folder
    from ganview.files.atomic import check_writable
    from ganview.files.open_model import model_path

    path, shipped = model_path(source), weights_folder()
    # by what it is, not by its name: a disk may not tell capital letters from small ones
    if shipped.is_dir() and path.resolve().parent.samefile(shipped):
        raise UserError(f"A model that ships stays as it is: copy {path}, then measure the copy.")
    with _held_run(path):
        check_writable(path)
        return path, _sha256(path)


def _held_run(path: Path) -> AbstractContextManager[object]:
    """Lock the run that a model file belongs to, if it does."""
    from ganview.files.run_files import is_run_folder
    from ganview.files.run_folder import RunFolder

    return RunFolder.open(path.parent) if is_run_folder(path.parent) else nullcontext()


def _sha256(path: Path) -> str:
    from ganview.data.regular import regular_file

    with regular_file(path) as (file, _):
        return hashlib.sha256(file.read()).hexdigest()


def measure_model(options: argparse.Namespace, model: Model, progress: Progress) -> Report:
    """Measure a model as the command line says.

    Raises
    ------
    UserError
        The data does not fit the model, or can't be measured so.
    """
    from ganview.data.source import DIGITS, DataSource
    from ganview.gan.metrics.cas import WHOLE, classifier_accuracy_score
    from ganview.gan.metrics.report import SAMPLES, evaluate, evaluate_unlabelled

    if options.cas_samples is not None:
        model.spec.check_count(options.cas_samples)  # before minutes of other work
    source = options.data
    if source is None:
        _check_digits(model)
        source = DIGITS.name
    learned = DataSource.of_options(source, model.info.get("reading") or {})
    read = DataSource(source).with_options_of(learned).read_as(model.spec.image_shape)
    data = read.open(lambda done, total: progress(0.0, f"reading, {done:,} of {total:,}"))
    if data.shape != model.spec.image_shape:
        raise UserError(
            f"The model makes pictures of shape {model.spec.image_shape}, those of '{source}' "
            f"have {data.shape}: name the data that it learned from with --data."
        )
    if model.spec.classes and model.spec.class_names != data.class_names:
        raise UserError(f"The classes of '{source}' are not those that the model draws.")
    if model.info.get("dataset_sha256") not in (None, data.sha256):
        print_message(f"The model learned from other pictures than '{source}' holds now.")
    real = split_reference(source, data, _hold_out(options, model, data.sha256))
    samples = min(options.samples or SAMPLES, len((real.perfect or real.test).images))
    if samples < (options.samples or 0):
        print_message(f"There are {samples:,} test pictures: as many are drawn, not more.")
    wants_score = options.cas or options.cas_samples is not None
    if wants_score and (data.labels is None or not model.spec.classes):
        raise UserError("The score needs a model and data with classes: leave --cas out.")
    if len(data.class_names) < 2:
        if options.judges is not None:
            raise UserError("Judges know classes, and this data has none: leave --judges out.")
        return evaluate_unlabelled(
            model,
            real.train.images,
            real.test.images,
            samples=samples,
            against=real.against,
            progress=progress,
        )
    evaluators = choose_classifiers(source, data, model, real, options.judges, progress)
    report = evaluate(
        model,
        *evaluators,
        real.train,
        real.test,
        perfect=real.perfect,
        panel=choose_panel(data.sha256, options.judges),
        samples=samples,
        against=real.against,
        progress=progress,
    )
    if wants_score:
        report.figures["cas"] = classifier_accuracy_score(
            model, real.train, real.test, samples=options.cas_samples or WHOLE, progress=progress
        )
    return report


def _check_digits(model: Model) -> None:
    """Refuse to measure against the digits a model of which it is known that it never saw them.

    Raises
    ------
    UserError
        It learned from other data.
    """
    from ganview.data.digits import are_digits

    learned = model.info.get("dataset_sha256")
    if learned and not are_digits(learned):
        name = printable(str(model.info.get("dataset") or "other data"), MAX_NAME_OF_DATA)
        raise UserError(f"This model learned from '{name}', not from digits: name it with --data.")


def _hold_out(options: argparse.Namespace, model: Model, data_sha256: str) -> int:
    """Return how many of the last pictures to measure against, 0 for the test pictures.

    Raises
    ------
    UserError
        Held-out pictures are asked for, but the model has learned from all.
    """
    from ganview.data.digits import are_digits

    config = model.info.get("config")
    kept = config.get("hold_out", 0) if isinstance(config, dict) else 0
    kept = kept if type(kept) is int and kept > 0 else 0
    if options.held_out and not kept:
        raise UserError(
            "This model has learned from all training pictures: train one with --hold-out 5000."
        )
    return kept if options.held_out or not are_digits(data_sha256) else 0


def as_text(report: Report, class_names: Sequence[str] = ()) -> str:
    """Lay the report out for a reader."""
    lines = [f"{'':<48}{'model':>10}{'real data':>12}"]
    lines += [
        f"{figure.label:<48}{figure.value:>10.4g}{figure.real:>12.4g}   {ARROWS[figure.better]}"
        for figure in report.figures.values()
    ]
    lines.append("")
    if report.matrix:
        lines += [*class_table(report.matrix, class_names), ""]
    lines.append(f"{report.samples:,} samples against {report.against}.")
    for one in report.panel:
        lines.append(
            f"Judge {one.judge}: distance {one.frechet:.4g}, real data {one.frechet_real:.4g}; "
            f"recall {one.recall:.3f} and {one.recall_real:.3f}; "
            f"coverage {one.coverage:.3f} and {one.coverage_real:.3f}."
        )
    if report.judge:
        lines.append(
            f"On these, judge {report.judge} has an accuracy of {report.judge_accuracy:.2%}, "
            f"classifier {report.classifier} of {report.classifier_accuracy:.2%}."
        )
    else:
        lines.append(
            "The data has no labels to train a judge on: distances are between thumbnails of "
            "8 × 8 pixels, and say less."
        )
    return "\n".join(lines)


def class_table(matrix: Sequence[Sequence[int]], class_names: Sequence[str]) -> list[str]:
    """Return the lines of a confusion matrix, with zeros as dots.

    Of more than `MAX_COLUMNS` classes, only those of the lowest accuracy are listed.
    """
    names = [printable(name, MAX_NAME) for name in class_names] or [*map(str, range(len(matrix)))]
    left = max(map(len, names))
    if len(matrix) > MAX_COLUMNS:
        rows = sorted(enumerate(matrix), key=lambda row: row[1][row[0]] / max(1, sum(row[1])))
        return [f"lowest accuracies of {len(matrix):,} classes:"] + [
            f"  {names[index]:<{left}}  {row[index]:,} of {sum(row):,}"
            for index, row in rows[:MAX_COLUMNS]
        ]
    width = max(left, *(len(str(cell)) for row in matrix for cell in row)) + 1
    return [
        "drawn as (down) and read as (across):",
        " " * (left + 2) + "".join(f"{name:>{width}}" for name in names),
        *(
            f"  {name:<{left}}" + "".join(f"{cell or '·':>{width}}" for cell in row)
            for name, row in zip(names, matrix, strict=True)
        ),
    ]
