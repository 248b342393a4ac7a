"""``ganview eval``: every figure of a model, with the figure of real data beside it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ganview.cli.kinds import count
from ganview.cli.output import answer, answer_json, progress_bar, say
from ganview.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganview.cli.kinds import Commands
    from ganview.data.dataset import Dataset
    from ganview.files.judge_file import Bench
    from ganview.gan.metrics.report import Labelled, Report
    from ganview.gan.model import Model

HELD_OUT = 6  # of other data than digits, one picture in so many plays the test set
FEW = 2000  # samples for a report, at least

EPILOG = """\
Always the averaged generator and pictures of 256 levels. The second column measures real training
pictures in the same way: what a perfect generator would get. Distances are taken in the features
of a small classifier, the judge, and compare only with distances of the same judge and number of
samples. Classes are read by a second classifier, the reader.

For other data than digits, --data names it; judge and reader are then trained on its labels first.

examples:
  ganview eval conditional
  ganview eval runs/first --json > report.json
  ganview eval runs/photos --data photos/
"""

ARROWS = {"lower": "lower is better", "higher": "higher is better", "as real": "best as real"}


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "eval",
        help="measure a model",
        description="Measure how good a model's pictures are, beside real data.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("model", metavar="MODEL", help="model file, run folder or shipped model")
    parser.add_argument("--data", default="digits", metavar="D", help="as for 'ganview train'")
    parser.add_argument(
        "--samples", type=count, default=10_000, metavar="N", help="pictures drawn (default 10000)"
    )
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    parser.add_argument(
        "--keep", action="store_true", help="write the report into the header of the model file"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print.

    Raises
    ------
    UserError
        Model or data can't be used.
    """
    from ganview.files.open_model import open_model
    from ganview.gan.metrics.report import evaluate

    if options.samples < FEW:
        raise UserError(f"--samples must be {FEW} or more: fewer say little.")
    model = open_model(options.model)
    with progress_bar(
        total=1.0, unit="", quiet=options.quiet, form="{percentage:3.0f}%|{bar}| {desc}"
    ) as bar:

        def progress(share: float, doing: str) -> None:
            bar.set_description_str(doing, refresh=False)
            bar.update(share - bar.n)

        bench, train, test = real_data(options.data, model, progress)
        report = evaluate(
            model,
            *bench,
            train,
            test,
            samples=min(options.samples, len(test.images)),
            progress=progress,
        )
    if options.keep:
        keep(options.model, model, report)
    if options.json:
        answer_json({"model": options.model, "data": options.data, **report.to_dict()})
    else:
        answer(as_text(report))
    return 0


def keep(source: str, model: Model, report: Report) -> None:
    """Write a report into the header of the model file that it is about."""
    from ganview.files.model_file import save_model
    from ganview.files.open_model import model_path

    model.info["report"] = report.to_dict()
    path = model_path(source)
    save_model(path, model)
    say(f"The report is in the header of {path}.")


def real_data(
    source: str, model: Model, progress: Callable[[float, str], None]
) -> tuple[Bench, Labelled, Labelled]:
    """Return judge and reader, training and test pictures of the data that a model is held against.

    Raises
    ------
    UserError
        The data does not fit the model or has no labels.
    """
    from ganview.data.open import DIGITS, open_dataset
    from ganview.files.judge_file import shipped_bench
    from ganview.gan.metrics.report import Labelled

    data = open_dataset(source, side=max(model.spec.image_shape[1:]))
    if data.shape != model.spec.image_shape:
        raise UserError(
            f"The model makes pictures of shape {model.spec.image_shape}, those of '{source}' "
            f"have {data.shape}: name the data that it learned from with --data."
        )
    if data.labels is None:
        raise UserError(f"The data '{source}' has no labels, from which a judge could learn.")
    if str(source) == DIGITS:
        test = open_dataset(DIGITS, split="test")
        return (
            shipped_bench(),
            Labelled(data.images, data.labels),
            Labelled(test.images, test.labels),
        )
    say(
        f"Judge and reader are trained on the labels of '{source}'. One picture in {HELD_OUT} is "
        "kept from them as test data; the generator has seen all."
    )
    return own_bench(data, progress)


def own_bench(
    data: Dataset, progress: Callable[[float, str], None]
) -> tuple[Bench, Labelled, Labelled]:
    """Train judge and reader on part of a data set; returns them, that part and the rest."""
    import torch

    from ganview.files.judge_file import Bench
    from ganview.gan.judge import train_classifier
    from ganview.gan.metrics.report import Labelled

    assert data.labels is not None
    order = torch.randperm(len(data.images), generator=torch.Generator().manual_seed(0))
    kept, shown = order[::HELD_OUT], torch.cat([order[i::HELD_OUT] for i in range(1, HELD_OUT)])
    train = Labelled(data.images[shown], data.labels[shown])
    classes = len(data.class_names)

    def told(doing: str) -> Callable[[float], None]:
        return lambda share: progress(0.99 * share, doing)

    bench = Bench(
        train_classifier(
            train.images,
            data.labels[shown],
            classes,
            "judge",
            seed=1,
            progress=told("training the judge"),
        ),
        train_classifier(
            train.images,
            data.labels[shown],
            classes,
            "reader",
            seed=2,
            progress=told("training the reader"),
        ),
    )
    return bench, train, Labelled(data.images[kept], data.labels[kept])


def as_text(report: Report) -> str:
    """Lay the report out for a reader."""
    lines = [f"{'':<42}{'model':>10}{'real data':>12}"]
    lines += [
        f"{figure.label:<42}{figure.value:>10.4g}{figure.real:>12.4g}   {ARROWS[figure.better]}"
        for figure in report.figures.values()
    ]
    lines.append("")
    if report.matrix:
        lines += ["asked (down) and read (across):", *matrix_lines(report.matrix), ""]
    lines.append(
        f"{report.samples:,} samples. Of real test pictures, judge {report.judge} reads "
        f"{report.judge_accuracy:.2%} right, reader {report.reader} {report.reader_accuracy:.2%}."
    )
    return "\n".join(lines)


def matrix_lines(matrix: list[list[int]]) -> list[str]:
    """Lay out a table of counts, zeros as dots."""
    width = max(len(str(cell)) for row in matrix for cell in row) + 1
    head = " " * 5 + "".join(f"{column:>{width}}" for column in range(len(matrix)))
    rows = [
        f"{index:>4} " + "".join(f"{cell or '·':>{width}}" for cell in row)
        for index, row in enumerate(matrix)
    ]
    return [head, *rows]
