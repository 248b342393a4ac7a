"""``ganview data``: what would be learned from a folder or file, and what would not."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.cli.argument_types import Commands, add_force
from ganview.cli.data_options import add_data_options, given_source
from ganview.cli.output import output_path, print_answer, print_json
from ganview.cli.train_progress import reading_progress
from ganview.data.source import source_labels
from ganview.errors import UserError
from ganview.plain_text import printable

if TYPE_CHECKING:
    from ganview.data.scan import Scan

MOST_LISTED = 20  # files and classes; all are in the answer to --json
MAX_NAME = 60
MAX_SHEET = 2**27  # bytes of a sheet

EPILOG = """\
Everything is read as 'ganview train' reads it with the same options. --sheet writes a PNG with a
row of pictures for each class, exactly as they are learned.

examples:
  ganview data photos/
  ganview data sprites.zip --ground black --sheet sprites.png
  ganview data emnist-letters-train-images-idx3-ubyte.gz --json
"""


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "data",
        help="say what would be learned from data",
        description="Read data, and say what would be learned of it and what is left out.",
        epilog=EPILOG,
    )
    parser.add_argument("source", metavar="SOURCE", help=source_labels())
    add_data_options(parser)
    parser.add_argument("--sheet", type=Path, metavar="PNG", help="write a sheet of the pictures")
    add_force(parser)
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, print, and write the sheet."""
    from ganview.data.scan import scan_data

    source = given_source(options, options.source)
    assert source is not None
    if options.sheet is not None:
        options.sheet = output_path(options.sheet, replace=options.force)
    with reading_progress(quiet=options.quiet) as progress:
        scan = scan_data(source, progress)
    if options.sheet is not None:
        write_sheet(options.sheet, scan)
    if options.json:
        print_json(_as_json(scan))
    else:
        print_answer("\n".join(describe_scan(scan)))
    return 0


def describe_scan(scan: Scan) -> list[str]:
    """Return what there is to say, a line each."""
    lines = [f"{printable(scan.source.title, MAX_NAME)}: {scan.summary}."]
    lines += scan.dataset.reading.notes
    if scan.dataset.class_names:
        width = max(len(printable(one.name, MAX_NAME)) for one in scan.classes)
        for one in scan.classes[:MOST_LISTED]:
            tests = f"  and {one.unseen:,} for tests" if one.unseen else ""
            lines.append(f"  {printable(one.name, MAX_NAME):<{width}}  {one.count:>7,}{tests}")
        if len(scan.classes) > MOST_LISTED:
            lines.append(f"  … and {len(scan.classes) - MOST_LISTED:,} more classes")
    lines += left_out_lines(scan)
    return lines + [f"Note: {printable(warning)}" for warning in scan.warnings]


def left_out_lines(scan: Scan) -> list[str]:
    """Return what is left out, by reason, a few of each."""
    lines = []
    for reason, names in scan.reasons.items():
        lines.append(f"Left out, {reason}: {len(names):,}")
        lines += [f"  {printable(name, MAX_NAME)}" for name in names[:MOST_LISTED]]
        if len(names) > MOST_LISTED:
            lines.append(f"  … and {len(names) - MOST_LISTED:,} more")
    return lines


def write_sheet(path: Path, scan: Scan) -> None:
    """Write a row of pictures for each class as one PNG.

    Raises
    ------
    UserError
        It would be too large; `WriteError` if it could not be written.
    """
    import numpy as np

    from ganview.data.scan import THUMBNAILS
    from ganview.files.png import write_png

    if sum(one.thumbnails[:1].size * THUMBNAILS for one in scan.classes) > MAX_SHEET:
        raise UserError(
            f"A sheet of {len(scan.classes):,} classes is too large: leave --sheet out."
        )
    rows = []
    for one in scan.classes:
        height, width = one.thumbnails.shape[1:3]
        row = np.zeros((height, THUMBNAILS * width, *one.thumbnails.shape[3:]), np.uint8)
        for column, picture in enumerate(one.thumbnails):
            row[:, column * width : (column + 1) * width] = picture
        rows.append(row)
    write_png(path, np.concatenate(rows))


def _as_json(scan: Scan) -> dict[str, object]:
    return {
        "source": scan.source.name,
        "options": scan.source.options(),
        "pictures": len(scan.dataset),
        "shape": list(scan.dataset.shape),
        "sha256": scan.dataset.sha256,
        "classes": [
            {"name": one.name, "count": one.count, "unseen": one.unseen} for one in scan.classes
        ],
        "left_out": scan.reasons,
        "notes": list(scan.dataset.reading.notes),
        "warnings": list(scan.warnings),
    }
