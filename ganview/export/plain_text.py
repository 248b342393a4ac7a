"""Text of a file's as text: in cells of CSV, and in SVG and HTML."""

from __future__ import annotations

import re
from html import escape

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the start of a formula
# What XML 1.0 (section 2.2) has no place for: controls, halves of surrogate pairs, noncharacters.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def csv_cell(text: str) -> str:
    """Return a text as a cell that no program takes for a formula, an escape or a second line.

    As the OWASP page *CSV Injection* advises, an apostrophe stands before what would be a formula.
    """
    plain = _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)
    return f"'{plain}" if text.startswith(FORMULA) else plain


def markup_text(text: str) -> str:
    """Return a text for SVG or HTML, between tags or in an attribute's quotes."""
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))
