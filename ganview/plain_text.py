"""Text from a file as plain text, one function for each way out: lines, cells of CSV, markup.

And a number with its noun.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the start of a formula
# What XML 1.0 (section 2.2) has no place for: controls, halves of surrogate pairs, noncharacters.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
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


def csv_cell(text: str) -> str:
    """Return a text as a cell that no program takes for a formula, an escape or a second line.

    As the OWASP page *CSV Injection* advises, an apostrophe stands before what would be a formula.
    """
    plain = _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)
    return f"'{plain}" if text.startswith(FORMULA) else plain


def markup_text(text: str) -> str:
    """Return a text for SVG or HTML, between tags or in an attribute's quotes."""
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))


def counted(count: int, noun: str) -> str:
    """Return a number with its noun, which ends in s or es in the plural: "1 class", "no pins"."""
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}" if count else f"no {plural}"
