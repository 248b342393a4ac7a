"""Types of values on the command line, for argparse."""

from __future__ import annotations

import argparse
import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TypeAlias

from ganview.errors import UserError

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def positive_number(text: str) -> float:
    """Read a finite number above zero."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above zero")
    return value


def whole_number(text: str) -> int:
    """Read a whole number above zero; 1e6 and 60_000 are welcome."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 1 <= value <= 1e15 or value != int(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(value)


def add_threads(parser: argparse.ArgumentParser) -> None:
    """Add how many processor threads a command takes; torch's own choice by default."""
    parser.add_argument("--threads", type=whole_number, metavar="N", help="processor threads")


def use_threads(options: argparse.Namespace) -> None:
    """Let torch take as many threads as `add_threads` was given."""
    if options.threads is not None:
        import torch

        torch.set_num_threads(max(1, options.threads))


def add_output(parser: argparse.ArgumentParser, form: str) -> None:
    """Add where a file goes, whether it may replace one, and whether progress is shown."""
    parser.add_argument("--out", required=True, type=Path, metavar="F", help=form)
    add_force(parser)
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def add_force(parser: argparse.ArgumentParser) -> None:
    """Add the option without which files that are there already are kept."""
    parser.add_argument("--force", action="store_true", help="replace files that are there already")


def fill_defaults(
    options: argparse.Namespace, defaults: Mapping[str, object], unused: Collection[str], case: str
) -> None:
    """Give options their defaults, and refuse those that would be ignored.

    Parameters
    ----------
    options : Namespace
        Changed in place; what was not given is None.
    defaults : mapping
        From the attribute of an option to its default.
    unused : collection of str
        Attributes of options without an effect here.
    case : str
        Where that is, as "with --kind run".

    Raises
    ------
    UserError
        One of the unused ones was given.
    """
    for name, default in defaults.items():
        if getattr(options, name) is None:
            setattr(options, name, default)
        elif name in unused:
            flag = "class" if name == "label" else name.replace("_", "-")
            raise UserError(f"--{flag} has no effect {case}: leave it out.")
