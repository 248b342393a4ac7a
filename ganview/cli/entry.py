"""The entry point of the ``ganview`` command: parses the command line and returns exit statuses."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ganview import __version__
from ganview.cli import gui
from ganview.cli.interrupts import ignore_interrupts
from ganview.cli.output import discard_stream, open_missing_streams, print_message
from ganview.errors import UserError, is_out_of_memory
from ganview.files.atomic import WriteError
from ganview.plain_text import printable
from ganview.runtime.memory import keep_memory

#: The commands in the order of the help: a module of this package each, by what is typed. Each has
#: `add_command`, and `run`, which raises a `UserError` where it can't do what it is told.
COMMANDS = {
    name: {"eval": "evaluate"}.get(name, name)
    for name in (
        *("gui", "data", "train", "sample", "animate", "eval", "judge", "report"),
        *("landscape", "export", "render", "info", "runs", "demo", "completion"),
    )
}

DONE, FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
LIBRARIES = ("CUDA_", "KMP_", "MKL_", "OMP_", "PYTORCH_", "QT_", "TORCH_", "TQDM_")

EPILOG = """\
Without a command, the window opens. 'ganview COMMAND --help' says more about each.

examples:
  ganview                                         open the window
  ganview --state ganview:AQYA…                   … at a place copied from the explorer
  ganview train --seconds 60 --out runs/first     train for a minute
  ganview sample runs/first --class 7 --out 7.png look at its sevens
  ganview sample conditional --count 60000 --out set.npz
  ganview animate runs/first --kind run --out learning.gif
  ganview info runs/first --json
  ganview runs                                    list every run on this computer

exit status: 0 done, 1 failed, 2 wrong usage or unusable input, 130 interrupted.
"""


class Parser(argparse.ArgumentParser):
    """Parser that keeps the layout of examples and accepts no abbreviated options."""

    def __init__(self, **settings: Any) -> None:
        formatter = argparse.RawDescriptionHelpFormatter
        super().__init__(formatter_class=formatter, allow_abbrev=False, **settings)


def make_parser(command: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of the whole command line, or of one command, which is there sooner."""
    parser = Parser(
        prog="ganview",
        description="A laboratory for generative adversarial networks.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"ganview {__version__}")
    gui.add_state(parser)
    parser.set_defaults(run=gui.run, model=None, resume=None, runs=[])
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name in COMMANDS if command is None else (command,):
        importlib.import_module(f"ganview.cli.{COMMANDS[name]}").add_command(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the program's name; by default that of this process.

    Returns
    -------
    int
        Exit status: 0 done, 1 failed, 2 wrong usage or unusable input, 130 interrupted.
    """
    open_missing_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # for terminals without Greek letters
    try:
        keep_memory()
        status = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print_message("Interrupted.")
        status = INTERRUPTED
    except WriteError as error:
        print_message(str(error))
        status = FAILED
    except UserError as error:
        print_message(str(error))
        status = UNUSABLE
    except BrokenPipeError:  # the reader of the answer has closed the pipe
        status = FAILED
    except Exception as error:  # noqa: BLE001 - the outermost edge: a report in place of a traceback
        print_message(_unforeseen(error, sys.argv[1:] if arguments is None else arguments))
        status = UNUSABLE if _refused_variable(error) else FAILED
    if arguments is None:
        ignore_interrupts()
    try:
        sys.stdout.flush()
    except OSError:
        discard_stream(sys.stdout)
    return status


def _run(arguments: Sequence[str] | None) -> int:
    if "_ARGCOMPLETE" in os.environ:  # a shell asks for completions (`ganview completion`)
        return _complete(make_parser())
    typed = sys.argv[1:] if arguments is None else arguments
    command = typed[0] if typed else "gui"
    parser = make_parser(command if command in COMMANDS else None)
    try:
        options = parser.parse_args(arguments)
    except SystemExit:  # after --help, --version or wrong usage
        if arguments is None:
            ignore_interrupts()
        sys.stdout.flush()
        raise
    status: int = options.run(options)
    return status


def _refused_variable(error: Exception) -> str:
    """Return the variable of the environment whose value a library quotes and refuses, or nothing.

    Short values and numbers are passed over: an error may hold them by chance.
    """
    frames = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
    ours = not frames or Path(frames[-1]).is_relative_to(Path(__file__).parents[1])
    if ours or not isinstance(error, ValueError):
        return ""
    for name, value in os.environ.items():
        quoted = rf"(?<![\w.]){re.escape(value)}(?![\w.])"
        if name.startswith(LIBRARIES) and len(value) > 2 and re.search(quoted, str(error)):
            return "" if value.isdecimal() else name
    return ""


def _unforeseen(error: Exception, arguments: Sequence[str]) -> str:
    """Return a sentence about an unexpected error; for a fault of ganview, write a report."""
    from ganview.files.problem_report import write_problem_report

    variable = _refused_variable(error)
    if variable:
        value = printable(os.environ[variable], 80)
        return f"A library refuses {value!r} for the environment variable {variable}: unset it."
    if is_out_of_memory(error):
        return "There is not enough memory for this."
    if isinstance(error, OSError) and error.strerror:
        about = f" ({error.filename})" if error.filename else ""
        return f"The system refused: {error.strerror}{about}."
    path = write_problem_report(error, arguments)
    kept = f"A report for its authors is in {path}" if path else "No report could be written"
    return f"This is a fault in ganview ({type(error).__name__}), not yours. {kept}."


def _complete(parser: argparse.ArgumentParser) -> int:
    """Answer a shell that asks for completions, and end; without argcomplete there are none."""
    with contextlib.suppress(ImportError):
        importlib.import_module("argcomplete").autocomplete(parser)
    return FAILED
