"""The options that say what data is and how its pictures are read, for several commands."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ganview.cli.argument_types import whole_number
from ganview.cli.output import print_message
from ganview.data.source import FITS, DataSource
from ganview.errors import UserError

NAMES = ("image_size", "colour", "fit", "ground", "everything", "transposed", "class_names")


def add_data_options(parser: argparse._ActionsContainer) -> None:
    """Add what says how pictures are read; what is left out is found out."""
    add: dict[str, Any] = {"default": None}
    parser.add_argument(
        "--image-size",
        type=whole_number,
        metavar="N",
        help="side of the images in pixels, 28 to 128",
        **add,
    )
    parser.add_argument(
        "--colour",
        action=argparse.BooleanOptionalAction,
        help="colour or grey (default: colour if the pictures have some)",
        **add,
    )
    parser.add_argument(
        "--fit",
        choices=FITS,
        help="make pictures square by cropping, padding or squashing (default: crop)",
        **add,
    )
    parser.add_argument(
        "--ground",
        metavar="C",
        help="colour behind transparent pictures and beside padded ones: white, black, grey or "
        "#rrggbb (default: what they are seen on)",
        **add,
    )
    parser.add_argument(
        "--everything",
        action="store_true",
        help="learn tiny, long, one-coloured and repeated pictures, too",
        **add,
    )
    parser.add_argument(
        "--transposed",
        action=argparse.BooleanOptionalAction,
        help="pictures of an IDX or NPZ file that lie on their side (default: EMNIST's do)",
        **add,
    )
    parser.add_argument(
        "--class-names",
        metavar="A,B,…",
        type=lambda text: tuple(name.strip() for name in text.split(",")),
        help="other names of the classes, in their order",
        **add,
    )


def given_source(options: argparse.Namespace, name: str | None) -> DataSource | None:
    """Return the data of the command line; None where it names none.

    Raises
    ------
    UserError
        It says how data is read, and not which; or the name or an option is of no use.
    """
    given = {key: getattr(options, key) for key in NAMES if getattr(options, key) is not None}
    if name is None:
        if given:
            raise UserError(f"--{next(iter(given)).replace('_', '-')} needs --data.")
        return None
    if not name:
        raise UserError("--data is empty: name a folder or a file, or leave it out for the digits.")
    source = DataSource(name, **given)
    if not source.is_path and Path(name).exists():
        print_message(f"'{name}' is the set that ganview knows; the one here is ./{name}.")
    return source
