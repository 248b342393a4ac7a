"""Types of values on the command line, for argparse."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


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
