"""``ganview demo``: drives the real window without a display, and keeps screenshots."""

from __future__ import annotations

import argparse
from pathlib import Path

from ganview.cli.argument_types import Commands, positive_number
from ganview.cli.output import missing_library
from ganview.runtime.preload import load_before_qt

EPILOG = """\
examples:
  ganview demo --out build/demo
  ganview demo --out build/demo --seconds 10    shorter, with worse digits
"""


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "demo",
        help="drive the window unseen and keep what it shows",
        description="Drive the real window without a display: train, move sliders, and leave "
        "screenshots, samples, curves and the model in a folder.",
        epilog=EPILOG,
    )
    parser.add_argument("--out", required=True, metavar="DIR", type=Path, help="where to leave it")
    parser.add_argument(
        "--seconds",
        type=positive_number,
        default=60.0,
        metavar="S",
        help="how long to train (default: 60)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Drive the window and name the folder with the results."""
    try:
        load_before_qt()
        from ganview.app.window import demo
    except ImportError as error:
        raise missing_library(error) from error
    return demo.main(options.out, options.seconds)
