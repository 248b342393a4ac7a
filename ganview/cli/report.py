"""``ganview report``: a run on one page."""

from __future__ import annotations

import argparse

from ganview.cli.argument_types import Commands, add_output
from ganview.cli.output import output_path, print_path, progress_bar

EPILOG = """\
The page has everything in itself and opens without a network.

examples:
  ganview report runs/a --out a.html
  ganview report runs/a --out a.csv      the numbers of every step, for a spreadsheet
"""


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "report",
        help="write a run's report",
        description="Write settings, curves, samples and quality of a run on one HTML page.",
        epilog=EPILOG,
    )
    parser.add_argument("folder", metavar="RUN", help="folder of a run")
    add_output(parser, "F.html or F.csv")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the report."""
    from ganview.errors import UserError

    kind = options.out.suffix.lower()
    if kind not in (".html", ".htm", ".csv"):
        raise UserError(f"A report is written as .html or .csv, not as '{options.out.name}'.")

    from ganview.export.plot import csv_text
    from ganview.export.report import PARTS, write_report
    from ganview.files.atomic import write_bytes
    from ganview.files.run_folder import RunFolder

    options.out = output_path(options.out, replace=options.force)
    folder = RunFolder.open(options.folder, write=False)
    if kind == ".csv":
        write_bytes(options.out, csv_text(folder.metrics()).encode())
    else:
        with progress_bar(total=PARTS, unit="parts", quiet=options.quiet) as bar:
            write_report(options.out, folder, bar.update)
    print_path(options.out)
    return 0
