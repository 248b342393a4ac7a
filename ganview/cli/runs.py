"""``ganview runs``: every run on this computer, and the models that ship."""

from __future__ import annotations

import argparse
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.cli.output import print_answer, print_json

if TYPE_CHECKING:
    from ganview.cli.argument_types import Commands
    from ganview.files.run_summary import RunSummary

HEADINGS = ("name", "data", "preset", "steps", "time", "judge-FD", "state", "folder")
LONGEST_NAME = 40

EPILOG = """\
examples:
  ganview runs                  the runs of the window, and those that were opened from elsewhere
  ganview runs runs             the runs in the folder 'runs'
  ganview runs --json           for a script
"""


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "runs",
        help="list all runs",
        description="List every run on this computer, the newest first, and the built-in models.",
        epilog=EPILOG,
    )
    parser.add_argument(
        "folder", metavar="FOLDER", type=Path, nargs="?", help="list the runs in this folder"
    )
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the list."""
    from ganview.errors import UserError
    from ganview.files.run_files import default_runs_folder
    from ganview.runtime.run_list import built_in_models, list_runs, to_document

    folder: Path | None = options.folder
    if folder is None:
        rows = [*list_runs(default_runs_folder()), *built_in_models()]
    elif folder.is_dir():
        rows = list_runs(folder)
    else:
        raise UserError(f"There is no folder {folder}.")
    if options.json:
        print_json({"runs": [to_document(row) for row in rows]})
    else:
        print_answer(_table(rows) if rows else "There are no runs yet: train one.")
    return 0


def _table(rows: list[RunSummary]) -> str:
    lines = [HEADINGS, *(_row_texts(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _row_texts(row: RunSummary) -> tuple[str, ...]:
    from tqdm import tqdm

    from ganview.plain_text import printable

    changed = f" + {len(row.changes)}" if row.changes else ""
    return (
        printable(row.name, LONGEST_NAME),
        printable(row.data_label, LONGEST_NAME),
        row.preset + changed,
        f"{row.step:,}",
        "" if isnan(row.seconds) else tqdm.format_interval(row.seconds),
        f"{row.distance:.3g}" if row.quality is not None else "",
        row.state,
        printable(str(row.path)),
    )
