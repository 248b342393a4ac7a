"""What the commands say: answers on standard output, all else on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from ganview.errors import UserError

PIPE_SECONDS = 2.0  # between two lines of progress where there is no terminal


def print_message(sentence: str) -> None:
    """Tell the person at the keyboard something, on standard error."""
    print(f"ganview: {printable(sentence)}", file=sys.stderr, flush=True)


def print_answer(text: str) -> None:
    """Print an answer on standard output.

    Raises
    ------
    WriteError
        It leads to a file on a full disk, say.
    BrokenPipeError
        Its reader has gone.
    """
    from ganview.files.atomic import WriteError

    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise WriteError(Path("standard output"), error) from error


def print_json(document: dict[str, Any]) -> None:
    """Print an answer as the one JSON object on standard output."""
    from ganview.files.json_document import to_text

    print_answer(to_text(document, indent=2))


def format_table(rows: Iterable[tuple[str, object]]) -> str:
    """Lay out names and values in two columns; rows whose value is None or empty are left out."""
    kept = [(name, printable(str(value))) for name, value in rows if value not in (None, "")]
    width = max((len(name) for name, _ in kept), default=0)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in kept)


def printable(text: str) -> str:
    """Replace what could steer a terminal: the text may come from somebody else's file."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def missing_library(error: ImportError) -> UserError:
    """Return what to say where Qt, or something of the system that it needs, is not installed."""
    return UserError(
        f"The window needs a library that is missing here ({error}): 'make run' in a checkout "
        "installs it, or says how to."
    )


def progress_bar(
    *, total: float, unit: str, quiet: bool, done: float = 0, form: str | None = None
) -> Any:
    """Return a tqdm bar on standard error.

    Parameters
    ----------
    total, done : float
        What there is to do, and how much of it was done before.
    unit : str
        Of both.
    quiet : bool
        True shows nothing.
    form : str, optional
        tqdm's ``bar_format``.
    """
    from tqdm import tqdm

    return tqdm(
        total=total,
        initial=done,
        unit=unit,
        disable=quiet,
        file=sys.stderr,
        mininterval=0.1 if _is_terminal(sys.stderr) else PIPE_SECONDS,
        dynamic_ncols=True,
        bar_format=form,
        leave=True,
    )


def _is_terminal(stream: TextIO) -> bool:
    return hasattr(stream, "isatty") and stream.isatty()
