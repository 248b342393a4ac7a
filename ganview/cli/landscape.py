"""``ganview landscape``: what is common and what is rare, drawn as hills or as a flat map."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.cli.argument_types import Commands, add_output, positive_number, whole_number
from ganview.cli.output import output_path, print_path, progress_bar
from ganview.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganview.data.dataset import Dataset
    from ganview.gan.model import Model
    from ganview.runtime.landscapes import Look

EPILOG = """\
Pictures are laid into a plane by the features of a judge, so that like ones lie together. Hills are
high where it is crowded. With --class, the distance from the middle says how rare a picture is
among the real ones of its class.

The file's name decides: .png, .svg (flat maps), or an animation of a turn: .gif, .webp, .apng or
.mp4, which needs the extra: pip install 'ganview[video]'. With --moments it shows how the hills of
a run rose.

examples:
  ganview landscape conditional --out hills.png
  ganview landscape conditional --class 7 --show generated --out sevens.gif
  ganview landscape conditional --flat --show difference --out difference.svg
  ganview landscape runs/a --moments --seconds 8 --out rising.mp4
"""


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "landscape",
        help="draw what is common and what is rare",
        description="Draw where real and generated pictures are crowded.",
        epilog=EPILOG,
    )
    parser.add_argument("model", metavar="MODEL|RUN", help="what draws")
    add_output(parser, "see below")
    parser.add_argument(
        "--show",
        choices=("both", "real", "generated", "difference"),
        default="both",
        help="whose pictures (both)",
    )
    parser.add_argument("--class", dest="label", metavar="C", help="the map within one class")
    parser.add_argument("--flat", action="store_true", help="from above, in place of hills")
    parser.add_argument(
        "--pictures", type=whole_number, default=1000, metavar="N", help="how many are drawn (1000)"
    )
    parser.add_argument(
        "--truncation", type=float, default=1.0, metavar="PSI", help="scale of the noise (1)"
    )
    parser.add_argument("--width", type=whole_number, default=600, metavar="W", help="of a field")
    parser.add_argument("--height", type=whole_number, default=400, metavar="H", help="of a field")
    parser.add_argument("--data", metavar="D", help="what it learned from, if that isn't digits")
    parser.add_argument("--moments", action="store_true", help="all moments that a run kept")
    parser.add_argument("--rate", type=positive_number, default=20.0, metavar="R", help="frames/s")
    parser.add_argument(
        "--seconds", type=positive_number, default=6.0, metavar="S", help="of an animation (6)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Draw the landscape."""
    from ganview.export.animation import FORMATS, Timing, format_of
    from ganview.export.samples import parse_label
    from ganview.files.open_model import open_model
    from ganview.runtime.landscape_files import STILL, Drawing, write_landscape
    from ganview.runtime.landscape_panes import Showing

    if options.out.suffix.lower() not in STILL:
        if options.out.suffix.lower() not in FORMATS:
            raise UserError(
                f"A landscape is written as {', '.join(STILL)}, or turning as .gif, .webp, .apng "
                f"or .mp4, not as '{options.out.name}'."
            )
        format_of(options.out)
    elif options.moments:
        raise UserError("--moments makes an animation: name a .gif, .webp, .apng or .mp4.")
    options.out = output_path(options.out, replace=options.force)
    model = open_model(options.model)
    named = None if options.label is None else parse_label(model.spec, options.label)
    if isinstance(named, str):
        raise UserError("The map within a class is that of one class: name it.")
    label = named
    showing = Showing(options.show, label, label is not None)
    size = (options.width, options.height)
    drawing = Drawing(showing, options.flat, size=size)
    timing = Timing(options.rate, options.seconds)
    with progress_bar(total=timing.frames, unit="frames", quiet=options.quiet) as bar:
        looks = _looks(options, model, label)
        write_landscape(options.out, looks, drawing, timing, bar.update)
    print_path(options.out)
    return 0


def _looks(options: argparse.Namespace, model: Model, label: int | None) -> Iterator[Look]:
    from ganview.runtime.landscapes import Ground, ground_of, look_at
    from ganview.runtime.run_view import FolderRun

    def find_data() -> Dataset:
        from ganview.data.source import DataSource

        if options.data is None:
            raise UserError("Name with --data what this model learned from.")
        return DataSource(options.data).read_as(model.spec.image_shape).open()

    ground = ground_of(model, find_data)
    assert isinstance(ground, Ground)
    models = [model]
    if options.moments:
        past = FolderRun(Path(options.model))
        steps = [info.step for info in past.moments() if info.has_model]
        models = [past.model_at(step) for step in steps] or models
    for each in models:
        yield look_at(each, ground, pictures=options.pictures, psi=options.truncation, label=label)
