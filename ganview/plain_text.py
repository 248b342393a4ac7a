"""Text from a file as plain text: nothing in it steers a terminal, forges a line or hides."""

from __future__ import annotations

import unicodedata

JOINERS = "\u200c\u200d"  # invisible, but Persian, Hindi and emoji are spelled with them


def printable(text: str, longest: int | None = None) -> str:
    r"""Return text as one line of visible characters.

    Line ends, control characters (C0 and C1), marks that turn the direction of writing, lone
    surrogates and whatever else is invisible are escaped as Python writes them: ``\n``, ``\x1b``,
    ``\u202e``. The text may come from a stranger's file or be a file's name.

    Parameters
    ----------
    text : str
        Of any length.
    longest : int, optional
        How many characters of it to return at most; an ellipsis stands for the rest.
    """
    if longest is not None and len(text) > longest:
        text = text[: longest - 1] + "…"
    if text.isprintable():
        return text
    return "".join(c if _is_visible(c) else c.encode("unicode_escape").decode() for c in text)


def _is_visible(character: str) -> bool:
    if character.isprintable() or character in JOINERS:
        return True
    return unicodedata.category(character) == "Zs"  # spaces of other widths
