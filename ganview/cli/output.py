"""What the commands print: answers on standard output, all else on standard error."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from ganview.errors import UserError
from ganview.plain_text import printable

PIPE_SECONDS = 2.0  # between two lines of progress where there is no terminal


class _StandardError:
    """Standard error for messages and progress, which are dropped once they can't be written."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr, name)

    def write(self, text: str) -> int:
        try:
            return sys.stderr.write(text)
        except (OSError, ValueError):  # a closed terminal, a pipe without a reader, a full disk
            discard_stream(sys.stderr)
            return len(text)

    def flush(self) -> None:
        try:
            sys.stderr.flush()
        except (OSError, ValueError):
            discard_stream(sys.stderr)


standard_error: Any = _StandardError()


def open_missing_streams() -> None:
    """Give a process that was started without standard streams (``>&-``) empty ones.

    Without it the next file that is opened gets the number of the missing stream, and what a
    library prints lands in that file.
    """
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one
            mode = "w" if descriptor else "r"
            setattr(sys, name, os.fdopen(nowhere, mode, encoding="utf-8", closefd=False))


def discard_stream(stream: TextIO) -> None:
    """Redirect a stream that can't be written to nowhere, so that Python doesn't fail at exit."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def print_message(sentence: str) -> None:
    """Tell the user something, on standard error."""
    print(f"ganview: {printable(sentence)}", file=standard_error, flush=True)


def print_answer(text: str) -> None:
    """Print lines on standard output.

    Raises
    ------
    WriteError
        It can't be written, for example on a full disk.
    BrokenPipeError
        Its reader has gone.
    """
    with _told_if_refused():
        print("\n".join(map(printable, text.split("\n"))), flush=True)


def print_path(path: Path) -> None:
    """Print the path of a written file, for scripts byte by byte; errors as `print_answer`."""
    if sys.stdout.isatty() or not hasattr(sys.stdout, "buffer"):
        print_answer(str(path))
        return
    with _told_if_refused():
        sys.stdout.buffer.write(os.fsencode(path) + os.linesep.encode())
        sys.stdout.flush()


def print_json(document: dict[str, Any]) -> None:
    """Print the one JSON object that answers on standard output; errors as `print_answer`.

    What is invisible, or not in the terminal's encoding, is escaped as JSON does it, so that a
    reader gets every character back.
    """
    from ganview.files.json_document import to_text

    encoding = sys.stdout.encoding or "utf-8"
    with _told_if_refused():
        text = to_text(document, indent=2)
        print("".join(_json_character(c, encoding) for c in text), flush=True)


def _json_character(character: str, encoding: str) -> str:
    if " " <= character <= "~" or character == "\n":
        return character
    try:
        if printable(character) == character:
            character.encode(encoding)
            return character
    except UnicodeEncodeError:
        pass
    return json.dumps(character)[1:-1] if character != "\x7f" else r"\u007f"


@contextmanager
def _told_if_refused() -> Iterator[None]:
    from ganview.files.atomic import WriteError

    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise WriteError(Path("standard output"), error) from error


def output_path(path: Path, *, replace: bool) -> Path:
    """Return a path, checked to be writable before minutes of work.

    Parameters
    ----------
    path : Path
        From the command line; a ``~`` that the shell left stands for the home folder.
    replace : bool
        Whether a file that is there already may be replaced.

    Raises
    ------
    UserError
        There is such a file, or no file can have this name.
    WriteError
        Its folder is not there or may not be written.
    """
    from ganview.files.atomic import check_writable

    path = with_home(path)
    if replace or not is_there(path):
        check_writable(path)
        return path
    raise UserError(f"{path} is there already: choose another name, or replace it with --force.")


def with_home(path: Path) -> Path:
    """Return a path whose ``~`` is the home folder, where there is one."""
    try:
        return path.expanduser()
    except RuntimeError:  # no such user
        return path


def is_there(path: Path) -> bool:
    """Return whether there is a file, folder or link; raises `UserError` for an impossible name."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"{printable(str(path), 80)} can't be looked at: {reason}.") from error
    return True


def format_table(rows: Iterable[tuple[str, object]]) -> str:
    """Lay out names and values in two columns; rows whose value is None or empty are left out."""
    kept = [(printable(k, 80), printable(str(v))) for k, v in rows if v not in (None, "")]
    width = max((len(name) for name, _ in kept), default=0)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in kept)


def missing_library(error: ImportError) -> UserError:
    """Return an error that says that Qt, or a system library that it needs, is missing."""
    found = re.search(r"(lib[\w+-]{2,})\.so\.(\d+)", str(error))
    apt = (
        found
        and f", on Debian and Ubuntu with 'sudo apt install {debian_package(*found.groups())}'"
    )
    return UserError(
        f"The window needs a library that is missing here ({error}): install it{apt or ''}. In a "
        "checkout, 'make run' installs all that it needs."
    )


def debian_package(library: str, version: str) -> str:
    """Return what Debian and Ubuntu call the package of a shared library.

    Parameters
    ----------
    library, version : str
        Its name up to ``.so.``, and what follows that.
    """
    return f"{library}{'-' if library[-1].isdigit() else ''}{version}".lower()


def progress_bar(*, total: float, unit: str, quiet: bool, form: str | None = None) -> Any:
    """Return a tqdm bar on standard error.

    Parameters
    ----------
    total : float
        What there is to do, in ``unit``.
    quiet : bool
        Whether to show nothing.
    form : str, optional
        tqdm's ``bar_format``.
    """
    from tqdm import tqdm

    return tqdm(
        total=total,
        unit=unit,
        disable=quiet,
        file=standard_error,
        mininterval=0.1 if _is_terminal(sys.stderr) else PIPE_SECONDS,
        dynamic_ncols=True,
        bar_format=form,
        leave=True,
    )


@contextmanager
def share_bar(*, quiet: bool) -> Iterator[Callable[[float, str], None]]:
    """Show a bar, and give what is called with the share that is done, 0 to 1, and what goes on."""
    form = "{percentage:3.0f}%|{bar}| {desc}"
    with progress_bar(total=1.0, unit="", quiet=quiet, form=form) as bar:

        def progress(share: float, doing: str) -> None:
            bar.set_description_str(doing, refresh=False)
            bar.update(share - bar.n)

        yield progress


def _is_terminal(stream: TextIO) -> bool:
    return hasattr(stream, "isatty") and stream.isatty()
