"""``ganview render``: draws a picture again from the recipe that it carries."""

from __future__ import annotations

import argparse
from pathlib import Path

from ganview.cli.argument_types import Commands, add_output
from ganview.cli.output import output_path, print_path, progress_bar
from ganview.errors import UserError

EPILOG = """\
Every PNG that 'ganview sample' and the window export carries its recipe: the model's hash, noise,
classes, diversity and layout. 'ganview info PICTURE.png' prints it.

examples:
  ganview render seven.png --out again.png
  ganview render grid.png --model runs/a --out again.png
"""


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "render",
        help="make a picture again from the recipe it carries",
        description="Make a picture again, pixel by pixel, from the recipe that it carries.",
        epilog=EPILOG,
    )
    parser.add_argument("picture", metavar="PICTURE", type=Path, help="a PNG exported by ganview")
    add_output(parser, "F.png")
    parser.add_argument(
        "--model", metavar="MODEL", help="what drew it, where it is not one of those that ship"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Draw the picture's recipe."""
    if options.out.suffix.lower() != ".png":
        raise UserError(f"A picture is written as .png, not as '{options.out.name}'.")

    from ganview.export.picture import find_model, read_recipe, write_picture
    from ganview.files.open_model import open_model

    options.out = output_path(options.out, replace=options.force)
    recipe = read_recipe(options.picture)
    # `write_picture` refuses another model than the recipe's.
    model = open_model(options.model) if options.model else find_model(recipe.model)
    if model is None:
        raise UserError(
            f"{options.picture} was drawn by {recipe.model}, which is none of those "
            "that ship: name its file or run folder with --model."
        )
    with progress_bar(total=recipe.count, unit="pictures", quiet=options.quiet) as bar:
        write_picture(options.out, recipe, model, bar.update)
    print_path(options.out)
    return 0
