"""``ganview`` and ``ganview gui``: the window."""

from __future__ import annotations

import argparse
import gc
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.cli.output import missing_library
from ganview.errors import UserError
from ganview.runtime.preload import load_before_qt

if TYPE_CHECKING:
    from ganview.cli.argument_types import Commands

EPILOG = """\
examples:
  ganview                       the same, with the model that ships
  ganview gui --model runs/a    with the model of a run
  ganview gui runs/a runs/b     look at runs, also while they are being trained elsewhere
"""


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "gui", help="open the window", description="Open the window.", epilog=EPILOG
    )
    parser.add_argument(
        "runs", metavar="RUN", type=Path, nargs="*", help="folders of runs; the first is shown"
    )
    parser.add_argument("--model", metavar="MODEL", help="model file or run folder to begin with")
    add_state(parser, argparse.SUPPRESS)
    parser.add_argument(
        "--resume", metavar="RUN", type=Path, help="folder of a run to go on with at once"
    )
    parser.set_defaults(run=run)


def add_state(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """Add the option of a state to begin with, which can be given without a command, too."""
    parser.add_argument(
        "--state",
        metavar="S",
        default=default,
        help="place to begin at, as Explore, Copy state gives it",
    )


def run(options: argparse.Namespace) -> int:
    """Open the window and stay until it is closed."""
    gc.disable()  # until all is loaded: what is imported stays, and going through it takes 50 ms
    try:
        try:
            load_before_qt()
            from ganview.app.window import startup

            missing = startup.missing_display()
            if missing:
                raise UserError(missing)
            startup.load_display_plugin()
        except ImportError as error:
            raise missing_library(error) from error
        return startup.main(options.model, options.state, options.resume, options.runs)
    finally:
        gc.enable()
