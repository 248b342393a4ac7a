"""``ganview info``: what a model, a run or a picture says of itself."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganview.cli.output import format_table, print_answer, print_json

if TYPE_CHECKING:
    from ganview.cli.argument_types import Commands
    from ganview.files.run_folder import RunFolder

MOST_SHOWN = 80
MOST_LETTERS = 1000
NESTED = ("info", "recipe")
PNG_MAGIC = b"\x89PNG"

EPILOG = """\
examples:
  ganview info conditional            one of the models that ship
  ganview info runs/first --json      a run, for a script
  ganview info picture.png            how a picture was made
"""


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "info",
        help="say what a file is",
        description="Say what a model, a run or a picture is and where it came from.",
        epilog=EPILOG,
    )
    parser.add_argument(
        "what", metavar="MODEL|RUN|PICTURE", help="model file, run folder or PNG picture"
    )
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what there is to say."""
    document = describe_file(options.what)
    if options.json:
        print_json(document)
    else:
        print_answer(format_table(_rows(document)))
    return 0


def describe_file(source: str) -> dict[str, Any]:
    """Return what a model, a run or a picture says of itself, as JSON values.

    Raises
    ------
    UserError
        It is none of the three, or damaged.
    """
    from ganview.files.open_model import model_path
    from ganview.files.run_files import is_run_folder

    path = Path(source)
    if is_run_folder(path):
        return _run(path)
    path = model_path(source)
    if _is_png(path):
        return _picture(path)
    return _model(path)


def _model(path: Path) -> dict[str, Any]:
    from ganview.files.model_file import read_model_header

    header = read_model_header(path)
    return {
        "kind": "model",
        "path": str(path),
        "bytes": path.stat().st_size,
        **header.spec.to_dict(),
        "parameters": header.parameters,
        "discriminator": header.has_discriminator,
        "info": header.info,
    }


def _run(path: Path) -> dict[str, Any]:
    from ganview.files.run_files import MODEL
    from ganview.files.run_folder import RunFolder

    folder = RunFolder.open(path, write=False)
    parent = folder.info.parent
    columns = folder.metrics()
    last = {name: values[-1] for name, values in columns.items()}
    return {
        "kind": "run",
        "path": str(path),
        "created": folder.info.created,
        "parent": asdict(parent) if parent is not None else None,
        "data": folder.info.data.name,
        "data_sha256": folder.info.data_sha256,
        "config": folder.info.config.to_dict(),
        "checkpoint_step": folder.checkpoint_step() if folder.has_checkpoint() else None,
        "steps_logged": len(columns.get("step", ())),
        "last": {name: float(value) for name, value in last.items()},
        "quality": _newest_quality(folder),
        "samples": len(folder.samples()),
        "moments": len(folder.moments()),
        "model": str(path / MODEL) if (path / MODEL).is_file() else None,
    }


def _newest_quality(folder: RunFolder) -> dict[str, Any] | None:
    """Return the last measurement of a run, by the names in its ``quality.jsonl``."""
    from ganview.gan.metrics.quality import from_columns

    looks = from_columns(folder.quality())
    if not looks:
        return None
    row = looks[-1].to_row(float("nan"))
    return {name: value for name, value in row.items() if value is not None}


def _picture(path: Path) -> dict[str, Any]:
    from ganview.errors import UserError
    from ganview.files.json_document import parse_object
    from ganview.files.png import decode_png

    pixels, text = decode_png(path)
    recipe: dict[str, Any] | None = None
    if "ganview" in text:
        try:
            recipe = parse_object(text["ganview"], str(path))
        except UserError:
            recipe = None
    return {
        "kind": "picture",
        "path": str(path),
        "width": pixels.shape[1],
        "height": pixels.shape[0],
        "channels": 1 if pixels.ndim == 2 else 3,
        "recipe": recipe,
        "text": {key: value for key, value in text.items() if key != "ganview" or recipe is None},
    }


def _is_png(path: Path) -> bool:
    from ganview.data.regular import regular_file

    with regular_file(path) as (file, _):
        return file.read(4) == PNG_MAGIC


def _rows(document: dict[str, Any]) -> list[tuple[str, object]]:
    """Turn a document into lines for people; a nested document takes a single line.

    What a file says of itself is listed under a heading of its own, so that it can't replace what
    ganview found out.
    """
    own = {key: value for key, value in document.items() if key not in NESTED}
    lines = [(key.replace("_", " "), value) for key, value in own.items()]
    for heading in NESTED:
        inner = document.get(heading)
        if isinstance(inner, dict):
            lines += [(f"{heading}: {key.replace('_', ' ')}", inner[key]) for key in inner]
    return [(name, _plain(value)) for name, value in lines]


def _plain(value: object) -> object:
    """Shorten a value: of long noise, only its length is shown; --json has all of it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) < 10**30 else f"a number of {len(str(value))} digits"
    if isinstance(value, list | tuple):
        if len(value) > MOST_SHOWN:
            return f"{len(value):,} of them"
        return ", ".join(str(_plain(item)) for item in value)
    if isinstance(value, dict):
        if len(value) > MOST_SHOWN:
            return f"{len(value):,} of them"
        return ", ".join(f"{key} {_plain(item)}" for key, item in value.items())
    if isinstance(value, str) and len(value) > MOST_LETTERS:
        return f"{value[:MOST_SHOWN]}… ({len(value):,} letters)"
    return value
