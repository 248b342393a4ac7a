"""Errors of a thread as values: a sentence for users and a traceback for developers."""

from __future__ import annotations

import traceback

from ganview.errors import UserError


def describe_error(error: BaseException, doing: str) -> tuple[str, str]:
    """Return (sentence, traceback) for an error met while ``doing`` ("training", "rendering").

    A `UserError` is a sentence already, and has no traceback: there is nothing to mend in the
    program. An `OSError` and a lack of memory are said plainly, and anything else is named, since
    the reader can't be blamed for it.
    """
    if isinstance(error, UserError):
        return str(error), ""
    details = "".join(traceback.format_exception(error))
    if isinstance(error, MemoryError) or "allocate memory" in str(error):
        sentence = (
            f"Not enough memory for {doing}: choose a smaller size or batch, or close programs."
        )
    elif isinstance(error, OSError):
        sentence = f"An error while {doing}: {os_error_text(error)}."
    else:
        first_line = str(error).strip().split("\n")[0].rstrip(".")
        name = type(error).__name__
        sentence = f"An error while {doing}: {name}{': ' + first_line if first_line else ''}."
    return sentence, details


def os_error_text(error: OSError) -> str:
    """Return what the system says about a file, as "No space left on device (/path)"."""
    text = error.strerror or str(error)
    return f"{text} ({error.filename})" if error.filename else text
