"""``ganview sample``: pictures and arrays from a model."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.cli.kinds import count
from ganview.cli.output import answer, progress_bar
from ganview.errors import UserError

if TYPE_CHECKING:
    from ganview.cli.kinds import Commands
    from ganview.export.samples import Choice, Samples
    from ganview.gan.model import Model, ModelSpec

DEFAULT_COUNT = 100
MOST_COLUMNS = 100
GAP = 2  # between the pictures of a sheet, before the zoom

EPILOG = """\
MODEL is a model file, the folder of a run, or one of the words conditional and unconditional for
the models that ship.

An NPZ file holds images uint8 (N, H, W) or (N, H, W, 3), labels int64 (N,), -1 without classes,
and z float32 (N, z_dim). A PNG file is one sheet of all samples, row by row.

examples:
  ganview sample conditional --class each --out classes.png
  ganview sample conditional --class 7 --count 1 --seed 3 --zoom 10 --out seven.png
  ganview sample runs/best --count 60000 --out set.npz
  ganview sample model.safetensors --truncation 0.7 --out typical.png
"""


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "sample",
        help="draw pictures from a model",
        description="Draw samples from a model, as a PNG sheet or an NPZ file.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("model", metavar="MODEL", help="what draws them")
    parser.add_argument("--out", required=True, type=Path, metavar="F", help="F.png or F.npz")
    parser.add_argument(
        "--class",
        dest="label",
        default="any",
        metavar="C",
        help="name or number of a class; 'any' draws with the frequencies of the training set, "
        "'each' takes all in turn (default: any)",
    )
    parser.add_argument(
        "--count",
        type=count,
        default=DEFAULT_COUNT,
        metavar="N",
        help=f"how many (default: {DEFAULT_COUNT})",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="of the noise (default: 0)"
    )
    parser.add_argument(
        "--truncation",
        type=float,
        default=1.0,
        metavar="PSI",
        help="scale of the noise: below 1 more typical, above 1 more unusual (default: 1)",
    )
    sheet = parser.add_argument_group("sheet (PNG)")
    sheet.add_argument(
        "--zoom", type=count, default=1, metavar="Z", help="size of a pixel (default: 1)"
    )
    sheet.add_argument("--columns", type=count, metavar="N", help="pictures in a row")
    sheet.add_argument(
        "--ground", choices=("light", "dark"), default="light", help="between them (default: light)"
    )
    sheet.add_argument("--captions", action="store_true", help="write the class below each picture")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Draw samples and write them.

    Raises
    ------
    UserError
        The model can't be opened, or the options don't fit it.
    """
    kind = options.out.suffix.lower()
    if kind not in (".png", ".npz"):
        raise UserError(f"Samples are written as .png or .npz, not as '{options.out.name}'.")

    from ganview.export.npz import write_npz
    from ganview.export.samples import draw_samples
    from ganview.files.open_model import open_model

    model = open_model(options.model)
    label = _label(options.label, model)
    with progress_bar(total=options.count, unit="samples", quiet=options.quiet) as bar:
        samples = draw_samples(
            model,
            options.count,
            label=label,
            seed=options.seed,
            truncation=options.truncation,
            progress=bar.update,
        )
    if kind == ".npz":
        write_npz(options.out, *samples)
    else:
        _write_sheet(options, samples, model.spec)
    answer(str(options.out))
    return 0


def _label(text: str, model: Model) -> Choice:
    from ganview.export.samples import find_class

    if text in model.spec.class_names:  # even if a class is called 'any'
        return find_class(model.spec, text)
    if text == "any":
        return "any"
    if text == "each":
        return "each"
    return find_class(model.spec, text)


def _write_sheet(options: argparse.Namespace, samples: Samples, spec: ModelSpec) -> None:
    from ganview.export.sheet import atlas
    from ganview.files.png import write_png

    images, labels, _ = samples
    columns = options.columns
    if columns is None and options.label == "each":
        columns = spec.classes
    columns = min(columns or math.ceil(math.sqrt(len(images))), len(images), MOST_COLUMNS)
    captions = None
    if options.captions:
        if labels is None:
            raise UserError("This model has no classes to write below its pictures.")
        captions = [spec.class_names[label] for label in labels]
    try:
        sheet = atlas(
            images,
            columns,
            zoom=options.zoom,
            gap=GAP * options.zoom if len(images) > 1 else 0,
            ground=options.ground,
            captions=captions,
        )
    except ValueError as error:
        raise UserError(f"{options.out} can't be drawn: {error}.") from error
    write_png(options.out, sheet)
