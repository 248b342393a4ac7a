"""``ganview sample``: sheets, single pictures and whole sets from a model."""

from __future__ import annotations

import argparse
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganview.cli.argument_types import Commands, add_force, fill_defaults, whole_number
from ganview.cli.output import (
    is_there,
    output_path,
    print_message,
    print_path,
    progress_bar,
    with_home,
)
from ganview.errors import UserError
from ganview.export.colours import BACKGROUNDS, COLORMAPS, GREY

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ganview.export.samples import LabelChoice, Samples
    from ganview.gan.model import Model, ModelSpec

    Progress = Callable[[int], object]

DEFAULT_COUNT = 100
SHEET_DEFAULTS = {
    "zoom": 1,
    "colours": GREY,
    "columns": None,
    "background": "light",
    "captions": False,
}
DEFAULTS = {"label": "any", "count": DEFAULT_COUNT, "seed": 0, "truncation": 1.0} | SHEET_DEFAULTS
MOST_COLUMNS = 100
KINDS = (".png", ".webp", ".npz", ".idx", ".idx.gz")
STATE_KINDS = (".png", ".webp", ".npz")

EPILOG = """\
MODEL is a model file, the folder of a run, or one of the words conditional and unconditional for
the models that ship.

The name of --out decides:
  F.png        one sheet, row by row, that carries how it was made (see 'ganview render')
  F.webp       the same without its recipe, smaller
  F.npz        images uint8 (N, H, W) or (N, H, W, 3), labels int64 (N,), -1 without classes, and
               z float32 (N, z_dim)
  F.idx        F-images-idx3-ubyte and F-labels-idx1-ubyte, as MNIST has them; F.idx.gz gzipped
  F/           a folder of single PNGs, new or empty unless --force, with manifest.csv: file,
               class, seed, index, which digit the classifier reads, how surely, and the share of
               real digits of the class that it is rarer than

examples:
  ganview sample conditional --class each --out classes.png
  ganview sample conditional --class 7 --count 1 --seed 3 --zoom 10 --out seven.png
  ganview sample runs/best --count 60000 --out set.npz
  ganview sample runs/best --class each --count 60000 --out like-mnist.idx.gz
  ganview sample conditional --class each --count 5000 --out singles/
  ganview sample conditional --class 4 --count 64 --colours viridis --background dark --out 4.png
  ganview sample model.safetensors --truncation 0.7 --out typical.png
  ganview sample --state ganview:AQYA… --zoom 10 --out place.png

A state is a place in the explorer, copied with Explore, Copy state. It knows its model, so MODEL is
only needed for one that does not ship; --class each draws its noise in every class.
"""


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "sample",
        help="draw pictures from a model",
        description="Draw samples from a model: a sheet, single pictures or a whole set.",
        epilog=EPILOG,
    )
    parser.add_argument("model", metavar="MODEL", nargs="?", help="what draws them")
    parser.add_argument("--state", metavar="S", help="draw one place of the explorer instead")
    parser.add_argument(
        "--out", required=True, metavar="F", help="F.png, F.webp, F.npz, F.idx, F.idx.gz or F/"
    )
    parser.add_argument(
        "--class",
        dest="label",
        metavar="C",
        help="name or number of a class; 'any' draws with the frequencies of the training set, "
        "'each' takes all in turn (default: any)",
    )
    parser.add_argument(
        "--count", type=whole_number, metavar="N", help=f"how many (default: {DEFAULT_COUNT})"
    )
    parser.add_argument("--seed", type=int, metavar="S", help="of the noise (default: 0)")
    parser.add_argument(
        "--truncation",
        type=float,
        metavar="PSI",
        help="scale of the noise: below 1 more typical, above 1 more unusual (default: 1)",
    )
    sheet = parser.add_argument_group("sheets and single pictures")
    sheet.add_argument(
        "--zoom", type=whole_number, metavar="Z", help="size of a pixel (default: 1)"
    )
    sheet.add_argument("--colours", choices=tuple(COLORMAPS), help="of grey levels (default: grey)")
    sheet.add_argument("--columns", type=whole_number, metavar="N", help="pictures in a row")
    sheet.add_argument(
        "--background", "--ground", choices=tuple(BACKGROUNDS), help="between them (default: light)"
    )
    sheet.add_argument(
        "--captions", action="store_const", const=True, help="write the class below each picture"
    )
    add_force(parser)
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Draw samples and write them."""
    folder = options.out.endswith(("/", os.sep))
    options.out = with_home(Path(options.out))
    folder = folder or (is_there(options.out) and options.out.is_dir())
    if not folder and not options.out.name.lower().endswith(KINDS):
        raise UserError(
            f"Samples are written as {', '.join(KINDS)}, or with a / behind the name as a folder, "
            f"not as '{options.out.name}'."
        )
    if options.state is not None:
        unused = {"count", "seed", "truncation", "columns"}
        if options.out.suffix.lower() == ".npz":
            unused |= set(SHEET_DEFAULTS)
        fill_defaults(options, DEFAULTS, unused, "on a state, which has its own")
        options.out = output_path(options.out, replace=options.force)
        return _write_state(options)
    if options.model is None:
        raise UserError("Say which model draws: a model file, the folder of a run, or conditional.")

    from ganview.export.dataset_files import dataset_paths, dataset_suffix
    from ganview.export.samples import parse_label
    from ganview.files.open_model import open_model
    from ganview.runtime.threads import use_threads

    if folder:
        unused, case = {"columns", "background", "captions"}, "on single pictures"
    elif dataset_suffix(options.out):
        unused, case = set(SHEET_DEFAULTS), "on a data set"
    else:
        unused, case = set[str](), ""
    fill_defaults(options, DEFAULTS, unused, case)
    # A second thread saves little here, and on a busy machine the two wait for each other,
    # spinning: 43 s of CPU for 60,000 digits in place of 14, in single precision.
    use_threads(1)
    model = open_model(options.model)
    label = parse_label(model.spec, options.label)
    if not folder:  # a new folder is made with its parents
        for path in dataset_paths(options.out):
            output_path(path, replace=options.force)
    written = [options.out]
    with progress_bar(total=options.count, unit="samples", quiet=options.quiet) as bar:
        if folder:
            _write_singles(options, model, label, bar.update)
        elif dataset_suffix(options.out):
            written = _write_set(options, model, label, bar.update)
        else:
            _write_sheet(options, model, label, bar.update)
    for path in written:
        print_path(path)
    return 0


def _drawn_samples(
    options: argparse.Namespace, model: Model, label: LabelChoice, progress: Progress
) -> Samples:
    from ganview.export.samples import draw_samples

    return draw_samples(
        model,
        options.count,
        label=label,
        seed=options.seed,
        truncation=options.truncation,
        progress=progress,
    )


def _write_set(
    options: argparse.Namespace, model: Model, label: LabelChoice, progress: Progress
) -> list[Path]:
    from ganview.export.dataset_files import write_dataset

    return write_dataset(options.out, _drawn_samples(options, model, label, progress))


def _write_singles(
    options: argparse.Namespace, model: Model, label: LabelChoice, progress: Progress
) -> None:
    from ganview.export.image_folder import write_image_folder

    write_image_folder(
        options.out,
        model,
        options.count,
        label=label,
        seed=options.seed,
        truncation=options.truncation,
        zoom=options.zoom,
        colours=options.colours,
        replace=options.force,
        progress=progress,
    )


def _write_sheet(
    options: argparse.Namespace, model: Model, label: LabelChoice, progress: Progress
) -> None:
    """Write a sheet with its recipe; one that is too large for a recipe is only a sheet."""
    from ganview.export.picture import is_too_large, model_ref, write_picture
    from ganview.export.recipe import MAX_TILES, MAX_ZOOM, Recipe
    from ganview.export.samples import draw_inputs
    from ganview.export.sheet import GAP

    if options.captions and not model.spec.classes:
        raise UserError("This model has no classes to write below its pictures.")
    columns = options.columns
    if columns is None and options.label == "each":
        columns = model.spec.classes
    columns = min(columns or math.ceil(math.sqrt(options.count)), options.count, MOST_COLUMNS)
    gap = GAP * options.zoom if options.count > 1 else 0
    draw_inputs(  # for the errors about the options
        model.spec, options.count, label=label, seed=options.seed, truncation=options.truncation
    )
    recipe = Recipe(
        model=model_ref(model),
        count=options.count,
        z=options.seed,
        classes=label,
        psi=options.truncation,
        columns=columns,
        zoom=options.zoom,
        gap=gap,
        background=BACKGROUNDS[options.background],
        captions=options.captions,
        colours=options.colours,
    )
    if options.count <= MAX_TILES and options.zoom <= MAX_ZOOM and not is_too_large(recipe):
        write_picture(options.out, recipe, model, progress)
        return
    _write_bare(options, _drawn_samples(options, model, label, progress), model.spec, columns, gap)
    print_message("The picture is too large to carry a recipe: 'ganview render' will not know it.")


def _write_bare(
    options: argparse.Namespace, samples: Samples, spec: ModelSpec, columns: int, gap: int
) -> None:
    from ganview.export.colours import apply_colormap
    from ganview.export.sheet import tile_images
    from ganview.files.png import write_png, write_webp

    images, labels, _ = samples
    captions = None
    if options.captions and labels is not None:
        captions = [spec.class_names[label] for label in labels]
    try:
        sheet = tile_images(
            apply_colormap(images, options.colours),
            columns,
            zoom=options.zoom,
            gap=gap,
            background=options.background,
            captions=captions,
        )
    except ValueError as error:
        raise UserError(f"{options.out} can't be drawn: {error}.") from error
    (write_webp if options.out.suffix.lower() == ".webp" else write_png)(options.out, sheet)


def _write_state(options: argparse.Namespace) -> int:
    """Write the picture of a state, in its own class or in those of ``--class``."""
    kind = options.out.suffix.lower()
    if kind not in STATE_KINDS:
        raise UserError(
            f"A state is drawn as {' or '.join(STATE_KINDS)}, not as '{options.out.name}'."
        )

    from ganview.export.state import read_state, state_recipe
    from ganview.files.open_model import open_model

    given = [open_model(options.model)] if options.model else []
    model, state = read_state(options.state, given)
    classes = _state_classes(model.spec, options.label)
    if kind == ".npz":
        import numpy as np

        from ganview.export.dataset_files import write_npz
        from ganview.export.picture import inputs_of

        z, y = inputs_of(state_recipe(state, model, classes), model.spec)
        labels: NDArray[np.int64] | None = None
        if y is not None:
            labels = (y.argmax(axis=1) if y.ndim == 2 else y).astype(np.int64)
        write_npz(options.out, model.sample(z, y), labels, z)
    else:
        from dataclasses import replace

        from ganview.export.picture import write_picture

        recipe = replace(
            state_recipe(state, model, classes, zoom=options.zoom),
            background=BACKGROUNDS[options.background],
            colours=options.colours,
            captions=options.captions,
        )
        write_picture(options.out, recipe, model)
    print_path(options.out)
    return 0


def _state_classes(spec: ModelSpec, label: str) -> NDArray[Any] | None:
    """Return the classes (N,) to draw a state in; None for its own."""
    import numpy as np

    from ganview.export.samples import parse_label

    choice = parse_label(spec, label)
    if choice == "any":
        return None
    return np.arange(spec.classes) if choice == "each" else np.array([choice])
