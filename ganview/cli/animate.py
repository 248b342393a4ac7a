"""``ganview animate``: moving pictures of a model's noise, or of a run."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ganview.cli.argument_types import (
    Commands,
    add_output,
    fill_defaults,
    positive_number,
    whole_number,
)
from ganview.cli.output import output_path, print_path, progress_bar
from ganview.errors import UserError
from ganview.export.colours import BACKGROUNDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganview.export.animation import Timing
    from ganview.export.latent_path import LatentPath
    from ganview.gan.model import Model


DEFAULTS = {
    "label": "any",
    "count": 1,
    "columns": None,
    "seed": 0,
    "truncation": 1.0,
    "dimension": 1,
    "reach": 3.0,
    "places": 5,
}
USED = {
    "path": {"label", "count", "columns", "seed", "truncation", "places"},
    "through": {"columns"},
    "sweep": {"label", "count", "columns", "seed", "truncation", "dimension", "reach"},
    "morph": {"count", "columns", "seed", "truncation"},
    "run": set[str](),
}

EPILOG = """\
kinds:
  path    through places drawn at random, or those of --through, on arcs
  sweep   one number of the noise from end to end
  morph   the same noise from class to class
  run     the sample grid of a run as it learned, quickly at first (needs the folder of a run)

The file's name decides: .gif, .webp (lossless, small), .apng or .png (lossless), or .mp4, which
needs the extra: pip install 'ganview[video]'.

examples:
  ganview animate conditional --kind morph --out morph.gif
  ganview animate conditional --kind sweep --dimension 5 --class each --out sweep.webp
  ganview animate conditional --kind path --class 7 --places 6 --seconds 8 --out sevens.apng
  ganview animate conditional --kind path --through a.png b.png --once --out from-a-to-b.gif
  ganview animate runs/a --kind run --seconds 6 --zoom 2 --out learning.gif
"""


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "animate",
        help="make moving pictures",
        description="Make an animation of a model's noise and classes, or of a run.",
        epilog=EPILOG,
    )
    parser.add_argument("model", metavar="MODEL|RUN", help="what draws, or the run that is shown")
    parser.add_argument(
        "--kind",
        choices=("path", "sweep", "morph", "run"),
        required=True,
        help="what moves, see below",
    )
    add_output(parser, "F.gif, F.webp, F.apng or F.mp4")
    timing = parser.add_argument_group("how it plays")
    timing.add_argument(
        "--rate", type=positive_number, default=20.0, metavar="R", help="frames a second (20)"
    )
    timing.add_argument(
        "--seconds", type=positive_number, default=4.0, metavar="S", help="how long (4)"
    )
    timing.add_argument(
        "--once", action="store_true", help="play once, from end to end, instead of in a loop"
    )
    timing.add_argument(
        "--zoom", type=whole_number, default=4, metavar="Z", help="size of a pixel (4)"
    )
    timing.add_argument(
        "--background",
        "--ground",
        choices=tuple(BACKGROUNDS),
        default="light",
        help="between pictures (light)",
    )
    what = parser.add_argument_group("what is drawn")
    what.add_argument(
        "--class",
        dest="label",
        metavar="C",
        help="name or number of a class; 'each' shows the same noise in all of them (any)",
    )
    what.add_argument("--count", type=whole_number, metavar="N", help="pictures side by side (1)")
    what.add_argument("--columns", type=whole_number, metavar="N", help="pictures in a row")
    what.add_argument("--seed", type=int, metavar="S", help="of the noise (0)")
    what.add_argument("--truncation", type=float, metavar="PSI", help="scale of the noise (1)")
    what.add_argument(
        "--dimension", type=whole_number, metavar="D", help="sweep: which number, from 1 (1)"
    )
    what.add_argument("--reach", type=positive_number, metavar="R", help="sweep: how far, in σ (3)")
    what.add_argument(
        "--places", type=whole_number, metavar="N", help="path: points on the way (5)"
    )
    what.add_argument(
        "--through",
        nargs="+",
        metavar="P",
        help="path: pictures that ganview exported, or states that the window copied",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make the animation."""
    from ganview.export.animation import Timing, format_of

    through = "through" if options.through else options.kind
    case = "with --through" if options.through else f"with --kind {options.kind}"
    fill_defaults(options, DEFAULTS, set(DEFAULTS) - USED[through], case)
    if options.through and options.kind != "path":
        raise UserError("--through goes with --kind path: leave it out.")
    format_of(options.out)
    options.out = output_path(options.out, replace=options.force)
    timing = Timing(options.rate, options.seconds, not options.once)
    with progress_bar(total=timing.frames, unit="frames", quiet=options.quiet) as bar:
        if options.kind == "run":
            _write_run(options, timing, bar.update)
        else:
            _write_model(options, timing, bar.update)
    print_path(options.out)
    return 0


def _write_run(
    options: argparse.Namespace, timing: Timing, progress: Callable[[int], object]
) -> None:
    from ganview.export.animation import write_animation
    from ganview.export.run_animation import run_frames
    from ganview.files.run_folder import RunFolder

    folder = RunFolder.open(options.model, write=False)
    frames = run_frames(
        folder, timing, zoom=options.zoom, background=BACKGROUNDS[options.background]
    )
    write_animation(options.out, frames, timing, progress)


def _write_model(
    options: argparse.Namespace, timing: Timing, progress: Callable[[int], object]
) -> None:
    from ganview.export.animation import default_columns, write_path_animation
    from ganview.files.open_model import open_model

    model = open_model(options.model)
    latents = _journey(options, model, timing)
    tiles = latents.z.shape[1]
    columns = options.columns
    if columns is None:
        columns = model.spec.classes if options.label == "each" else default_columns(tiles)
    write_path_animation(
        options.out,
        model,
        latents,
        timing,
        columns=max(1, min(columns, tiles)),
        zoom=options.zoom,
        background=BACKGROUNDS[options.background],
        progress=progress,
    )


def _journey(options: argparse.Namespace, model: Model, timing: Timing) -> LatentPath:
    from ganview.export.latent_path import make_path, path_through
    from ganview.export.path_points import read_points
    from ganview.export.samples import parse_label

    if options.kind == "path" and options.through:
        z, y, scales = read_points(model, options.through)
        weights = None if y is None else y[:, None]
        return path_through(z[:, None], weights, scales, timing.frames, loop=timing.loop)
    return make_path(
        model.spec,
        options.kind,
        timing.frames,
        label=parse_label(model.spec, options.label),
        count=options.count,
        seed=options.seed,
        psi=options.truncation,
        places=options.places,
        dimension=options.dimension - 1,
        reach=options.reach,
        loop=timing.loop,
    )
